/* The runner of the test kit: how its files are read, and when a value is the one expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/tck/cases.h"
#include "tools/tck/compare.h"
#include "tools/tck/run.h"

#define FILE_OF(inside)                                                                            \
    "<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase' "                            \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "                                       \
    "xmlns:xsd='http://www.w3.org/2001/XMLSchema'><modelName> m.dmn </modelName>" inside           \
    "</testCases>"
#define CASE_OF(expected)                                                                          \
    FILE_OF("<testCase id='1'><resultNode name='D' type='decision'><expected>" expected            \
            "</expected></resultNode></testCase>")

static struct test_file read(struct arena *a, const char *xml)
{
    struct test_file f = {0};
    assert_int_equal(cases_read(a, NULL, str_of(xml), &f), CASES_READ);
    return f;
}

static void test_a_case_that_cannot_be_read_says_so(void **state)
{
    static const char *const broken[] = {
        CASE_OF("<value xsi:type='xsd:decimal'>many</value>"),
        CASE_OF("<value xsi:type='xsd:date'>2021-02-29</value>"),
        CASE_OF("<value xsi:type='xsd:anyURI'>x</value>"),
        FILE_OF("<testCase id='1'/>"),
    };
    struct arena a = {0};
    struct test_file f;
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        f = read(&a, broken[i]);
        struct surroundings around = {0};
        struct model none = {0};
        struct str why;
        assert_int_equal(run_case(&a, &around, &none, &f.cases[0], &why), VERDICT_ERROR);
        assert_true(why.len > 0);
    }
    assert_int_equal(cases_read(&a, NULL, STR("<a"), &f), CASES_BROKEN);
    assert_int_equal(cases_read(&a, NULL, STR("<project/>"), &f), CASES_OTHER);
    arena_done(&a);
}

static void test_expected_values_are_read_by_their_types(void **state)
{
    static const struct {
        const char *xml, *want;
    } cases[] = {
        {CASE_OF("<value xsi:nil='true'/>"), "null"},
        {CASE_OF(""), "null"},
        {CASE_OF("<value xsi:type='xsd:decimal'> 1.50 </value>"), "1.5"},
        {CASE_OF("<value xsi:type='xsd:double'>1e2</value>"), "100"},
        {CASE_OF("<value xsi:type='xsd:boolean'>true</value>"), "true"},
        {CASE_OF("<value xsi:type='xsd:string'> a </value>"), "\" a \""},
        {CASE_OF("<value xsi:type='xsd:string'></value>"), "\"\""},
        {CASE_OF("<value>plain</value>"), "\"plain\""},
        {CASE_OF("<value xsi:type='xsd:date'>2020-02-29</value>"), "date(\"2020-02-29\")"},
        {CASE_OF("<value xsi:type='xsd:time'>10:30:00Z</value>"), "time(\"10:30:00Z\")"},
        {CASE_OF("<value xsi:type='xsd:dateTime'>2020-02-29T10:30:00</value>"),
         "date and time(\"2020-02-29T10:30:00\")"},
        {CASE_OF("<value xsi:type='xsd:duration'>P1Y2M</value>"), "duration(\"P1Y2M\")"},
        {CASE_OF("<value xsi:type='xsd:duration'>PT36H</value>"), "duration(\"P1DT12H\")"},
        {CASE_OF("<list/>"), "[]"},
        {CASE_OF("<list><item><value xsi:type='xsd:decimal'>1</value></item><item>"
                 "<list><item><value xsi:nil='true'/></item></list></item></list>"),
         "[1, [null]]"},
        {CASE_OF("<component name='a b'><value>x</value></component>"
                 "<component name='c'><list/></component>"),
         "{a b: \"x\", c: []}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a = {0};
        struct buf text = {.arena = &a};
        struct test_file f = read(&a, cases[i].xml);
        assert_null(f.cases[0].broken);
        value_show(&text, f.cases[0].results[0].expected);
        buf_char(&text, '\0');
        assert_string_equal(text.ptr, cases[i].want);
        arena_done(&a);
    }
}

static void test_what_a_case_names_is_kept(void **state)
{
    struct arena a = {0};
    (void)state;
    struct test_file f =
        read(&a,
             FILE_OF("<testCase id='x'/><testCase id='y' type='decisionService' invocableName='S'>"
                     "<inputNode name='I' namespace='urn:other'><value>1</value></inputNode>"
                     "<resultNode name='R'/><resultNode name='Q'/></testCase>"));
    assert_int_equal(f.count, 2);
    assert_true(str_eq(f.model, STR("m.dmn")));
    assert_true(str_eq(f.cases[0].type, STR("decision")));
    assert_true(str_eq(f.cases[1].invocable, STR("S")));
    assert_true(str_eq(f.cases[1].inputs[0].model_namespace, STR("urn:other")));
    assert_int_equal(f.cases[1].result_count, 2);
    arena_done(&a);
}

static bool same(const char *expected, const char *actual)
{
    struct arena a = {0};
    struct test_file left = read(&a, expected), right = read(&a, actual);
    bool ret = same_value(left.cases[0].results[0].expected, right.cases[0].results[0].expected);
    arena_done(&a);
    return ret;
}

#define NUMBER(n) CASE_OF("<value xsi:type='xsd:decimal'>" n "</value>")
#define MOMENT(m) CASE_OF("<value xsi:type='xsd:dateTime'>" m "</value>")
#define PART(name, n) "<component name='" name "'><value>" n "</value></component>"
#define ITEM(n) "<item><value>" n "</value></item>"

static void test_values_are_compared_as_the_kit_does(void **state)
{
    (void)state;
    assert_true(same(NUMBER("0.333333333"), NUMBER("0.33333333333333")));
    assert_false(same(NUMBER("0.3333"), NUMBER("0.33333333333333")));
    assert_false(same(NUMBER("1"), CASE_OF("<value>1</value>")));
    assert_false(same(CASE_OF(""), NUMBER("0")));
    assert_true(same(MOMENT("2020-01-01T00:00:00Z"), MOMENT("2020-01-01T00:00:00+00:00")));
    assert_false(same(MOMENT("2020-01-01T00:00:00Z"), MOMENT("2020-01-01T00:00:00")));
    assert_false(same(MOMENT("2020-01-01T01:00:00+01:00"), MOMENT("2020-01-01T00:00:00Z")));
    assert_true(
        same(CASE_OF(PART("a", "1") PART("b", "2")), CASE_OF(PART("b", "2") PART("a", "1"))));
    assert_false(same(CASE_OF(PART("a", "1")), CASE_OF(PART("a", "1") PART("b", "2"))));
    assert_false(same(CASE_OF("<list>" ITEM("a") ITEM("b") "</list>"),
                      CASE_OF("<list>" ITEM("b") ITEM("a") "</list>")));
    assert_false(same(CASE_OF("<list>" ITEM("a") "</list>"), CASE_OF("<value>a</value>")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_case_that_cannot_be_read_says_so),
        cmocka_unit_test(test_expected_values_are_read_by_their_types),
        cmocka_unit_test(test_what_a_case_names_is_kept),
        cmocka_unit_test(test_values_are_compared_as_the_kit_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
