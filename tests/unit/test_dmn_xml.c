/* xml: what a model file may be, and all that it may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/buf.h"
#include "common/dmn/xml.h"

#define DMN15 "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define MODEL "<definitions xmlns='" DMN15 "' name='m' namespace='n'>"

/* The tree as text: name[attributes]{children or text}; or "!" and the first complaint. */
static void put(struct buf *b, const struct xml_node *n)
{
    buf_str(b, n->name);
    for (size_t i = 0; i < n->attribute_count; i++)
        buf_fmt(b, " %.*s=%.*s", STR_ARG(n->attributes[i].name), STR_ARG(n->attributes[i].value));
    buf_char(b, '{');
    buf_str(b, n->text);
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        put(b, c);
    buf_char(b, '}');
}

static const char *read_text(struct arena *a, struct str xml)
{
    struct findings findings = {.arena = a};
    struct xml_document document;
    struct buf b = {.arena = a};
    if (xml_read(a, STR("m.dmn"), xml, &findings, &document)) {
        put(&b, document.root);
    } else {
        assert_int_equal(findings.errors, 1);
        buf_char(&b, '!');
        buf_str(&b, findings.items[0].sentence);
    }
    buf_char(&b, '\0');
    return b.ptr;
}

static void expect(const char *when, const char *xml, const char *want)
{
    struct arena a = {0};
    const char *got = read_text(&a, str_of(xml));
    if (strncmp(got, want, strlen(want)) != 0)
        fail_msg("%s: got %s, want %s", when, got, want);
    arena_done(&a);
}

static void test_only_dmn_elements_are_kept(void **state)
{
    (void)state;
    expect("plain", MODEL "<decision id='d'/></definitions>",
           "definitions name=m namespace=n{decision id=d{}}");
    expect("prefixes", "<d:definitions xmlns:d='" DMN15 "'><d:decision name='x'/></d:definitions>",
           "definitions{decision name=x{}}");
    expect("a foreign element with a DMN one inside",
           MODEL "<x:y xmlns:x='other'><decision/></x:y><decision name='kept'/></definitions>",
           "definitions name=m namespace=n{decision name=kept{}}");
    expect("extension elements",
           MODEL "<extensionElements><decision/></extensionElements></definitions>",
           "definitions name=m namespace=n{}");
    expect("an attribute with a prefix",
           MODEL "<decision x:name='no' name='yes' xmlns:x='other'/></definitions>",
           "definitions name=m namespace=n{decision name=yes{}}");
    expect("a prefix nobody declared", MODEL "<decision x:name='no' name='yes'/></definitions>",
           "definitions name=m namespace=n{decision name=yes{}}");
    expect("text with its escapes, CDATA and comments",
           MODEL "<text>a &lt; <![CDATA[b & c]]><!-- no --> &#100;</text></definitions>",
           "definitions name=m namespace=n{text{a < b & c d}}");
    expect("blanks between elements",
           MODEL "\n  <decision>\n  <text> 1 </text>\n</decision>\n</definitions>\n",
           "definitions name=m namespace=n{decision{text{ 1 }}}");
}

static void test_a_namespace_holds_inside_the_element_that_declares_it(void **state)
{
    (void)state;
    expect("a prefix declared anew, and what it was behind that",
           "<d:definitions xmlns:d='" DMN15 "'><d:a/><d:b xmlns:d='other'><d:c/></d:b>"
           "<d:d/></d:definitions>",
           "definitions{a{}d{}}");
    expect("no default namespace, and the one before behind that",
           MODEL "<a xmlns=''><b/></a><c/></definitions>", "definitions name=m namespace=n{c{}}");
    expect("a prefix behind its element",
           MODEL "<a xmlns:d='" DMN15 "'><d:b/></a><d:c/></definitions>",
           "definitions name=m namespace=n{a{b{}}}");
    expect("elements with a prefix that nobody declared", MODEL "<x:a><b/></x:a></definitions>",
           "definitions name=m namespace=n{}");
    expect("declarations that are forbidden",
           "<d:definitions xmlns:d='" DMN15 "'><d:a xmlns:d='' xmlns:xml='" DMN15
           "' xmlns:xmlns='" DMN15 "'><d:b/><xml:c/><xmlns:d/></d:a></d:definitions>",
           "definitions{a{b{}}}");
    expect("colons at the begin and end of a name", MODEL "<a :b='1' c:='2'/></definitions>",
           "definitions name=m namespace=n{a :b=1 c:=2{}}");
}

