/* names: which known name a text begins with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/buf.h"
#include "common/dmn/names.h"

struct known {
    struct arena arena;
    struct names names;
};

static int set_up(void **state)
{
    static struct known k;
    k = (struct known){0};
    names_init(&k.names, &k.arena);
    *state = &k;
    return 0;
}

static int tear_down(void **state)
{
    struct known *k = *state;
    arena_done(&k->arena);
    return 0;
}

/* The part of the text that the longest known name covers; "" if none. */
static const char *longest(struct known *k, const char *text, bool members)
{
    struct str name = STR("");
    size_t bytes = names_longest(&k->names, str_of(text), members, &name);
    return arena_fmt(&k->arena, "%.*s", (int)bytes, text).ptr;
}

static void test_the_longest_name_wins(void **state)
{
    struct known *k = *state;
    static const char *const names[] = {"order",   "order value", "order-value",         "a+b",
                                        "a",       "in stock",    "  Student's   name ", "x*",
                                        "A/B test"};
    for (size_t i = 0; i < COUNT(names); i++)
        names_add(&k->names, str_of(names[i]));
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"order value > 5", "order value"},
        {"order values", "order"},
        {"orders", ""},
        {"order-value-1", "order-value"},
        {"order - value", "order"},
        {"order \n value", "order \n value"},
        {"order/* of the day */value", "order/* of the day */value"},
        {"a+bc", "a"},
        {"a+b", "a+b"},
        {"in stock = true", "in stock"},
        {"in", ""},
        {"Student's name + 1", "Student's name"},
        {"x*y", "x*"},
        {"A/B test", "A/B test"},
        {"date and time(", "date and time"},
        {"years and months duration(", "years and months duration"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(longest(k, cases[i].text, false), cases[i].want);
}

static void test_a_scope_takes_its_names_with_it(void **state)
{
    struct known *k = *state;
    names_add(&k->names, STR("total"));
    size_t mark = names_mark(&k->names);
    names_add(&k->names, STR("total price"));
    names_add(&k->names, STR("other"));
    assert_string_equal(longest(k, "total price", false), "total price");
    names_pop(&k->names, mark);
    assert_string_equal(longest(k, "total price", false), "total");
    assert_string_equal(longest(k, "other", false), "");
    names_add(&k->names, STR("other"));
    assert_string_equal(longest(k, "other", false), "other");
}

static void test_members_come_first_where_they_are_asked_for(void **state)
{
    struct known *k = *state;
    names_add(&k->names, STR("net price - tax"));
    names_add_member(&k->names, STR("net price"));
    names_add_member(&k->names, STR("net price"));
    assert_string_equal(longest(k, "net price - tax", false), "net price - tax");
    assert_string_equal(longest(k, "net price - tax", true), "net price");
    assert_string_equal(longest(k, "start included", true), "start included");
    assert_string_equal(longest(k, "start included", false), "");
}

static void test_the_name_is_told_as_it_was_added(void **state)
{
    struct known *k = *state;
    struct str name;
    names_add(&k->names, STR(" A \t Person "));
    assert_int_equal(names_longest(&k->names, STR("A  Person.age"), false, &name), 9);
    assert_true(str_eq(name, STR("A Person")));
    assert_true(str_eq(name_normalise(&k->arena, STR("\n a\xc2\xa0 b ")), STR("a b")));
    assert_true(str_eq(name_normalise(&k->arena, STR("  ")), STR("")));
    assert_true(str_eq(name_normalise(&k->arena, STR("http://x")), STR("http://x")));
}

static void test_many_names_are_found_as_fast_as_few(void **state)
{
    struct known *k = *state;
    for (int i = 0; i < 50000; i++)
        names_add(&k->names, arena_fmt(&k->arena, "name of many %d", i));
    for (int i = 0; i < 50000; i++) {
        struct str name = STR(""), text = arena_fmt(&k->arena, "name  of many %d + 1", i);
        assert_int_equal(names_longest(&k->names, text, true, &name), text.len - 4);
    }
}

static void test_a_name_too_long_is_not_kept(void **state)
{
    struct known *k = *state;
    struct buf b = {.arena = &k->arena};
    for (int i = 0; i < NAME_BYTES_MAX; i++)
        buf_str(&b, STR("x "));
    size_t mark = names_mark(&k->names);
    names_add(&k->names, buf_view(&b));
    names_add(&k->names, STR(""));
    struct str name;
    assert_int_equal(names_longest(&k->names, buf_view(&b), false, &name), 0);
    names_add(&k->names, STR("x x"));
    assert_int_equal(names_longest(&k->names, buf_view(&b), false, &name), 3);
    names_pop(&k->names, mark);
    assert_int_equal(names_longest(&k->names, buf_view(&b), false, &name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_longest_name_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_scope_takes_its_names_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_members_come_first_where_they_are_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_the_name_is_told_as_it_was_added, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_names_are_found_as_fast_as_few, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_name_too_long_is_not_kept, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
