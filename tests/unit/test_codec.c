/* Generated decoders and writers against the examples that stand beside the schemas. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/date.h"
#include "common/core/json.h"
#include "gen/events.h"

#define EXAMPLES "schemas/events/examples"

static struct arena arena;

static int fresh(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static struct str read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s cannot be opened; run from the project's folder", path);
    struct buf b = {.arena = &arena};
    size_t got;
    while ((got = fread(buf_reserve(&b, 4096), 1, 4096, f)) > 0)
        b.len += got;
    fclose(f);
    return buf_view(&b);
}

typedef void (*example_fn)(enum ev_type type, const char *path, struct str text);

/* Calls fn for every example whose file begins with `prefix`; returns how many. */
static size_t each_example(const char *prefix, example_fn fn)
{
    size_t count = 0;
    for (unsigned type = 1; type < EV_TYPE_COUNT; type++) {
        struct str name = str_skip(ev_type_text((enum ev_type)type), strlen("mosaic."));
        char folder[200], path[600];
        snprintf(folder, sizeof folder, "%s/%.*s", EXAMPLES, STR_ARG(name));
        DIR *dir = opendir(folder);
        if (dir == NULL)
            fail_msg("%s is missing", folder);
        size_t before = count;
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
            if (!str_starts(str_of(entry->d_name), str_of(prefix)) ||
                !str_ends(str_of(entry->d_name), STR(".json")))
                continue;
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            fn((enum ev_type)type, path, read_whole(path));
            count++;
        }
        closedir(dir);
        if (count == before)
            fail_msg("%s has no %s example", folder, prefix);
    }
    return count;
}

/* Every value of `part` is in `whole`, unless the schema does not know it (then it is not in `part`). */
static bool contains(const cJSON *whole, const cJSON *part)
{
    if (!cJSON_IsObject(part) && !cJSON_IsArray(part))
        return cJSON_Compare(whole, part, true);
    const cJSON *other = whole->child;
    for (const cJSON *m = part->child; m != NULL; m = m->next) {
        const cJSON *same =
            cJSON_IsObject(part) ? cJSON_GetObjectItemCaseSensitive(whole, m->string) : other;
        if (same == NULL || !contains(same, m))
            return false;
        other = other == NULL ? NULL : other->next;
    }
    return true;
}

static void round_trip(enum ev_type type, const char *path, struct str text)
{
    struct faults faults;
    faults_init(&faults, &arena);
    union ev_any event, again;
    if (!ev_decode(type, &arena, text, &event, &faults))
        fail_msg("%s: refused: %.*s %.*s", path, STR_ARG(faults.items[0].pointer),
                 STR_ARG(faults.items[0].message));
    struct buf first = {.arena = &arena}, second = {.arena = &arena};
    ev_write(type, &first, &event);
    if (!ev_decode(type, &arena, buf_view(&first), &again, &faults))
        fail_msg("%s: what was written is refused: %.*s", path, STR_ARG(buf_view(&first)));
    ev_write(type, &second, &again);
    if (!str_eq(buf_view(&first), buf_view(&second)))
        fail_msg("%s: written differently the second time", path);

    const cJSON *given = json_parse(&arena, text, &faults),
                *written = json_parse(&arena, buf_view(&first), &faults);
    if (!contains(given, written))
        fail_msg("%s: changed into %.*s", path, STR_ARG(buf_view(&first)));
    bool strangers =
        strstr(path, "unknown-fields") != NULL; /* those are left out, as they should be */
    if (!strangers && !contains(written, given))
        fail_msg("%s: something was lost in %.*s", path, STR_ARG(buf_view(&first)));
}

static void test_every_valid_example_survives_decoding_and_writing(void **state)
{
    (void)state;
    assert_true(each_example("valid-", round_trip) >= EV_TYPE_COUNT - 1);
}

