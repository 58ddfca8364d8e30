/* fault: told as one sentence, which stays short whatever a sender writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/core/fault.h"

static struct arena arena;
static struct faults faults;

static int set_up(void **state)
{
    (void)state;
    arena_reset(&arena);
    faults_init(&faults, &arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void must_read(const char *want)
{
    struct str text = faults_text(&arena, &faults);
    if (!str_eq(text, str_of(want)))
        fail_msg("\"%.*s\"", STR_ARG(text));
}

static void test_faults_are_told_in_one_sentence(void **state)
{
    (void)state;
    assert_null(faults_text(&arena, &faults).ptr);
    fault_add(&faults, "missing", STR("/a/b"), "is missing");
    must_read("missing at /a/b: is missing");
    fault_add(&faults, "not_json", STR(""), "is no JSON");
    must_read("missing at /a/b: is missing; not_json: is no JSON");
}

static void test_more_than_five_are_counted(void **state)
{
    (void)state;
    for (int i = 1; i <= 7; i++)
        fault_add(&faults, "odd", STR("/x"), "no %d", i);
    must_read(
        "odd at /x: no 1; odd at /x: no 2; odd at /x: no 3; odd at /x: no 4; odd at /x: no 5; "
        "and 2 more");
}

static void test_a_name_as_long_as_a_record_is_cut_between_characters(void **state)
{
    static char name[100000];
    struct str pointer = {name, sizeof name};
    (void)state;
    for (size_t i = 1; i + 1 < sizeof name; i += 2)
        memcpy(name + i, "\xd0\xb6", 2);
    name[0] = '/';
    fault_add(&faults, "unknown", pointer, "%.3000s", name + 1);
    struct str text = faults_text(&arena, &faults);
    assert_true(text.len < 1300 && str_is_utf8(text));
    assert_non_null(memmem(text.ptr, text.len, "\xd0\xb6...: \xd0\xb6", 9));
    assert_int_equal(faults.items[0].message.len, 1000);
    fault_add(&faults, "unknown", STR(""), "%.3000s", name);
    assert_int_equal(faults.items[1].message.len, 999);
    assert_true(str_is_utf8(faults.items[1].message));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_faults_are_told_in_one_sentence, set_up),
        cmocka_unit_test_setup(test_more_than_five_are_counted, set_up),
        cmocka_unit_test_setup(test_a_name_as_long_as_a_record_is_cut_between_characters, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
