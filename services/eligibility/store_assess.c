/* store_assess: reading a batch's organisations and applications, mostly in one round trip. */
#include "services/eligibility/store_assess.h"

#include <stdlib.h>

#include "common/core/date.h"
#include "common/core/json.h"
#include "services/eligibility/rows.h"

/* A business day ends the waiting of at most so many; the rest goes with the next one. */
#define DUE_MAX 20000

#define UNACKNOWLEDGED STAGE_UNACKNOWLEDGED("assess", "a")
#define APPLICATION_COLUMNS                                                                        \
    "a.application, a.organisation, a.measure, a.submitted_on, a.dated_on, a.state, a.revision, "  \
    "a.verdict, "                                                                                  \
    "a.amount, a.data, a.published_topic, a.published_partition, " UNACKNOWLEDGED

static const struct pg_stmt DUE = {
    "assess_due",
    "select application, organisation, measure from application "
    "where state = 'waiting' and submitted_on < $1 order by submitted_on, application limit $2"};

static const struct pg_stmt MAKE_ORGANISATIONS = {
    "assess_make_organisations",
    "insert into organisation (organisation) select u.id from unnest($1::text[]) u (id) "
    "where not exists (select from organisation o where o.organisation = u.id) order by u.id "
    "on conflict do nothing"};

#define SELECT_ORGANISATIONS                                                                       \
    "select o.organisation, o.name, o.category, o.known_on, o.decided, o.decided_on, "             \
    "o.revision, o.periods, o.end_on from organisation o "                                         \
    "where o.organisation = any ($1::text[]) "

/* Locks are taken in the order of names and in one statement, so that nobody waits in a circle; hence
 * also one strength for all. Applications that share a partner do not keep each other waiting. */
static const struct pg_stmt LOCK_TO_CHANGE = {"assess_lock_to_change", SELECT_ORGANISATIONS
                                              "order by o.organisation for no key update of o"};
static const struct pg_stmt LOCK_TO_READ = {"assess_lock_to_read", SELECT_ORGANISATIONS
                                            "order by o.organisation for share of o"};

static const struct pg_stmt LOAD_ORGANISATIONS = {"assess_load_organisations",
                                                  SELECT_ORGANISATIONS};

static const struct pg_stmt LOAD_APPLICATIONS = {
    "assess_load_applications",
    "select " APPLICATION_COLUMNS " from application a where a.application = any (array("
    "select unnest($1::text[]) union select d.application from dependency d where d.organisation = "
    "any ($2::text[]))) "
    "order by a.application for update of a"};

void assess_keys_init(struct assess_keys *k, struct arena *a)
{
    *k = (struct assess_keys){0};
    pg_array_init(&k->applications, a, PG_TEXT);
    pg_array_init(&k->changing, a, PG_TEXT);
}

/* Who waits too long by that day; a membership that expires changes its organisation. */
static bool load_due(struct pg *pg, struct elig_assess *s, struct assess_keys *k, struct err *err)
{
    struct arena *a = s->registry.arena;
    struct pg_params params;
    if (!k->has_day)
        return true;
    pg_params_init(&params, a);
    pg_bind_date(&params, elig_expired_before(k->day));
    pg_bind_i64(&params, DUE_MAX);
    const struct pg_call *c = pg_call(pg, &DUE, &params);
    if (!pg_flush(pg, err))
        return false;
    for (int row = 0; row < pg_rows(c); row++) {
        struct str organisation = rows_copy(a, c, row, 1);
        pg_push_text(&k->applications, rows_copy(a, c, row, 0));
        if (!str_eq(pg_text(c, row, 2), ev_measure_text(EV_MEASURE_MEMBERSHIP)))
            continue;
        (void)elig_org(&s->registry, organisation);
        pg_push_text(&k->changing, organisation);
    }
    return true;
}

static bool read_period(const cJSON *item, struct arena *a, struct elig_period *ret)
{
    const cJSON *left = cJSON_GetObjectItemCaseSensitive(item, "left_on");
    *ret = (struct elig_period){.has_left_on = left != NULL};
    struct str application = json_text(cJSON_GetObjectItemCaseSensitive(item, "application"));
    ret->application = arena_dup(a, application);
    return date_parse(json_text(cJSON_GetObjectItemCaseSensitive(item, "joined_on")),
                      &ret->joined_on) &&
           date_parse(json_text(cJSON_GetObjectItemCaseSensitive(item, "decided_on")),
                      &ret->decided_on) &&
           (left == NULL || date_parse(json_text(left), &ret->left_on));
}

/* False: what we stored ourselves cannot be read any more. */
static bool read_periods(struct elig_assess *s, struct elig_org *org, struct str json,
                         struct err *err)
{
    struct faults faults;
    struct elig_period period;
    if (str_eq(json, STR("[]")))
        return true;
    faults_init(&faults, s->registry.arena);
    const cJSON *list = json_parse(s->registry.arena, json, &faults), *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!read_period(item, s->registry.arena, &period)) {
            list = NULL;
            break;
        }
        (void)elig_period_add(&s->registry, org, &period);
    }
    if (list == NULL)
        return err_set(err, ERR_FATAL, "the stored memberships of %.*s cannot be read",
                       STR_ARG(org->id));
    return true;
}

