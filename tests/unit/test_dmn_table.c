/* Decision tables: every hit policy, and that plain comparisons give what the evaluator gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/dmn/dmn.h"
#include "common/dmn/table.h"

struct
    model_text { /* a model of one decision "D", a table over the inputs a, b, c ... of any type */
    struct buf xml;
    size_t inputs, rules;
};

static void put_escaped(struct buf *b, const char *s)
{
    for (; *s != '\0'; s++)
        switch (*s) {
        case '<': buf_str(b, STR("&lt;")); break;
        case '>': buf_str(b, STR("&gt;")); break;
        case '&': buf_str(b, STR("&amp;")); break;
        default: buf_char(b, *s);
        }
}

static void put_cell(struct buf *b, const char *element, const char *text)
{
    buf_fmt(b, "<%s><text>", element);
    put_escaped(b, text);
    buf_fmt(b, "</text></%s>", element);
}

/* `outputs`: a space separated list of names, or "" for a single output without one. */
static void table_start(struct model_text *m, struct arena *a, size_t inputs, const char *policy)
{
    *m = (struct model_text){.xml = {.arena = a}, .inputs = inputs};
    buf_str(&m->xml, STR("<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "
                         "name='m' namespace='urn:m' id='m'>"));
    for (size_t i = 0; i < inputs; i++)
        buf_fmt(&m->xml, "<inputData id='i%zu' name='%c'><variable name='%c'/></inputData>", i,
                (char)('a' + i), (char)('a' + i));
    buf_str(&m->xml, STR("<decision id='d' name='D'><variable name='D'/>"));
    for (size_t i = 0; i < inputs; i++)
        buf_fmt(&m->xml,
                "<informationRequirement id='r%zu'><requiredInput href='#i%zu'/>"
                "</informationRequirement>",
                i, i);
    buf_fmt(&m->xml, "<decisionTable id='t' %s>", policy);
}

static void put_input(struct model_text *m, size_t i, const char *allowed)
{
    buf_fmt(&m->xml, "<input id='c%zu'><inputExpression><text>%c</text></inputExpression>", i,
            (char)('a' + i));
    if (allowed != NULL)
        put_cell(&m->xml, "inputValues", allowed);
    buf_str(&m->xml, STR("</input>"));
}

static void put_output(struct model_text *m, const char *name, const char *values,
                       const char *otherwise)
{
    buf_fmt(&m->xml, name != NULL ? "<output name='%s'>" : "<output>", name);
    if (values != NULL)
        put_cell(&m->xml, "outputValues", values);
    if (otherwise != NULL)
        put_cell(&m->xml, "defaultOutputEntry", otherwise);
    buf_str(&m->xml, STR("</output>"));
}

