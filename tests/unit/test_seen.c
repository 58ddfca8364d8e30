/* seen: what is a repeat and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/core/seen.h"

static struct sequence at(int64_t offset, int32_t index)
{
    return (struct sequence){offset, index};
}

static void test_only_what_is_above_the_highest_is_new(void **state)
{
    static const struct {
        const char *when;
        int64_t offset;
        int32_t index;
        bool is_new;
    } cases[] = {
        {"the first of all", 0, 0, true},
        {"itself again", 0, 0, false},
        {"the next output of the input", 0, 1, true},
        {"a later input", 7, 0, true},
        {"an earlier input", 3, 9, false},
        {"the same input, later output", 7, 2, true},
        {"an output between", 7, 1, false},
    };
    struct seen seen = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (seen_take(seen_source(&seen, STR("a/b/c/1")), at(cases[i].offset, cases[i].index)) !=
            cases[i].is_new)
            fail_msg("%s", cases[i].when);
    seen_done(&seen);
}

static void test_sources_do_not_know_of_each_other(void **state)
{
    struct seen seen = {0};
    (void)state;
    assert_true(seen_take(seen_source(&seen, STR("s/0")), at(100, 0)));
    assert_true(seen_take(seen_source(&seen, STR("s/1")), at(5, 0)));
    assert_false(seen_take(seen_source(&seen, STR("s/0")), at(100, 0)));
    assert_true(seen_take(seen_source(&seen, STR("s/1")), at(6, 0)));
    assert_ptr_equal(seen_source(&seen, STR("s/0")), seen_source(&seen, STR("s/0")));
    seen_done(&seen);
}

static void test_a_source_is_kept_when_its_event_is_gone(void **state)
{
    struct seen seen = {0};
    char name[] = "s/0";
    (void)state;
    assert_true(seen_take(seen_source(&seen, str_of(name)), at(1, 0)));
    memcpy(name, "t/9", 3);
    assert_false(seen_take(seen_source(&seen, STR("s/0")), at(1, 0)));
    seen_done(&seen);
    seen_done(&seen);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_is_above_the_highest_is_new),
        cmocka_unit_test(test_sources_do_not_know_of_each_other),
        cmocka_unit_test(test_a_source_is_kept_when_its_event_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
