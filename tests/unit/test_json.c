/* What may pass for JSON, and what is said of the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/json.h"

static struct arena arena;

static int fresh(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

/* The text is given without a NUL behind it, so that reading past its end is seen by ASan. */
static const cJSON *parse(struct str text, struct faults *faults)
{
    char *exact = malloc(text.len == 0 ? 1 : text.len);
    assert_non_null(exact);
    if (text.len > 0)
        memcpy(exact, text.ptr, text.len);
    faults_init(faults, &arena);
    const cJSON *tree = json_parse(&arena, (struct str){exact, text.len}, faults);
    free(exact);
    return tree;
}

static void expect_fault(struct str text, const char *code, const char *pointer)
{
    struct faults faults;
    (void)parse(text, &faults);
    if (faults.count != 1)
        fail_msg("%.*s: %zu faults", STR_ARG(text), faults.count);
    if (strcmp(faults.items[0].code, code) != 0)
        fail_msg("%.*s: got %s", STR_ARG(text), faults.items[0].code);
    if (!str_eq(faults.items[0].pointer, str_of(pointer)))
        fail_msg("%.*s: at %.*s", STR_ARG(text), STR_ARG(faults.items[0].pointer));
}

static void test_every_shorter_part_of_an_object_is_refused(void **state)
{
    (void)state;
    struct str whole =
        STR("{\"a\\n\\u00e9\": [1, -2.5e-1, true, null, {}], \"b\": {\"c\": \"x\"}}");
    struct faults faults;
    assert_non_null(parse(whole, &faults));
    for (size_t len = 0; len < whole.len; len++) {
        assert_null(parse((struct str){whole.ptr, len}, &faults));
        assert_int_equal(faults.count, 1);
        assert_string_equal(faults.items[0].code, "not_json");
    }
}

static void test_what_cjson_would_take_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "01",
                                        "-",
                                        "+1",
                                        "1.",
                                        ".5",
                                        "1e",
                                        "1e+",
                                        "-01",
                                        "[1,]",
                                        "[,1]",
                                        "{\"a\":1,}",
                                        "{\"a\"}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "[1 2]",
                                        "1 2",
                                        "{}x",
                                        "nul",
                                        "True",
                                        "NaN",
                                        "Infinity",
                                        "\"a\nb\"",
                                        "\"\t\"",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\u12g4\"",
                                        "[1}",
                                        "{\"a\":1]",
                                        "\"a",
                                        "// x\n1",
                                        "\xef\xbb\xbf{}",
                                        "[\"a\" \"b\"]",
                                        "{\"a\" 1}",
                                        "{1:2}",
                                        "]",
                                        "}",
                                        "\f1",
                                        "0x10"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        expect_fault(str_of(texts[i]), "not_json", "");
}

static void test_a_zero_byte_in_the_text_is_not_json(void **state)
{
    (void)state;
    expect_fault((struct str){"{\"a\": 1}\0", 9}, "not_json", "");
    expect_fault((struct str){"\"a\0b\"", 5}, "not_json", "");
}

static void test_nesting_ten_thousand_deep_is_refused_and_sixty_four_is_not(void **state)
{
    (void)state;
    struct buf b = {.arena = &arena};
    for (int i = 0; i < 10000; i++)
        buf_str(&b, STR("{\"a\":["));
    expect_fault(buf_view(&b), "too_deep", "");

    struct buf deep = {.arena = &arena};
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        buf_char(&deep, '[');
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        buf_char(&deep, ']');
    struct faults faults;
    assert_non_null(parse(buf_view(&deep), &faults));
    assert_int_equal(faults.count, 0);
}

static void test_two_megabytes_are_read_or_refused_without_harm(void **state)
{
    (void)state;
    struct buf b = {.arena = &arena};
    buf_char(&b, '"');
    while (b.len < 2 * 1024 * 1024)
        buf_str(&b, STR("Лазерная резка"));
    buf_char(&b, '"');
    struct faults faults;
    const cJSON *tree = parse(buf_view(&b), &faults);
    assert_non_null(tree);
    assert_int_equal(json_text(tree).len, b.len - 2);

    struct buf many = {.arena = &arena};
    buf_str(&many, STR("[0"));
    while (many.len < 2 * 1024 * 1024)
        buf_str(&many, STR(",0"));
    buf_char(&many, ']');
    expect_fault(buf_view(&many), "too_many", "");
}

