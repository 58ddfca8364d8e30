/* The account of an evaluation: which rules held, which test failed, what each decision gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/dmn/dmn.h"

#define HEAD                                                                                       \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "                  \
    "namespace='urn:m' id='m'>"                                                                    \
    "<inputData id='i' name='Age'><variable name='Age'/></inputData>"                              \
    "<decision id='d' name='Fare'><variable name='Fare'/>"                                         \
    "<informationRequirement id='r'><requiredInput href='#i'/></informationRequirement>"

#define TABLE                                                                                      \
    HEAD "<decisionTable id='t' hitPolicy='UNIQUE'>"                                               \
         "<input id='c' label='the "                                                               \
         "age'><inputExpression><text>Age</text></inputExpression></input>"                        \
         "<output/>"                                                                               \
         "<rule><inputEntry><text>&lt; 18</text></inputEntry>"                                     \
         "<outputEntry><text>\"child\"</text></outputEntry></rule>"                                \
         "<rule><inputEntry><text>[18..65)</text></inputEntry>"                                    \
         "<outputEntry><text>\"adult\"</text></outputEntry></rule>"                                \
         "<rule><inputEntry><text>&gt;= 60</text></inputEntry>"                                    \
         "<outputEntry><text>\"senior\"</text></outputEntry></rule>"                               \
         "</decisionTable></decision></definitions>"

enum ask { NOTHING, TABLES, EXPRESSIONS };

static struct model *load(struct arena *a, const char *xml)
{
    static const struct dmn_options lenient = {.lenient = true}; /* an overlap is wanted here */
    struct findings findings = {.arena = a};
    struct dmn_source source = {STR("m.dmn"), str_of(xml)};
    struct model *m = dmn_load_with(a, &source, 1, lenient, &findings);
    if (m == NULL)
        fail_msg("%.*s", STR_ARG(findings.items[0].sentence));
    return m;
}

static struct eval evaluate(struct arena *a, const char *xml, struct value age, enum ask ask)
{
    struct eval e;
    struct value v;
    struct entry input = {STR("Age"), age};
    struct model *m = load(a, xml);
    eval_start(&e, a, DMN_LIMITS);
    if (ask != NOTHING)
        eval_explain(&e, ask == EXPRESSIONS);
    assert_int_equal(dmn_evaluate(&e, m, STR("Fare"), &input, 1, &v), DMN_OK);
    return e;
}

static const char *account(struct arena *a, const struct eval *e)
{
    struct buf b = {.arena = a};
    explain_json(&b, e);
    buf_char(&b, '\0');
    return b.ptr;
}

static void assert_says(const char *account, const char *part)
{
    if (strstr(account, part) == NULL)
        fail_msg("%s is not in %s", part, account);
}

static void test_two_rules_where_one_may_hold_are_named(void **state)
{
    struct arena a = {0};
    (void)state;
    struct eval e = evaluate(&a, TABLE, value_i64(62), TABLES);
    const char *json = account(&a, &e);
    assert_says(json, "\"decisions\":[{\"name\":\"Fare\",\"value\":null}]");
    assert_says(json, "rules 2 and 3 of");
    assert_says(json, "{\"rule\":2,\"held\":true,\"line\":1},{\"rule\":3,\"held\":true");
    arena_done(&a);
}

static void test_each_rule_has_its_verdict_and_the_test_that_failed(void **state)
{
    struct arena a = {0};
    (void)state;
    struct eval e = evaluate(&a, TABLE, value_i64(30), TABLES);
    const struct table_trace *t = e.trace->tables;
    assert_non_null(t);
    assert_null(t->next);
    assert_int_equal(t->rule_count, 3);
    assert_false(t->rules[0].held);
    assert_int_equal(t->rules[0].failed_input, 0);
    assert_false(t->rules[0].was_null);
    assert_true(t->rules[1].held);
    assert_int_equal(t->rules[1].failed_input, -1);
    const char *json = account(&a, &e);
    assert_says(json, "\"inputs\":[{\"input\":\"Age\",\"value\":30}]");
    assert_says(json, "\"failed_test\":\"< 18\",\"gave\":false");
    assert_says(json, "\"result\":\"adult\"");
    arena_done(&a);
}

static void test_a_test_that_is_null_is_told_from_one_that_is_false(void **state)
{
    struct arena a = {0};
    (void)state;
    struct eval e = evaluate(&a, TABLE, NULL_VALUE, TABLES);
    assert_true(e.trace->tables->rules[0].was_null);
    assert_says(account(&a, &e), "\"gave\":null");
    arena_done(&a);
}

static void test_every_expression_is_told_on_request_only(void **state)
{
    static const char *const xml =
        HEAD "<literalExpression id='e'><text>Age * 2 + 1</text></literalExpression>"
             "</decision></definitions>";
    struct arena a = {0};
    (void)state;
    struct eval e = evaluate(&a, xml, value_i64(4), TABLES);
    assert_null(e.trace->values);
    e = evaluate(&a, xml, value_i64(4), EXPRESSIONS);
    const char *json = account(&a, &e);
    assert_says(json, "\"expression\":\"Age * 2\"");
    assert_says(json, "\"value\":8}");
    assert_says(json, "\"value\":9}");
    arena_done(&a);
}

static void test_nothing_is_kept_where_nobody_asks(void **state)
{
    struct arena a = {0};
    (void)state;
    struct eval e = evaluate(&a, TABLE, value_i64(62), NOTHING);
    assert_null(e.trace);
    assert_null(e.notes);
    assert_string_equal(account(&a, &e), "{\"decisions\":[],\"tables\":[],\"notes\":[]}");
    arena_done(&a);
}

static void test_notes_come_in_the_order_things_happened_and_a_limit_is_told(void **state)
{
    struct arena a = {0};
    struct note first = {.text = STR("first")};
    struct note second = {.next = &first, .text = STR("second")};
    struct eval e = {.arena = &a, .notes = &second, .stopped = STOP_DEPTH};
    (void)state;
    assert_string_equal(account(&a, &e), "{\"decisions\":[],\"tables\":[],\"notes\":[\"first\","
                                         "\"second\"],\"limit\":\"depth\"}");
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_rules_where_one_may_hold_are_named),
        cmocka_unit_test(test_each_rule_has_its_verdict_and_the_test_that_failed),
        cmocka_unit_test(test_a_test_that_is_null_is_told_from_one_that_is_false),
        cmocka_unit_test(test_every_expression_is_told_on_request_only),
        cmocka_unit_test(test_nothing_is_kept_where_nobody_asks),
        cmocka_unit_test(test_notes_come_in_the_order_things_happened_and_a_limit_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
