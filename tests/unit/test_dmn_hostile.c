/* Models and expressions made to harm: each ends soon, within its limits, with null or a finding. */
#include "tests/unit/dmn_feel.h"

#include "common/dmn/dmn.h"

/* What a text gives under the usual limits; *ret_used is what it took of the arena. */
static enum stop stop_of(const char *source, size_t *ret_used)
{
    struct feel t;
    feel_open(&t);
    assert_non_null(feel_resolve(&t, source, false));
    t.eval.arena_start = t.arena.used_bytes;
    (void)eval_node(&t.eval, t.node, &t.frame);
    enum stop stopped = t.eval.stopped;
    *ret_used = t.arena.used_bytes - t.eval.arena_start;
    feel_close(&t);
    return stopped;
}

static void a_list_that_grows_without_end_stays_within_the_limit_of_memory(void **state)
{
    (void)state;
    size_t used;
    assert_int_equal(stop_of("for i in 1..1000000000 return i", &used), STOP_MEMORY);
    assert_true(used <= DMN_LIMITS.memory_bytes + 4096);
}

static void a_string_that_doubles_stays_within_the_limit_of_memory(void **state)
{
    (void)state;
    size_t used;
    assert_int_equal(
        stop_of("for i in 1..60 return if i = 1 then \"ab\" else partial[-1] + partial[-1]", &used),
        STOP_MEMORY);
    assert_true(used <= DMN_LIMITS.memory_bytes + 4096);
}

/* Each level holds the one below ten times: a thousand million numbers in a few hundred bytes. */
#define TEN(x) "[" x "," x "," x "," x "," x "," x "," x "," x "," x "," x "]"
#define MANY                                                                                       \
    "a: " TEN("1") ", b: " TEN("a") ", c: " TEN("b") ", d: " TEN("c") ", e: " TEN(                 \
        "d") ", f: " TEN("e") ", g: " TEN("f") ", h: " TEN("g") ", i: " TEN("h")

static void a_value_too_long_for_a_text_has_no_text_rather_than_half_of_one(void **state)
{
    (void)state;
    feel("{" MANY ", r: string(i)}.r", "null");
}

static void a_value_too_deep_for_a_text_has_no_text_rather_than_half_of_one(void **state)
{
    (void)state;
    feel("{g: for i in 1..10000 return if i = 1 then 1 else [partial[-1]], r: string(g[-1])}.r",
         "null");
    feel("{g: for i in 1..3 return if i = 1 then 1 else [partial[-1]], r: string(g[-1])}.r",
         "\"[[1]]\"");
}

static void two_values_too_deep_to_compare_are_not_said_to_differ(void **state)
{
    (void)state;
    feel("{g: for i in 1..10000 return if i = 1 then 1 else [partial[-1]], r: is(g[-1], g[-1])}.r",
         "null");
}

static void no_offset_is_made_that_no_text_of_a_time_may_have(void **state)
{
    (void)state;
    feel("time(12, 0, 0, duration(\"PT14H1M\"))", "null");
    feel("time(12, 0, 0, duration(\"PT14H\"))", "time(\"12:00:00+14:00\")");
    feel("time(\"12:00:00+14:01\")", "null");
}

/* A table of one cell that lists 40,000 numbers. */
static void one_cell_with_very_many_tests_is_not_checked_for_gaps_but_loads(void **state)
{
    (void)state;
    struct arena a = {0};
    struct buf b = {.arena = &a};
    buf_str(&b,
            STR("<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='n' "
                "name='m'><decision name='t'><variable name='t'/><decisionTable><input>"
                "<inputExpression><text>39999</text></inputExpression></input><output/><rule>"
                "<inputEntry><text>0"));
    for (int i = 1; i < 40000; i++)
        buf_fmt(&b, ",%d", i);
    buf_str(&b, STR("</text></inputEntry><outputEntry><text>7</text></outputEntry></rule>"
                    "</decisionTable></decision></definitions>"));
    struct findings findings = {.arena = &a};
    struct dmn_source source = {.name = STR("m.dmn"), .xml = buf_view(&b)};
    struct model *m = dmn_load(&a, &source, 1, &findings);
    assert_non_null(m);
    struct eval e;
    struct value v;
    eval_start(&e, &a, DMN_LIMITS);
    assert_int_equal(dmn_evaluate(&e, m, STR("t"), NULL, 0, &v), DMN_OK);
    assert_int_equal(v.kind, VALUE_NUMBER);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_that_grows_without_end_stays_within_the_limit_of_memory),
        cmocka_unit_test(a_string_that_doubles_stays_within_the_limit_of_memory),
        cmocka_unit_test(a_value_too_long_for_a_text_has_no_text_rather_than_half_of_one),
        cmocka_unit_test(a_value_too_deep_for_a_text_has_no_text_rather_than_half_of_one),
        cmocka_unit_test(two_values_too_deep_to_compare_are_not_said_to_differ),
        cmocka_unit_test(no_offset_is_made_that_no_text_of_a_time_may_have),
        cmocka_unit_test(one_cell_with_very_many_tests_is_not_checked_for_gaps_but_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
