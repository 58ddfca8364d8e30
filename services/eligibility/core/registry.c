/* registry: finding, linking and dating; it decides nothing. */
#include "services/eligibility/core/registry.h"

#include <assert.h>
#include <stdlib.h>

static const struct str STATES[ELIG_APP_STATES] = {
    [ELIG_APP_WAITING] = {"waiting", 7},
    [ELIG_APP_DECIDED] = {"decided", 7},
    [ELIG_APP_EXPIRED] = {"expired", 7},
    [ELIG_APP_WITHDRAWN] = {"withdrawn", 9},
};

struct str elig_app_state_text(enum elig_app_state state)
{
    return STATES[state];
}

bool elig_app_state_parse(struct str text, enum elig_app_state *ret)
{
    for (size_t i = 0; i < COUNT(STATES); i++)
        if (str_eq(STATES[i], text)) {
            *ret = (enum elig_app_state)i;
            return true;
        }
    return false;
}

void elig_registry_init(struct elig_registry *r, struct arena *a, size_t expected)
{
    *r = (struct elig_registry){.arena = a};
    map_init(&r->orgs_by_id, a, expected);
    map_init(&r->apps_by_id, a, expected);
}

struct elig_org *elig_org_find(struct elig_registry *r, struct str id)
{
    size_t i = map_get(&r->orgs_by_id, id);
    return i == MAP_ABSENT ? NULL : r->orgs[i];
}

struct elig_org *elig_org(struct elig_registry *r, struct str id)
{
    bool is_new;
    size_t i = map_put(&r->orgs_by_id, id, r->org_count, &is_new);
    if (!is_new)
        return r->orgs[i];
    struct elig_org *org = arena_alloc(r->arena, sizeof *org);
    *org = (struct elig_org){.id = id, .category = EV_CATEGORY_OTHER};
    r->orgs = arena_more(r->arena, r->orgs, r->org_count, &r->org_cap, sizeof(struct elig_org *));
    r->orgs[r->org_count++] = org;
    return org;
}

struct elig_app *elig_app_find(struct elig_registry *r, struct str id)
{
    size_t i = map_get(&r->apps_by_id, id);
    return i == MAP_ABSENT ? NULL : r->apps[i];
}

struct elig_app *elig_app_add(struct elig_registry *r, const struct elig_app *app)
{
    bool is_new;
    (void)map_put(&r->apps_by_id, app->id, r->app_count, &is_new);
    assert(is_new);
    struct elig_app *copy = arena_alloc(r->arena, sizeof *copy);
    *copy = *app;
    copy->carrier = ELIG_NO_INPUT;
    r->apps = arena_more(r->arena, r->apps, r->app_count, &r->app_cap, sizeof(struct elig_app *));
    r->apps[r->app_count++] = copy;
    return copy;
}

void elig_app_each_org(const struct elig_app *app, elig_org_fn fn, void *context)
{
    fn(context, app->org->id);
    if (app->form == NULL || !app->form->has_plan)
        return;
    for (size_t i = 0; i < app->form->plan.partners_count; i++)
        fn(context, app->form->plan.partners[i].organisation);
}

struct link_context {
    struct elig_registry *registry;
    struct elig_app *app;
};

static void link_org(void *context, struct str organisation)
{
    struct link_context *to = context;
    struct elig_org *org = elig_org(to->registry, organisation);
    if (org->links != NULL && org->links->app == to->app)
        return;
    struct elig_link *link = arena_alloc(to->registry->arena, sizeof *link);
    *link = (struct elig_link){to->app, org->links};
    org->links = link;
}

void elig_app_link(struct elig_registry *r, struct elig_app *app)
{
    struct link_context to = {r, app};
    elig_app_each_org(app, link_org, &to);
}

static int compare_apps(const void *left, const void *right)
{
    const struct elig_app *a = *(struct elig_app *const *)left,
                          *b = *(struct elig_app *const *)right;
    if (a->submitted_on != b->submitted_on)
        return a->submitted_on < b->submitted_on ? -1 : 1;
    return str_cmp(a->id, b->id);
}

void elig_apps_sort(struct elig_app **apps, size_t count)
{
    if (count > 1)
        qsort(apps, count, sizeof(struct elig_app *), compare_apps);
}

struct elig_app **elig_org_apps(struct elig_registry *r, struct elig_org *org, size_t *ret_count)
{
    size_t cap = 0, count = 0;
    struct elig_app **apps = NULL;
    r->visit++;
    for (struct elig_link *link = org->links; link != NULL; link = link->next) {
        if (link->app->visit == r->visit)
            continue;
        link->app->visit = r->visit;
        apps = arena_more(r->arena, apps, count, &cap, sizeof(struct elig_app *));
        apps[count++] = link->app;
    }
    elig_apps_sort(apps, count);
    *ret_count = count;
    return apps;
}

struct elig_standing elig_standing_on(const struct elig_org *org, int32_t day,
                                      int32_t *ret_known_on)
{
    struct elig_standing s = {.organisation = org->id, .kind = ELIG_UNDECIDED};
    *ret_known_on = INT32_MIN;
    if (org->decided) {
        s.kind = ELIG_NEVER_MEMBER;
        *ret_known_on = org->decided_on;
    }
    /* In order, so that the first later one or the last earlier one remains. */
    for (size_t i = 0; i < org->period_count; i++) {
        const struct elig_period *p = &org->periods[i];
        if (p->joined_on > day) {
            if (s.kind != ELIG_LEFT_BEFORE)
                s = (struct elig_standing){org->id, ELIG_JOINED_LATER, p->joined_on};
            return s;
        }
        *ret_known_on = p->decided_on;
        if (!p->has_left_on || p->left_on >= day)
            return (struct elig_standing){org->id, ELIG_MEMBER, p->joined_on};
        s = (struct elig_standing){org->id, ELIG_LEFT_BEFORE, p->left_on};
    }
    return s;
}

const struct elig_period *elig_period_overlapping(const struct elig_org *org, int32_t from,
                                                  int32_t to, struct str own)
{
    for (size_t i = 0; i < org->period_count; i++) {
        const struct elig_period *p = &org->periods[i];
        /* Who leaves may join again on the same day. */
        if (p->joined_on < to && (!p->has_left_on || p->left_on > from) &&
            !str_eq(p->application, own))
            return p;
    }
    return NULL;
}

struct elig_period *elig_period_of(struct elig_org *org, struct str application)
{
    for (size_t i = 0; i < org->period_count; i++)
        if (str_eq(org->periods[i].application, application))
            return &org->periods[i];
    return NULL;
}

struct elig_period *elig_period_add(struct elig_registry *r, struct elig_org *org,
                                    const struct elig_period *period)
{
    org->periods = arena_more(r->arena, org->periods, org->period_count, &org->period_cap,
                              sizeof *org->periods);
    size_t at = org->period_count++;
    for (; at > 0 && org->periods[at - 1].joined_on > period->joined_on; at--)
        org->periods[at] = org->periods[at - 1];
    org->periods[at] = *period;
    return &org->periods[at];
}

void elig_periods_order(struct elig_org *org)
{
    for (size_t i = 1; i < org->period_count; i++) {
        struct elig_period moving = org->periods[i];
        size_t at = i;
        for (; at > 0 && org->periods[at - 1].joined_on > moving.joined_on; at--)
            org->periods[at] = org->periods[at - 1];
        org->periods[at] = moving;
    }
}
