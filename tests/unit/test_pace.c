/* pace: when a stage begins its next batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/pace.h"

#define MS ((int64_t)1000)

static int64_t after_many(struct pace *p, int64_t took_us)
{
    int64_t wait = 0;
    for (int i = 0; i < 100; i++)
        wait = pace_after(p, took_us);
    return wait;
}

static void test_without_a_gathering_time_nothing_waits(void **state)
{
    (void)state;
    struct pace plain = {0}, merging = {.merges = true};
    assert_true(pace_after(&plain, 90 * MS) <= 90 * MS);
    assert_true(pace_after(&merging, 90 * MS) <= 90 * MS);
}

static void test_short_batches_keep_the_gathering_time(void **state)
{
    (void)state;
    struct pace plain = {.gather_us = 10 * MS}, merging = {.gather_us = 10 * MS, .merges = true};
    assert_int_equal(after_many(&plain, 2 * MS), 10 * MS);
    assert_int_equal(after_many(&merging, 2 * MS), 10 * MS);
}

static void test_a_stage_rests_as_long_as_it_worked_up_to_ten_gathering_times(void **state)
{
    (void)state;
    struct pace p = {.gather_us = 10 * MS};
    assert_int_equal(pace_after(&p, 30 * MS), 60 * MS);
    assert_int_equal(pace_after(&p, 80 * MS), 100 * MS);
    assert_true(pace_after(&p, 300 * MS) <
                300 * MS); /* it has been longer, so it goes on at once */
}

static void test_a_merging_stage_rests_longer_the_longer_its_batches_are(void **state)
{
    (void)state;
    struct pace p = {.gather_us = 10 * MS, .merges = true};
    assert_in_range(after_many(&p, 5 * MS), 10 * MS, 10 * MS);
    assert_in_range(after_many(&p, 20 * MS), 59 * MS, 60 * MS);
    assert_in_range(after_many(&p, 50 * MS), 295 * MS, 300 * MS);
    assert_int_equal(after_many(&p, 90 * MS), 500 * MS);
}

static void test_nobody_waits_for_more_than_a_second(void **state)
{
    (void)state;
    struct pace plain = {.gather_us = 1000 * MS},
                merging = {.gather_us = 1000 * MS, .merges = true};
    assert_int_equal(after_many(&plain, 700 * MS), 1000 * MS);
    assert_int_equal(after_many(&merging, 5000 * MS), 1000 * MS);
}

static void test_one_long_batch_does_not_slow_a_merging_stage_down(void **state)
{
    (void)state;
    struct pace p = {.gather_us = 10 * MS, .merges = true};
    (void)after_many(&p, 5 * MS);
    assert_in_range(pace_after(&p, 100 * MS), 100 * MS, 130 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_gathering_time_nothing_waits),
        cmocka_unit_test(test_short_batches_keep_the_gathering_time),
        cmocka_unit_test(test_a_stage_rests_as_long_as_it_worked_up_to_ten_gathering_times),
        cmocka_unit_test(test_a_merging_stage_rests_longer_the_longer_its_batches_are),
        cmocka_unit_test(test_nobody_waits_for_more_than_a_second),
        cmocka_unit_test(test_one_long_batch_does_not_slow_a_merging_stage_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
