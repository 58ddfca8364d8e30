/* resolve: a halted partition goes on where an operator says. Nothing is done without --yes, and only
 * to a partition that is halted. */
#include <stdio.h>
#include <string.h>

#include "common/core/buf.h"
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

static void describe(const struct stage_row *row, int64_t next)
{
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
}

/* A changed number of partitions is taken as the new one by forgetting the old. */
static struct str orders_sql(struct arena *a, const struct stage_row *row, int64_t next)
{
    bool moves = next != row->next, topics = str_eq(row->halted, STR("PARTITIONS_CHANGED"));
    struct buf sql = {.arena = a};
    const char *schema = row->place->schema;
    buf_fmt(&sql,
            "begin; update %s.position set halted = null, halted_detail = null, halted_at = null, "
            "fingerprint = null,"
            " next = %lld, incarnation = incarnation + %d where stage = '%s' and topic = '%.*s' "
            "and partition = %d"
            " and halted is not null and next = %lld;",
            schema, (long long)next, moves ? 1 : 0, row->place->stage, STR_ARG(row->topic->name),
            (int)row->partition, (long long)row->next);
    if (moves)
        buf_fmt(&sql,
                " delete from %s.outbox where stage = '%s' and topic = '%.*s' and partition = %d "
                "and next > %lld;",
                schema, row->place->stage, STR_ARG(row->topic->name), (int)row->partition,
                (long long)next);
    if (topics)
        buf_fmt(&sql, " delete from %s.output_topic;", schema);
    buf_fmt(&sql, " commit;");
    buf_char(&sql, '\0');
    return buf_view(&sql);
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
            ok = pg_run(pg, orders_sql(&arena, row, next).ptr, err);
        else
            (void)printf("Nothing was done; add --yes to do it.\n");
    }
    if (ok && order->yes)
        (void)printf("Done. The service takes it up within seconds.\n");
    arena_done(&arena);
    return ok;
}
