/* One function per kind of entity; README.md states the same rules in words. */
#include "services/kpi-aggregator/core/shares.h"

#include <stdlib.h>

#include "common/core/date.h"
#include "common/core/map.h"

#define US_PER_DAY INT64_C(86400000000)

int kpi_share_cmp(const struct kpi_share *a, const struct kpi_share *b)
{
    int order = a->series.ptr == b->series.ptr ? 0 : str_cmp(a->series, b->series);

    if (order != 0)
        return order;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return (int)a->part - (int)b->part;
}

static int cmp(const void *a, const void *b)
{
    return kpi_share_cmp(a, b);
}

void kpi_shares_sort(struct kpi_shares *shares)
{
    if (shares->count > 1)
        qsort(shares->items, shares->count, sizeof *shares->items, cmp);
}

void kpi_shares_write(struct buf *b, struct kpi_shares shares)
{
    buf_char(b, '[');
    for (size_t i = 0; i < shares.count; i++) {
        const struct kpi_share *share = &shares.items[i];
        buf_str(b, i > 0 ? STR(",[") : STR("["));
        buf_json_str(b, share->series);
        buf_str(b, STR(",\""));
        month_write(b, share->month);
        buf_str(b, STR("\",\""));
        buf_str(b, kpi_part_text(share->part));
        buf_str(b, STR("\","));
        buf_i64(b, share->value);
        buf_char(b, ']');
    }
    buf_char(b, ']');
}

static void add(struct kpi_shares *to, struct str series, int32_t month, enum kpi_part part,
                int64_t value)
{
    to->items[to->count++] = (struct kpi_share){series, month, part, value};
}

/* Sorts and merges, so that two states of an entity can be compared side by side. */
static bool finish(struct kpi_shares *shares, struct kpi_shares *ret)
{
    struct kpi_share *items = shares->items;
    size_t kept = 0;

    kpi_shares_sort(shares);
    for (size_t i = 0; i < shares->count;) {
        struct kpi_share sum = items[i++];
        for (; i < shares->count && kpi_share_cmp(&sum, &items[i]) == 0; i++)
            if (!kpi_sum(sum.value, items[i].value, &sum.value))
                return false;
        if (sum.value != 0)
            items[kept++] = sum;
    }
    *ret = (struct kpi_shares){items, kept};
    return true;
}

static struct str series_of(struct arena *a, enum kpi_family family, enum ev_category category,
                            struct str currency)
{
    return kpi_series_text(a, &(struct kpi_series){family, ev_category_text(category), currency});
}

bool kpi_shares_of_participant(struct arena *a, const struct ev_participant_changed *ev,
                               struct kpi_shares *ret)
{
    struct kpi_shares shares = {arena_array(a, 2 * ev->periods_count, sizeof *shares.items), 0};
    struct str series = series_of(a, KPI_PARTICIPANTS, ev->category, STR_NONE);

    for (size_t i = 0; i < ev->periods_count; i++) {
        const struct ev_period *period = &ev->periods[i];
        add(&shares, series, date_month(period->joined_on), KPI_JOINED, 1);
        if (period->has_left_on) {
            /* Who left before joining was never in: both fall on one month, or a stock would
             * go below zero in between. */
            bool never_in = period->left_on < period->joined_on;
            int32_t left_on = never_in ? period->joined_on : period->left_on;
            add(&shares, series, date_month(left_on), KPI_LEFT, 1);
        }
    }
    return finish(&shares, ret);
}

static bool is_cooperative(const struct ev_project_changed *ev)
{
    const struct str *first = NULL;

    for (size_t i = 0; i < ev->partners_count; i++) {
        const struct ev_project_partner *partner = &ev->partners[i];
        if (partner->has_left_on)
            continue;
        if (first == NULL)
            first = &partner->organisation;
        else if (!str_eq(*first, partner->organisation))
            return true;
    }
    return false;
}

/* In with the first month of activity and out with the first one without, which may lie beyond the
 * calendar's end. A project closed before its start is never active. */
static void active(const struct ev_project_changed *ev, struct str series, enum kpi_part in,
                   enum kpi_part out, struct kpi_shares *to)
{
    int32_t first = date_month(ev->start_on);
    int32_t last = date_month(ev->has_closed_on ? ev->closed_on : ev->end_on);

    if (last < first)
        return;
    add(to, series, first, in, 1);
    if (last < date_month(date_from_ymd(DATE_MAX_YEAR, 12, 31)))
        add(to, series, last + 1, out, 1);
}