/* Cells separated by |, the last ones outputs. */
static void put_rule(struct model_text *m, const char *cells)
{
    char text[400];
    size_t column = 0;
    (void)strncpy(text, cells, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buf_str(&m->xml, STR("<rule>"));
    for (char *rest = text, *cell; (cell = strsep(&rest, "|")) != NULL; column++)
        put_cell(&m->xml, column < m->inputs ? "inputEntry" : "outputEntry", cell);
    buf_str(&m->xml, STR("</rule>"));
    m->rules++;
}

static struct model *load(struct model_text *m, struct arena *a)
{
    static const struct dmn_options lenient = {.lenient = true}; /* overlaps are wanted here */
    struct findings findings = {.arena = a};
    buf_str(&m->xml, STR("</decisionTable></decision></definitions>"));
    struct dmn_source source = {STR("m.dmn"), buf_view(&m->xml)};
    struct model *model = dmn_load_with(a, &source, 1, lenient, &findings);
    if (model == NULL)
        fail_msg("%.*s: %.*s", STR_ARG(findings.items[0].place),
                 STR_ARG(findings.items[0].sentence));
    return model;
}

static struct table *table_of(struct model *m)
{
    for (size_t i = 0; i < m->count; i++) {
        struct node *n = m->elements[i].kind == ELEMENT_DECISION ? m->elements[i].logic : NULL;
        while (n != NULL && n->kind == NODE_COERCE)
            n = n->items[0];
        if (n != NULL && n->kind == NODE_TABLE)
            return n->table;
    }
    return NULL;
}

/* The decision's value as text; with `why`, also the account of it. */
static const char *decide(struct arena *a, const struct model *m, const struct value *inputs,
                          size_t count, bool why)
{
    struct eval e;
    struct value v = NULL_VALUE;
    struct buf text = {.arena = a};
    struct entry *entries = arena_array(a, count, sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct entry){arena_fmt(a, "%c", (char)('a' + i)), inputs[i]};
    eval_start(&e, a, DMN_LIMITS);
    if (why)
        eval_explain(&e, false);
    assert_int_equal(dmn_evaluate(&e, m, STR("D"), entries, count, &v), DMN_OK);
    value_show(&text, v);
    if (why) {
        buf_char(&text, ' ');
        e.notes = NULL; /* where all is evaluated there may be more of them */
        explain_json(&text, &e);
    }
    buf_char(&text, '\0');
    return text.ptr;
}

static struct value number(const char *s)
{
    struct number n;
    assert_true(number_parse(str_of(s), &n));
    return value_number(n);
}

/* One input; the rules given; what comes out for 5. */
static const char *for_five(struct arena *a, const char *policy, const char *values,
                            const char *otherwise, const char *const *rules)
{
    struct model_text m;
    table_start(&m, a, 1, policy);
    put_input(&m, 0, NULL);
    put_output(&m, NULL, values, otherwise);
    for (; *rules != NULL; rules++)
        put_rule(&m, *rules);
    struct value five = number("5");
    return decide(a, load(&m, a), &five, 1, false);
}

static void test_a_value_that_is_not_allowed_gives_null_even_with_a_default(void **state)
{
    struct arena a = {0};
    struct model_text m;
    (void)state;
    table_start(&m, &a, 1, "");
    put_input(&m, 0, "\"x\", \"y\"");
    put_output(&m, NULL, NULL, "0");
    put_rule(&m, "\"x\"|1");
    struct model *model = load(&m, &a);
    static const struct {
        const char *value, *want;
    } cases[] = {{"x", "1"}, {"y", "0"}, {"z", "null"}, {"", "null"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct value v = value_string(str_of(cases[i].value));
        assert_string_equal(decide(&a, model, &v, 1, false), cases[i].want);
    }
    struct value none = NULL_VALUE, five = number("5");
    assert_string_equal(decide(&a, model, &none, 1, false), "null");
    assert_string_equal(decide(&a, model, &five, 1, false), "null");
    arena_done(&a);
}

static void test_each_hit_policy_makes_its_own_of_the_rules_that_hold(void **state)
{
    static const struct {
        const char *when, *policy, *values, *otherwise, *rules[5], *want;
    } cases[] = {
        {"unique, one holds", "hitPolicy='UNIQUE'", NULL, NULL, {"<5|1", "5|2"}, "2"},
        {"unique, two hold", "hitPolicy='UNIQUE'", NULL, NULL, {"<6|1", "5|1"}, "null"},
        {"unique is meant without a policy", "", NULL, NULL, {"<6|1", "5|2"}, "null"},
        {"none holds", "hitPolicy='UNIQUE'", NULL, NULL, {"<5|1"}, "null"},
        {"none holds, a default", "hitPolicy='UNIQUE'", NULL, "7", {"<5|1"}, "7"},
        {"a test that is null does not hold", "", NULL, "7", {"< \"x\"|1"}, "7"},
        {"any, the same output", "hitPolicy='ANY'", NULL, NULL, {"<6|1+1", "5|2"}, "2"},
        {"any, both null", "hitPolicy='ANY'", NULL, "1", {"<6|null", "5|null"}, "null"},
        {"any, another output", "hitPolicy='ANY'", NULL, NULL, {"<6|1", "5|2"}, "null"},
        {"first", "hitPolicy='FIRST'", NULL, NULL, {"<5|1", ">4|2", "5|3"}, "2"},
        {"priority", "hitPolicy='PRIORITY'", "3,2,1", NULL, {"-|1", "-|2", "<5|3"}, "2"},
        {"priority without values", "hitPolicy='PRIORITY'", NULL, NULL, {"-|1", "-|2"}, "null"},
        {"rule order", "hitPolicy='RULE ORDER'", NULL, NULL, {"-|3", "<5|2", "-|1"}, "[3, 1]"},
        {"output order",
         "hitPolicy='OUTPUT ORDER'",
         "1,2,3",
         NULL,
         {"-|3", "-|1", "-|2", "-|1"},
         "[1, 1, 2, 3]"},
        {"collect", "hitPolicy='COLLECT'", NULL, NULL, {"-|3", "<5|2", "-|3"}, "[3, 3]"},
        {"sum", "hitPolicy='COLLECT' aggregation='SUM'", NULL, NULL, {"-|3", "<5|9", "-|4"}, "7"},
        {"sum of a text",
         "hitPolicy='COLLECT' aggregation='SUM'",
         NULL,
         NULL,
         {"-|3", "-|\"x\""},
         "null"},
        {"count", "hitPolicy='COLLECT' aggregation='COUNT'", NULL, NULL, {"-|3", "-|3"}, "2"},
        {"least", "hitPolicy='COLLECT' aggregation='MIN'", NULL, NULL, {"-|3", "-|2"}, "2"},
        {"most",
         "hitPolicy='COLLECT' aggregation='MAX'",
         NULL,
         NULL,
         {"-|\"b\"", "-|\"a\""},
         "\"b\""},
        {"most of what has no order",
         "hitPolicy='COLLECT' aggregation='MAX'",
         NULL,
         NULL,
         {"-|3", "-|\"a\""},
         "null"},
        {"an output that is not allowed", "", "1,2", NULL, {"-|3"}, "null"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a = {0};
        const char *got =
            for_five(&a, cases[i].policy, cases[i].values, cases[i].otherwise, cases[i].rules);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s, not %s", cases[i].when, got, cases[i].want);
        arena_done(&a);
    }
}

static void test_several_outputs_are_a_context(void **state)
{
    static const struct {
        const char *policy, *want;
    } cases[] = {
        {"hitPolicy='FIRST'", "{x: 1, y: \"b\"}"},
        {"hitPolicy='PRIORITY'", "{x: 1, y: \"a\"}"},
        {"hitPolicy='RULE ORDER'", "[{x: 1, y: \"b\"}, {x: 2, y: \"a\"}, {x: 1, y: \"a\"}]"},
        {"hitPolicy='OUTPUT ORDER'", "[{x: 1, y: \"a\"}, {x: 1, y: \"b\"}, {x: 2, y: \"a\"}]"},
        {"hitPolicy='COLLECT' aggregation='MAX'", "{x: 2, y: \"b\"}"},
        {"hitPolicy='UNIQUE'", "null"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a = {0};
        struct model_text m;
        table_start(&m, &a, 1, cases[i].policy);
        put_input(&m, 0, NULL);
        put_output(&m, "x", "1,2", NULL);
        put_output(&m, "y", "\"a\",\"b\"", NULL);
        put_rule(&m, "-|1|\"b\"");
        put_rule(&m, "-|2|\"a\"");
        put_rule(&m, "-|1|\"a\"");
        struct value five = number("5");
        assert_string_equal(decide(&a, load(&m, &a), &five, 1, false), cases[i].want);
        arena_done(&a);
    }
}

static const char *const NUMBER_CELLS[] = {"-",
                                           "< 5",
                                           "<= 5",
                                           "> 2.5",
                                           ">= 7",
                                           "[1..3]",
                                           "(1..3)",
                                           "]2..7[",
                                           "1, 2, 3",
                                           "not(2, > 8)",
                                           "> 1e30",
                                           "2.50",
                                           "null",
                                           "not(null)",
                                           "? > 3",
                                           "\"a\"",
                                           "list contains([1, 2], ?)",
                                           "0.000000000000000000000000000001",
                                           "not(5)",
                                           "[1..2], 9",
                                           "-3",
                                           "-2, null",
                                           "< -2.5",
                                           "9999999999999999999999999999999999",
                                           "b",
                                           "> b",
                                           "[2..1]",
                                           "{x: 1}.x",
                                           "true",
                                           "[1,2]",
                                           "< null",
                                           "\"a\", 5",
                                           "> 9223372036854775807"};
static const char *const STRING_CELLS[] = {"-",
                                           "\"a\"",
                                           "\"a\", \"b\"",
                                           "not(\"a\")",
                                           "< \"m\"",
                                           "[\"a\"..\"f\"]",
                                           "null",
                                           "\"\"",
                                           "starts with(?, \"a\")",
                                           "not(\"a\", \"b\", null)",
                                           "\"ab\"",
                                           "\"é\"",
                                           "? = \"b\"",
                                           "5",
                                           "\"abcdefghijklmnopq\"",
                                           "[\"a\", \"b\"]"};
static const char *const DATE_CELLS[] = {"-",
                                         "date(\"2020-02-29\")",
                                         "< date(\"2020-02-29\")",
                                         "@\"2021-01-01\"",
                                         "[@\"2020-01-01\"..@\"2020-12-31\"]",
                                         "not(@\"2020-02-29\")",
                                         "null",
                                         "> @\"2020-01-01T00:00:00\"",
                                         ">= date(\"2020-03-01\")",
                                         "?.year = 2020"};
static const char *const BOOLEAN_CELLS[] = {"-",           "true", "false",     "not(true)",
                                            "true, false", "null", "not(null)", "5"};
static const struct {
    const char *const *cells;
    size_t count;
} CELLS[] = {{NUMBER_CELLS, COUNT(NUMBER_CELLS)},
             {STRING_CELLS, COUNT(STRING_CELLS)},
             {DATE_CELLS, COUNT(DATE_CELLS)},
             {BOOLEAN_CELLS, COUNT(BOOLEAN_CELLS)}};

static const char *const NUMBERS[] = {"0",
                                      "1",
                                      "1.0",
                                      "2",
                                      "2.5",
                                      "2.49999999999999999999",
                                      "3",
                                      "5",
                                      "5.000",
                                      "7",
                                      "8",
                                      "9",
                                      "-2",
                                      "-3",
                                      "-2.5",
                                      "-4",
                                      "1e30",
                                      "1e31",
                                      "-1e40",
                                      "9999999999999999999999999999999999",
                                      "0.000000000000000000000000000001",
                                      "1e-40",
                                      "9223372036854775807",
                                      "9223372036854775808"};
static const char *const STRINGS[] = {"a",
                                      "b",
                                      "",
                                      "ab",
                                      "é",
                                      "m",
                                      "z",
                                      "abcdefghijklmnopq",
                                      "abcdefghijklmnopr",
                                      "----------------------"};
static const char *const DATES[] = {"2020-02-29", "2020-03-01", "2020-02-28",
                                    "2021-01-01", "2019-12-31", "2020-01-01"};
static const char *const POLICIES[] = {
    "hitPolicy='UNIQUE'",     "hitPolicy='ANY'",
    "hitPolicy='FIRST'",      "hitPolicy='PRIORITY'",
    "hitPolicy='RULE ORDER'", "hitPolicy='OUTPUT ORDER'",
    "hitPolicy='COLLECT'",    "hitPolicy='COLLECT' aggregation='SUM'"};

static uint64_t seed = 20260101;

static size_t below(size_t n) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % n);
}

static struct value any_list(struct arena *a)
{
    struct value one = number(NUMBERS[below(COUNT(NUMBERS))]);
    return value_list(a, &one, below(2));
}

static struct value any_value(struct arena *a)
{
    int64_t day = 0;
    switch (below(8)) {
    case 0: return NULL_VALUE;
    case 1: return value_bool(below(2) == 0);
    case 2:
    case 3: return value_string(str_of(STRINGS[below(COUNT(STRINGS))]));
    case 4:
        assert_true(date_text(str_of(DATES[below(COUNT(DATES))]), &day));
        return value_date(day);
    case 5: return below(4) == 0 ? any_list(a) : number(NUMBERS[below(COUNT(NUMBERS))]);
    default: return number(NUMBERS[below(COUNT(NUMBERS))]);
    }
}

static struct model *any_table(struct arena *a, size_t inputs)
{
    static const char *const values[] = {NULL, "1, 2, 3", "< 3"};
    static const char *const outputs[] = {"1", "2", "3", "a", "1 + 1"};
    struct model_text m;
    size_t kinds[4], rules = below(8) == 0 ? 60 + below(80) : 1 + below(9);
    table_start(&m, a, inputs, POLICIES[below(COUNT(POLICIES))]);
    for (size_t i = 0; i < inputs; i++) {
        kinds[i] = below(COUNT(CELLS));
        put_input(&m, i, below(4) == 0 ? (kinds[i] == 0 ? "< 9, null" : "-") : NULL);
    }
    put_output(&m, NULL, values[below(COUNT(values))], below(2) == 0 ? "0" : NULL);
    for (size_t i = 0; i < rules; i++) {
        struct buf row = {.arena = a};
        for (size_t j = 0; j < inputs; j++) {
            size_t kind = below(10) == 0 ? below(COUNT(CELLS)) : kinds[j];
            buf_fmt(&row, "%s|", CELLS[kind].cells[below(CELLS[kind].count)]);
        }
        buf_fmt(&row, "%s%c", outputs[below(COUNT(outputs))], '\0');
        put_rule(&m, row.ptr);
    }
    return load(&m, a);
}

static void test_plain_comparisons_give_what_the_evaluator_gives(void **state)
{
    (void)state;
    for (size_t i = 0; i < 400; i++) {
        struct arena a = {0};
        size_t inputs = 2 + below(3);
        struct model *m = any_table(&a, inputs);
        struct table *t = table_of(m);
        struct fast_table *fast = t->fast;
        assert_non_null(fast);
        for (size_t j = 0; j < 60; j++) {
            struct value v[4];
            for (size_t k = 0; k < inputs; k++)
                v[k] = any_value(&a);
            for (int why = 0; why <= 1; why++) {
                t->fast = fast;
                const char *quick = decide(&a, m, v, inputs, why != 0);
                t->fast = NULL;
                assert_string_equal(quick, decide(&a, m, v, inputs, why != 0));
            }
        }
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_that_is_not_allowed_gives_null_even_with_a_default),
        cmocka_unit_test(test_each_hit_policy_makes_its_own_of_the_rules_that_hold),
        cmocka_unit_test(test_several_outputs_are_a_context),
        cmocka_unit_test(test_plain_comparisons_give_what_the_evaluator_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
