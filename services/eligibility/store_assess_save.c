/* store_assess_save: what a batch has changed, one statement per table. */
#include "common/core/date.h"
#include "services/eligibility/rows.h"
#include "services/eligibility/store_assess.h"

/* All of them were made when they were loaded. */
static const struct pg_stmt SAVE_ORGANISATIONS = {
    "assess_save_organisations",
    "update organisation o set name = u.n, category = u.c, known_on = u.k, decided = u.d, "
    "decided_on = u.dd, revision = u.r, periods = u.p, end_on = u.e "
    "from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::bool[], $6::date[], "
    "$7::int8[], $8::jsonb[], $9::date[]) u (o, n, c, k, d, dd, r, p, e) "
    "where o.organisation = u.o"};

#define INSERT_APPLICATIONS                                                                        \
    "insert into application as a (application, organisation, measure, submitted_on, dated_on, "   \
    "state, revision, "                                                                            \
    "verdict, amount, data, published_topic, published_partition, published_by) "                  \
    "select u.*, case when t is not null then pg_current_xact_id() end "                           \
    "from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[], $6::text[], "         \
    "$7::int8[], "                                                                                 \
    "$8::text[], $9::int8[], $10::text[], $11::text[], $12::int[]) u (a, o, m, s, d, st, r, v, "   \
    "am, da, t, p) "

/* Intake lets no name through twice, so nobody looks for it: should it be there all the same, the key is
 * violated and the event becomes a dead letter. */
static const struct pg_stmt ADD_APPLICATIONS = {"assess_add_applications", INSERT_APPLICATIONS};

/* Without a carrier nothing was published, so what was published before still counts. */
static const struct pg_stmt SAVE_APPLICATIONS = {
    "assess_save_applications", INSERT_APPLICATIONS
    "on conflict (application) do update set submitted_on = excluded.submitted_on, dated_on = "
    "excluded.dated_on, "
    "state = excluded.state, revision = excluded.revision, verdict = excluded.verdict, amount = "
    "excluded.amount, "
    "data = excluded.data, published_topic = coalesce(excluded.published_topic, "
    "a.published_topic), "
    "published_partition = coalesce(excluded.published_partition, a.published_partition), "
    "published_by = coalesce(excluded.published_by, a.published_by)"};

static const struct pg_stmt SAVE_DEPENDENCIES = {
    "assess_save_dependencies",
    "insert into dependency (organisation, application) "
    "select * from unnest($1::text[], $2::text[]) on conflict do nothing"};

static const struct pg_stmt SAVE_ASSESSMENTS = {
    "assess_save_assessments", "insert into assessment (application, revision, organisation, "
                               "verdict, cause, submitted_on, effective_on, "
                               "amount_asked, amount, yearly_cap, currency, findings, "
                               "rule_version, engine_version, input_topic, "
                               "input_partition, input_offset) select * from unnest($1::text[], "
                               "$2::int8[], $3::text[], $4::text[], $5::text[], "
                               "$6::date[], $7::date[], $8::int8[], $9::int8[], $10::int8[], "
                               "$11::text[], $12::jsonb[], $13::text[], "
                               "$14::text[], $15::text[], $16::int[], $17::int8[])"};

static void add_date(struct buf *json, const char *name, int32_t day)
{
    buf_fmt(json, ",\"%s\":\"", name);
    date_write(json, day);
    buf_char(json, '"');
}

static struct str periods_json(struct arena *a, const struct elig_org *org)
{
    struct buf json = {.arena = a};
    if (org->period_count == 0)
        return STR("[]");
    for (size_t i = 0; i < org->period_count; i++) {
        const struct elig_period *p = &org->periods[i];
        buf_str(&json, i == 0 ? STR("[{\"application\":") : STR(",{\"application\":"));
        buf_json_str(&json, p->application);
        add_date(&json, "joined_on", p->joined_on);
        if (p->has_left_on)
            add_date(&json, "left_on", p->left_on);
        add_date(&json, "decided_on", p->decided_on);
        buf_char(&json, '}');
    }
    buf_char(&json, ']');
    return buf_view(&json);
}

