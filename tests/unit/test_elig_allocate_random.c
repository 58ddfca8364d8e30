/* allocate: long random histories, cut into batches at random and stored in between as the database
 * would, against a model too simple to be wrong. */
#include "tests/unit/elig_allocate_steps.h"

#define APPS 14
#define ORGS 3

/* What a database would keep between batches; place 0: not in line. */
struct stored {
    bool exists;
    enum elig_award_state state;
    int64_t assessed_revision, revision, granted, place;
    bool capped;
    struct ev_application_assessed assessed;
};
static struct {
    struct stored apps[APPS];
    struct elig_budget budget;
    int64_t yearly[ORGS];
} db;

static char names[APPS][8], orgs[ORGS][8];

/* The model: everyone's wish in order of place, everything recomputed with plain loops. */
struct wish {
    enum elig_award_state state;
    int64_t amount, cap, granted, place;
};
static struct {
    struct wish wishes[APPS];
    int64_t amount, next_place;
    bool is_set;
} model;

static int64_t model_given(int org)
{
    int64_t sum = 0;
    for (int i = 0; i < APPS; i++)
        if (org < 0 || i % ORGS == org)
            sum += model.wishes[i].granted;
    return sum;
}

static int64_t model_free(void)
{
    int64_t left = model.is_set ? model.amount - model_given(-1) : 0;
    return left > 0 ? left : 0;
}

static int64_t model_wanted(int app)
{
    const struct wish *w = &model.wishes[app];
    int64_t left = w->cap - (model_given(app % ORGS) - w->granted);
    if (left < 0)
        left = 0;
    return w->amount < left ? w->amount : left;
}

static int model_first(void)
{
    int first = -1;
    for (int i = 0; i < APPS; i++)
        if (model.wishes[i].state == ELIG_AWARD_WAITLISTED &&
            (first < 0 || model.wishes[i].place < model.wishes[first].place))
            first = i;
    return first;
}

static void model_serve(void)
{
    for (int first = model_first(); first >= 0 && model_free() > 0; first = model_first()) {
        struct wish *w = &model.wishes[first];
        int64_t wanted = model_wanted(first);
        if (wanted > model_free())
            return;
        w->state = wanted == 0 ? ELIG_AWARD_REFUSED : ELIG_AWARD_APPROVED;
        w->granted = wanted;
    }
}

static void model_new_claim(int app)
{
    struct wish *w = &model.wishes[app];
    w->state = ELIG_AWARD_NEW;
    int64_t wanted = model_wanted(app);
    if (model.is_set && model_first() < 0 && wanted <= model_free()) {
        w->state = ELIG_AWARD_APPROVED;
        w->granted = wanted;
    } else {
        w->state = ELIG_AWARD_WAITLISTED;
        w->place = model.next_place++;
    }
}

static void model_claim(int app, int64_t amount, int64_t cap)
{
    struct wish *w = &model.wishes[app];
    int64_t before = w->amount;
    w->amount = amount;
    w->cap = cap;
    int64_t wanted = model_wanted(app);
    if (wanted == 0) {
        w->state = ELIG_AWARD_REFUSED;
        w->granted = 0;
    } else if (w->state == ELIG_AWARD_APPROVED) {
        if (wanted <= w->granted || (model_first() < 0 && wanted - w->granted <= model_free()))
            w->granted = wanted;
    } else if (w->state != ELIG_AWARD_WAITLISTED || amount > before) {
        model_new_claim(app);
    }
}

static void load_app(int app)
{
    const struct stored *x = &db.apps[app];
    if (!x->exists || elig_award_find(&s, str_of(names[app])) != NULL)
        return;
    struct ev_application_assessed *event = arena_alloc(&mem, sizeof *event);
    *event = x->assessed;
    (void)elig_award_add(&s, &(struct elig_award){.application = str_of(names[app]),
                                                  .organisation = str_of(orgs[app % ORGS]),
                                                  .measure = GRANT,
                                                  .year = 2021,
                                                  .assessed_revision = x->assessed_revision,
                                                  .revision = x->revision,
                                                  .state = x->state,
                                                  .granted = x->granted,
                                                  .capped = x->capped,
                                                  .place = x->place,
                                                  .assessed = x->state == ELIG_AWARD_WAITLISTED
                                                                  ? event
                                                                  : NULL});
}

static void begin_batch(void)
{
    arena_reset(&mem);
    elig_allocate_init(&s, &mem, 8);
    input = 0;
    struct elig_budget *b = elig_budget(&s, GRANT, 2021);
    *b = db.budget;
    b->line_done = b->waiting == 0;
    for (int i = 0; i < ORGS; i++)
        elig_yearly(&s, str_of(orgs[i]), GRANT, 2021)->given = db.yearly[i];
}

static void store_award(const struct elig_award *award)
{
    for (int i = 0; i < APPS; i++) {
        if (!award->changed || !str_eq(award->application, str_of(names[i])))
            continue;
        db.apps[i] = (struct stored){
            true,         award->state,  award->assessed_revision, award->revision, award->granted,
            award->place, award->capped, *award->assessed};
    }
}

