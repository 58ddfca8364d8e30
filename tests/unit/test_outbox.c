/* outbox: what is written is read back, byte for byte, and nothing else is read at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/core/buf.h"
#include "common/core/outbox.h"

static struct arena arena;
static struct outbox_reader reader;

static const struct header HEADERS[] = {
    {{"ce_id", 5}, {"00000000000000000007-000000", 27}},
    {{"ce_sequence", 11}, {"00000000000000000007-000000", 27}},
    {{"ce_source", 9}, {"intake/register/in/3", 20}},
    {{"content-type", 12}, {"application/json", 16}},
    {{"x-own", 5}, {"", 0}},
    {{"x-null", 6}, {NULL, 0}},
    {{"x-empty", 7}, {"", 0}},
};

static struct outbox_record record(struct str key, struct str value)
{
    return (struct outbox_record){.topic = STR("mosaic.decisions.v1"),
                                  .key = key,
                                  .value = value,
                                  .headers = HEADERS,
                                  .header_count = COUNT(HEADERS)};
}

static void assert_str(struct str got, struct str want)
{
    assert_int_equal(got.ptr == NULL, want.ptr == NULL);
    assert_int_equal(got.len, want.len);
    if (want.len > 0)
        assert_memory_equal(got.ptr, want.ptr, want.len);
}

static void assert_record(const struct outbox_record *want)
{
    struct outbox_record got;
    assert_int_equal(outbox_next(&reader, &got), OUTBOX_RECORD);
    assert_str(got.topic, want->topic);
    assert_str(got.key, want->key);
    assert_str(got.value, want->value);
    assert_int_equal(got.header_count, want->header_count);
    for (size_t i = 0; i < got.header_count; i++) {
        assert_str(got.headers[i].name, want->headers[i].name);
        assert_str(got.headers[i].value, want->headers[i].value);
    }
}

static struct str written(const struct outbox_record *records, size_t count)
{
    struct outbox_writer writer;
    struct buf *out = arena_alloc(&arena, sizeof *out);
    out->arena = &arena;
    outbox_begin(&writer, out);
    for (size_t i = 0; i < count; i++)
        outbox_add(&writer, &records[i]);
    assert_int_equal(writer.records, count);
    return buf_view(out);
}

static void test_records_come_back_as_they_were(void **state)
{
    (void)state;
    struct outbox_record records[] = {record(STR("a"), STR("{}")), record(STR("b"), STR_NONE),
                                      record(STR_NONE, STR("")), record(STR(""), STR("{\"x\":1}"))};
    records[3].header_count = 0;
    assert_true(outbox_open(&reader, written(records, COUNT(records))));
    for (size_t i = 0; i < COUNT(records); i++)
        assert_record(&records[i]);
    struct outbox_record none;
    assert_int_equal(outbox_next(&reader, &none), OUTBOX_END);
    assert_int_equal(outbox_next(&reader, &none), OUTBOX_END);
}

static void test_no_records_are_a_payload_too(void **state)
{
    (void)state;
    struct outbox_record none;
    assert_true(outbox_open(&reader, written(NULL, 0)));
    assert_int_equal(outbox_next(&reader, &none), OUTBOX_END);
}

static void test_what_repeats_is_written_once(void **state)
{
    (void)state;
    struct outbox_record two[] = {record(STR("a"), STR("{}")), record(STR("a"), STR("{}"))};
    size_t one_len = written(two, 1).len, two_len = written(two, 2).len;
    assert_true(two_len - one_len < one_len / 2);
    assert_null(memmem(written(two, 1).ptr, one_len, "ce_", 3)); /* the fixed names are numbers */
}

static void test_more_distinct_values_than_can_be_remembered_are_no_trouble(void **state)
{
    (void)state;
    struct outbox_record records[2 * OUTBOX_SHARED_MAX];
    struct header headers[2 * OUTBOX_SHARED_MAX];
    for (size_t i = 0; i < COUNT(records); i++) {
        headers[i] = (struct header){STR("ce_type"), arena_fmt(&arena, "type %zu", i)};
        records[i] = record(STR("k"), STR("v"));
        records[i].headers = &headers[i];
        records[i].header_count = 1;
    }
    assert_true(outbox_open(&reader, written(records, COUNT(records))));
    for (size_t i = 0; i < COUNT(records); i++)
        assert_record(&records[i]);
}

static void test_a_payload_cut_short_is_corrupt_or_ends_at_a_record(void **state)
{
    (void)state;
    struct outbox_record records[] = {record(STR("a"), STR("{}")), record(STR("b"), STR("{}"))};
    struct str whole = written(records, COUNT(records));
    size_t ends = 0;
    for (size_t len = 1; len < whole.len; len++) {
        struct outbox_record got;
        enum outbox_step step;
        char *copy = arena_alloc(&arena, len); /* so that a sanitizer sees reading beyond it */
        memcpy(copy, whole.ptr, len);
        assert_true(outbox_open(&reader, (struct str){copy, len}));
        do
            step = outbox_next(&reader, &got);
        while (step == OUTBOX_RECORD);
        ends += step == OUTBOX_END;
    }
    assert_int_equal(ends, 2); /* behind the version and behind the first record */
}

static void test_another_version_is_not_read(void **state)
{
    (void)state;
    assert_false(outbox_open(&reader, STR("\x02")));
    assert_false(outbox_open(&reader, STR("")));
    assert_false(outbox_open(&reader, STR_NONE));
}

static void test_bytes_of_the_format_never_change(void **state)
{
    (void)state;
    static const struct header type = {{"ce_type", 7}, {"t", 1}};
    struct outbox_record one = {
        .topic = STR("x"), .key = STR("k"), .value = STR("v"), .headers = &type, .header_count = 1};
    /* version, topic remembered, key, value, one header, its name is fixed number 3, its value remembered */
    assert_str(written(&one, 1), STR("\x01\x06x\x05k\x05v\x01\x0f\x06t"));
}

static int forget(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_records_come_back_as_they_were, forget),
        cmocka_unit_test_teardown(test_no_records_are_a_payload_too, forget),
        cmocka_unit_test_teardown(test_what_repeats_is_written_once, forget),
        cmocka_unit_test_teardown(test_more_distinct_values_than_can_be_remembered_are_no_trouble,
                                  forget),
        cmocka_unit_test_teardown(test_a_payload_cut_short_is_corrupt_or_ends_at_a_record, forget),
        cmocka_unit_test_teardown(test_another_version_is_not_read, forget),
        cmocka_unit_test_teardown(test_bytes_of_the_format_never_change, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
