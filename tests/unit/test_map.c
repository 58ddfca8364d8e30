/* map: many keys, found again; growing loses none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/map.h"

static void test_a_new_key_gets_its_value_and_an_old_one_keeps_its_own(void **state)
{
    struct arena a = {0};
    struct map m;
    bool is_new = false;
    (void)state;
    map_init(&m, &a, 0);
    assert_true(map_get(&m, STR("a")) == MAP_ABSENT);
    assert_int_equal(map_put(&m, STR("a"), 1, &is_new), 1);
    assert_true(is_new);
    assert_int_equal(map_put(&m, STR("a"), 2, &is_new), 1);
    assert_false(is_new);
    assert_int_equal(map_put(&m, STR("b"), 2, NULL), 2);
    assert_int_equal(map_get(&m, STR("a")), 1);
    assert_int_equal(m.count, 2);
    arena_done(&a);
}

static void test_twenty_thousand_keys_are_found_again_after_growing(void **state)
{
    enum { KEYS = 20000 };
    struct arena a = {0};
    struct map m;
    (void)state;
    map_init(&m, &a, 10);
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(map_put(&m, arena_fmt(&a, "inn:%010zu", i * 7919), i, NULL), i);
    assert_int_equal(m.count, KEYS);
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(map_get(&m, arena_fmt(&a, "inn:%010zu", i * 7919)), i);
    assert_true(map_get(&m, STR("inn:x")) == MAP_ABSENT);
    arena_done(&a);
}

static void test_the_empty_key_is_a_key(void **state)
{
    struct arena a = {0};
    struct map m;
    (void)state;
    map_init(&m, &a, 1);
    assert_true(map_get(&m, STR("")) == MAP_ABSENT);
    assert_int_equal(map_put(&m, STR_NONE, 4, NULL), 4);
    assert_int_equal(map_get(&m, STR("")), 4);
    assert_int_equal(map_get(&m, STR_NONE), 4);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_key_gets_its_value_and_an_old_one_keeps_its_own),
        cmocka_unit_test(test_twenty_thousand_keys_are_found_again_after_growing),
        cmocka_unit_test(test_the_empty_key_is_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
