/* intake's ledger and decision: repeats, numbers, and events that contradict the register. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gen/topics.h"
#include "services/intake/core/decide.h"

#define ROOM 16

struct batch_of {
    struct arena arena;
    struct intake_ledger ledger;
    struct intake_entry entries[ROOM];
};

static void start(struct batch_of *b)
{
    memset(b, 0, sizeof *b);
    ledger_init(&b->ledger, &b->arena, ROOM);
}

static struct intake_case *enter(struct batch_of *b, const char *id, struct str key,
                                 const struct intake_entry *entry)
{
    const struct event event = {.id = str_of(id), .source = STR("urn:test")};
    struct intake_entry *kept = &b->entries[b->ledger.case_count];
    *kept = *entry;
    return &b->ledger.cases[ledger_enter(&b->ledger, &event, kept, key)];
}

static struct intake_case *submit(struct batch_of *b, const char *id, const char *application,
                                  struct str organisation)
{
    struct intake_entry e = {.type = EV_APPLICATION_SUBMITTED, .to = &TOPIC_ORGANISATIONS};
    e.data.application_submitted.application = str_of(application);
    e.data.application_submitted.organisation = organisation;
    e.data.application_submitted.measure = EV_MEASURE_JOINT_PROJECT;
    e.data.application_submitted.submitted_on = 18000;
    return enter(b, id, organisation, &e);
}

static struct intake_case *amend(struct batch_of *b, const char *id, const char *application,
                                 struct str organisation, enum ev_measure measure)
{
    struct intake_entry e = {.type = EV_APPLICATION_AMENDED, .to = &TOPIC_ORGANISATIONS};
    e.data.application_amended.application = str_of(application);
    e.data.application_amended.organisation = organisation;
    e.data.application_amended.measure = measure;
    return enter(b, id, organisation, &e);
}

static struct intake_case *withdraw(struct batch_of *b, const char *id, const char *application,
                                    struct str organisation)
{
    struct intake_entry e = {.type = EV_APPLICATION_WITHDRAWN, .to = &TOPIC_ORGANISATIONS};
    e.data.application_withdrawn.application = str_of(application);
    e.data.application_withdrawn.organisation = organisation;
    return enter(b, id, organisation, &e);
}

/* What a database with an empty register answers. */
static void all_free(struct batch_of *b)
{
    for (size_t i = 0; i < b->ledger.place_count; i++)
        b->ledger.places[i].is_free = true;
}

static void assert_refused(const struct intake_case *c, const char *code)
{
    assert_int_equal(c->verdict, INTAKE_REFUSED);
    assert_int_equal(c->faults.count, 1);
    assert_string_equal(c->faults.items[0].code, code);
}

static const struct str A = {"inn:7707083893", 14}, B = {"inn:7728168971", 14};

static void test_numbers_run_on_from_what_the_register_has(void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    const struct intake_case *first = submit(&b, "1", "P1", A);
    const struct intake_case *other = submit(&b, "2", "P2", B);
    const struct intake_case *second = submit(&b, "3", "P3", A);
    all_free(&b);
    b.ledger.subjects[0].reserved = 9; /* 7 before, 2 offered */
    intake_decide(&b.ledger);
    assert_int_equal(first->number, 8);
    assert_int_equal(second->number, 9);
    assert_int_equal(other->number, 1);
    arena_done(&b.arena);
}

static void test_a_repeat_within_the_batch_has_no_effect(void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    const struct intake_case *first = submit(&b, "1", "P1", A);
    const struct intake_case *again = submit(&b, "1", "P1", A);
    const struct intake_case *next = submit(&b, "2", "P2", A);
    assert_int_equal(b.ledger.subjects[0].offered, 2);
    all_free(&b);
    intake_decide(&b.ledger);
    assert_int_equal(first->verdict, INTAKE_ACCEPTED);
    assert_int_equal(again->verdict, INTAKE_REPEATED);
    assert_int_equal(next->number, 2);
    arena_done(&b.arena);
}

static void test_a_repeat_of_what_was_accepted_before_has_no_effect_even_if_it_says_something_else(
    void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    const struct intake_case *again = withdraw(&b, "1", "nobody knows it", A);
    b.ledger.subjects[0].reserved = 5;
    intake_decide(&b.ledger);
    assert_int_equal(again->verdict, INTAKE_REPEATED);
    assert_int_equal(b.ledger.subjects[0].accepted, 0);
    arena_done(&b.arena);
}

static void test_an_amendment_in_the_same_batch_finds_its_application(void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    const struct intake_case *early = amend(&b, "1", "P1", A, EV_MEASURE_JOINT_PROJECT);
    (void)submit(&b, "2", "P1", A);
    const struct intake_case *late = amend(&b, "3", "P1", A, EV_MEASURE_JOINT_PROJECT);
    all_free(&b);
    intake_decide(&b.ledger);
    assert_refused(early, "application_unknown");
    assert_int_equal(late->verdict, INTAKE_ACCEPTED);
    assert_int_equal(late->number, 2);
    assert_false(b.ledger.places[0].is_taken); /* so that it may be sent again */
    assert_true(b.ledger.applications[0].is_new);
    arena_done(&b.arena);
}

