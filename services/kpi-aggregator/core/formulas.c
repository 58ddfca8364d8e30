/* The table below is the list of KPIs; README.md explains each and the migrations repeat it as
 * table `formula` for the way back from a value to its events. */
#include "services/kpi-aggregator/core/formulas.h"

#include <assert.h>
#include <string.h>

#include "common/core/buf.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
/* clang-format off */
const struct kpi KPIS[KPI_FORMULAS] = {
    {TEXT("participants.joined"), KPI_PARTICIPANTS, KPI_SUM, KPI_JOINED, 0, KPI_COUNT, TEXT("1")},
    {TEXT("participants.left"), KPI_PARTICIPANTS, KPI_SUM, KPI_LEFT, 0, KPI_COUNT, TEXT("1")},
    {TEXT("participants.number"), KPI_PARTICIPANTS, KPI_STOCK, KPI_JOINED, KPI_LEFT, KPI_COUNT, TEXT("1")},
    {TEXT("participants.growth"), KPI_PARTICIPANTS, KPI_GROWTH, KPI_JOINED, KPI_LEFT, KPI_RATIO, TEXT("1")},
    {TEXT("projects.started"), KPI_PROJECTS, KPI_SUM, KPI_STARTED, 0, KPI_COUNT, TEXT("1")},
    {TEXT("projects.active"), KPI_PROJECTS, KPI_ACTIVE, KPI_ACTIVE_IN, KPI_ACTIVE_OUT, KPI_COUNT, TEXT("1")},
    {TEXT("projects.cooperative_started"), KPI_PROJECTS, KPI_SUM, KPI_COOPERATIVE_STARTED, 0,
     KPI_COUNT, TEXT("1")},
    {TEXT("projects.cooperative_active"), KPI_PROJECTS, KPI_ACTIVE, KPI_COOPERATIVE_IN,
     KPI_COOPERATIVE_OUT, KPI_COUNT, TEXT("1")},
    {TEXT("projects.participations"), KPI_PROJECTS, KPI_SUM, KPI_PARTICIPATIONS, 0, KPI_COUNT, TEXT("1")},
    {TEXT("projects.coordinators"), KPI_PROJECTS, KPI_SUM, KPI_COORDINATORS, 0, KPI_COUNT, TEXT("1")},
    {TEXT("projects.cost"), KPI_PROJECTS, KPI_SUM, KPI_PROJECT_COST, 0, KPI_MINOR, TEXT("1")},
    {TEXT("projects.granted"), KPI_PROJECTS, KPI_SUM, KPI_PROJECT_GRANTED, 0, KPI_MINOR, TEXT("1")},
    {TEXT("support.applied"), KPI_SUPPORT, KPI_SUM, KPI_APPLIED, 0, KPI_COUNT, TEXT("1")},
    {TEXT("support.approved"), KPI_SUPPORT, KPI_SUM, KPI_APPROVED, 0, KPI_COUNT, TEXT("1")},
    {TEXT("support.asked"), KPI_SUPPORT, KPI_SUM, KPI_ASKED, 0, KPI_MINOR, TEXT("1")},
    {TEXT("support.granted"), KPI_SUPPORT, KPI_SUM, KPI_GRANTED, 0, KPI_MINOR, TEXT("1")},
    {TEXT("intake.rejected"), KPI_REJECTIONS, KPI_SUM, KPI_REJECTED, 0, KPI_COUNT, TEXT("1")},
};
/* clang-format on */

bool kpi_is_of(const struct kpi *kpi, const struct kpi_series *series)
{
    return kpi->family == series->family &&
           (kpi->unit == KPI_MINOR) == (series->currency.ptr != NULL);
}

int32_t kpi_january(int32_t month)
{
    int32_t in_year = month % 12;

    return month - (in_year < 0 ? in_year + 12 : in_year);
}

struct kpi_parts kpi_parts_new(struct arena *a, int32_t from, int32_t to)
{
    struct kpi_parts parts = {
        .from = kpi_january(from),
        .first = INT32_MAX,
        .last = INT32_MIN,
    };

    parts.months = kpi_january(to) + 12 - parts.from;
    parts.sums = arena_array(a, (size_t)parts.months, sizeof *parts.sums);
    parts.levels = arena_array(a, (size_t)parts.months, sizeof *parts.levels);
    return parts;
}

struct kpi_parts kpi_parts_copy(struct arena *a, const struct kpi_parts *parts)
{
    struct kpi_parts copy = *parts;

