/* intake's check: what is refused, with every reason and at its place; and what must pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gen/topics.h"
#include "services/intake/core/check.h"
#include "services/intake/core/reject.h"

#define INN "inn:7707083893"

/* A model of one decision, as it stands in JSON. */
#define MODEL(name, expression)                                                                    \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m' "           \
    "namespace='urn:m'><decision id='d' name='" name "'><variable id='v' name='" name              \
    "'/><literalExpression id='l'><text>" expression                                               \
    "</text></literalExpression></decision></definitions>"
#define SOUND MODEL("Verdict", "{answer: \\\"eligible\\\", findings: []}")
#define RULES(model)                                                                               \
    "{\"measure\":\"membership\",\"version\":\"m/2\",\"valid_from\":\"2021-01-01\","               \
    "\"known_on\":\"2021-01-01\",\"model\":\"" model "\"}"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX "616161616161616161616161"

struct sent {
    const struct topic *topic;
    const char *type, *key, *data;
};

static struct faults check(struct arena *a, const struct sent *sent, struct intake_entry *ret)
{
    const struct event event = {
        .id = STR("1"),
        .source = STR("urn:test"),
        .type = str_of(sent->type),
        .data = str_of(sent->data),
    };
    const struct intake_record record = {sent->topic, str_of(sent->key), &event};
    struct faults faults;
    faults_init(&faults, a);
    bool sound = intake_check(a, &record, ret, &faults);
    assert_int_equal(sound, faults.count == 0);
    return faults;
}

/* "code pointer, code pointer" in the order found. */
static const char *told(struct arena *a, const struct faults *faults)
{
    struct buf out = {.arena = a};
    for (size_t i = 0; i < faults->count; i++)
        buf_fmt(&out, "%s%s%s%.*s", i > 0 ? ", " : "", faults->items[i].code,
                faults->items[i].pointer.len > 0 ? " " : "", STR_ARG(faults->items[i].pointer));
    buf_char(&out, '\0');
    return out.ptr;
}

#define APPLICATION "{\"application\":\"A1\",\"organisation\":\"" INN "\","
#define PLAN_HEAD                                                                                  \
    "\"plan\":{\"project\":\"P1\",\"title\":\"T\",\"start_on\":\"2021-01-01\",\"end_on\":\"2022-"  \
    "01-01\",\"partners\":["
#define SELF "{\"organisation\":\"" INN "\",\"role\":\"coordinator\",\"grant\":1}"
#define UO &TOPIC_UPSTREAM_ORGANISATIONS
#define UP &TOPIC_UPSTREAM_PROJECTS
#define UR &TOPIC_UPSTREAM_REFERENCE
#define SUBMITTED "mosaic.application.submitted.v1"