static void refused(enum ev_type type, const char *path, struct str text)
{
    struct faults faults;
    faults_init(&faults, &arena);
    union ev_any event;
    if (ev_decode(type, &arena, text, &event, &faults))
        fail_msg("%s: taken", path);
    struct str stem = {path, strlen(path) - strlen("json")};
    struct str wanted = read_whole(arena_fmt(&arena, "%.*sfaults", STR_ARG(stem)).ptr);
    struct buf got = {.arena = &arena};
    size_t lines = 0;
    for (size_t i = 0; i < faults.count; i++) {
        struct str line =
            arena_fmt(&arena, "%s %.*s\n", faults.items[i].code, STR_ARG(faults.items[i].pointer));
        if (memmem(wanted.ptr, wanted.len, line.ptr, line.len) == NULL)
            fail_msg("%s: unexpected %.*s", path, STR_ARG(line));
        assert_true(faults.items[i].message.len > 5);
        buf_str(&got, line);
    }
    for (size_t i = 0; i < wanted.len; i++)
        lines += wanted.ptr[i] == '\n';
    if (lines != faults.count)
        fail_msg("%s: wanted\n%.*sgot\n%.*s", path, STR_ARG(wanted), STR_ARG(buf_view(&got)));
}

static void test_every_invalid_example_is_refused_with_all_its_faults(void **state)
{
    (void)state;
    assert_true(each_example("invalid-", refused) >= 2 * (EV_TYPE_COUNT - 1));
}

static void cut_short(enum ev_type type, const char *path, struct str text)
{
    (void)path;
    for (size_t len = 0; len + 2 < text.len; len += text.len / 50 + 1) {
        struct faults faults;
        faults_init(&faults, &arena);
        union ev_any event;
        assert_false(ev_decode(type, &arena, (struct str){text.ptr, len}, &event, &faults));
        assert_int_equal(faults.count, 1);
        bool within_a_character = strcmp(faults.items[0].code, "not_utf8") == 0;
        assert_true(within_a_character || strcmp(faults.items[0].code, "not_json") == 0);
    }
}

static void test_every_example_cut_short_is_not_json(void **state)
{
    (void)state;
    each_example("valid-", cut_short);
}

/* A submitted application with one more member. */
static void expect_with(const char *member, const char *code, const char *pointer,
                        const char *message_part)
{
    struct str text = arena_fmt(&arena,
                                "{\"application\":\"A-1\",\"organisation\":\"inn:7707083893\","
                                "\"measure\":\"membership\",\"submitted_on\":\"2021-03-31\"%s%s}",
                                *member == '\0' ? "" : ",", member);
    struct faults faults;
    faults_init(&faults, &arena);
    struct ev_application_submitted event;
    bool taken = ev_application_submitted_decode(&arena, text, &event, &faults);
    if (code == NULL) {
        if (!taken)
            fail_msg("%s: refused", member);
        return;
    }
    if (taken || faults.count != 1)
        fail_msg("%s: %zu faults", member, faults.count);
    const struct fault *f = &faults.items[0];
    if (strcmp(f->code, code) != 0 || !str_eq(f->pointer, str_of(pointer)))
        fail_msg("%s: got %s %.*s", member, f->code, STR_ARG(f->pointer));
    if (strstr(f->message.ptr, message_part) == NULL)
        fail_msg("%s: said \"%.*s\"", member, STR_ARG(f->message));
}

