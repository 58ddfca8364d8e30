/* membership: the rule alone, with facts made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "common/core/date.h"
#include "tests/unit/elig_rules.h"

static struct arena mem;

static int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    return 0;
}

static struct elig_verdict judge(bool described, struct elig_standing now)
{
    struct elig_verdict verdict;
    elig_judge(&mem, elig_shipped_rules(),
               &(struct elig_facts){.measure = EV_MEASURE_MEMBERSHIP,
                                    .submitted_on = date_from_ymd(2021, 5, 10),
                                    .known_on = date_from_ymd(2021, 5, 10),
                                    .described = described,
                                    .standings = &now,
                                    .standing_count = 1},
               &verdict);
    return verdict;
}

static void test_an_organisation_nobody_described_waits(void **state)
{
    struct elig_verdict verdict =
        judge(false, (struct elig_standing){STR("inn:1"), ELIG_UNDECIDED, 0});
    (void)state;
    assert_int_equal(verdict.answer, ELIG_WAITS);
    assert_false(verdict.findings[0].held);
}

static void test_a_participant_cannot_join_again(void **state)
{
    struct elig_verdict verdict =
        judge(true, (struct elig_standing){STR("inn:1"), ELIG_MEMBER, date_from_ymd(2020, 2, 29)});
    (void)state;
    assert_int_equal(verdict.answer, ELIG_REFUSED);
    assert_true(str_eq(verdict.findings[1].rule, STR("not_a_participant_already")));
    assert_true(str_eq(verdict.findings[1].read, STR("already_participant=yes since=2020-02-29")));
    assert_non_null(verdict.findings[1].nearest.ptr);
}

static void test_a_participant_nobody_described_still_waits(void **state)
{
    struct elig_verdict verdict =
        judge(false, (struct elig_standing){STR("inn:1"), ELIG_MEMBER, 0});
    (void)state;
    assert_int_equal(verdict.answer, ELIG_WAITS);
}

static void test_a_described_organisation_joins_and_is_told_why(void **state)
{
    struct elig_verdict verdict =
        judge(true, (struct elig_standing){STR("inn:1"), ELIG_UNDECIDED, 0});
    (void)state;
    assert_int_equal(verdict.answer, ELIG_ELIGIBLE);
    assert_int_equal(verdict.finding_count, 2);
    assert_true(verdict.findings[0].held && verdict.findings[1].held);
    assert_true(str_eq(verdict.rule_version, STR("membership/1")));
    assert_non_null(verdict.engine_version.ptr);
    assert_false(verdict.has_amount || verdict.has_asked || verdict.has_yearly_cap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_an_organisation_nobody_described_waits, reset),
        cmocka_unit_test_setup(test_a_participant_cannot_join_again, reset),
        cmocka_unit_test_setup(test_a_participant_nobody_described_still_waits, reset),
        cmocka_unit_test_setup(test_a_described_organisation_joins_and_is_told_why, reset),
    };
    int failed = cmocka_run_group_tests_name("elig_membership", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
