/* parse: texts to trees, shown by writing the tree back with the fewest parentheses; and what is said about bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/dmn/parse.h"

struct fixture {
    struct arena arena;
    struct names names;
    struct findings findings;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    f.findings.arena = &f.arena;
    names_init(&f.names, &f.arena);
    static const char *const known[] = {"a",        "b",        "c",           "x",
                                        "in stock", "order",    "for example", "a-b",
                                        "A Person", "2nd name", "true cost",   "list"};
    for (size_t i = 0; i < COUNT(known); i++)
        names_add(&f.names, str_of(known[i]));
    names_add_member(&f.names, STR("last name"));
    names_add_member(&f.names, STR("net-price"));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    return 0;
}

typedef struct node *(*parse_fn)(struct arena *a, struct names *names, const struct text *text,
                                 struct findings *findings);

/* The tree as text, or "!" and the first finding. */
static const char *parsed(struct fixture *f, parse_fn parse, const char *text)
{
    struct text *t = arena_alloc(&f->arena, sizeof *t);
    *t = (struct text){.text = str_of(text), .place = STR("here"), .line = 1};
    f->findings.count = f->findings.errors = 0;
    size_t mark = names_mark(&f->names);
    const struct node *n = parse(&f->arena, &f->names, t, &f->findings);
    assert_int_equal(names_mark(&f->names), mark);
    assert_int_equal(f->findings.errors, n == NULL);
    if (n == NULL)
        return arena_fmt(&f->arena, "!%.*s", STR_ARG(f->findings.items[0].sentence)).ptr;
    struct buf b = {.arena = &f->arena};
    node_write(&b, n);
    buf_char(&b, '\0');
    return b.ptr;
}

struct pair {
    const char *text, *want; /* want NULL: the text itself */
};

static void check(struct fixture *f, parse_fn parse, const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *want = pairs[i].want == NULL ? pairs[i].text : pairs[i].want;
        assert_string_equal(parsed(f, parse, pairs[i].text), want);
        assert_string_equal(parsed(f, parse, want), want); /* what is written reads back */
    }
}

static void test_operators_bind_as_the_standard_says(void **state)
{
    static const struct pair pairs[] = {
        {"a+b*c", "a + b * c"},
        {"(a+b)*c", "(a + b) * c"},
        {"a - b - c", NULL},
        {"a - (b - c)", NULL},
        {"a ** b ** c", NULL},
        {"a ** (b ** c)", NULL},
        {"-a ** b", "-a ** b"},
        {"-(a ** b)", NULL},
        {"a ** -b", NULL},
        {"--a", NULL},
        {"-3 ** 2", NULL},
        {"a-b", "a-b"},
        {"a -b", "a - b"},
        {"a or b and c", NULL},
        {"(a or b) and c", NULL},
        {"a = b and b != c or x", NULL},
        {"a < b + 1", NULL},
        {"(a = b) = c", "a = b = c"},
        {"a = (b = c)", NULL},
        {"a between 1 and 2 and b", NULL},
        {"a between b+1 and c*2 or x", "a between b + 1 and c * 2 or x"},
        {"a + b instance of number", NULL},
        {"(a + b) instance of number", NULL},
        {"-1 instance of number", NULL},
        {"-a.b[1]", NULL},
        {"(-a).b", NULL},
        {"if a then b else c + 1", NULL},
        {"(if a then b else c) + 1", NULL},
    };
    check(*state, parse_expression, pairs, COUNT(pairs));
}

