/* Merging plans into what is there, and counting on the start date. */
#include "services/project-tracking/core/plan.h"

#include <string.h>

#include "common/core/buf.h"
#include "common/core/hash.h"
#include "common/core/map.h"

static void hash_amount(struct buf *b, bool given, int64_t amount)
{
    if (given)
        buf_i64(b, amount);
    buf_char(b, '\n');
}

uint64_t plan_hash(struct arena *a, const struct ev_plan *plan)
{
    struct buf b = {.arena = a};

    buf_json_str(&b, plan->title);
    buf_i64(&b, plan->start_on);
    buf_char(&b, '/');
    buf_i64(&b, plan->end_on);
    hash_amount(&b, plan->has_cost, plan->cost);
    for (size_t i = 0; i < plan->partners_count; i++) {
        const struct ev_partner *x = &plan->partners[i];
        buf_json_str(&b, x->organisation);
        buf_str(&b, ev_role_text(x->role));
        hash_amount(&b, x->has_grant, x->grant);
        hash_amount(&b, x->has_cost, x->cost);
    }
    return hash_fingerprint(STR_NONE, buf_view(&b));
}

static void reserve_partners(struct arena *a, struct track_project *p, size_t wanted)
{
    if (wanted <= p->partners_cap)
        return;
    size_t cap = wanted + wanted / 2 + 4;
    struct ev_project_partner *grown = arena_array(a, cap, sizeof *grown);
    if (p->now.partners_count > 0)
        memcpy(grown, p->now.partners, p->now.partners_count * sizeof *grown);
    p->now.partners = grown;
    p->partners_cap = cap;
}

void plan_add_partner(struct arena *a, struct track_project *p, const struct ev_partner *x,
                      int32_t joined_on)
{
    reserve_partners(a, p, p->now.partners_count + 1);
    p->now.partners[p->now.partners_count++] = (struct ev_project_partner){
        .organisation = x->organisation,
        .role = x->role,
        .has_grant = x->has_grant,
        .grant = x->grant,
        .has_cost = x->has_cost,
        .cost = x->cost,
        .joined_on = joined_on,
    };
}

void plan_move_start(struct track_project *p, int32_t start_on)
{
    for (size_t i = 0; i < p->now.partners_count; i++) {
        struct ev_project_partner *q = &p->now.partners[i];
        bool from_start = q->joined_on == p->now.start_on;
        if (!q->has_left_on && (from_start || q->joined_on < start_on))
            q->joined_on = start_on;
    }
    p->now.start_on = start_on;
}

#define NO_ROW SIZE_MAX

/* Current rows by organisation, as chains in the order of the rows. */
struct rows {
    struct map groups; /* organisation -> index in heads */
    size_t *heads;     /* first row of the group that is not taken yet */
    size_t *next;
};

static void rows_init(struct arena *a, struct rows *r, const struct track_project *p)
{
    size_t n = p->now.partners_count;

    map_init(&r->groups, a, n);
    r->heads = arena_array(a, n + 1, sizeof *r->heads);
    r->next = arena_array(a, n + 1, sizeof *r->next);
    for (size_t i = n; i-- > 0;) {
        const struct ev_project_partner *q = &p->now.partners[i];
        if (q->has_left_on)
            continue;
        bool is_new;
        size_t group = map_put(&r->groups, q->organisation, r->groups.count, &is_new);
        r->next[i] = is_new ? NO_ROW : r->heads[group];
        r->heads[group] = i;
    }
}

/* The next row of this organisation that no other partner of the plan has got. */
static size_t rows_take(struct rows *r, struct str organisation)
{
    size_t group = map_get(&r->groups, organisation);
    if (group == MAP_ABSENT || r->heads[group] == NO_ROW)
        return NO_ROW;
    size_t row = r->heads[group];
    r->heads[group] = r->next[row];
    return row;
}

/* match[i]: the row that the plan's i-th partner has already. Returns how many have none. */
static size_t match_rows(struct arena *a, const struct track_project *p, const struct ev_plan *plan,
                         size_t *match, bool *kept)
{
    struct rows rows;
    size_t missing = 0;

    rows_init(a, &rows, p);
    for (size_t i = 0; i < plan->partners_count; i++) {
        match[i] = rows_take(&rows, plan->partners[i].organisation);
        if (match[i] == NO_ROW)
            missing++;
        else
            kept[match[i]] = true;
    }
    return missing;
}

static void let_others_leave(struct track_project *p, const bool *kept, int32_t on)
{
    for (size_t i = 0; i < p->now.partners_count; i++) {
        struct ev_project_partner *q = &p->now.partners[i];
        if (q->has_left_on || kept[i])
            continue;
        q->has_left_on = true;
        q->left_on = on > q->joined_on ? on : q->joined_on;
    }
}

static void take_over(struct ev_project_partner *row, const struct ev_partner *x)
{
    row->role = x->role;
    row->has_grant = x->has_grant;
    row->grant = x->grant;
    row->has_cost = x->has_cost;
    row->cost = x->cost;
}

bool plan_merge(struct arena *a, struct track_project *p, const struct ev_plan *plan, int32_t on)
{
    size_t *match = arena_array(a, plan->partners_count, sizeof *match);
    bool *kept = arena_array(a, p->now.partners_count + 1, sizeof *kept);
    size_t missing = match_rows(a, p, plan, match, kept);
    bool opening = p->now.revision == 0;

    if (p->now.partners_count + missing > TRACK_PARTNERS_MAX)
        return false;
    let_others_leave(p, kept, on);
    plan_move_start(p, plan->start_on);
    reserve_partners(a, p, p->now.partners_count + missing);
    for (size_t i = 0; i < plan->partners_count; i++) {
        const struct ev_partner *x = &plan->partners[i];
        if (match[i] != NO_ROW)
            take_over(&p->now.partners[match[i]], x);
        else
            plan_add_partner(a, p, x, opening || on < plan->start_on ? plan->start_on : on);
    }
    return true;
}