static void test_every_version_is_read(void **state)
{
    static const char *const versions[] = {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        DMN15,
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct arena a = {0};
        struct str xml = arena_fmt(&a, "<definitions xmlns='%s'/>", versions[i]);
        assert_string_equal(read_text(&a, xml), "definitions{}");
        arena_done(&a);
    }
}

static void test_what_is_no_model_is_refused(void **state)
{
    static const struct {
        const char *when, *xml, *want;
    } cases[] = {
        {"nothing", "", "!the file holds no model"},
        {"blanks only", "       ", "!this is not well-formed XML"},
        {"no XML", "decision: yes", "!this is not well-formed XML"},
        {"an element never closed", MODEL "<decision>", "!this is not well-formed XML"},
        {"text behind the model", MODEL "</definitions>x", "!this is not well-formed XML"},
        {"another root", "<decision xmlns='" DMN15 "'/>", "!a DMN model begins with"},
        {"another namespace", "<definitions xmlns='http://other'/>", "!this is no DMN model"},
        {"no namespace", "<definitions/>", "!this is no DMN model"},
        {"another version of XML", "<?xml version='2.0'?>" MODEL "</definitions>",
         "!this is not well-formed XML: its version is not 1.0"},
        {"a version that never was",
         "<definitions xmlns='https://www.omg.org/spec/DMN/20990101/MODEL/'/>",
         "!this is no DMN model"},
        {"a DOCTYPE", "<!DOCTYPE definitions><definitions xmlns='" DMN15 "'/>",
         "!the file has a DOCTYPE"},
        {"an entity bomb",
         "<!DOCTYPE b [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
         "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><definitions xmlns='" DMN15 "'>&c;</definitions>",
         "!the file has a DOCTYPE"},
        {"an external entity",
         "<!DOCTYPE b [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><definitions xmlns='" DMN15
         "'>&a;</definitions>",
         "!the file has a DOCTYPE"},
        {"an external DTD", "<!DOCTYPE b SYSTEM 'http://127.0.0.1:1/x.dtd'><b/>",
         "!the file has a DOCTYPE"},
        {"an entity nobody declared", MODEL "&a;</definitions>", "!this is not well-formed XML"},
        {"bytes that are no UTF-8", MODEL "<text>\xff\xfe</text></definitions>",
         "!the file is not in UTF-8"},
        {"UTF-16", "\xff\xfe<", "!the file"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].when, cases[i].xml, cases[i].want);
}

static void test_zero_bytes_are_refused(void **state)
{
    struct arena a = {0};
    const char *utf16 = read_text(&a, STR("<\0d\0/\0>\0"));
    (void)state;
    assert_string_equal(utf16, "!the file is not in UTF-8; save it in this encoding");
    utf16 = read_text(&a, STR("\0<\0d\0/\0>"));
    assert_string_equal(utf16, "!the file is not in UTF-8; save it in this encoding");
    const char *within = read_text(&a, STR(MODEL "<text>a\0b</text></definitions>"));
    assert_true(str_starts(str_of(within), STR("!this is not well-formed XML")));
    const char *behind = read_text(&a, STR(MODEL "</definitions>\0"));
    assert_true(str_starts(str_of(behind), STR("!this is not well-formed XML")));
    arena_done(&a);
}

static struct str nested(struct arena *a, size_t depth)
{
    struct buf b = {.arena = a};
    buf_str(&b, STR(MODEL));
    for (size_t i = 0; i < depth; i++)
        buf_str(&b, STR("<context>"));
    for (size_t i = 0; i < depth; i++)
        buf_str(&b, STR("</context>"));
    buf_str(&b, STR("</definitions>"));
    return buf_view(&b);
}

