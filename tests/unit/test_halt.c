/* halt: when a partition must stand still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/core/halt.h"

static void test_the_range_of_the_log_decides(void **state)
{
    static const struct {
        const char *when;
        int64_t next, low, high;
        enum halt want;
    } cases[] = {
        {"an empty log at its beginning", 0, 0, 0, HALT_NONE},
        {"within the log", 5, 0, 10, HALT_NONE},
        {"at its end", 10, 0, 10, HALT_NONE},
        {"at its beginning", 3, 3, 10, HALT_NONE},
        {"all of it expired, none missed", 10, 10, 10, HALT_NONE},
        {"older than the log", 2, 3, 10, HALT_INPUT_EXPIRED},
        {"beyond its end", 11, 0, 10, HALT_INPUT_TRUNCATED},
        {"a log made anew", 7, 0, 0, HALT_INPUT_TRUNCATED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum halt got = halt_of_range(cases[i].next, cases[i].low, cases[i].high);
        if (got != cases[i].want)
            fail_msg("%s: got %s", cases[i].when, halt_name(got));
    }
}

static void test_the_record_before_next_decides(void **state)
{
    static const struct {
        const char *when;
        int64_t offset;
        uint64_t fingerprint;
        bool compacted;
        enum halt want;
    } cases[] = {
        {"it is the one", 41, 7, false, HALT_NONE},
        {"it is another one", 41, 8, false, HALT_INPUT_DIVERGED},
        {"it is another one, compacted topic", 41, 8, true, HALT_INPUT_DIVERGED},
        {"it is missing", 42, 8, false, HALT_INPUT_DIVERGED},
        {"it was compacted away", 45, 8, true, HALT_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum halt got =
            halt_of_record(42, 7, cases[i].offset, cases[i].fingerprint, cases[i].compacted);
        if (got != cases[i].want)
            fail_msg("%s: got %s", cases[i].when, halt_name(got));
    }
}

static void test_names_are_read_back_and_strange_ones_halt_too(void **state)
{
    (void)state;
    for (enum halt h = HALT_INPUT_EXPIRED; h <= HALT_OPERATOR; h++)
        assert_int_equal(halt_parse(str_of(halt_name(h))), h);
    assert_int_equal(halt_parse(STR("MAINTENANCE")), HALT_OPERATOR);
    assert_int_equal(halt_parse(STR("")), HALT_OPERATOR);
}

static void test_the_detail_of_changed_partitions_is_read_as_it_was_written(void **state)
{
    char name[249], detail[HALT_DETAIL_BYTES];
    struct halt_partitions read, written = {{name, sizeof name}, INT32_MAX, 1};
    (void)state;
    memset(name, 'x', sizeof name); /* as long as Kafka allows */
    halt_partitions_write(detail, &written);
    assert_true(halt_partitions_read(str_of(detail), &read));
    assert_true(str_eq(read.topic, written.topic));
    assert_true(read.now == INT32_MAX && read.was == 1);
}

static void test_other_details_name_no_topic(void **state)
{
    static const char *const details[] = {
        "",
        "the record at offset 7 is not the one taken in",
        " has 8 partitions and had 6",
        "t has partitions and had 6",
        "t has 8 partitions and had ",
        "t has 8 partitions and had 6.",
        "t has 8 partitions and had 4294967296",
        "t has -8 partitions and had 6",
    };
    struct halt_partitions read;
    (void)state;
    for (size_t i = 0; i < COUNT(details); i++)
        if (halt_partitions_read(str_of(details[i]), &read))
            fail_msg("read from \"%s\"", details[i]);
    assert_false(halt_partitions_read(STR_NONE, &read));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_range_of_the_log_decides),
        cmocka_unit_test(test_the_record_before_next_decides),
        cmocka_unit_test(test_names_are_read_back_and_strange_ones_halt_too),
        cmocka_unit_test(test_the_detail_of_changed_partitions_is_read_as_it_was_written),
        cmocka_unit_test(test_other_details_name_no_topic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