/* clang-format off */
static const struct {
    const char *when;
    struct sent sent;
    const char *want;
} CASES[] = {
    {"an ordinary application",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"}, ""},
    {"a project with its coordinator",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"joint-project\",\"submitted_on\":\"2021-03-01\",\"currency\":\"RUB\"," PLAN_HEAD SELF "]}}"}, ""},
    {"unknown fields are ignored",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\",\"colour\":[1]}"}, ""},
    {"no data at all", {UO, SUBMITTED, INN, ""}, "not_json"},
    {"not JSON", {UO, SUBMITTED, INN, "hello"}, "not_json"},
    {"JSON, but a list", {UO, SUBMITTED, INN, "[]"}, "not_object"},
    {"a type nobody knows", {UO, "mosaic.application.vanished.v1", INN, "{}"}, "type_unknown"},
    {"a type that only the platform itself may send", {UO, "mosaic.decision.made.v1", INN, "{}"}, "type_unknown"},
    {"the right type in the wrong topic",
     {UR, SUBMITTED, INN, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"}, "type_misplaced"},
    {"a key that is another organisation's",
     {UO, SUBMITTED, "inn:7728168971", APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"}, "key_mismatch"},
    {"no key", {UO, SUBMITTED, NULL, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"}, "key_mismatch"},
    {"the key differs in case only",
     {UO, SUBMITTED, "INN:7707083893", APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"}, "key_mismatch"},
    {"all at once: date, amount, identifier, key",
     {UO, SUBMITTED, "x", "{\"application\":\"A1\",\"organisation\":\"inn:7707083894\",\"measure\":\"membership\",\"submitted_on\":\"2021-02-30\",\"amount\":-1}"},
     "date_unknown /submitted_on, out_of_range /amount, key_mismatch, identifier_checksum /organisation"},
    {"an INN of nine digits",
     {UO, SUBMITTED, "inn:770708389", "{\"application\":\"A1\",\"organisation\":\"inn:770708389\",\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"},
     "identifier_malformed /organisation"},
    {"a PIC that is no number",
     {UO, SUBMITTED, "pic:NA", "{\"application\":\"A1\",\"organisation\":\"pic:NA\",\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"},
     "identifier_malformed /organisation"},
    {"a scheme nobody knows",
     {UO, SUBMITTED, "vat:1", "{\"application\":\"A1\",\"organisation\":\"vat:1\",\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"},
     "identifier_scheme_unknown /organisation"},
    {"an organisation that is no text is told once, the key not at all",
     {UO, SUBMITTED, INN, "{\"application\":\"A1\",\"organisation\":7,\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\"}"},
     "wrong_type /organisation"},
    {"a project without a plan",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"horizon-project\",\"submitted_on\":\"2021-03-01\"}"}, "part_missing /plan"},
    {"a membership with a plan",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\",\"currency\":\"RUB\"," PLAN_HEAD SELF "]}}"}, "part_unexpected /plan"},
    {"a plan that is no object is not also missing",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"joint-project\",\"submitted_on\":\"2021-03-01\",\"plan\":3}"}, "wrong_type /plan"},
    {"an unknown measure says nothing of plans",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"holiday\",\"submitted_on\":\"2021-03-01\"}"}, "unknown_value /measure"},
    {"an export grant without figures",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"export-grant\",\"submitted_on\":\"2021-03-01\"}"}, "part_missing /export"},
    {"an amount without a currency",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\",\"amount\":5}"}, "currency_missing /currency"},
    {"a partner's grant without a currency",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"joint-project\",\"submitted_on\":\"2021-03-01\"," PLAN_HEAD SELF "]}}"}, "currency_missing /currency"},
    {"the applicant only takes part",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"joint-project\",\"submitted_on\":\"2021-03-01\"," PLAN_HEAD
      "{\"organisation\":\"" INN "\",\"role\":\"participant\"},{\"organisation\":\"inn:7728168971\",\"role\":\"coordinator\"}]}}"},
     "applicant_not_coordinator /plan/partners"},
    {"two partners with wrong names and dates reversed",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"joint-project\",\"submitted_on\":\"2021-03-01\",\"currency\":\"RUB\",\"plan\":{\"project\":\"P1\",\"title\":\"T\","
      "\"start_on\":\"2021-01-01\",\"end_on\":\"2020-12-31\",\"partners\":[" SELF ",{\"organisation\":\"pic:12345678\",\"role\":\"partner\"},{\"organisation\":\"inn:7707083890\",\"role\":\"partner\"}]}}"},
     "identifier_malformed /plan/partners/1/organisation, identifier_checksum /plan/partners/2/organisation, dates_reversed /plan/end_on"},
    {"no partners",
     {UO, SUBMITTED, INN, APPLICATION "\"measure\":\"joint-project\",\"submitted_on\":\"2021-03-01\"," PLAN_HEAD "]}}"}, "too_short /plan/partners"},
    {"amended before it was submitted",
     {UO, "mosaic.application.amended.v1", INN, APPLICATION "\"measure\":\"membership\",\"submitted_on\":\"2021-03-01\",\"amended_on\":\"2021-02-28\"}"},
     "dates_reversed /amended_on"},
    {"a partner to join with a wrong name and a grant in words",
     {UP, "mosaic.project.partner-join-requested.v1", "P1", "{\"project\":\"P1\",\"requested_on\":\"2021-01-01\",\"partner\":{\"organisation\":\"pic:NA\",\"role\":\"partner\",\"grant\":\"abc\"}}"},
     "wrong_type /partner/grant, identifier_malformed /partner/organisation"},
    {"a partner to leave", {UP, "mosaic.project.partner-leave-requested.v1", "P1", "{\"project\":\"P1\",\"requested_on\":\"2021-01-01\",\"organisation\":\"pic:999644559\"}"}, ""},
    {"a partner to leave that cannot be", {UP, "mosaic.project.partner-leave-requested.v1", "P1", "{\"project\":\"P1\",\"requested_on\":\"2021-01-01\",\"organisation\":\"pic:1\"}"}, "identifier_malformed /organisation"},
    {"dates of a project reversed", {UP, "mosaic.project.dates-change-requested.v1", "P1", "{\"project\":\"P1\",\"requested_on\":\"2021-01-01\",\"start_on\":\"2021-02-02\",\"end_on\":\"2021-02-01\"}"}, "dates_reversed /end_on"},
    {"a project under another's key", {UP, "mosaic.project.finish-requested.v1", "P2", "{\"project\":\"P1\",\"requested_on\":\"2021-01-01\"}"}, "key_mismatch"},
    {"a budget", {UR, "mosaic.budget.set.v1", "budget:export-grant:2021", "{\"programme\":\"export-grant\",\"year\":2021,\"amount\":1,\"currency\":\"RUB\",\"known_on\":\"2021-01-01\"}"}, ""},
    {"a budget under another year's key", {UR, "mosaic.budget.set.v1", "budget:export-grant:2020", "{\"programme\":\"export-grant\",\"year\":2021,\"amount\":1,\"currency\":\"RUB\",\"known_on\":\"2021-01-01\"}"}, "key_mismatch"},
    {"a budget of an unknown programme says nothing of its key", {UR, "mosaic.budget.set.v1", "budget:x:2021", "{\"programme\":\"x\",\"year\":2021,\"amount\":1,\"currency\":\"RUB\",\"known_on\":\"2021-01-01\"}"}, "unknown_value /programme"},
    {"a business day", {UR, "mosaic.business-day.started.v1", "business-day", "{\"day\":\"2021-01-11\"}"}, ""},
    {"a baseline", {UR, "mosaic.city-baseline.published.v1", "GDP", "{\"indicator\":\"GDP\",\"period\":\"2021-Q1\",\"vintage\":\"2021-05\",\"value\":\"-1.5\"}"}, ""},
    {"rules", {UR, "mosaic.rule-set.published.v1", "rules:membership", RULES(SOUND)}, ""},
    {"rules under another measure's key", {UR, "mosaic.rule-set.published.v1", "rules:export-grant", RULES(SOUND)}, "key_mismatch"},
    {"rules of an unknown measure say nothing of their key", {UR, "mosaic.rule-set.published.v1", "rules:x", "{\"measure\":\"x\",\"version\":\"m/2\",\"valid_from\":\"2021-01-01\",\"known_on\":\"2021-01-01\",\"model\":\"" SOUND "\"}"}, "unknown_value /measure"},
    {"rules that end before they begin", {UR, "mosaic.rule-set.published.v1", "rules:membership", RULES(SOUND "\",\"valid_until\":\"2020-12-31")}, "dates_reversed /valid_until"},
    {"rules without a verdict", {UR, "mosaic.rule-set.published.v1", "rules:membership", RULES(MODEL("Judgement", "1"))}, "rules_unsound /model"},
    {"rules with a fault of syntax", {UR, "mosaic.rule-set.published.v1", "rules:membership", RULES(MODEL("Verdict", "1 +"))}, "rules_unsound /model"},
    {"a report with money of no currency", {UO, "mosaic.report.submitted.v1", INN, "{\"organisation\":\"" INN "\",\"period\":\"2021\",\"submitted_on\":\"2021-04-01\",\"taxes\":5}"}, "currency_missing /currency"},
};
/* clang-format on */