static void end_batch(void)
{
    const struct elig_budget *b = elig_budget(&s, GRANT, 2021);
    for (size_t i = 0; i < s.award_count; i++)
        store_award(s.awards[i]);
    db.budget = (struct elig_budget){.measure = GRANT,
                                     .year = 2021,
                                     .is_set = b->is_set,
                                     .currency = STR("RUB"),
                                     .amount = b->amount,
                                     .given = b->given,
                                     .overcommitted = b->overcommitted,
                                     .revision = b->revision,
                                     .next_place = b->next_place,
                                     .waiting = b->waiting};
    for (int i = 0; i < ORGS; i++)
        db.yearly[i] = elig_yearly(&s, str_of(orgs[i]), GRANT, 2021)->given;
}

static int stored_after(int64_t place)
{
    int found = -1;
    for (int i = 0; i < APPS; i++)
        if (db.apps[i].exists && db.apps[i].state == ELIG_AWARD_WAITLISTED &&
            db.apps[i].place > place && (found < 0 || db.apps[i].place < db.apps[found].place))
            found = i;
    return found;
}

/* Reads the line two by two. */
static void serve_lines(void)
{
    struct elig_budget *b;
    while ((b = elig_line_wanted(&s)) != NULL) {
        int count = 0;
        for (int app = stored_after(b->loaded_place); app >= 0 && count < 2;
             app = stored_after(b->loaded_place)) {
            load_app(app);
            elig_line_add(&s, b, elig_award_find(&s, str_of(names[app])), db.apps[app].place);
            count++;
        }
        elig_line_serve(&s, b, count < 2);
    }
}

static uint64_t random_state;

static int64_t random_below(int64_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((random_state >> 33) % (uint64_t)limit);
}

static void one_event(void)
{
    int app = (int)random_below(APPS);
    int64_t kind = random_below(20), amount = 1 + random_below(40), cap = 20 + random_below(60);
    const struct elig_award *known = elig_award_find(&s, str_of(names[app]));
    int64_t revision =
        (known != NULL ? known->assessed_revision : db.apps[app].assessed_revision) + 1;
    struct claim c = {.id = names[app],
                      .org = orgs[app % ORGS],
                      .measure = GRANT,
                      .amount = amount,
                      .cap = cap,
                      .revision = revision};
    if (kind < 3) {
        model.amount = random_below(150);
        model.is_set = true;
        budget_in(GRANT, model.amount, "RUB");
        model_serve();
        return;
    }
    load_app(app);
    if (kind < 8) {
        c.verdict = kind < 6 ? EV_VERDICT_WITHDRAWN : EV_VERDICT_REFUSED;
        model.wishes[app].state = kind < 6 ? ELIG_AWARD_RELEASED : ELIG_AWARD_REFUSED;
        model.wishes[app].granted = 0;
        model.wishes[app].amount = 0;
    } else {
        model_claim(app, amount, cap);
    }
    assessed(c);
    model_serve();
}

static void assert_like_model(void)
{
    const struct elig_budget *b = elig_budget(&s, GRANT, 2021);
    int64_t sum = 0, waiting = 0;
    for (int i = 0; i < APPS; i++) {
        const struct elig_award *award = elig_award_find(&s, str_of(names[i]));
        const struct wish *w = &model.wishes[i];
        enum elig_award_state state = award != NULL ? award->state : db.apps[i].state;
        int64_t granted = award != NULL ? award->granted : db.apps[i].granted;
        if (state != w->state || granted != w->granted)
            fail_msg("%s: got %.*s %lld, wanted %.*s %lld", names[i],
                     STR_ARG(elig_award_state_text(state)), (long long)granted,
                     STR_ARG(elig_award_state_text(w->state)), (long long)w->granted);
        sum += granted;
        waiting += state == ELIG_AWARD_WAITLISTED;
    }
    assert_int_equal(b->given, sum);
    assert_int_equal(b->waiting, waiting);
    assert_true(elig_budget_free(b) >= 0 && elig_budget_free(b) == model_free());
    assert_true(b->given <= b->amount + b->overcommitted);
    for (int i = 0; i < ORGS; i++)
        assert_int_equal(elig_yearly(&s, str_of(orgs[i]), GRANT, 2021)->given, model_given(i));
}

static void test_random_histories_conserve_money_and_equal_a_naive_recomputation(void **state)
{
    (void)state;
    for (int i = 0; i < APPS; i++)
        names[i][0] = (char)('a' + i);
    for (int i = 0; i < ORGS; i++)
        orgs[i][0] = (char)('0' + i);
    for (int history = 0; history < 400; history++) {
        memset(&db, 0, sizeof db);
        memset(&model, 0, sizeof model);
        db.budget.next_place = model.next_place = 1;
        db.budget.measure = GRANT;
        db.budget.year = 2021;
        random_state = (uint64_t)history * 977 + 5;
        begin_batch();
        for (int i = 0; i < 200; i++) {
            one_event();
            serve_lines();
            assert_like_model();
            if (random_below(4) == 0) {
                end_batch();
                begin_batch();
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_random_histories_conserve_money_and_equal_a_naive_recomputation,
                               reset),
    };
    int failed = cmocka_run_group_tests_name("elig_allocate_random", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