static void project_counts(struct arena *a, const struct ev_project_changed *ev,
                           struct kpi_shares *to)
{
    struct str series = series_of(a, KPI_PROJECTS, ev->category, STR_NONE);
    int32_t started = date_month(ev->start_on);
    int64_t coordinators = 0;

    for (size_t i = 0; i < ev->partners_count; i++)
        coordinators += ev->partners[i].role == EV_ROLE_COORDINATOR;
    add(to, series, started, KPI_STARTED, 1);
    active(ev, series, KPI_ACTIVE_IN, KPI_ACTIVE_OUT, to);
    if (is_cooperative(ev)) {
        add(to, series, started, KPI_COOPERATIVE_STARTED, 1);
        active(ev, series, KPI_COOPERATIVE_IN, KPI_COOPERATIVE_OUT, to);
    }
    add(to, series, started, KPI_PARTICIPATIONS, (int64_t)ev->partners_count);
    add(to, series, started, KPI_COORDINATORS, coordinators);
}

static bool project_money(struct arena *a, const struct ev_project_changed *ev,
                          struct kpi_shares *to)
{
    int64_t cost = 0, granted = 0;

    for (size_t i = 0; i < ev->partners_count; i++) {
        const struct ev_project_partner *partner = &ev->partners[i];
        if (partner->has_cost && !kpi_sum(cost, partner->cost, &cost))
            return false;
        if (partner->has_grant && !kpi_sum(granted, partner->grant, &granted))
            return false;
    }
    struct str series = series_of(a, KPI_PROJECTS, ev->category, ev->currency);
    add(to, series, date_month(ev->start_on), KPI_PROJECT_COST, cost);
    add(to, series, date_month(ev->start_on), KPI_PROJECT_GRANTED, granted);
    return true;
}

bool kpi_shares_of_project(struct arena *a, const struct ev_project_changed *ev,
                           struct kpi_shares *ret)
{
    struct kpi_shares shares = {arena_array(a, 10, sizeof *shares.items), 0};

    project_counts(a, ev, &shares);
    if (ev->currency.ptr != NULL && !project_money(a, ev, &shares))
        return false;
    return finish(&shares, ret);
}

bool kpi_shares_of_decision(struct arena *a, const struct ev_decision_made *ev,
                            struct kpi_shares *ret)
{
    struct kpi_shares shares = {arena_array(a, 4, sizeof *shares.items), 0};
    struct str counts = series_of(a, KPI_SUPPORT, ev->category, STR_NONE);
    int32_t submitted = date_month(ev->submitted_on), decided = date_month(ev->decided_on);
    bool approved = ev->outcome == EV_OUTCOME_APPROVED;

    add(&shares, counts, submitted, KPI_APPLIED, 1);
    if (approved)
        add(&shares, counts, decided, KPI_APPROVED, 1);
    if (ev->currency.ptr != NULL) {
        struct str money = series_of(a, KPI_SUPPORT, ev->category, ev->currency);
        if (ev->has_amount_asked)
            add(&shares, money, submitted, KPI_ASKED, ev->amount_asked);
        if (approved && ev->has_amount)
            add(&shares, money, decided, KPI_GRANTED, ev->amount);
    }
    return finish(&shares, ret);
}

static int32_t month_of_time(int64_t us)
{
    int64_t days = us / US_PER_DAY - (us % US_PER_DAY < 0);

    return date_month((int32_t)days);
}

bool kpi_shares_of_rejection(struct arena *a, const struct ev_event_rejected *ev,
                             struct kpi_shares *ret)
{
    struct kpi_shares shares = {arena_array(a, ev->reasons_count + 1, sizeof *shares.items), 0};
    int32_t month = month_of_time(ev->received_at);
    struct kpi_series series = {KPI_REJECTIONS, KPI_ALL, STR_NONE};
    struct map seen;

    map_init(&seen, a, ev->reasons_count);
    /* The total counts the event, not its reasons, so it is a share of its own. */
    add(&shares, kpi_series_text(a, &series), month, KPI_REJECTED, 1);
    for (size_t i = 0; i < ev->reasons_count; i++) {
        bool is_new;
        series.category = ev->reasons[i].code;
        map_put(&seen, series.category, i, &is_new);
        if (is_new)
            add(&shares, kpi_series_text(a, &series), month, KPI_REJECTED, 1);
    }
    return finish(&shares, ret);
}
