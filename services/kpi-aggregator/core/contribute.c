/* Old against new is a merge of two sorted lists; a batch's sums are a hash table of small
 * integers, so that an event costs a few look-ups. */
#include "services/kpi-aggregator/core/contribute.h"

#include <assert.h>
#include <stdlib.h>

#include "common/core/date.h"
#include "common/core/money.h"

void kpi_sums_init(struct kpi_sums *sums, struct arena *a)
{
    *sums = (struct kpi_sums){.arena = a};
    map_init(&sums->series_ids, a, 64);
    map_init(&sums->places, a, 1024);
}

static uint32_t intern_one(struct kpi_sums *sums, struct str name, bool *ret_new)
{
    size_t id = map_put(&sums->series_ids, name, sums->series_count, ret_new);

    if (*ret_new) {
        sums->series = arena_more(sums->arena, sums->series, sums->series_count, &sums->series_cap,
                                  sizeof *sums->series);
        sums->series[sums->series_count++] = (struct kpi_sums_series){name, (uint32_t)id};
    }
    return (uint32_t)id;
}

static uint32_t intern(struct kpi_sums *sums, struct str name)
{
    bool is_new;
    uint32_t id = intern_one(sums, name, &is_new);
    struct kpi_series series;

    if (!is_new)
        return id;
    bool known = kpi_series_parse(name, &series);
    assert(known); /* shares are made of kpi_series_text(), and rows in the database of shares */
    /* A rejected event has a share in the total of its own: it counts once there however many
     * reasons it was refused for. */
    if (series.family != KPI_REJECTIONS) {
        series.category = KPI_ALL;
        uint32_t total = intern_one(sums, kpi_series_text(sums->arena, &series), &is_new);
        sums->series[id].total = total;
    }
    return id;
}

struct place {
    uint32_t group, series;
    int32_t month, part;
};

static size_t append(struct kpi_sums *sums, const struct place *place)
{
    sums->deltas =
        arena_more(sums->arena, sums->deltas, sums->count, &sums->cap, sizeof *sums->deltas);
    sums->deltas[sums->count] = (struct kpi_delta){place->group, place->series, place->month,
                                                   (enum kpi_part)place->part, 0};
    return sums->count++;
}

static void add_at(struct kpi_sums *sums, const struct place *place, int64_t value)
{
    struct str key = {(const char *)place, sizeof *place};
    size_t at = map_get(&sums->places, key);

    if (at == MAP_ABSENT) {
        at = append(sums, place);
        map_put(&sums->places, arena_dup(sums->arena, key), at, NULL);
    }
    /* A sum that leaves the range goes on in a further entry of the same place. */
    int64_t sum;
    if (!kpi_sum(sums->deltas[at].value, value, &sum)) {
        size_t more = append(sums, place);
        sums->deltas[more].value = sums->deltas[at].value;
        sum = value;
    }
    sums->deltas[at].value = sum;
}

void kpi_sums_add(struct kpi_sums *sums, uint32_t group, struct str series, int32_t month,
                  enum kpi_part part, int64_t value)
{
    struct place place = {group, intern(sums, series), month, (int32_t)part};

    add_at(sums, &place, value);
    if (sums->series[place.series].total != place.series) {
        place.series = sums->series[place.series].total;
        add_at(sums, &place, value);
    }
}

static int by_place(const void *x, const void *y)
{
    const struct kpi_delta *a = x, *b = y;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->series != b->series)
        return a->series < b->series ? -1 : 1;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return (int)a->part - (int)b->part;
}

void kpi_sums_finish(struct kpi_sums *sums)
{
    size_t kept = 0;

    for (size_t i = 0; i < sums->count; i++)
        if (sums->deltas[i].value != 0)
            sums->deltas[kept++] = sums->deltas[i];
    sums->count = kept;
    if (kept > 1)
        qsort(sums->deltas, kept, sizeof *sums->deltas, by_place);
}

static size_t pieces(int64_t value)
{
    int64_t size = value < 0 ? -value : value;

    return (size_t)((size - 1) / MONEY_MAX + 1);
}

static struct str month_text(struct arena *a, int32_t month)
{
    struct buf text = {.arena = a};

    month_write(&text, month);
    return buf_view(&text);
}

/* One delta as parts of at most MONEY_MAX each, which is what a JSON reader keeps exact. */
static size_t write_parts(struct arena *a, const struct kpi_delta *delta, struct ev_part *to)
{
    struct str month = month_text(a, delta->month);
    int64_t rest = delta->value;
    size_t count = 0;

    while (rest != 0) {
        int64_t piece = rest > MONEY_MAX ? MONEY_MAX : rest < -MONEY_MAX ? -MONEY_MAX : rest;
        to[count++] =
            (struct ev_part){.month = month, .name = kpi_part_text(delta->part), .delta = piece};
        rest -= piece;
    }
    return count;
}

bool kpi_sums_next(const struct kpi_sums *sums, size_t *at, size_t most,
                   struct kpi_contribution *ret)
{
    size_t end = *at, parts = 0, written = 0;

    if (*at == sums->count)
        return false;
    const struct kpi_delta *first = &sums->deltas[*at];
    for (; end < sums->count; end++) {
        const struct kpi_delta *delta = &sums->deltas[end];
        size_t more = pieces(delta->value);
        if (delta->group != first->group || delta->series != first->series ||
            (parts > 0 && parts + more > most))
            break;
        parts += more;
    }
    struct ev_part *items = arena_array(sums->arena, parts, sizeof *items);
    for (; *at < end; (*at)++)
        written += write_parts(sums->arena, &sums->deltas[*at], items + written);
    *ret = (struct kpi_contribution){
        .group = first->group,
        .event = {.series = sums->series[first->series].name,
                  .parts = items,
                  .parts_count = written},
    };
    return true;
}

static void change(struct kpi_sums *sums, uint32_t group, const struct kpi_share *share,
                   int64_t value)
{
    if (value != 0)
        kpi_sums_add(sums, group, share->series, share->month, share->part, value);
}

bool kpi_entity_apply(struct kpi_sums *sums, uint32_t group, struct kpi_entity *entity,
                      int64_t revision, struct kpi_shares shares)
{
    const struct kpi_shares *old = &entity->shares;
    size_t i = 0, j = 0;

    if (revision <= entity->revision)
        return false;
    while (i < old->count && j < shares.count) {
        const struct kpi_share *was = &old->items[i], *is = &shares.items[j];
        int order = kpi_share_cmp(was, is);
        change(sums, group, order <= 0 ? was : is,
               (order >= 0 ? is->value : 0) - (order <= 0 ? was->value : 0));
        i += order <= 0;
        j += order >= 0;
    }
    for (; i < old->count; i++)
        change(sums, group, &old->items[i], -old->items[i].value);
    for (; j < shares.count; j++)
        change(sums, group, &shares.items[j], shares.items[j].value);
    entity->revision = revision;
    entity->shares = shares;
    return true;
}