static void test_hostile_members_are_told_with_place_and_reason(void **state)
{
    (void)state;
    expect_with("", NULL, NULL, NULL);
    expect_with("\"amount\":9007199254740991", NULL, NULL, NULL);
    expect_with("\"amount\":1.0", NULL, NULL, NULL);
    expect_with("\"Amount\":\"x\"", NULL, NULL, NULL); /* another name altogether */
    expect_with("\"amount\":9007199254740993", "number_inexact", "/amount", "got 9007199254740993");
    expect_with("\"amount\":1e400", "number_inexact", "/amount", "got 1e400");
    expect_with("\"amount\":2.5", "wrong_type", "/amount", "must be a whole number; got 2.5");
    expect_with("\"amount\":-1", "out_of_range", "/amount",
                "must be from 0 to 9007199254740991; got -1");
    expect_with("\"amount\":null", "wrong_type", "/amount", "must be a whole number; got null");
    expect_with("\"amount\":\"12\"", "wrong_type", "/amount", "got \"12\"");
    expect_with("\"amount\":[]", "wrong_type", "/amount", "got a list");
    expect_with("\"currency\":\"RUB\\u0000\"", "nul_character", "/currency", "\\u0000");
    expect_with("\"measure\":\"export-grant\"", "repeated_key", "/measure", "more than once");
    expect_with("\"x\":{\"y\":1,\"y\":1}", "repeated_key", "/x/y", "more than once");
    expect_with("\"x\":1,\"x\":1", "repeated_key", "/x", "more than once");
    expect_with("\"x\":9007199254740993", "number_inexact", "/x", "exact");
    expect_with("\"currency\":\"rub\"", "pattern", "/currency", "must look like EUR; got \"rub\"");
    expect_with("\"plan\":true", "wrong_type", "/plan", "must be an object; got true");
}

static void test_faults_speak_to_people(void **state)
{
    (void)state;
    struct faults faults;
    faults_init(&faults, &arena);
    struct ev_application_withdrawn event;
    struct str text = STR("{\"application\":\"A-1\",\"organisation\":\"inn:7707083893\","
                          "\"withdrawn_on\":\"2021-02-30\"}");
    assert_false(ev_application_withdrawn_decode(&arena, text, &event, &faults));
    assert_int_equal(faults.count, 1);
    assert_string_equal(
        faults.items[0].message.ptr,
        "must be a date that exists, like 2021-03-31, from 1900 to 2199; got \"2021-02-30\"");
}

static void test_what_is_sound_is_kept_for_the_report_of_a_refusal(void **state)
{
    (void)state;
    struct faults faults;
    faults_init(&faults, &arena);
    struct ev_application_withdrawn event;
    struct str text = STR("{\"application\":7,\"organisation\":\"inn:7707083893\"}");
    assert_false(ev_application_withdrawn_decode(&arena, text, &event, &faults));
    assert_true(str_eq(event.organisation, STR("inn:7707083893")));
    assert_null(event.application.ptr);
    assert_int_equal(event.withdrawn_on, 0);
}

static void test_data_that_is_no_object_is_refused(void **state)
{
    static const char *const texts[] = {"[]", "\"x\"", "1", "null", "true"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct faults faults;
        faults_init(&faults, &arena);
        struct ev_business_day_started event;
        assert_false(ev_business_day_started_decode(&arena, str_of(texts[i]), &event, &faults));
        assert_int_equal(faults.count, 1);
        assert_string_equal(faults.items[0].code, "not_object");
    }
}

static struct str many_partners(size_t count, const char *partner)
{
    struct buf b = {.arena = &arena};
    buf_str(&b, STR("{\"application\":\"A-1\",\"organisation\":\"inn:7707083893\",\"measure\":"
                    "\"joint-project\","
                    "\"submitted_on\":\"2021-03-31\",\"plan\":{\"project\":\"P-1\",\"title\":\"T\","
                    "\"start_on\":\"2021-04-01\",\"end_on\":\"2022-04-01\",\"partners\":["));
    for (size_t i = 0; i < count; i++) {
        buf_str(&b, i == 0 ? STR("") : STR(","));
        buf_str(&b, str_of(partner));
    }
    buf_str(&b, STR("]}}"));
    return buf_view(&b);
}

