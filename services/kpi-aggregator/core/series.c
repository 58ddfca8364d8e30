/* The list of parts feeds the enum, the texts and the check of what a series may hold. */
#include "services/kpi-aggregator/core/series.h"

#include <assert.h>
#include <string.h>

struct part_row {
    struct str text;
    enum kpi_family family;
    bool money;
};

#define PART_TEXT(text)                                                                            \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
static const struct part_row PARTS[] = {
#define PART_ROW(part, text, family, money) [part] = {PART_TEXT(text), family, money},
    KPI_PART_LIST(PART_ROW)
#undef PART_ROW
};
static_assert(COUNT(PARTS) == KPI_PARTS, "KPI_PARTS counts the list");

static const struct str FAMILIES[KPI_FAMILIES] = {
    [KPI_PARTICIPANTS] = PART_TEXT("participants"),
    [KPI_PROJECTS] = PART_TEXT("projects"),
    [KPI_SUPPORT] = PART_TEXT("support"),
    [KPI_REJECTIONS] = PART_TEXT("rejections"),
};

bool kpi_sum(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum) || sum > KPI_SUM_MAX || sum < -KPI_SUM_MAX)
        return false;
    *ret = sum;
    return true;
}

static char *put(char *at, struct str s)
{
    memcpy(at, s.ptr, s.len);
    return at + s.len;
}

struct str kpi_series_text(struct arena *a, const struct kpi_series *series)
{
    struct str family = FAMILIES[series->family];
    bool money = series->currency.ptr != NULL;
    size_t len = family.len + 1 + series->category.len + (money ? 1 + series->currency.len : 0);
    char *text = arena_alloc(a, len);

    char *at = put(text, family);
    *at++ = ':';
    at = put(at, series->category);
    if (money) {
        *at++ = ':';
        put(at, series->currency);
    }
    return (struct str){text, len};
}

/* The text up to the colon, which is taken off *rest; false: there is none. */
static bool before_colon(struct str *rest, struct str *ret)
{
    const char *colon = memchr(rest->ptr, ':', rest->len);

    if (colon == NULL)
        return false;
    *ret = (struct str){rest->ptr, (size_t)(colon - rest->ptr)};
    *rest = str_skip(*rest, ret->len + 1);
    return true;
}

bool kpi_series_parse(struct str text, struct kpi_series *ret)
{
    struct kpi_series series = {.currency = STR_NONE};
    struct str family, category, rest = text;
    int found = -1;

    if (!before_colon(&rest, &family))
        return false;
    for (int i = 0; i < KPI_FAMILIES; i++)
        if (str_eq(FAMILIES[i], family))
            found = i;
    if (found < 0)
        return false;
    series.family = (enum kpi_family)found;
    if (before_colon(&rest, &category)) {
        series.currency = rest;
        if (rest.len == 0)
            return false;
    } else {
        category = rest;
    }
    series.category = category;
    *ret = series;
    return category.len > 0;
}

struct str kpi_part_text(enum kpi_part part)
{
    return PARTS[part].text;
}

bool kpi_part_has_level(enum kpi_part part)
{
    return !PARTS[part].money;
}

bool kpi_part_is_of(const struct kpi_series *series, enum kpi_part part)
{
    return PARTS[part].family == series->family &&
           PARTS[part].money == (series->currency.ptr != NULL);
}

bool kpi_part_parse(const struct kpi_series *series, struct str text, enum kpi_part *ret)
{
    for (size_t i = 0; i < KPI_PARTS; i++)
        if (kpi_part_is_of(series, (enum kpi_part)i) && str_eq(PARTS[i].text, text)) {
            *ret = (enum kpi_part)i;
            return true;
        }
    return false;
}