static void test_every_fault_is_told_at_its_place(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct intake_entry entry;
        struct faults faults = check(&arena, &CASES[i].sent, &entry);
        const char *got = told(&arena, &faults);
        if (strcmp(got, CASES[i].want) != 0)
            fail_msg("%s: got %s", CASES[i].when, got);
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void test_a_sound_event_is_passed_to_the_topic_of_its_kind(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct intake_entry entry;
    const struct sent day = {UR, "mosaic.business-day.started.v1", "business-day",
                             "{\"day\":\"2021-01-11\"}"};
    struct faults faults = check(&arena, &day, &entry);
    assert_int_equal(faults.count, 0);
    assert_ptr_equal(entry.to, &TOPIC_REFERENCE);
    assert_int_equal(entry.type, EV_BUSINESS_DAY_STARTED);
    assert_int_equal(entry.data.business_day_started.day, 18638);
    arena_done(&arena);
}

static void test_data_beyond_the_limit_is_not_even_read(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct intake_entry entry;
    char *data = malloc(INTAKE_DATA_MAX_BYTES + 2);
    memset(data, '[', INTAKE_DATA_MAX_BYTES + 1);
    data[INTAKE_DATA_MAX_BYTES + 1] = '\0';
    const struct sent large = {UO, SUBMITTED, INN, data};
    struct faults faults = check(&arena, &large, &entry);
    assert_string_equal(told(&arena, &faults), "too_large");
    free(data);
    arena_done(&arena);
}

static void test_a_key_that_is_no_text_is_told_in_digits(void **state)
{
    static const struct {
        const char *key, *want;
    } cases[] = {
        {"\xff\xfe", "The record's key is no text (0xfffe); it must be \"business-day\"."},
        {"", "The record's key is \"\"; it must be \"business-day\"."},
        {"day", "The record's key is \"day\"; it must be \"business-day\"."},
        {"\xff" LONG LONG, "The record's key is no text (0xff" HEX HEX HEX HEX "61...); it must be "
                           "\"business-day\"."},
    };
    (void)state;
    struct arena arena = {0};
    struct intake_entry entry;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct sent day = {UR, "mosaic.business-day.started.v1", cases[i].key,
                                 "{\"day\":\"2021-01-11\"}"};
        struct faults faults = check(&arena, &day, &entry);
        assert_int_equal(faults.count, 1);
        assert_string_equal(arena_dup(&arena, faults.items[0].message).ptr, cases[i].want);
    }
    arena_done(&arena);
}

