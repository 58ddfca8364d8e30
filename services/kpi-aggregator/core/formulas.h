/* formulas: every KPI as a named, versioned formula over the monthly parts of one series.
 * Pure integer arithmetic. A kpi_parts lives in the arena it was made with. */
#ifndef MOSAIC_KPI_FORMULAS_H
#define MOSAIC_KPI_FORMULAS_H

#include "services/kpi-aggregator/core/series.h"

enum kpi_formula {
    KPI_SUM,    /* what the period's months hold */
    KPI_STOCK,  /* all `plus` less all `minus` up to the period's end */
    KPI_ACTIVE, /* all `plus` up to the period's end less all `minus` up to its first month */
    KPI_GROWTH, /* the stock against the one of the period before, less one */
};

enum kpi_unit { KPI_COUNT, KPI_MINOR, KPI_RATIO };

struct kpi {
    struct str name;
    enum kpi_family family;
    enum kpi_formula formula;
    enum kpi_part plus, minus; /* minus is read by all but KPI_SUM */
    enum kpi_unit unit; /* KPI_MINOR: of series with a currency, the others of those without */
    struct str version; /* raised with every change of meaning */
};

#define KPI_FORMULAS 17
extern const struct kpi KPIS[KPI_FORMULAS];
bool kpi_is_of(const struct kpi *kpi, const struct kpi_series *series);

/* Parts by month, whole years, with the sums of all months before them. A stock has a cell for
 * each month from the series' first to its last; first > last: the series is empty. */
struct kpi_parts {
    int32_t from;   /* a January */
    int32_t months; /* a multiple of 12 */
    int32_t first, last;
    int64_t base[KPI_PARTS];
    int64_t (*sums)[KPI_PARTS];   /* of one month */
    int64_t (*levels)[KPI_PARTS]; /* base and everything up to that month, of parts that have it */
};

int32_t kpi_january(int32_t month);
/* Room for the years from that of `from` to that of `to`. */
struct kpi_parts kpi_parts_new(struct arena *a, int32_t from, int32_t to);
struct kpi_parts kpi_parts_copy(struct arena *a, const struct kpi_parts *parts);
/* False and nothing done: the sum would be beyond KPI_SUM_MAX. A month before `from` goes to base. */
MUST_CHECK bool kpi_parts_add(struct kpi_parts *parts, int32_t month, enum kpi_part part,
                              int64_t value);
void kpi_parts_level(struct kpi_parts *parts); /* after the last add, before the first value */

enum kpi_state {
    KPI_ABSENT,    /* the period has no cell */
    KPI_UNDEFINED, /* it has one, without a value: growth from nothing */
    KPI_DEFINED,
};

struct kpi_value {
    enum kpi_state state;
    int64_t number; /* the value, or for a ratio its numerator */
    int64_t base;   /* a ratio's denominator, above 0; else 1 */
};

struct kpi_value kpi_of_month(const struct kpi *kpi, const struct kpi_parts *parts, int32_t month);
struct kpi_value kpi_of_year(const struct kpi *kpi, const struct kpi_parts *parts, int32_t january);
/* Decimal text, a ratio with 6 places, halves to even; ptr NULL unless defined. */
struct str kpi_value_text(struct arena *a, enum kpi_unit unit, struct kpi_value value);

#endif