static bool read_organisations(struct elig_assess *s, const struct pg_call *c, struct err *err)
{
    struct arena *a = s->registry.arena;
    for (int row = 0; row < pg_rows(c); row++) {
        struct elig_org *org = elig_org_find(&s->registry, pg_text(c, row, 0));
        org->described = !pg_null(c, row, 1);
        if (org->described) {
            org->name = rows_copy(a, c, row, 1);
            org->known_on = pg_date(c, row, 3);
            if (!ev_category_parse(pg_text(c, row, 2), &org->category))
                return err_set(err, ERR_FATAL, "organisation %.*s has an unknown category",
                               STR_ARG(org->id));
        }
        org->decided = pg_bool(c, row, 4);
        org->decided_on = pg_null(c, row, 5) ? 0 : pg_date(c, row, 5);
        org->revision = pg_i64(c, row, 6);
        if (!read_periods(s, org, pg_text(c, row, 7), err))
            return false;
        org->has_end = !pg_null(c, row, 8);
        org->end_on = org->has_end ? pg_date(c, row, 8) : 0;
    }
    return true;
}

static bool read_form(struct elig_assess *s, struct elig_app *app, struct err *err)
{
    struct faults faults;
    struct ev_application_submitted *form = arena_alloc(s->registry.arena, sizeof *form);
    if (app->data.ptr == NULL)
        return true;
    faults_init(&faults, s->registry.arena);
    if (!ev_application_submitted_decode(s->registry.arena, app->data, form, &faults))
        return err_set(err, ERR_FATAL, "the stored application %.*s cannot be read: %.*s",
                       STR_ARG(app->id), STR_ARG(faults.items[0].message));
    app->form = form;
    return true;
}

static bool read_application(struct elig_assess *s, const struct pg_call *c, int row,
                             struct err *err)
{
    struct arena *a = s->registry.arena;
    struct elig_app app = {.id = rows_copy(a, c, row, 0),
                           .org = elig_org(&s->registry, rows_copy(a, c, row, 1)),
                           .submitted_on = pg_date(c, row, 3),
                           .dated_on = pg_date(c, row, 4),
                           .revision = pg_i64(c, row, 6),
                           .has_amount = !pg_null(c, row, 8),
                           .data = rows_copy(a, c, row, 9)};
    if (app.has_amount)
        app.amount = pg_i64(c, row, 8);
    if (pg_bool(c, row, 12))
        app.published = (struct elig_published){rows_copy(a, c, row, 10), pg_i32(c, row, 11)};
    if (!ev_measure_parse(pg_text(c, row, 2), &app.measure) ||
        !elig_app_state_parse(pg_text(c, row, 5), &app.state) ||
        (app.revision > 0 && !ev_verdict_parse(pg_text(c, row, 7), &app.verdict)))
        return err_set(err, ERR_FATAL, "application %.*s has an unknown measure, state or verdict",
                       STR_ARG(app.id));
    if (!read_form(s, &app, err))
        return false;
    elig_app_link(&s->registry, elig_app_add(&s->registry, &app));
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct pg_call *call_organisations(struct pg *pg, const struct pg_stmt *stmt,
                                          const struct elig_registry *r, size_t from)
{
    size_t count = r->org_count - from;
    struct str *ids = arena_array(r->arena, count, sizeof *ids);
    struct pg_array array;
    struct pg_params params;
    for (size_t i = 0; i < count; i++)
        ids[i] = r->orgs[from + i]->id;
    if (count > 1)
        qsort(ids, count, sizeof *ids, compare_texts);
    pg_array_init(&array, r->arena, PG_TEXT);
    for (size_t i = 0; i < count; i++)
        pg_push_text(&array, ids[i]);
    pg_params_init(&params, r->arena);
    pg_bind_array(&params, &array);
    return pg_call(pg, stmt, &params);
}

/* The partners of applications that were loaded. They are not locked: whoever decides about one of
 * them locks the application after it, and then sees what this transaction did. */
static bool load_partners(struct pg *pg, struct elig_assess *s, size_t from, struct err *err)
{
    if (from == s->registry.org_count)
        return true;
    const struct pg_call *c = call_organisations(pg, &LOAD_ORGANISATIONS, &s->registry, from);
    return pg_flush(pg, err) && read_organisations(s, c, err);
}

/* NULL: none are concerned but those submitted just now. */
static struct pg_call *call_applications(struct pg *pg, struct arena *a,
                                         const struct assess_keys *k)
{
    struct pg_params params;
    if (k->applications.count == 0 && k->changing.count == 0)
        return NULL;
    pg_params_init(&params, a);
    pg_bind_array(&params, &k->applications);
    pg_bind_array(&params, &k->changing);
    return pg_call(pg, &LOAD_APPLICATIONS, &params);
}

bool store_assess_load(struct pg *pg, struct elig_assess *s, struct assess_keys *k, struct err *err)
{
    if (!load_due(pg, s, k, err))
        return false;
    size_t locked = s->registry.org_count;
    const struct pg_stmt *lock = k->changing.count > 0 ? &LOCK_TO_CHANGE : &LOCK_TO_READ;
    (void)call_organisations(pg, &MAKE_ORGANISATIONS, &s->registry, 0);
    const struct pg_call *organisations = call_organisations(pg, lock, &s->registry, 0);
    const struct pg_call *applications = call_applications(pg, s->registry.arena, k);
    if (!pg_flush(pg, err) || !read_organisations(s, organisations, err))
        return false;
    for (int row = 0; applications != NULL && row < pg_rows(applications); row++)
        if (!read_application(s, applications, row, err))
            return false;
    return load_partners(pg, s, locked, err);
}
