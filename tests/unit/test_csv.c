/* csv: what RFC 4180 allows, and what real files do beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/buf.h"
#include "common/core/csv.h"

/* The rows after the header as one text: fields between |, rows between /, or "!" and the complaint. */
static const char *read_all(struct arena *a, const char *text)
{
    struct csv csv;
    struct err err = {0};
    struct buf out = {.arena = a};
    if (!csv_open(&csv, a, str_of(text), &err))
        return arena_fmt(a, "!%s", err.text).ptr;
    enum csv_step step;
    while ((step = csv_next(&csv, &err)) == CSV_ROW) {
        for (size_t i = 0; i < csv.count; i++) {
            buf_str(&out, i > 0 ? STR("|") : STR(""));
            buf_str(&out, csv.fields[i]);
        }
        buf_char(&out, '/');
    }
    if (step == CSV_BROKEN)
        return arena_fmt(a, "!%s", err.text).ptr;
    buf_char(&out, '\0');
    return out.ptr;
}

static void test_rows_are_read_as_they_are_meant(void **state)
{
    static const struct {
        const char *when, *text, *want;
    } cases[] = {
        {"plain", "a,b\n1,2\n", "1|2/"},
        {"no line break at the end", "a,b\n1,2", "1|2/"},
        {"CRLF", "a,b\r\n1,2\r\n3,4\r\n", "1|2/3|4/"},
        {"carriage return at the very end", "a,b\n1,2\r", "1|2/"},
        {"carriage return inside a field", "a,b\n1\rx,2\n", "1\rx|2/"},
        {"byte order mark",
         "\xEF\xBB\xBF"
         "a,b\n1,2\n",
         "1|2/"},
        {"quoted comma", "a,b\n\"1,5\",2\n", "1,5|2/"},
        {"doubled quotes", "a,b\n\"say \"\"yes\"\"\",2\n", "say \"yes\"|2/"},
        {"only doubled quotes", "a,b\n\"\"\"\",\"\"\n", "\"|/"},
        {"line break in quotes", "a,b\n\"one\r\ntwo\",2\n", "one\r\ntwo|2/"},
        {"quote inside a plain field", "a,b\n5\" pipe,2\n", "5\" pipe|2/"},
        {"empty fields", "a,b\n,\n", "|/"},
        {"blank lines between rows", "a,b\n\n1,2\n\n\n3,4\n", "1|2/3|4/"},
        {"an empty value in a single column", "a\n1\n\n2\n", "1//2/"},
        {"only a header", "a,b\n", ""},
        {"empty file", "", "!The file has no header line with the names of its columns."},
        {"blank header", "\na,b\n", "!The file has no header line with the names of its columns."},
        {"too few fields", "a,b\n1,2\n3\n", "!Line 3 has 1 fields, the header has 2."},
        {"too many fields after a row of two lines", "a,b\n\"1\n\",2\n3,4,5\n",
         "!Line 4 has 3 fields, the header has 2."},
        {"quote never closed", "a,b\n1,2\n\"3,4\n5,6\n",
         "!Line 3: a quote is opened and never closed."},
        {"text after a quote", "a,b\n\"1\"x,2\n", "!Line 2: text follows a closing quote."},
        {"not UTF-8", "a,b\n1,2\n\xE9,2\n", "!Line 3 is not UTF-8 text."},
    };
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = read_all(&arena, cases[i].text);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %s", cases[i].when, got);
    }
    arena_done(&arena);
}

static void test_columns_are_found_by_name_in_any_order(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct csv csv;
    struct err err = {0};
    size_t at;
    assert_true(csv_open(&csv, &arena, STR("pic,\"legal name\",role\n1,2,3\n"), &err));
    assert_true(csv_column(&csv, "role", &at, &err));
    assert_int_equal(at, 2);
    assert_int_equal(csv_find(&csv, "legal name"), 1);
    assert_false(csv_column(&csv, "grant", &at, &err));
    assert_string_equal(err.text, "The column \"grant\" is missing in the header.");
    arena_done(&arena);
}

static void test_a_row_with_too_many_fields_is_refused_before_it_overflows(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf text = {.arena = &arena};
    buf_str(&text, STR("a,b\n"));
    for (int i = 0; i < 10000; i++)
        buf_char(&text, ',');
    buf_char(&text, '\0');
    assert_string_equal(read_all(&arena, text.ptr), "!Line 2 has more than 500 fields.");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_read_as_they_are_meant),
        cmocka_unit_test(test_columns_are_found_by_name_in_any_order),
        cmocka_unit_test(test_a_row_with_too_many_fields_is_refused_before_it_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
