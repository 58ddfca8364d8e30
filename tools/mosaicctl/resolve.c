/* resolve: a halted partition goes on where an operator says. Nothing is done without --yes, and only
 * to a partition that is halted. */
#include <stdio.h>
#include <string.h>

#include "common/core/halt.h"
#include "tools/mosaicctl/positions.h"
#include "tools/mosaicctl/show.h"

static const struct stage_row *find(const struct stage_snapshot *s, const struct stage_place *place,
                                    struct str topic, int64_t partition)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i].place == place && str_eq(s->rows[i].topic->name, topic) &&
            s->rows[i].partition == partition)
            return &s->rows[i];
    return NULL;
}

static bool find_halted(struct pg *pg, struct arena *a, const struct resolve_order *o,
                        const struct stage_row **ret, struct err *err)
{
    char name[256];
    uint64_t partition;
    struct stage_snapshot snapshot;
    const struct stage_place *place = stage_find(str_of(o->stage));
    struct str topic = topic_full_name(o->topic, name);
    if (place == NULL)
        return err_set(err, ERR_REJECT, "there is no stage %s", o->stage);
    if (!str_to_u64(str_of(o->partition), &partition) || partition > INT32_MAX)
        return err_set(err, ERR_REJECT, "\"%s\" is not a partition", o->partition);
    if (!stages_read(pg, a, &snapshot, err))
        return false;
    *ret = find(&snapshot, place, topic, (int64_t)partition);
    if (*ret == NULL)
        return err_set(err, ERR_REJECT, "the stage %s does not read partition %s of %.*s", o->stage,
                       o->partition, STR_ARG(topic));
    return (*ret)->halted.ptr != NULL ||
           err_set(err, ERR_REJECT, "%s %.*s/%s is not halted; there is nothing to resolve",
                   o->stage, STR_ARG(topic), o->partition);
}

static bool read_from(const struct stage_row *row, const char *from, int64_t *ret, struct err *err)
{
    uint64_t offset;
    if (strcmp(from, "keep") == 0)
        *ret = row->next;
    else if (strcmp(from, "earliest") == 0)
        *ret = row->low;
    else if (strcmp(from, "latest") == 0)
        *ret = row->high;
    else if (str_to_u64(str_of(from), &offset) && offset <= INT64_MAX)
        *ret = (int64_t)offset;
    else
        return err_set(err, ERR_REJECT,
                       "--from takes keep, earliest, latest or an offset; not \"%s\"", from);
    if (*ret >= row->low && *ret <= row->high)
        return true;
    return err_set(err, ERR_REJECT, "the log holds %lld up to %lld; %lld is not in it",
                   (long long)row->low, (long long)row->high, (long long)*ret);
}

/* Whose number of partitions has changed; topic.ptr NULL: the halt is another one or does not say. */
static struct halt_partitions changed_topic(const struct stage_row *row)
{
    struct halt_partitions changed = {.topic = STR_NONE};
    if (halt_parse(row->halted) == HALT_PARTITIONS_CHANGED)
        (void)halt_partitions_read(row->detail, &changed);
    return changed;
}

static void describe(const struct stage_row *row, int64_t next)
{
    struct halt_partitions changed = changed_topic(row);
    (void)printf("%s %.*s/%d is halted: %.*s%s%.*s\n", row->place->stage, STR_ARG(row->topic->name),
                 (int)row->partition, STR_ARG(row->halted), row->detail.len > 0 ? ", " : "",
                 STR_ARG(row->detail));
    (void)printf("It stands at %lld; the log holds %lld up to %lld. ", (long long)row->next,
                 (long long)row->low, (long long)row->high);
    if (next == row->next)
        (void)printf("It goes on there.\n");
    else if (next > row->next)
        (void)printf("It goes on at %lld: what was between is LOST to this stage.\n",
                     (long long)next);
    else
        (void)printf("It goes back to %lld: records from there on are handled AGAIN, with outputs "
                     "of a new source.\n",
                     (long long)next);
    if (changed.topic.ptr != NULL)
        (void)printf("%.*s counts as one of %d partitions from now on.\n", STR_ARG(changed.topic),
                     (int)changed.now);
    else if (halt_parse(row->halted) == HALT_PARTITIONS_CHANGED)
        (void)printf("The halt names no topic, so the numbers of partitions that %s remembers stay "
                     "as they are.\n",
                     row->place->service);
}

/* One statement, whose other parts do nothing unless `moved` found the partition as the operator was
 * shown it: somebody else may have resolved it since, and then it runs and its outbox is in use. Going
 * back forgets what was seen, or on an internal topic the records would pass by as repeats. */
static const char *order_sql(struct arena *a, const char *schema)
{
    return arena_fmt(
               a,
               "with moved as (update %s.position set halted = null, halted_detail = null,"
               " halted_at = null, fingerprint = null, next = $5,"
               " incarnation = incarnation + case when $5 = $4 then 0 else 1 end"
               " where stage = $1 and topic = $2 and partition = $3 and next = $4 and halted = $6"
               " and halted_detail is not distinct from $7 returning 1),"
               " unsent as (delete from %s.outbox where stage = $1 and topic = $2"
               " and partition = $3 and $5 <> $4 and next > $5 and exists (select from moved)),"
               " unseen as (delete from %s.seen where stage = $1 and topic = $2"
               " and partition = $3 and $5 < $4 and exists (select from moved)),"
               " counted as (update %s.output_topic set partitions = $9 where topic = $8"
               " and partitions = $10 and exists (select from moved))"
               " select count(*) from moved",
               schema, schema, schema, schema)
        .ptr;
}

static bool carry_out(struct pg *pg, struct arena *a, const struct stage_row *row, int64_t next,
                      struct err *err)
{
    struct halt_partitions changed = changed_topic(row);
    const struct pg_stmt stmt = {"ctl_resolve", order_sql(a, row->place->schema)};
    struct pg_params p;
    pg_params_init(&p, a);
    pg_bind_text(&p, str_of(row->place->stage));
    pg_bind_text(&p, row->topic->name);
    pg_bind_i32(&p, row->partition);
    pg_bind_i64(&p, row->next);
    pg_bind_i64(&p, next);
    pg_bind_text(&p, row->halted);
    pg_bind_text(&p, row->detail);
    pg_bind_text(&p, changed.topic);
    pg_bind_i32(&p, changed.now);
    pg_bind_i32(&p, changed.was);
    const struct pg_call *moved = pg_call(pg, &stmt, &p);
    if (!pg_flush(pg, err))
        return false;
    return pg_i64(moved, 0, 0) == 1 ||
           err_set(
               err, ERR_REJECT,
               "%s %.*s/%d is not as it was a moment ago: somebody else has changed it; nothing "
               "was done",
               row->place->stage, STR_ARG(row->topic->name), (int)row->partition);
}

bool positions_resolve(struct pg *pg, const struct resolve_order *order, struct err *err)
{
    struct arena arena = {0};
    const struct stage_row *row;
    int64_t next = 0;
    bool ok = find_halted(pg, &arena, order, &row, err) && read_from(row, order->from, &next, err);
    if (ok) {
        describe(row, next);
        if (order->yes)
            ok = carry_out(pg, &arena, row, next, err);
        else
            (void)printf("Nothing was done; add --yes to do it.\n");
    }
    if (ok && order->yes)
        (void)printf("Done. The service takes it up within seconds.\n");
    arena_done(&arena);
    return ok;
}