static void test_a_rejection_repeats_only_what_is_text(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct faults faults;
    faults_init(&faults, &arena);
    fault_add(&faults, "key_mismatch", STR(""), "The key is \"%s\".", "x");
    const struct event event = {.id = STR("\xff"), .source = STR("urn:a\"b"), .type = STR_NONE};
    const struct intake_origin origin = {UO, 3, 42, 1600000000000, STR_NONE};
    struct str got = intake_rejection(&arena, &origin, &event, STR("\x00"), &faults);
    assert_string_equal(
        arena_dup(&arena, got).ptr,
        "{\"topic\":\"mosaic.upstream.organisations.v1\",\"partition\":3,\"offset\":42,"
        "\"received_at\":\"2020-09-13T12:26:40Z\",\"event_source\":\"urn:a\\\"b\","
        "\"reasons\":[{\"code\":\"key_mismatch\",\"pointer\":\"\",\"message\":\"The key is "
        "\\\"x\\\".\"}]}");
    struct str key = intake_rejection_key(&origin, STR_NONE);
    assert_true(str_eq(key, STR("unknown")));
    arena_done(&arena);
}

static void test_a_rejection_of_a_wild_timestamp_and_a_long_name_is_still_valid(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct faults faults;
    faults_init(&faults, &arena);
    fault_add(&faults, "too_long", STR(""), "long");
    char name[3000];
    for (size_t i = 0; i < sizeof name; i += 2)
        memcpy(name + i, "\xc3\xa9", 2); /* cut at an odd place it would be half a character */
    const struct event event = {.id = {name + 1, 0}, .source = {name, 2998}};
    static const int64_t stamps[] = {-1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(stamps); i++) {
        const struct intake_origin origin = {UO, 0, 0, stamps[i], {name, sizeof name}};
        struct str data = intake_rejection(&arena, &origin, &event, STR_NONE, &faults);
        struct ev_event_rejected back;
        struct faults none;
        faults_init(&none, &arena);
        assert_true(ev_event_rejected_decode(&arena, data, &back, &none));
        assert_int_equal(back.event_source.len, 1000);
        assert_true(intake_rejection_key(&origin, STR_NONE).len <= 1000);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fault_is_told_at_its_place),
        cmocka_unit_test(test_a_sound_event_is_passed_to_the_topic_of_its_kind),
        cmocka_unit_test(test_data_beyond_the_limit_is_not_even_read),
        cmocka_unit_test(test_a_key_that_is_no_text_is_told_in_digits),
        cmocka_unit_test(test_a_rejection_repeats_only_what_is_text),
        cmocka_unit_test(test_a_rejection_of_a_wild_timestamp_and_a_long_name_is_still_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
