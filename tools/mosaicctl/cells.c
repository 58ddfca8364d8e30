/* cells: later records of a key replace earlier ones, as compaction would. */
#include "tools/mosaicctl/cells.h"

#include <stdlib.h>

#include "gen/topics.h"
#include "tools/mosaicctl/broker.h"

static struct str keep(struct arena *a, struct str s)
{
    return s.ptr == NULL ? s : arena_dup(a, s);
}

static void put(struct cells *c, const struct ev_kpi_value *value)
{
    bool is_new;
    struct str name = arena_dup(c->arena, value->cell);
    size_t at = map_put(&c->by_name, name, c->count, &is_new);
    c->items = arena_more(c->arena, c->items, c->count, &c->cap, sizeof *c->items);
    c->count += is_new;
    struct ev_kpi_value *to = &c->items[at];
    *to = *value;
    to->cell = name;
    to->kpi = keep(c->arena, value->kpi);
    to->category = keep(c->arena, value->category);
    to->currency = keep(c->arena, value->currency);
    to->period = keep(c->arena, value->period);
    to->value = keep(c->arena, value->value);
    to->formula_version = keep(c->arena, value->formula_version);
}

static bool take(void *context, const rd_kafka_message_t *record, struct err *err)
{
    struct cells *c = context;
    struct arena arena = {0};
    struct faults faults;
    struct ev_kpi_value value;
    faults_init(&faults, &arena);
    bool ok = record->payload == NULL ||
              ev_kpi_value_decode(&arena, record_value(record), &value, &faults);
    if (!ok)
        err_set(err, ERR_REJECT, "%.*s holds at %d/%lld what is no KPI value",
                STR_ARG(TOPIC_KPI.name), (int)record->partition, (long long)record->offset);
    else if (record->payload != NULL)
        put(c, &value);
    arena_done(&arena);
    return ok;
}

static int by_place(const void *left, const void *right)
{
    const struct ev_kpi_value *a = left, *b = right;
    int order = str_cmp(a->kpi, b->kpi);
    order = order != 0 ? order : str_cmp(a->category, b->category);
    order = order != 0 ? order : str_cmp(a->currency, b->currency);
    return order != 0 ? order : str_cmp(a->period, b->period);
}

bool cells_read(struct cells *ret, struct arena *a, struct err *err)
{
    *ret = (struct cells){.arena = a};
    map_init(&ret->by_name, a, 1024);
    if (!reader_all(TOPIC_KPI.name, take, ret, err))
        return false;
    if (ret->count > 0)
        qsort(ret->items, ret->count, sizeof *ret->items, by_place);
    return true;
}
