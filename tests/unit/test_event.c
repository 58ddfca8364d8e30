/* Envelopes as strangers send them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/core/event.h"

static struct arena arena;
static struct event event;
static struct faults faults;

static int fresh(void **state)
{
    (void)state;
    arena_reset(&arena);
    faults_init(&faults, &arena);
    return 0;
}

#define H(name_text, value_text)                                                                   \
    {                                                                                              \
        .name = {name_text, sizeof(name_text) - 1}, .value =                                       \
        { value_text,                                                                              \
          sizeof(value_text) - 1 }                                                                 \
    }
#define SOUND                                                                                      \
    H("ce_specversion", "1.0"), H("ce_id", "7"), H("ce_source", "/registry"), H("ce_type", "t")
#define READ(value, ...)                                                                           \
    event_read(&arena, (const struct header[]){__VA_ARGS__},                                       \
               COUNT(((const struct header[]){__VA_ARGS__})), (value), &event, &faults)

static void expect_one(const char *code, const char *message_part)
{
    if (faults.count != 1)
        fail_msg("%zu faults instead of one %s", faults.count, code);
    assert_string_equal(faults.items[0].code, code);
    if (strstr(faults.items[0].message.ptr, message_part) == NULL)
        fail_msg("said \"%.*s\"", STR_ARG(faults.items[0].message));
}

static void test_a_record_without_headers_is_no_event(void **state)
{
    (void)state;
    assert_false(event_read(&arena, NULL, 0, STR("{}"), &event, &faults));
    expect_one("missing", "is no CloudEvent");
}

static void test_a_record_with_other_headers_only_is_no_event(void **state)
{
    (void)state;
    assert_false(READ(STR("{}"), H("content-type", "application/json"), H("x", "y")));
    expect_one("missing", "is no CloudEvent");
}

static void test_every_missing_attribute_is_told(void **state)
{
    (void)state;
    assert_false(READ(STR("{}"), H("ce_subject", "s")));
    assert_int_equal(faults.count, 4);
    assert_string_equal(faults.items[0].message.ptr, "attribute id is missing");
}

static void test_a_null_header_is_a_missing_one(void **state)
{
    (void)state;
    assert_false(READ(STR("{}"), H("ce_specversion", "1.0"), {.name = STR("ce_id")},
                      H("ce_source", "s"), H("ce_type", "t")));
    expect_one("missing", "attribute id is missing");
}

static void test_empty_and_too_long_attributes_are_refused(void **state)
{
    (void)state;
    char long_text[1001];
    memset(long_text, 'x', sizeof long_text);
    assert_false(READ(STR("{}"), H("ce_specversion", "1.0"), H("ce_id", ""),
                      {STR("ce_source"), {long_text, 1001}}, {STR("ce_type"), {long_text, 1000}}));
    assert_int_equal(faults.count, 2);
    assert_string_equal(faults.items[0].code, "too_short");
    assert_string_equal(faults.items[1].code, "too_long");
    assert_int_equal(event.type.len, 1000);
}

static void test_zero_bytes_and_broken_utf8_in_attributes_are_refused(void **state)
{
    (void)state;
    assert_false(READ(STR("{}"), H("ce_specversion", "1.0"), H("ce_id", "a\0b"),
                      H("ce_source", "\xff"), H("ce_type", "a\nb")));
    assert_int_equal(faults.count, 3);
    assert_string_equal(faults.items[0].code, "nul_character");
    assert_string_equal(faults.items[1].code, "not_utf8");
}

static void test_an_attribute_given_twice_is_refused(void **state)
{
    (void)state;
    assert_true(READ(STR("{}"), SOUND, H("ce_id", "8")));
    expect_one("repeated_key", "attribute id");
}

static void test_another_version_of_cloudevents_is_refused(void **state)
{
    (void)state;
    assert_true(READ(STR("{}"), H("ce_specversion", "0.3"), H("ce_id", "7"), H("ce_source", "s"),
                     H("ce_type", "t")));
    expect_one("unknown_value", "must be 1.0; got 0.3");
}

static void test_content_that_is_not_json_is_refused(void **state)
{
    (void)state;
    assert_true(READ(STR("a,b"), SOUND, H("content-type", "text/csv")));
    expect_one("unknown_value", "got text/csv");
}

static void test_json_content_types_are_taken(void **state)
{
    static const char *const types[] = {"application/json", "Application/JSON; charset=utf-8",
                                        "application/vnd.x+json", " text/json ;a=b"};
    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        assert_true(READ(STR("{}"), SOUND, {STR("Content-Type"), str_of(types[i])}));
        assert_int_equal(faults.count, 0);
    }
    assert_true(READ(STR("{}"), SOUND));
    assert_int_equal(faults.count, 0);
}

static void test_a_time_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    assert_true(READ(STR("{}"), SOUND, H("ce_time", "2021-02-30T00:00:00Z")));
    expect_one("date_unknown", "got 2021-02-30T00:00:00Z");
    assert_null(event.time.ptr);
}

static void test_binary_mode_is_read_whole(void **state)
{
    (void)state;
    assert_true(READ(STR("{\"a\":1}"), SOUND, H("ce_time", "1970-01-01T00:00:01.5Z"),
                     H("ce_subject", "sub"), H("ce_sequence", "00000000000000000042.000007"),
                     H("ce_number", "12"), H("ce_originsource", "os"), H("ce_originid", "oi"),
                     H("ce_dataschema", "ds"), H("ce_unknown", "x"),
                     H("ce_traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                     H("content-type", "application/json")));
    assert_int_equal(faults.count, 0);
    assert_true(str_eq(event.id, STR("7")));
    assert_true(str_eq(event.source, STR("/registry")));
    assert_true(str_eq(event.type, STR("t")));
    assert_true(str_eq(event.time, STR("1970-01-01T00:00:01.5Z")));
    assert_true(str_eq(event.subject, STR("sub")));
    assert_true(event.has_sequence);
    assert_int_equal(event.sequence.offset, 42);
    assert_int_equal(event.sequence.index, 7);
    assert_true(event.has_number);
    assert_int_equal(event.number, 12);
    assert_true(str_eq(event.origin_source, STR("os")));
    assert_true(str_eq(event.origin_id, STR("oi")));
    assert_int_equal(event.traceparent.len, 55);
    assert_true(str_eq(event.data, STR("{\"a\":1}")));
}

static void test_a_trace_is_taken_from_the_bare_header_if_there_is_no_attribute(void **state)
{
    static const char one[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    static const char other[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    (void)state;
    assert_true(READ(STR("{}"), SOUND, H("traceparent", one)));
    assert_true(str_eq(event.traceparent, str_of(one)));
    assert_true(READ(STR("{}"), SOUND, H("traceparent", one), H("ce_traceparent", other)));
    assert_true(str_eq(event.traceparent, str_of(other)));
    assert_int_equal(faults.count, 0);
}

static void test_a_null_value_leaves_the_data_absent(void **state)
{
    (void)state;
    assert_true(READ(STR_NONE, SOUND));
    assert_null(event.data.ptr);
    assert_true(READ(STR(""), SOUND));
    assert_non_null(event.data.ptr);
}

static void test_extensions_that_strangers_use_otherwise_are_taken_as_absent(void **state)
{
    (void)state;
    assert_true(READ(STR("{}"), SOUND, H("ce_sequence", "5"), H("ce_number", "0"),
                     H("ce_traceparent", "00-xyz")));
    assert_int_equal(faults.count, 0);
    assert_false(event.has_sequence);
    assert_false(event.has_number);
    assert_null(event.traceparent.ptr);
}

#define STRUCTURED H("content-type", "application/cloudevents+json; charset=UTF-8")
#define ENVELOPE "\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\""

static void test_structured_mode_is_read_whole(void **state)
{
    (void)state;
    assert_true(
        READ(STR(" {\"data\": {\"x\": [1, \"}\"]} , " ENVELOPE ",\"number\":3,\"subject\":null,"
                 "\"datacontenttype\":\"application/json\",\"traceparent\":"
                 "\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\",\"time\":\"2021-03-"
                 "31T12:00:00+03:00\"}"),
             STRUCTURED));
    assert_int_equal(faults.count, 0);
    assert_true(str_eq(event.id, STR("7")));
    assert_true(str_eq(event.data, STR("{\"x\": [1, \"}\"]}")));
    assert_int_equal(event.number, 3);
    assert_null(event.subject.ptr);
    assert_non_null(event.traceparent.ptr);
    assert_true(str_eq(event.time, STR("2021-03-31T12:00:00+03:00")));
}

static void test_a_structured_event_that_is_not_json_is_no_event(void **state)
{
    static const struct {
        const char *value, *code;
    } cases[] = {{"", "not_json"},
                 {"{\"id\":", "not_json"},
                 {"[]", "not_object"},
                 {"\"x\"", "not_object"},
                 {"\xff", "not_utf8"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        fresh(state);
        assert_false(READ(str_of(cases[i].value), STRUCTURED));
        expect_one(cases[i].code, "");
    }
    fresh(state);
    assert_false(READ(STR_NONE, STRUCTURED));
    expect_one("missing", "has no value");
}

static void test_attributes_of_a_structured_event_are_texts(void **state)
{
    (void)state;
    assert_false(READ(STR("{\"specversion\":\"1.0\",\"id\":7,\"source\":\"s\",\"type\":\"t\"}"),
                      STRUCTURED));
    assert_int_equal(faults.count, 2); /* of the wrong type, and so missing */
    assert_string_equal(faults.items[0].code, "wrong_type");
}