static void save_organisations(struct pg *pg, const struct elig_registry *r)
{
    struct rows rows;
    rows_init(&rows, r->arena, "tttdbdljd");
    for (size_t i = 0; i < r->org_count; i++) {
        const struct elig_org *org = r->orgs[i];
        if (!org->changed)
            continue;
        rows_text(&rows, org->id);
        rows_text(&rows, org->described ? org->name : STR_NONE);
        rows_text(&rows, org->described ? ev_category_text(org->category) : STR_NONE);
        rows_date_if(&rows, org->described, org->known_on);
        rows_bool(&rows, org->decided);
        rows_date_if(&rows, org->decided, org->decided_on);
        rows_i64(&rows, org->revision);
        rows_text(&rows, periods_json(r->arena, org));
        rows_date_if(&rows, org->has_end, org->end_on);
    }
    (void)rows_call(pg, &SAVE_ORGANISATIONS, &rows);
}

struct dependency_context {
    struct rows *rows;
    const struct elig_app *app;
};

static void save_dependency(void *context, struct str organisation)
{
    struct dependency_context *to = context;
    rows_text(to->rows, organisation);
    rows_text(to->rows, to->app->id);
}

static void add_application(struct rows *rows, const struct elig_app *app, const struct batch *b)
{
    const struct message *carrier =
        app->carrier == ELIG_NO_INPUT ? NULL : &b->messages[app->carrier];
    rows_text(rows, app->id);
    rows_text(rows, app->org->id);
    rows_text(rows, ev_measure_text(app->measure));
    rows_date(rows, app->submitted_on);
    rows_date(rows, app->dated_on);
    rows_text(rows, elig_app_state_text(app->state));
    rows_i64(rows, app->revision);
    rows_text(rows, app->revision > 0 ? ev_verdict_text(app->verdict) : STR_NONE);
    rows_i64_if(rows, app->has_amount, app->amount);
    rows_text(rows, app->data);
    rows_text(rows, carrier != NULL ? carrier->topic->name : STR_NONE);
    if (carrier != NULL)
        rows_i32(rows, carrier->partition);
    else
        rows_null(rows);
}

static void save_applications(struct pg *pg, const struct elig_registry *r, const struct batch *b)
{
    struct rows added, changed, dependencies;
    rows_init(&added, r->arena, "tttddtltltti");
    rows_init(&changed, r->arena, "tttddtltltti");
    rows_init(&dependencies, r->arena, "tt");
    for (size_t i = 0; i < r->app_count; i++) {
        const struct elig_app *app = r->apps[i];
        if (!app->changed)
            continue;
        add_application(app->is_new ? &added : &changed, app, b);
        if (app->relinked)
            elig_app_each_org(app, save_dependency,
                              &(struct dependency_context){&dependencies, app});
    }
    (void)rows_call(pg, &ADD_APPLICATIONS, &added);
    (void)rows_call(pg, &SAVE_APPLICATIONS, &changed);
    (void)rows_call(pg, &SAVE_DEPENDENCIES, &dependencies);
}

static void save_assessments(struct pg *pg, const struct elig_assess *s, const struct batch *b)
{
    struct rows rows;
    rows_init(&rows, s->registry.arena, "tltttddllltjtttil");
    for (size_t i = 0; i < s->step_count; i++) {
        const struct elig_step *step = &s->steps[i];
        const struct elig_verdict *judged = step->judged;
        rows_text(&rows, step->app->id);
        rows_i64(&rows, step->revision);
        rows_text(&rows, step->app->org->id);
        rows_text(&rows, ev_verdict_text(step->verdict));
        rows_text(&rows, ev_cause_text(step->cause));
        rows_date(&rows, step->submitted_on);
        rows_date(&rows, step->effective_on);
        rows_i64_if(&rows, judged->has_asked, judged->asked);
        rows_i64_if(&rows, judged->has_amount, judged->amount);
        rows_i64_if(&rows, judged->has_yearly_cap, judged->yearly_cap);
        rows_text(&rows, judged->currency);
        rows_findings(&rows, judged->findings, judged->finding_count);
        rows_text(&rows, judged->rule_version);
        rows_text(&rows, judged->engine_version);
        rows_place(&rows, &b->messages[step->input]);
    }
    (void)rows_call(pg, &SAVE_ASSESSMENTS, &rows);
}

void store_assess_save(struct pg *pg, const struct elig_assess *s, const struct batch *b)
{
    save_organisations(pg, &s->registry);
    save_applications(pg, &s->registry, b);
    save_assessments(pg, s, b);
}