static void test_what_contradicts_the_register_is_refused_with_its_reason(void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    const struct intake_case *twice = submit(&b, "1", "P1", A);
    const struct intake_case *foreign = withdraw(&b, "2", "P1", B);
    const struct intake_case *changed = amend(&b, "3", "P1", A, EV_MEASURE_HORIZON_PROJECT);
    const struct intake_case *unknown = withdraw(&b, "4", "P2", A);
    all_free(&b);
    b.ledger.applications[0].organisation = A;
    b.ledger.applications[0].measure = STR("joint-project");
    intake_decide(&b.ledger);
    assert_refused(twice, "application_exists");
    assert_refused(foreign, "application_foreign");
    assert_refused(changed, "measure_changed");
    assert_refused(unknown, "application_unknown");
    assert_false(b.ledger.applications[0].is_new);
    arena_done(&b.arena);
}

static void test_a_refused_event_leaves_its_name_to_a_corrected_one_behind_it(void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    const struct intake_case *wrong = withdraw(&b, "1", "P9", A);
    const struct intake_case *corrected =
        submit(&b, "1", "P9", B); /* another key: counted where it is accepted */
    all_free(&b);
    intake_decide(&b.ledger);
    assert_refused(wrong, "application_unknown");
    assert_int_equal(corrected->verdict, INTAKE_ACCEPTED);
    assert_int_equal(corrected->number, 1);
    assert_int_equal(b.ledger.subjects[0].accepted, 0);
    assert_int_equal(b.ledger.subjects[1].accepted, 1);
    assert_true(b.ledger.places[0].is_taken);
    arena_done(&b.arena);
}

static void test_the_same_key_in_two_topics_is_two_subjects(void **state)
{
    (void)state;
    struct batch_of b;
    start(&b);
    struct intake_entry e = {.type = EV_PROJECT_FINISH_REQUESTED, .to = &TOPIC_PROJECT_CHANGES};
    const struct intake_case *project = enter(&b, "1", STR("GDP"), &e);
    e = (struct intake_entry){.type = EV_CITY_BASELINE_PUBLISHED, .to = &TOPIC_REFERENCE};
    const struct intake_case *indicator = enter(&b, "2", STR("GDP"), &e);
    all_free(&b);
    intake_decide(&b.ledger);
    assert_int_equal(b.ledger.subject_count, 2);
    assert_int_equal(project->number, 1);
    assert_int_equal(indicator->number, 1);
    arena_done(&b.arena);
}

static void test_a_name_is_the_head_of_a_sha_256(void **state)
{
    (void)state;
    /* printf 'urn:test\0%s' id | sha256sum */
    static const struct {
        const char *id;
        uint64_t high, low;
    } cases[] = {
        {"1", 0x100520925cc14961, 0xd7faa0e2d73d6392},
        {"a name long enough to need a second block of the hash function", 0x68383312ef08ccae,
         0x8935ef6c48557dc7},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct intake_name name = intake_name_of(STR("urn:test"), str_of(cases[i].id));
        assert_true((uint64_t)name.high == cases[i].high);
        assert_true((uint64_t)name.low == cases[i].low);
    }
    struct intake_name one = intake_name_of(STR("ab"), STR("c")),
                       two = intake_name_of(STR("a"), STR("bc"));
    assert_true(one.high != two.high);
}

static void test_names_of_every_length_differ_and_fit(void **state)
{
    (void)state;
    static char text[INTAKE_NAME_MAX_BYTES];
    memset(text, 'x', sizeof text);
    struct intake_name last = {0, 0};
    for (size_t len = 0; len <= sizeof text; len++) {
        struct intake_name name =
            intake_name_of((struct str){text, sizeof text}, (struct str){text, len});
        assert_true(name.high != last.high || name.low != last.low);
        last = name;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_run_on_from_what_the_register_has),
        cmocka_unit_test(test_a_repeat_within_the_batch_has_no_effect),
        cmocka_unit_test(
            test_a_repeat_of_what_was_accepted_before_has_no_effect_even_if_it_says_something_else),
        cmocka_unit_test(test_an_amendment_in_the_same_batch_finds_its_application),
        cmocka_unit_test(test_what_contradicts_the_register_is_refused_with_its_reason),
        cmocka_unit_test(test_a_refused_event_leaves_its_name_to_a_corrected_one_behind_it),
        cmocka_unit_test(test_the_same_key_in_two_topics_is_two_subjects),
        cmocka_unit_test(test_a_name_is_the_head_of_a_sha_256),
        cmocka_unit_test(test_names_of_every_length_differ_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
