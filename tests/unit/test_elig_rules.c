/* Which rules decide: by the day of the application and by what was known; and what happens when they are missing,
 * late, or give nothing sound. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/elig_assess_steps.h"

static const char HEAD[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"m\" name=\"m\" "
    "namespace=\"urn:m\"><decision id=\"d\" name=\"Verdict\"><variable id=\"v\" "
    "name=\"Verdict\"/><literalExpression id=\"l\"><text>";
static const char TAIL[] = "</text></literalExpression></decision></definitions>";

static struct elig_rules own;
static const struct elig_rule_set *sets[8];

static void begin(void)
{
    (void)reset(NULL);
    own = (struct elig_rules){.sets = sets, .scratch = elig_shipped_rules()->scratch};
    s.rules = &own;
}

/* Rules whose verdict is one expression. */
static void publish(const char *version, int32_t valid_from, int32_t known_on, const char *verdict)
{
    struct elig_rule_set *set = arena_alloc(&mem, sizeof *set);
    *set = (struct elig_rule_set){.measure = EV_MEASURE_MEMBERSHIP,
                                  .version = str_of(version),
                                  .valid_from = valid_from,
                                  .known_on = known_on,
                                  .rules = elig_compile(&mem, arena_fmt(&mem, "%s%s%s", HEAD,
                                                                        verdict, TAIL))};
    sets[own.count++] = set;
}

static void publish_and_apply(const char *version, int32_t valid_from, int32_t known_on,
                              const char *verdict)
{
    publish(version, valid_from, known_on, verdict);
    elig_on_rules(&s, input++, EV_MEASURE_MEMBERSHIP, valid_from, INT32_MAX);
}

#define YES "{answer: \"eligible\", findings: []}"
#define REFUSES "{answer: \"refused\", findings: []}"

static const struct elig_step *newest(void)
{
    assert_true(s.step_count > 0);
    return &s.steps[s.step_count - 1];
}

static void assert_version(const char *version)
{
    if (!str_eq(newest()->judged->rule_version, str_of(version)))
        fail_msg("got %.*s", STR_ARG(newest()->judged->rule_version));
}

static void test_without_any_rules_an_application_waits_for_them(void **state)
{
    (void)state;
    begin();
    described("a");
    member("m", "a", on(5, 1));
    assert_int_equal(s.step_count, 0);
    publish_and_apply("one", on(1, 1), on(1, 1), YES);
    assert_int_equal(s.step_count, 1);
    assert_version("one");
    assert_int_equal(newest()->cause, EV_CAUSE_RULES);
    assert_int_equal(newest()->effective_on, on(5, 1));
}

static void test_rules_known_only_later_date_the_decision(void **state)
{
    (void)state;
    begin();
    publish("late", on(1, 1), on(7, 1), YES);
    described("a");
    member("m", "a", on(5, 1));
    assert_version("late");
    assert_int_equal(newest()->effective_on, on(7, 1));
}

static void test_of_those_in_force_the_one_that_began_last_decides(void **state)
{
    (void)state;
    begin();
    publish("two", on(5, 2), on(1, 1), YES);
    publish("one", on(1, 1), on(1, 1), YES);
    described("a");
    described("b");
    member("m", "a", on(5, 1));
    assert_version("one");
    member("n", "b", on(5, 2));
    assert_version("two");
}

static void test_rules_not_known_yet_when_it_was_decided_do_not_count(void **state)
{
    (void)state;
    begin();
    publish("one", on(1, 1), on(1, 1), YES);
    publish("corrected", on(1, 1), on(6, 1), REFUSES);
    described("a");
    described("b");
    member("m", "a", on(5, 31));
    assert_version("one");
    member("n", "b", on(6, 1));
    assert_version("corrected");
}

static void test_rules_that_arrive_after_an_application_they_hold_for_decide_it_again(void **state)
{
    (void)state;
    begin();
    publish("one", on(1, 1), on(1, 1), REFUSES);
    described("a");
    member("m", "a", on(5, 1));
    assert_int_equal(newest()->verdict, EV_VERDICT_REFUSED);
    publish_and_apply("two", on(2, 1), on(2, 1), YES);
    assert_int_equal(s.step_count, 2);
    assert_int_equal(newest()->verdict, EV_VERDICT_ELIGIBLE);
    assert_int_equal(newest()->revision, 2);
    assert_version("two");
}

static void test_a_verdict_that_stays_under_later_rules_is_no_news(void **state)
{
    (void)state;
    begin();
    publish("one", on(1, 1), on(1, 1), REFUSES);
    described("a");
    member("m", "a", on(5, 1));
    publish_and_apply("two", on(2, 1), on(2, 1), REFUSES);
    assert_int_equal(s.step_count, 1);
}

static void test_before_the_first_rules_began_it_is_refused_with_the_day(void **state)
{
    (void)state;
    begin();
    publish("one", on(5, 2), on(1, 1), YES);
    described("a");
    member("m", "a", on(5, 1));
    const struct elig_verdict *v = newest()->judged;
    assert_int_equal(newest()->verdict, EV_VERDICT_REFUSED);
    assert_true(str_eq(v->findings[1].nearest, STR("submitted on 2021-05-02 or later")));
}

static void test_an_unsound_verdict_makes_the_application_wait_for_better_rules(void **state)
{
    static const char *const verdicts[] = {
        "null",
        "42",
        "{}",
        "{answer: \"perhaps\", findings: []}",
        "{answer: \"eligible\"}",
        "{answer: \"eligible\", findings: [1]}",
        "{answer: \"eligible\", findings: [{rule: \"r\", held: true}]}",
        "{answer: \"eligible\", findings: [], amount: -1}",
        "{answer: \"eligible\", findings: [], amount: 0.5}",
        "{answer: \"eligible\", findings: [], amount: 9007199254740992}",
        "{answer: \"eligible\", findings: for i in 1..14 return {rule: \"r\", held: true}}",
        "{answer: \"eligible\", findings: for i in 1..1000000000 return i}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        begin();
        publish("one", on(1, 1), on(1, 1), verdicts[i]);
        described("a");
        member("m", "a", on(5, 1));
        if (s.step_count != 0)
            fail_msg("case %zu was decided", i);
        business_day(on(7, 1));
        const struct elig_verdict *v = newest()->judged;
        assert_int_equal(newest()->verdict, EV_VERDICT_REFUSED);
        assert_true(str_eq(v->findings[1].rule, STR("rules_evaluated")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_any_rules_an_application_waits_for_them),
        cmocka_unit_test(test_rules_known_only_later_date_the_decision),
        cmocka_unit_test(test_of_those_in_force_the_one_that_began_last_decides),
        cmocka_unit_test(test_rules_not_known_yet_when_it_was_decided_do_not_count),
        cmocka_unit_test(test_rules_that_arrive_after_an_application_they_hold_for_decide_it_again),
        cmocka_unit_test(test_a_verdict_that_stays_under_later_rules_is_no_news),
        cmocka_unit_test(test_before_the_first_rules_began_it_is_refused_with_the_day),
        cmocka_unit_test(test_an_unsound_verdict_makes_the_application_wait_for_better_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
