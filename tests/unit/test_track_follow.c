/* A batch of decisions and changes: what is published with which input, what waits, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/project-tracking/core/follow.h"

static struct arena mem;

/* The n-th message of a batch: decisions come from partition 1, changes from partition 4. */
static struct follow_item read(size_t n, const char *type, const char *data)
{
    struct faults faults;
    struct follow_item item = {.input = n,
                               .place = {STR("mosaic.project-changes.v1"), 4, (int64_t)n}};

    if (str_eq(str_of(type), STR("mosaic.decision.made.v1")))
        item.place = (struct follow_place){STR("mosaic.decisions.v1"), 1, (int64_t)n};
    faults_init(&faults, &mem);
    if (!follow_read(&mem, str_of(type), str_of(data), &item, &faults))
        fail_msg("%s", faults.count > 0 ? faults.items[0].message.ptr : "unknown type");
    return item;
}

static void add(struct follow *f, struct follow_item item)
{
    follow_add(f, &item);
    if (item.project.ptr != NULL)
        (void)follow_project(f, item.project);
}

static struct follow_item decision(size_t n, const char *project, const char *application,
                                   const char *outcome, int revision)
{
    struct str json = arena_fmt(
        &mem,
        "{\"application\":\"%s\",\"organisation\":\"inn:7707083893\",\"category\":\"company\","
        "\"measure\":\"joint-project\",\"submitted_on\":\"2024-01-01\",\"decided_on\":\"2024-01-"
        "10\","
        "\"outcome\":\"%s\",\"revision\":%d,\"plan\":{\"project\":\"%s\",\"title\":\"T\","
        "\"start_on\":\"2024-02-01\",\"end_on\":\"2025-02-01\",\"partners\":[{\"organisation\":"
        "\"inn:7707083893\",\"role\":\"coordinator\"},{\"organisation\":\"pic:999644559\",\"role\":"
        "\"partner\"}]},\"findings\":[],\"rule_version\":\"1\",\"engine_version\":\"1\","
        "\"cause\":\"submitted\"}",
        application, outcome, revision, project);
    return read(n, "mosaic.decision.made.v1", json.ptr);
}

static struct follow_item milestone(size_t n, const char *project, const char *name)
{
    struct str json =
        arena_fmt(&mem, "{\"project\":\"%s\",\"requested_on\":\"2024-03-01\",\"milestone\":\"%s\"}",
                  project, name);
    return read(n, "mosaic.project.milestone-reached.v1", json.ptr);
}

static struct follow_item finish(size_t n, const char *project)
{
    struct str json =
        arena_fmt(&mem, "{\"project\":\"%s\",\"requested_on\":\"2025-02-01\"}", project);
    return read(n, "mosaic.project.finish-requested.v1", json.ptr);
}

static struct follow batch(size_t inputs)
{
    struct follow f;
    follow_init(&f, &mem, inputs);
    return f;
}

static struct follow_project *project(struct follow *f, const char *id)
{
    return follow_project(f, str_of(id));
}

/* As the database would give it back. */
static void make_open(struct follow *f, const char *id, const char *application)
{
    struct follow before = batch(1);
    add(&before, decision(0, id, application, "approved", 1));
    assert_null(follow_run(&before));
    project(f, id)->track = project(&before, id)->track;
}

static void a_change_before_its_project_waits(void **state)
{
    struct follow f = batch(2);
    (void)state;

    add(&f, milestone(0, "p", "one"));
    add(&f, milestone(1, "p", "two"));
    assert_null(follow_run(&f));
    assert_int_equal(f.early_count, 2);
    assert_int_equal(f.early[1]->input, 1);
    assert_int_equal(f.outputs_count, 0);
    assert_int_equal(f.refusals_count, 0);
}

static void what_waited_is_applied_in_its_order_when_the_project_opens(void **state)
{
    struct follow f = batch(1);
    struct follow_item waiting[] = {milestone(7, "p", "one"), finish(8, "p"),
                                    milestone(9, "p", "late")};
    (void)state;

    for (size_t i = 0; i < COUNT(waiting); i++)
        waiting[i].input = FOLLOW_NO_INPUT;
    add(&f, decision(0, "p", "a", "approved", 1));
    project(&f, "p")->waiting = waiting;
    project(&f, "p")->waiting_count = COUNT(waiting);
    assert_null(follow_run(&f));

    assert_int_equal(f.outputs_count, 3);
    assert_int_equal(f.outputs[1].cause->place.offset, 7);
    assert_ptr_equal(f.outputs[2].project->carrier, &f.items[0]);
    assert_int_equal(project(&f, "p")->track.state, TRACK_FINISHED);
    assert_true(project(&f, "p")->opened);
    assert_int_equal(f.refusals_count, 1);
    assert_int_equal(f.refusals[0].item->place.offset, 9);
    assert_int_equal(f.refusals[0].result, TRACK_IS_FINISHED);
    assert_int_equal(f.milestones_count, 1);
}