static void test_names_with_blanks_and_signs(void **state)
{
    static const struct pair pairs[] = {
        {"in stock and x in(in stock)", "in stock and x in (in stock)"},
        {"if in stock then order else for example", NULL},
        {"not known yet + 1", NULL},
        {"a thing = x", "a thing = x"},
        {"A  /* who */ Person.age", "A Person.age"},
        {"2nd name", NULL},
        {"true cost", NULL},
        {"true", NULL},
        {"a.last name", NULL},
        {"a.never heard of.b", NULL},
        {"a.net-price", NULL},
        {"a.in", NULL},
        {"x[last name=\"Doe\"]", "x[last name = \"Doe\"]"},
        {"x[net-price>1]", "x[net-price > 1]"},
        {"last name", NULL},
        {"{in house: 1, out of it: in house + 1}", NULL},
        {"{a+b: 1, c: a+b}", "{\"a+b\": 1, c: a+b}"},
        {"{\"some text!\": 1, \"\": 2, \"a b\": 3}", "{\"some text!\": 1, \"\": 2, a b: 3}"},
        {"for one item in list return one item", NULL},
        {"function(then x, order) then x", NULL},
        {"date and time(a)", NULL},
        {"years and months duration(from: a, to: b)", NULL},
        {"f(grace period: 1, in stock: 2)", NULL},
        {"\xf0\x9f\x90\x8e + \xc3\xa4"
         "b\xc3\xa7",
         NULL},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        assert_string_equal(parsed(f, parse_expression, pairs[i].text),
                            pairs[i].want == NULL ? pairs[i].text : pairs[i].want);
}

static void test_every_form_of_the_grammar(void **state)
{
    static const struct pair pairs[] = {
        {"[]", NULL},
        {"[1, [2], \"a\"]", NULL},
        {"{}", NULL},
        {"{a: 1}.a", NULL},
        {"[[1, 2]][1].z", NULL},
        {"f(x).y", NULL},
        {"(function(a) a)(10)", NULL},
        {"function(a: number, b: list<string>) a", NULL},
        {"function(a) external {java: {class: \"X\", method signature: \"y()\"}}", NULL},
        {"for i in 1..10, j in x return i * j", NULL},
        {"for i in 10..-a return partial[-1]", NULL},
        {"for i in [1..10] return i", NULL},
        {"some i in x satisfies i > 1", NULL},
        {"every i in x, j in i satisfies j", NULL},
        {"[1..2]", NULL},
        {"]1..2[", "(1..2)"},
        {"(a..b)", NULL},
        {"[a..b[", "[a..b)"},
        {"[a..b[ = x", "[a..b) = x"},
        {"[a..b[1]]", NULL},
        {"[1..2].start included", NULL},
        {"[null..2]", NULL},
        {"(< 5)", "< 5"},
        {"(>=a) = x", "(>= a) = x"},
        {"(<5).end", "(< 5).end"},
        {"[< 1, > 2]", NULL},
        {"(= 5)", "[5..5]"},
        {"(!= 5)", "[< 5, > 5]"},
        {"(= a)", "(function(x) [x..x])(a)"},
        {"x in 1", "x in (1)"},
        {"x in [1..2]", "x in ([1..2])"},
        {"x in (1..2)", "x in ((1..2))"},
        {"x in (1..2) and a", "x in ((1..2)) and a"},
        {"x in (1, > 2, [3..4), \"a\", a > b)", NULL},
        {"x in < 5 and a", "x in (< 5) and a"},
        {"x in (a)", NULL},
        {"a instance of date and time", NULL},
        {"a instance of list<context<a: number, b c: string>>", NULL},
        {"a instance of function<number, range<date>> -> Any", NULL},
        {"a instance of function<>->list<Any>= b", "a instance of function<> -> list<Any> = b"},
        {"a instance of my.type", NULL},
        {"a instance of years and months duration and b", NULL},
        {"null", NULL},
        {"?.a", NULL},
        {"\"a\\\"b\"", NULL},
        {".5 + 1.50", "0.5 + 1.5"},
        {"sort(x, function(a, b) a < b)", NULL},
        {"concatenate(a, [1])[item > 1]", NULL},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        assert_string_equal(parsed(f, parse_expression, pairs[i].text),
                            pairs[i].want == NULL ? pairs[i].text : pairs[i].want);
}

static void test_tests_of_a_cell(void **state)
{
    static const struct pair pairs[] = {
        {"-", NULL},
        {"", "-"},
        {" - ", "-"},
        {"-1", NULL},
        {"- a", "-a"},
        {"<5", "< 5"},
        {"=5", "5"},
        {"=a", "? = a"},
        {"!=a", "!= a"},
        {"1,2 , <3", "1, 2, < 3"},
        {"not(1, > 5)", NULL},
        {"not(1) and a", NULL},
        {"not(1), not(2)", NULL},
        {"not(\"a)\")", NULL},
        {"[1..2], (3..4)", NULL},
        {"? > 5 and ? < 10", NULL},
        {"contains(?, \"a\")", NULL},
        {"null", NULL},
        {"\"In range\", \"Not in range\"", NULL},
        {">date(\"2016-10-01\")", "> date(\"2016-10-01\")"},
        {"< a + 1", NULL},
        {"? in (1, 2)", NULL},
    };
    check(*state, parse_tests, pairs, COUNT(pairs));
}

static enum value_kind at_kind(struct fixture *f, const char *text)
{
    struct text *t = arena_alloc(&f->arena, sizeof *t);
    *t = (struct text){.text = str_of(text)};
    const struct node *n = parse_expression(&f->arena, &f->names, t, &f->findings);
    assert_non_null(n);
    assert_int_equal(n->kind, NODE_CONST);
    return n->value.kind;
}

static void test_at_literals_are_constants_but_for_named_zones(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(at_kind(f, "@\"2019-03-31\""), VALUE_DATE);
    assert_int_equal(at_kind(f, "@\"2018-12-08T10:30:11+11:00\""), VALUE_DATE_TIME);
    assert_int_equal(at_kind(f, "@\"10:30:11\""), VALUE_TIME);
    assert_int_equal(at_kind(f, "@\"-P1DT2H\""), VALUE_DAYS);
    assert_int_equal(at_kind(f, "@\"P1Y2M\""), VALUE_MONTHS);
    assert_int_equal(at_kind(f, "@\"foo\""), VALUE_NULL);
    assert_int_equal(at_kind(f, "@\"2019-02-30\""), VALUE_NULL);
    assert_string_equal(parsed(f, parse_expression, "@\"10:30:11@Europe/Paris\""),
                        "time(\"10:30:11@Europe/Paris\")");
    assert_string_equal(parsed(f, parse_expression, "@\"2018-12-08T10:30:11@Etc/UTC\""),
                        "date and time(\"2018-12-08T10:30:11@Etc/UTC\")");
}

static void test_a_finding_says_what_was_expected_and_what_was_found(void **state)
{
    static const struct pair cases[] = {
        {"a +",
         "expected a value, a name or '(', but the expression ends here (column 4, at: a +)"},
        {"(a", "expected ')', but the expression ends here"},
        {"a == b", "equality is a single '='"},
        {"a <> b", "write '!='"},
        {"a > 1 && b", "write 'and' (column 7"},
        {"if a then b", "expected 'else', but the expression ends here"},
        {"if a else b", "expected 'then', but found 'else'"},
        {"1 2", "expected an operator or the end, but found '2'"},
        {"a = 'x'", "texts stand in double quotes"},
        {"\"abc", "a closing '\"' is missing"},
        {"[1, 2", "expected ',' or ']' in the list, but the expression ends"},
        {"]1, 2]", "begins a range"},
        {"[1..2", "expected ']' or ')' at the end of the range"},
        {"{a 1}", "expected ':' after the name"},
        {"{: 1}", "expected a name, but found ':'"},
        {"f(a: 1, 2)", "either all arguments of a call have a name, or none has"},
        {"f(1, a: 2)", "either all arguments of a call have a name, or none has"},
        {"f(1", "expected ',' or ')' after the argument"},
        {"a.", "expected a name after '.'"},
        {"for i return 1", "expected 'in'"},
        {"some i in x return 1", "expected 'satisfies', but found 'return'"},
        {"a instance number", "expected 'of'"},
        {"a instance of list<number, string>", "a list has one type"},
        {"a between 1", "expected 'and'"},
        {"@foo", "after '@'"},
        {"", "expected a value"},
        {"a\n+\n+ b", "but found '+' (line 3, column 1"},
        {"\xff", "not UTF-8"},
        {"function a", "'(' after 'function'"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = parsed(f, parse_expression, cases[i].text);
        if (got[0] != '!' || strstr(got, cases[i].want) == NULL)
            fail_msg("%s: %s", cases[i].text, got);
        assert_true(str_eq(f->findings.items[0].place, STR("here")));
    }
}

/* `times` beginnings, a middle, and as many ends. */
static const char *nested(struct fixture *f, const char *begin, const char *middle, const char *end,
                          size_t times)
{
    struct buf b = {.arena = &f->arena};
    for (size_t i = 0; i < times; i++)
        buf_str(&b, str_of(begin));
    buf_str(&b, str_of(middle));
    for (size_t i = 0; i < times; i++)
        buf_str(&b, str_of(end));
    buf_char(&b, '\0');
    return b.ptr;
}

static void test_depth_is_limited_whatever_is_nested(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *begin, *middle, *end;
    } forms[] = {
        {"(", "1", ")"},
        {"[", "1", "]"},
        {"[1..", "1", "]"},
        {"{a: ", "1", "}"},
        {"-", "a", ""},
        {"1+", "1", ""},
        {"f(", "1", ")"},
        {"a[", "1", "]"},
        {"", "a", "[1]"},
        {"", "a", ".b"},
        {"", "a", "()"},
        {"if ", "a", " then a else a"},
        {"for i in ", "a", " return a"},
        {"x in (", "1", ")"},
        {"x in (", "1..2", ")"},
        {"function() ", "a", ""},
        {"(=", "a", ")"},
        {"(!=", "a", ")"},
        {"a between 1 and ", "a", ""},
        {"", "a", " instance of a"},
        {"1 or ", "a", ""},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        const char *deep = nested(f, forms[i].begin, forms[i].middle, forms[i].end, 20000);
        const char *got = parsed(f, parse_expression, deep);
        if (strstr(got, "!more than 300 expressions") != got)
            fail_msg("%s: %.200s", forms[i].begin, got);
        assert_true(str_eq(f->findings.items[0].code, STR("limit")));
    }
    const char *type =
        arena_fmt(&f->arena, "a instance of %s", nested(f, "list<", "a", ">", 9999)).ptr;
    assert_non_null(strstr(parsed(f, parse_expression, type), "!more than 300"));
    assert_string_equal(parsed(f, parse_expression, nested(f, "(", "1", ")", 100)), "1");
    assert_true(parsed(f, parse_expression, nested(f, "a + ", "1", "", 250))[0] == 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_operators_bind_as_the_standard_says, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_names_with_blanks_and_signs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_form_of_the_grammar, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tests_of_a_cell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_at_literals_are_constants_but_for_named_zones, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_finding_says_what_was_expected_and_what_was_found,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth_is_limited_whatever_is_nested, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