static void test_lists_are_read_up_to_their_bound(void **state)
{
    (void)state;
    struct faults faults;
    faults_init(&faults, &arena);
    struct ev_application_submitted event;
    const char *partner = "{\"organisation\":\"inn:7707083893\",\"role\":\"partner\"}";
    assert_true(
        ev_application_submitted_decode(&arena, many_partners(4096, partner), &event, &faults));
    assert_int_equal(event.plan.partners_count, 4096);
    assert_int_equal(event.plan.partners[4095].role, EV_ROLE_PARTNER);
    assert_false(
        ev_application_submitted_decode(&arena, many_partners(4097, partner), &event, &faults));
    assert_string_equal(faults.items[0].code, "too_many");
    assert_true(str_eq(faults.items[0].pointer, STR("/plan/partners")));
}

static void test_a_flood_of_faults_is_closed_with_one_that_says_so(void **state)
{
    (void)state;
    struct faults faults;
    faults_init(&faults, &arena);
    struct ev_application_submitted event;
    assert_false(ev_application_submitted_decode(&arena, many_partners(4096, "{\"grant\":-1}"),
                                                 &event, &faults));
    assert_int_equal(faults.count, FAULTS_MAX + 1);
    assert_string_equal(faults.items[FAULTS_MAX].code, "too_many");
    assert_false(ev_application_submitted_decode(&arena, STR("x"), &event, &faults));
}

static void test_lengths_count_characters_not_bytes(void **state)
{
    (void)state;
    for (int chars = 300; chars <= 301; chars++) {
        struct buf b = {.arena = &arena};
        buf_str(
            &b,
            STR("{\"organisation\":\"inn:7707083893\",\"ended_on\":\"2021-03-31\",\"reason\":\""));
        for (int i = 0; i < chars; i++)
            buf_str(&b, STR("Ж"));
        buf_str(&b, STR("\"}"));
        struct faults faults;
        faults_init(&faults, &arena);
        struct ev_membership_ended event;
        assert_int_equal(ev_membership_ended_decode(&arena, buf_view(&b), &event, &faults),
                         chars == 300);
    }
}

static void test_types_and_enumerations_have_one_name_each(void **state)
{
    (void)state;
    for (unsigned i = 1; i < EV_TYPE_COUNT; i++)
        assert_int_equal(ev_type_of(ev_type_text((enum ev_type)i)), i);
    assert_int_equal(ev_type_of(STR("mosaic.application.submitted.v2")), EV_UNKNOWN);
    assert_int_equal(ev_type_of(STR_NONE), EV_UNKNOWN);
    enum ev_category category = EV_CATEGORY_OTHER;
    assert_true(ev_category_parse(STR("company"), &category));
    assert_int_equal(category, EV_CATEGORY_COMPANY);
    assert_false(ev_category_parse(STR("Company"), &category));
    assert_false(ev_category_parse(STR(""), &category));
    assert_true(str_eq(ev_role_text(EV_ROLE_THIRD_PARTY), STR("third-party")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_example_cut_short_is_not_json, fresh),
        cmocka_unit_test_setup(test_hostile_members_are_told_with_place_and_reason, fresh),
        cmocka_unit_test_setup(test_data_that_is_no_object_is_refused, fresh),
        cmocka_unit_test_setup(test_every_invalid_example_is_refused_with_all_its_faults, fresh),
        cmocka_unit_test_setup(test_faults_speak_to_people, fresh),
        cmocka_unit_test_setup(test_what_is_sound_is_kept_for_the_report_of_a_refusal, fresh),
        cmocka_unit_test_setup(test_a_flood_of_faults_is_closed_with_one_that_says_so, fresh),
        cmocka_unit_test_setup(test_lists_are_read_up_to_their_bound, fresh),
        cmocka_unit_test_setup(test_lengths_count_characters_not_bytes, fresh),
        cmocka_unit_test_setup(test_every_valid_example_survives_decoding_and_writing, fresh),
        cmocka_unit_test_setup(test_types_and_enumerations_have_one_name_each, fresh),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