static void test_depth_and_size_have_a_limit(void **state)
{
    struct arena a = {0};
    (void)state;
    const char *got = read_text(&a, nested(&a, 10000));
    assert_string_equal(got, "!the model is nested more than 200 elements deep");
    got = read_text(&a, nested(&a, XML_DEPTH_MAX - 1));
    assert_int_equal(got[0], 'd');

    char *large = arena_alloc(&a, XML_BYTES_MAX + 1);
    memset(large, ' ', XML_BYTES_MAX + 1);
    got = read_text(&a, (struct str){large, XML_BYTES_MAX + 1});
    assert_string_equal(got, "!the file is larger than 16 MiB; no model is");

    struct buf many = {.arena = &a};
    buf_str(&many, STR(MODEL));
    for (size_t i = 0; i < XML_ELEMENTS_MAX; i++)
        buf_str(&many, STR("<a/>"));
    buf_str(&many, STR("</definitions>"));
    got = read_text(&a, buf_view(&many));
    assert_string_equal(got, "!the model has more than 400,000 elements");
    arena_done(&a);
}

static void test_an_element_knows_its_line(void **state)
{
    struct arena a = {0};
    struct findings findings = {.arena = &a};
    struct xml_document d;
    (void)state;
    assert_true(
        xml_read(&a, STR("m.dmn"), STR(MODEL "\n\n<decision/>\n</definitions>"), &findings, &d));
    assert_int_equal(d.root->first->line, 3);
    assert_false(
        xml_read(&a, STR("m.dmn"), STR(MODEL "\n\n<decision>\n</definitions>"), &findings, &d));
    assert_int_equal(findings.items[0].line, 4);
    assert_string_equal(findings.items[0].place.ptr, "m.dmn");
    arena_done(&a);
}

static void test_a_byte_order_mark_does_no_harm(void **state)
{
    (void)state;
    expect("UTF-8's", "\xEF\xBB\xBF" MODEL "</definitions>", "definitions name=m namespace=n{}");
    expect("another encoding only claimed",
           "<?xml version='1.0' encoding='UTF-16'?>" MODEL "</definitions>",
           "definitions name=m namespace=n{}");
}

static void test_a_million_attributes_do_not_hang_the_reader(void **state)
{
    struct arena a = {0};
    struct buf b = {.arena = &a};
    (void)state;
    buf_str(&b, STR(MODEL "<!-- > \" --><?x \" ?><![CDATA[ <a \" ]]><a"));
    for (int i = 0; i < 1000000; i++)
        buf_fmt(&b, " a%d=''", i);
    buf_str(&b, STR("/></definitions>"));
    assert_string_equal(read_text(&a, buf_view(&b)), "!an element has more than 256 attributes");
    arena_done(&a);
}

static void test_prefixes_piled_up_are_refused(void **state)
{
    struct arena a = {0};
    struct buf b = {.arena = &a};
    (void)state;
    buf_str(&b, STR(MODEL));
    for (int i = 0; i < 190; i++)
        buf_fmt(&b, "<context xmlns:a%d='x' xmlns:b%d='y'>", i, i);
    assert_string_equal(read_text(&a, buf_view(&b)),
                        "!more than 256 namespaces are declared at the same place");
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_model_is_refused),
        cmocka_unit_test(test_depth_and_size_have_a_limit),
        cmocka_unit_test(test_a_million_attributes_do_not_hang_the_reader),
        cmocka_unit_test(test_prefixes_piled_up_are_refused),
        cmocka_unit_test(test_only_dmn_elements_are_kept),
        cmocka_unit_test(test_zero_bytes_are_refused),
        cmocka_unit_test(test_a_namespace_holds_inside_the_element_that_declares_it),
        cmocka_unit_test(test_every_version_is_read),
        cmocka_unit_test(test_an_element_knows_its_line),
        cmocka_unit_test(test_a_byte_order_mark_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