static void test_repeated_keys_of_an_envelope_are_refused(void **state)
{
    (void)state;
    assert_true(READ(STR("{" ENVELOPE ",\"id\":\"8\",\"data\":{}}"), STRUCTURED));
    expect_one("repeated_key", "more than once");
    fresh(state);
    assert_true(READ(STR("{" ENVELOPE ",\"data\":1,\"d\\u0061ta\":2}"), STRUCTURED));
    expect_one("repeated_key", "more than once");
}

static void test_faults_inside_the_data_are_left_to_its_decoder(void **state)
{
    (void)state;
    assert_true(READ(STR("{" ENVELOPE ",\"data\":{\"amount\":9007199254740993,\"x\":\"\\u0000\"}}"),
                     STRUCTURED));
    assert_int_equal(faults.count, 0);
    fresh(state);
    assert_true(READ(STR("{" ENVELOPE ",\"other\":9007199254740993}"), STRUCTURED));
    expect_one("number_inexact", "exact");
}

static void test_bytes_instead_of_data_are_refused(void **state)
{
    (void)state;
    assert_true(READ(STR("{" ENVELOPE ",\"data_base64\":\"e30=\"}"), STRUCTURED));
    expect_one("wrong_type", "data_base64");
    assert_null(event.data.ptr);
}

