/* series: the additive parts that KPIs are made of, and the series that hold them by month.
 * A series is one family in one category (and currency): "projects:company",
 * "projects:company:EUR". Texts made here live in the arena given; parsed ones are views. */
#ifndef MOSAIC_KPI_SERIES_H
#define MOSAIC_KPI_SERIES_H

#include "common/core/arena.h"
#include "common/core/err.h"

enum kpi_family { KPI_PARTICIPANTS, KPI_PROJECTS, KPI_SUPPORT, KPI_REJECTIONS };
#define KPI_FAMILIES 4

/* X(enum, name, family, counted in money) */
#define KPI_PART_LIST(X)                                                                           \
    X(KPI_JOINED, "joined", KPI_PARTICIPANTS, false)                                               \
    X(KPI_LEFT, "left", KPI_PARTICIPANTS, false)                                                   \
    X(KPI_STARTED, "started", KPI_PROJECTS, false)                                                 \
    X(KPI_ACTIVE_IN, "active_in", KPI_PROJECTS, false)                                             \
    X(KPI_ACTIVE_OUT, "active_out", KPI_PROJECTS, false)                                           \
    X(KPI_COOPERATIVE_STARTED, "cooperative_started", KPI_PROJECTS, false)                         \
    X(KPI_COOPERATIVE_IN, "cooperative_in", KPI_PROJECTS, false)                                   \
    X(KPI_COOPERATIVE_OUT, "cooperative_out", KPI_PROJECTS, false)                                 \
    X(KPI_PARTICIPATIONS, "participations", KPI_PROJECTS, false)                                   \
    X(KPI_COORDINATORS, "coordinators", KPI_PROJECTS, false)                                       \
    X(KPI_PROJECT_COST, "cost", KPI_PROJECTS, true)                                                \
    X(KPI_PROJECT_GRANTED, "granted", KPI_PROJECTS, true)                                          \
    X(KPI_APPLIED, "applied", KPI_SUPPORT, false)                                                  \
    X(KPI_APPROVED, "approved", KPI_SUPPORT, false)                                                \
    X(KPI_ASKED, "asked", KPI_SUPPORT, true)                                                       \
    X(KPI_GRANTED, "granted", KPI_SUPPORT, true)                                                   \
    X(KPI_REJECTED, "rejected", KPI_REJECTIONS, false)

enum kpi_part {
#define KPI_PART_ENUM(part, text, family, money) part,
    KPI_PART_LIST(KPI_PART_ENUM)
#undef KPI_PART_ENUM
};
#define KPI_PARTS 17

/* What a part may hold in one month of one series: a year of such months still fits 64 bits. */
#define KPI_SUM_MAX (INT64_MAX / 16)
MUST_CHECK bool kpi_sum(int64_t a, int64_t b, int64_t *ret); /* false: beyond +-KPI_SUM_MAX */

struct kpi_series {
    enum kpi_family family;
    struct str category; /* for rejections the reason's code; "all" is the total */
    struct str currency; /* ptr NULL: parts that are counts */
};

#define KPI_ALL STR("all")

struct str kpi_series_text(struct arena *a, const struct kpi_series *series);
bool kpi_series_parse(struct str text, struct kpi_series *ret);

struct str kpi_part_text(enum kpi_part part);
/* Whether its sum over all time has a meaning and a bound: a number of things has, an amount of money has
 * not. No formula reads the level of one that has none. */
bool kpi_part_has_level(enum kpi_part part);
bool kpi_part_is_of(const struct kpi_series *series, enum kpi_part part);
/* The part of that name in that series; false: the series has no such part. */
bool kpi_part_parse(const struct kpi_series *series, struct str text, enum kpi_part *ret);

#endif
