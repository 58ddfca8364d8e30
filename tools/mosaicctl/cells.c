/* cells: later records of a key replace earlier ones, as compaction would. */
#include "tools/mosaicctl/cells.h"

#include <stdio.h>
#include <stdlib.h>

#include "gen/topics.h"
#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/show.h"

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

static void pass_over(struct cells *c, const rd_kafka_message_t *record, struct str why)
{
    if (c->passed_over++ == 0)
        c->first_passed = arena_fmt(c->arena, "%d/%lld: %.*s", (int)record->partition,
                                    (long long)record->offset, STR_ARG(why));
}

/* A record of another type may well have the fields of a value. */
static bool is_value(struct arena *a, const rd_kafka_message_t *record, struct ev_kpi_value *ret,
                     struct str *ret_why)
{
    struct faults faults;
    struct str type = record_header(record, "ce_type"), wanted = ev_type_text(EV_KPI_VALUE);
    faults_init(&faults, a);
    if (!str_eq(type, wanted)) {
        *ret_why = type.ptr == NULL ? STR("it has no type")
                                    : arena_fmt(a, "its type is %.*s", STR_ARG(type));
        return false;
    }
    if (ev_kpi_value_decode(a, record_value(record), ret, &faults))
        return true;
    const struct fault *first = &faults.items[0];
    *ret_why = arena_fmt(a, "%.*s%s%.*s", STR_ARG(first->pointer),
                         first->pointer.len > 0 ? " " : "", STR_ARG(first->message));
    return false;
}

static bool take(void *context, const rd_kafka_message_t *record, struct err *err)
{
    struct cells *c = context;
    struct arena arena = {0};
    struct ev_kpi_value value;
    struct str why;
    (void)err;
    if (record->payload != NULL && is_value(&arena, record, &value, &why))
        put(c, &value);
    else if (record->payload != NULL)
        pass_over(c, record, why);
    arena_done(&arena);
    return true;
}

static void tell_passed_over(const struct cells *c)
{
    if (c->passed_over == 0)
        return;
    (void)fprintf(stderr, "mosaicctl: %lld %s of %.*s %s no KPI value and passed over; %s ",
                  (long long)c->passed_over, c->passed_over == 1 ? "record" : "records",
                  STR_ARG(TOPIC_KPI.name), c->passed_over == 1 ? "is" : "are",
                  c->passed_over == 1 ? "it is" : "the first is");
    show_text(stderr, c->first_passed);
    (void)fprintf(stderr, "\n");
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
    tell_passed_over(ret);
    if (ret->count > 0)
        qsort(ret->items, ret->count, sizeof *ret->items, by_place);
    return true;
}