static void test_a_batch_is_refused_with_advice(void **state)
{
    (void)state;
    assert_false(READ(STR("[]"), H("content-type", "application/cloudevents-batch+json")));
    expect_one("unknown_value", "send each event as a record of its own");
    fresh(state);
    assert_false(READ(STR("x"), H("content-type", "application/cloudevents+avro")));
    expect_one("unknown_value", "application/cloudevents+json");
}

static void test_sequences_sort_as_text_as_they_do_as_numbers(void **state)
{
    static const struct sequence ascending[] = {{0, 0},  {0, 1},   {0, 999999},   {1, 0},
                                                {99, 5}, {100, 0}, {INT64_MAX, 3}};
    (void)state;
    char text[COUNT(ascending)][SEQUENCE_TEXT_LEN + 1];
    for (size_t i = 0; i < COUNT(ascending); i++) {
        struct sequence back;
        sequence_write(text[i], ascending[i]);
        assert_true(sequence_parse(str_of(text[i]), &back));
        assert_int_equal(sequence_cmp(back, ascending[i]), 0);
        if (i > 0) {
            assert_true(strcmp(text[i - 1], text[i]) < 0);
            assert_true(sequence_cmp(ascending[i - 1], ascending[i]) < 0);
            assert_true(sequence_cmp(ascending[i], ascending[i - 1]) > 0);
        }
    }
}

static void test_texts_that_are_no_sequence_are_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "5",
                                        "00000000000000000042-000007",
                                        "00000000000000000042.00007",
                                        "0000000000000000004x.000007",
                                        "99999999999999999999.000000",
                                        "09223372036854775808.000000",
                                        "-0000000000000000042.000007"};
    (void)state;
    struct sequence s;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (sequence_parse(str_of(texts[i]), &s))
            fail_msg("%s: taken", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_record_without_headers_is_no_event, fresh),
        cmocka_unit_test_setup(test_a_record_with_other_headers_only_is_no_event, fresh),
        cmocka_unit_test_setup(test_every_missing_attribute_is_told, fresh),
        cmocka_unit_test_setup(test_a_null_header_is_a_missing_one, fresh),
        cmocka_unit_test_setup(test_empty_and_too_long_attributes_are_refused, fresh),
        cmocka_unit_test_setup(test_zero_bytes_and_broken_utf8_in_attributes_are_refused, fresh),
        cmocka_unit_test_setup(test_an_attribute_given_twice_is_refused, fresh),
        cmocka_unit_test_setup(test_another_version_of_cloudevents_is_refused, fresh),
        cmocka_unit_test_setup(test_content_that_is_not_json_is_refused, fresh),
        cmocka_unit_test_setup(test_json_content_types_are_taken, fresh),
        cmocka_unit_test_setup(test_a_time_that_does_not_exist_is_refused, fresh),
        cmocka_unit_test_setup(test_binary_mode_is_read_whole, fresh),
        cmocka_unit_test_setup(test_a_trace_is_taken_from_the_bare_header_if_there_is_no_attribute,
                               fresh),
        cmocka_unit_test_setup(test_a_null_value_leaves_the_data_absent, fresh),
        cmocka_unit_test_setup(test_extensions_that_strangers_use_otherwise_are_taken_as_absent,
                               fresh),
        cmocka_unit_test_setup(test_structured_mode_is_read_whole, fresh),
        cmocka_unit_test_setup(test_a_structured_event_that_is_not_json_is_no_event, fresh),
        cmocka_unit_test_setup(test_attributes_of_a_structured_event_are_texts, fresh),
        cmocka_unit_test_setup(test_repeated_keys_of_an_envelope_are_refused, fresh),
        cmocka_unit_test_setup(test_faults_inside_the_data_are_left_to_its_decoder, fresh),
        cmocka_unit_test_setup(test_bytes_instead_of_data_are_refused, fresh),
        cmocka_unit_test_setup(test_a_batch_is_refused_with_advice, fresh),
        cmocka_unit_test_setup(test_sequences_sort_as_text_as_they_do_as_numbers, fresh),
        cmocka_unit_test_setup(test_texts_that_are_no_sequence_are_refused, fresh),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
