/* Every period that can have changed is worked out before and after; only a difference is told.
 * So a cell's number of revisions is the number of times its value changed. */
#include "services/kpi-aggregator/core/aggregate.h"

#include <assert.h>

#include "common/core/date.h"

struct changes {
    struct arena *arena;
    const struct kpi_series *series;
    const struct kpi_parts *old, *now;
    struct kpi_cell *cells;
    size_t count, cap;
};

static bool same(struct kpi_value x, struct kpi_value y)
{
    return x.state == y.state && x.number == y.number && x.base == y.base;
}

static struct str period_text(struct arena *a, int32_t month, bool is_year)
{
    struct buf text = {.arena = a};

    month_write(&text, month);
    if (is_year)
        text.len -= 3;
    return buf_view(&text);
}

static void tell(struct changes *to, const struct kpi *kpi, int32_t month, bool is_year,
                 struct str value)
{
    struct str period = period_text(to->arena, month, is_year);
    struct buf text = {.arena = to->arena};

    buf_str(&text, kpi->name);
    buf_char(&text, ':');
    buf_str(&text, to->series->category);
    buf_char(&text, ':');
    if (to->series->currency.ptr != NULL) {
        buf_str(&text, to->series->currency);
        buf_char(&text, ':');
    }
    buf_str(&text, period);
    to->cells = arena_more(to->arena, to->cells, to->count, &to->cap, sizeof *to->cells);
    to->cells[to->count++] = (struct kpi_cell){buf_view(&text), kpi, period, is_year, value};
}

static void compare(struct changes *to, const struct kpi *kpi, int32_t month, bool is_year)
{
    struct kpi_value old =
        is_year ? kpi_of_year(kpi, to->old, month) : kpi_of_month(kpi, to->old, month);
    struct kpi_value now =
        is_year ? kpi_of_year(kpi, to->now, month) : kpi_of_month(kpi, to->now, month);

    if (same(old, now) || (old.state != KPI_DEFINED && now.state != KPI_DEFINED))
        return;
    struct str was = kpi_value_text(to->arena, kpi->unit, old);
    struct str is = kpi_value_text(to->arena, kpi->unit, now);
    if (was.ptr == NULL || is.ptr == NULL || !str_eq(was, is))
        tell(to, kpi, month, is_year, is);
}

static void compare_all(struct changes *to, const struct kpi *kpi, int32_t changed)
{
    int32_t end = to->now->from + to->now->months;

    for (int32_t month = changed; month < end; month++)
        compare(to, kpi, month, false);
    for (int32_t january = kpi_january(changed); january < end; january += 12)
        compare(to, kpi, january, true);
}

size_t kpi_changes(struct arena *a, const struct kpi_series *series, const struct kpi_parts *old,
                   const struct kpi_parts *now, int32_t changed, struct kpi_cell **ret)
{
    struct changes to = {.arena = a, .series = series, .old = old, .now = now};

    /* A stock that goes on for longer now has cells in the months between, too. */
    if (old->first <= old->last && old->last < changed)
        changed = old->last + 1;
    assert(changed >= now->from);
    for (size_t i = 0; i < KPI_FORMULAS; i++)
        if (kpi_is_of(&KPIS[i], series))
            compare_all(&to, &KPIS[i], changed);
    *ret = to.cells;
    return to.count;
}

static enum ev_unit unit_of(enum kpi_unit unit)
{
    static const struct str texts[] = {
        [KPI_COUNT] = {"count", 5},
        [KPI_MINOR] = {"minor", 5},
        [KPI_RATIO] = {"ratio", 5},
    };
    enum ev_unit ret;
    bool known = ev_unit_parse(texts[unit], &ret);

    assert(known);
    return ret;
}

struct ev_kpi_value kpi_cell_event(const struct kpi_series *series, const struct kpi_cell *cell,
                                   int64_t revision)
{
    return (struct ev_kpi_value){
        .cell = cell->text,
        .kpi = cell->kpi->name,
        .category = series->category,
        .currency = series->currency,
        .period = cell->period,
        .granularity = cell->is_year ? EV_GRANULARITY_YEAR : EV_GRANULARITY_MONTH,
        .value = cell->value,
        .unit = unit_of(cell->kpi->unit),
        .revision = revision,
        .formula_version = cell->kpi->version,
    };
}