static void test_bytes_that_are_not_utf8_are_refused(void **state)
{
    (void)state;
    expect_fault(STR("\"\xff\""), "not_utf8", "");
    expect_fault(STR("\"\xc0\xaf\""), "not_utf8", "");
    expect_fault(STR("\"\xed\xa0\x80\""), "not_utf8", "");
    expect_fault(STR("{\"a\": [\"\\ud800\"]}"), "not_utf8", "/a/0");
    expect_fault(STR("{\"a\": \"\\udc00\\ud800\"}"), "not_utf8", "/a");
    expect_fault(STR("{\"a\": \"\\ud800\\u0041\"}"), "not_utf8", "/a");
}

static void test_escaped_zero_characters_are_told_at_their_place(void **state)
{
    (void)state;
    expect_fault(STR("{\"a\": {\"b/c\": [1, \"x\\u0000y\"]}}"), "nul_character", "/a/b~1c/1");
    expect_fault(STR("{\"a\": {\"x\\u0000\": 1}}"), "nul_character", "/a");
}

static void test_numbers_that_lose_digits_are_told_at_their_place(void **state)
{
    static const char *const numbers[] = {
        "9007199254740992",
        "9007199254740993",
        "-9007199254740992",
        "123456789012345678901234567890",
        "1e400",
        "-1e400",
        "1e16",
        "9007199254740991.5",
        "0.99999999999999999999999",
        "1e-400",
        "90071992547409920e-1",
        "1e99999999999999999999",
        "0.00000000000000000000000000000000000000000000000000000000000000000000000000001"};
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        expect_fault(arena_fmt(&arena, "{\"k\": [0, {\"n\": %s}]}", numbers[i]), "number_inexact",
                     "/k/1/n");
}

static void test_whole_numbers_stay_exact_in_every_spelling(void **state)
{
    static const struct {
        const char *text;
        double want;
    } cases[] = {{"9007199254740991", 9007199254740991.0},
                 {"-9007199254740991", -9007199254740991.0},
                 {"0", 0},
                 {"-0", 0},
                 {"1.0", 1},
                 {"1e3", 1000},
                 {"25e-1", 2.5},
                 {"250e-2", 2.5},
                 {"1.5e1", 15},
                 {"100e-2", 1},
                 {"0.000e999999", 0},
                 {"9007199254740991.000", 9007199254740991.0},
                 {"0.1", 0.1}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct faults faults;
        const cJSON *tree = parse(str_of(cases[i].text), &faults);
        if (tree == NULL || faults.count != 0)
            fail_msg("%s: refused", cases[i].text);
        if (tree->valuedouble < cases[i].want || tree->valuedouble > cases[i].want)
            fail_msg("%s: read as %.17g", cases[i].text, tree->valuedouble);
        bool whole = cases[i].want >= (double)(int64_t)cases[i].want &&
                     cases[i].want <= (double)(int64_t)cases[i].want;
        if (json_is_int(tree) != whole)
            fail_msg("%s: whole or not", cases[i].text);
    }
}

static void test_all_inexact_numbers_of_a_text_are_told_at_once(void **state)
{
    (void)state;
    struct faults faults;
    assert_non_null(
        parse(STR("{\"a\": 1e400, \"b\": [9007199254740993], \"c\": \"\\u0000\"}"), &faults));
    assert_int_equal(faults.count, 3);
}