    copy.sums = arena_array(a, (size_t)parts->months, sizeof *parts->sums);
    copy.levels = arena_array(a, (size_t)parts->months, sizeof *parts->levels);
    memcpy(copy.sums, parts->sums, (size_t)parts->months * sizeof *parts->sums);
    return copy;
}

bool kpi_parts_add(struct kpi_parts *parts, int32_t month, enum kpi_part part, int64_t value)
{
    assert(month < parts->from + parts->months);
    int64_t *sum =
        month < parts->from ? &parts->base[part] : &parts->sums[month - parts->from][part];

    if (!kpi_sum(*sum, value, sum))
        return false;
    if (month < parts->first)
        parts->first = month;
    if (month > parts->last)
        parts->last = month;
    return true;
}

void kpi_parts_level(struct kpi_parts *parts)
{
    const int64_t *before = parts->base;

    for (int32_t i = 0; i < parts->months; i++) {
        for (size_t part = 0; part < KPI_PARTS; part++)
            if (kpi_part_has_level((enum kpi_part)part))
                parts->levels[i][part] = before[part] + parts->sums[i][part];
        before = parts->levels[i];
    }
}

static int64_t level(const struct kpi_parts *parts, enum kpi_part part, int32_t month)
{
    return month < parts->from ? parts->base[part] : parts->levels[month - parts->from][part];
}

static int64_t total(const struct kpi_parts *parts, enum kpi_part part, int32_t month,
                     int32_t until)
{
    int64_t sum = 0;

    for (; month <= until; month++)
        sum += parts->sums[month - parts->from][part];
    return sum;
}

static struct kpi_value growth(const struct kpi *kpi, const struct kpi_parts *parts, int32_t month,
                               int32_t until)
{
    int64_t now = level(parts, kpi->plus, until) - level(parts, kpi->minus, until);
    int64_t before = level(parts, kpi->plus, month - 1) - level(parts, kpi->minus, month - 1);

    if (before <= 0)
        return (struct kpi_value){KPI_UNDEFINED, 0, 1};
    return (struct kpi_value){KPI_DEFINED, now - before, before};
}

/* The value of the period from `month` to `until`. */
static struct kpi_value of_period(const struct kpi *kpi, const struct kpi_parts *parts,
                                  int32_t month, int32_t until)
{
    struct kpi_value value = {KPI_DEFINED, 0, 1};

    assert(month >= parts->from && until < parts->from + parts->months);
    if (kpi->formula != KPI_SUM && (until < parts->first || month > parts->last))
        return (struct kpi_value){KPI_ABSENT, 0, 1};
    switch (kpi->formula) {
    case KPI_SUM: value.number = total(parts, kpi->plus, month, until); break;
    case KPI_STOCK:
        value.number = level(parts, kpi->plus, until) - level(parts, kpi->minus, until);
        break;
    case KPI_ACTIVE:
        value.number = level(parts, kpi->plus, until) - level(parts, kpi->minus, month);
        break;
    case KPI_GROWTH: value = growth(kpi, parts, month, until); break;
    }
    return value;
}

struct kpi_value kpi_of_month(const struct kpi *kpi, const struct kpi_parts *parts, int32_t month)
{
    return of_period(kpi, parts, month, month);
}

struct kpi_value kpi_of_year(const struct kpi *kpi, const struct kpi_parts *parts, int32_t january)
{
    return of_period(kpi, parts, january, january + 11);
}

__extension__ typedef unsigned __int128 wide;
#define RATIO_SCALE 1000000

static struct str ratio_text(struct arena *a, struct kpi_value value)
{
    wide top = value.number < 0 ? -(wide)value.number : (wide)value.number;
    wide base = (wide)value.base;
    wide scaled = top * RATIO_SCALE / base, rest = top * RATIO_SCALE % base;

    if (2 * rest > base || (2 * rest == base && scaled % 2 == 1))
        scaled++;
    return arena_fmt(a, "%s%llu.%06u", value.number < 0 && scaled > 0 ? "-" : "",
                     (unsigned long long)(scaled / RATIO_SCALE), (unsigned)(scaled % RATIO_SCALE));
}

struct str kpi_value_text(struct arena *a, enum kpi_unit unit, struct kpi_value value)
{
    if (value.state != KPI_DEFINED)
        return STR_NONE;
    if (unit == KPI_RATIO)
        return ratio_text(a, value);
    return arena_fmt(a, "%lld", (long long)value.number);
}
