/* builtin_context: reading contexts, and making others of them. */
#include "tests/unit/dmn_builtin_steps.h"

static struct value entry(const char *name, struct value v)
{
    struct entry entries[] = {{str_of(name), v}};
    return value_context(&mem, entries, 1);
}

static struct value pair(struct value key, struct value v)
{
    struct entry entries[] = {{STR("key"), key}, {STR("value"), v}};
    return value_context(&mem, entries, 2);
}

static void test_a_value_that_is_not_there_is_null(void **state)
{
    (void)state;
    assert_null_value(CALL("get value", entry("a", num("1")), text("b")));
    assert_null_value(CALL("get value", entry("a", num("1")), NULL_VALUE));
    assert_null_value(CALL("get value", text("a"), text("a")));
    assert_null_value(CALL("get value", entry("a", num("1")), LIST(text("a"), text("b"))));
    assert_null_value(CALL("get value", entry("a", num("1")), EMPTY));
}

static void test_values_are_reached_by_one_key_or_by_a_path_of_them(void **state)
{
    struct value nested = entry("a", entry("b", num("1")));
    (void)state;
    assert_gives(CALL("get value", nested, text("a")), "{b: 1}");
    assert_gives(CALL("get value", nested, LIST(text("a"), text("b"))), "1");
    assert_gives(CALL("get value", nested, LIST(text("a"))), "{b: 1}");
}

static void test_entries_and_contexts_turn_into_each_other(void **state)
{
    (void)state;
    assert_gives(CALL("get entries", entry("a", num("1"))), "[{key: \"a\", value: 1}]");
    assert_gives(CALL("context", CALL("get entries", entry("a", num("1")))), "{a: 1}");
    assert_gives(CALL("context", EMPTY), "{}");
    assert_gives(CALL("context", pair(text("a"), NULL_VALUE)), "{a: null}");
    assert_null_value(CALL("context", LIST(pair(text("a"), num("1")), pair(text("a"), num("2")))));
    assert_null_value(CALL("context", pair(NULL_VALUE, num("1"))));
    assert_null_value(CALL("context", entry("value", num("1"))));
    assert_null_value(CALL("context", LIST(num("1"), num("2"))));
    assert_null_value(CALL("get entries", LIST(num("1"), num("2"))));
}

static void test_an_entry_is_put_at_the_end_of_a_path(void **state)
{
    struct value nested = entry("a", entry("b", num("1")));
    (void)state;
    assert_gives(CALL("context put", nested, text("c"), NULL_VALUE), "{a: {b: 1}, c: null}");
    assert_gives(CALL("context put", nested, LIST(text("a"), text("b")), num("2")), "{a: {b: 2}}");
    assert_gives(CALL("context put", nested, LIST(text("a"), text("c")), num("2")),
                 "{a: {b: 1, c: 2}}");
    assert_gives(nested, "{a: {b: 1}}");
    assert_null_value(CALL("context put", nested, LIST(text("x"), text("y")), num("2")));
    assert_null_value(CALL("context put", nested, LIST(text("a"), text("b"), text("c")), num("2")));
    assert_null_value(CALL("context put", nested, LIST(text("a"), NULL_VALUE), num("2")));
    assert_null_value(CALL("context put", nested, EMPTY, num("2")));
    assert_null_value(CALL("context put", nested, text("a")));
}

static void test_of_merged_contexts_the_last_counts_and_the_first_gives_the_place(void **state)
{
    struct value two = CALL("context put", entry("a", num("1")), text("b"), num("2"));
    (void)state;
    assert_gives(CALL("context merge", LIST(two, entry("a", num("3")), entry("c", num("4")))),
                 "{a: 3, b: 2, c: 4}");
    assert_gives(CALL("context merge", EMPTY), "{}");
    assert_gives(CALL("context merge", two), "{a: 1, b: 2}");
    assert_null_value(CALL("context merge", LIST(two, NULL_VALUE)));
    assert_null_value(CALL("context merge", NULL_VALUE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_value_that_is_not_there_is_null, reset),
        cmocka_unit_test_setup(test_values_are_reached_by_one_key_or_by_a_path_of_them, reset),
        cmocka_unit_test_setup(test_entries_and_contexts_turn_into_each_other, reset),
        cmocka_unit_test_setup(test_an_entry_is_put_at_the_end_of_a_path, reset),
        cmocka_unit_test_setup(
            test_of_merged_contexts_the_last_counts_and_the_first_gives_the_place, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