static void a_change_beside_its_decision_need_not_wait(void **state)
{
    struct follow f = batch(2);
    (void)state;

    add(&f, milestone(0, "p", "one"));
    add(&f, decision(1, "p", "a", "approved", 1));
    assert_null(follow_run(&f));
    assert_int_equal(f.early_count, 0);
    assert_int_equal(f.outputs_count, 2);
    /* Both go out with the decision, in the order they were made. */
    assert_int_equal(f.outputs[0].project->carrier->input, 1);
    assert_int_equal(f.outputs[0].cause->input, 1);
    assert_int_equal(f.outputs[1].cause->input, 0);
}

static void outputs_come_in_the_order_of_their_inputs(void **state)
{
    struct follow f = batch(3);
    (void)state;

    make_open(&f, "q", "b");
    add(&f, milestone(0, "q", "one"));
    add(&f, decision(1, "p", "a", "approved", 1));
    add(&f, milestone(2, "q", "two"));
    assert_null(follow_run(&f));
    assert_int_equal(f.outputs_count, 3);
    assert_true(str_eq(f.outputs[0].project->id, STR("q")));
    assert_int_equal(f.outputs[1].cause->input, 2);
    assert_int_equal(f.outputs[1].project->carrier->input, 0);
    assert_true(str_eq(f.outputs[2].project->id, STR("p")));
}

static void a_revision_never_overtakes_one_from_another_partition(void **state)
{
    static const struct {
        const char *when;
        struct follow_place published;
        bool unacknowledged, blocked;
    } cases[] = {
        {"acknowledged", {{"mosaic.decisions.v1", 19}, 1, 5}, false, false},
        {"not acknowledged", {{"mosaic.decisions.v1", 19}, 1, 5}, true, true},
        {"from the same partition", {{"mosaic.project-changes.v1", 25}, 4, 5}, true, false},
        {"from another partition", {{"mosaic.project-changes.v1", 25}, 3, 5}, true, true},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct follow f = batch(1);
        make_open(&f, "p", "a");
        project(&f, "p")->published = cases[i].published;
        project(&f, "p")->unacknowledged = cases[i].unacknowledged;
        add(&f, milestone(0, "p", "one"));
        if ((follow_run(&f) != NULL) != cases[i].blocked)
            fail_msg("%s", cases[i].when);
    }
}

static void a_refusal_need_not_wait_for_an_acknowledgement(void **state)
{
    struct follow f = batch(1);
    (void)state;

    make_open(&f, "p", "a");
    project(&f, "p")->track.state = TRACK_FINISHED;
    project(&f, "p")->published = (struct follow_place){STR("mosaic.decisions.v1"), 1, 5};
    project(&f, "p")->unacknowledged = true;
    add(&f, milestone(0, "p", "one"));
    assert_null(follow_run(&f));
    assert_int_equal(f.refusals_count, 1);
}

static void an_application_that_moves_to_another_project_leaves_the_old_one(void **state)
{
    struct follow f = batch(1);
    (void)state;

    make_open(&f, "old", "a");
    add(&f, decision(0, "new", "a", "approved", 2));
    assert_null(follow_run(&f));
    assert_int_equal(f.outputs_count, 2);
    assert_int_equal(project(&f, "old")->track.state, TRACK_SUSPENDED);
    assert_int_equal(project(&f, "new")->track.state, TRACK_ACTIVE);
}

static void only_what_can_concern_a_project_is_looked_up(void **state)
{
    struct follow_item approved = decision(0, "p", "a", "approved", 1);
    struct follow_item refused = decision(0, "p", "a", "refused", 1);
    struct follow_item released = decision(0, "p", "a", "released", 2);
    (void)state;

    assert_true(follow_concerns(&approved));
    assert_true(follow_may_begin(&approved));
    assert_false(follow_concerns(&refused));
    assert_true(follow_concerns(&released));
    assert_false(follow_may_begin(&released));
}

static void an_unknown_type_is_told_from_broken_data(void **state)
{
    struct follow_item item = {0};
    struct faults faults;
    (void)state;

    faults_init(&faults, &mem);
    assert_false(follow_read(&mem, STR("mosaic.kpi.value.v1"), STR("{}"), &item, &faults));
    assert_int_equal(faults.count, 0);
    assert_false(
        follow_read(&mem, STR("mosaic.project.finish-requested.v1"), STR("{}"), &item, &faults));
    assert_string_equal(faults.items[0].code, "missing");
}

static int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        TEST(a_change_before_its_project_waits),
        TEST(what_waited_is_applied_in_its_order_when_the_project_opens),
        TEST(a_change_beside_its_decision_need_not_wait),
        TEST(outputs_come_in_the_order_of_their_inputs),
        TEST(a_revision_never_overtakes_one_from_another_partition),
        TEST(a_refusal_need_not_wait_for_an_acknowledgement),
        TEST(an_application_that_moves_to_another_project_leaves_the_old_one),
        TEST(only_what_can_concern_a_project_is_looked_up),
        TEST(an_unknown_type_is_told_from_broken_data),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