static void expect_repeats(const char *text, size_t count, const char *first_pointer)
{
    struct faults faults;
    const cJSON *tree = parse(str_of(text), &faults);
    assert_non_null(tree);
    json_check_keys(tree, NULL, &faults);
    assert_int_equal(faults.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(faults.items[i].code, "repeated_key");
    if (count > 0)
        assert_true(str_eq(faults.items[0].pointer, str_of(first_pointer)));
}

static void test_repeated_keys_are_found_however_they_are_written(void **state)
{
    (void)state;
    expect_repeats("{\"a\": 1, \"a\": 1}", 1, "/a");
    expect_repeats("{\"a\": 1, \"\\u0061\": 2, \"a\": 3}", 1, "/a");
    expect_repeats("{\"x\": [{}, {\"b\": 1, \"c\": {}, \"b\": 2}], \"x\": 0}", 2, "/x");
    expect_repeats("{\"a\": 1, \"A\": 2}", 0, NULL);
    expect_repeats("[{\"a\": 1}, {\"a\": 1}]", 0, NULL);
}

static void test_repeated_keys_among_very_many_are_found_in_time(void **state)
{
    (void)state;
    struct buf b = {.arena = &arena};
    buf_char(&b, '{');
    for (int i = 0; i < 50000; i++)
        buf_fmt(&b, "\"k%d\":%d,", i, i);
    buf_str(&b, STR("\"k777\":1}"));
    buf_char(&b, '\0');
    expect_repeats(b.ptr, 1, "/k777");
}

static void test_the_text_of_a_member_is_found_by_its_place(void **state)
{
    (void)state;
    struct str text =
        STR(" { \"a\" : \"}\\\"{,\" , \"b\":[1, {\"c\":\"]\\\\\"}],\"d\":-1.5e3 , \"e\" : null }");
    const char *want[] = {"\"}\\\"{,\"", "[1, {\"c\":\"]\\\\\"}]", "-1.5e3", "null"};
    for (size_t i = 0; i < COUNT(want); i++) {
        struct str got = json_member_text(text, i);
        if (!str_eq(got, str_of(want[i])))
            fail_msg("member %zu: got %.*s", i, STR_ARG(got));
    }
}

static void test_a_pointer_with_a_giant_key_stops_before_it(void **state)
{
    (void)state;
    char *key = arena_alloc(&arena, 5000);
    memset(key, 'k', 5000);
    const struct json_path top = {.key = STR("a")}, below = {.up = &top, .key = {key, 5000}};
    assert_true(str_eq(json_pointer(&arena, &below), STR("/a")));
    assert_true(str_eq(json_pointer(&arena, NULL), STR("")));
}

static void test_other_users_of_cjson_keep_the_heap(void **state)
{
    (void)state;
    cJSON *tree = cJSON_Parse("{\"a\": [1, 2]}");
    struct faults faults;
    assert_non_null(parse(STR("[1]"), &faults));
    assert_non_null(tree);
    cJSON_Delete(tree); /* a leak or a wrong free is seen by ASan */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_shorter_part_of_an_object_is_refused, fresh),
        cmocka_unit_test_setup(test_what_cjson_would_take_is_refused, fresh),
        cmocka_unit_test_setup(test_a_zero_byte_in_the_text_is_not_json, fresh),
        cmocka_unit_test_setup(test_nesting_ten_thousand_deep_is_refused_and_sixty_four_is_not,
                               fresh),
        cmocka_unit_test_setup(test_two_megabytes_are_read_or_refused_without_harm, fresh),
        cmocka_unit_test_setup(test_bytes_that_are_not_utf8_are_refused, fresh),
        cmocka_unit_test_setup(test_escaped_zero_characters_are_told_at_their_place, fresh),
        cmocka_unit_test_setup(test_numbers_that_lose_digits_are_told_at_their_place, fresh),
        cmocka_unit_test_setup(test_whole_numbers_stay_exact_in_every_spelling, fresh),
        cmocka_unit_test_setup(test_all_inexact_numbers_of_a_text_are_told_at_once, fresh),
        cmocka_unit_test_setup(test_repeated_keys_are_found_however_they_are_written, fresh),
        cmocka_unit_test_setup(test_repeated_keys_among_very_many_are_found_in_time, fresh),
        cmocka_unit_test_setup(test_the_text_of_a_member_is_found_by_its_place, fresh),
        cmocka_unit_test_setup(test_a_pointer_with_a_giant_key_stops_before_it, fresh),
        cmocka_unit_test_setup(test_other_users_of_cjson_keep_the_heap, fresh),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
