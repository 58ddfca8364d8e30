/* relay: the smallest service there is, to test the stage with. Two stages in a chain hand every event
 * on; each writes down that it took the event in, once per time, and counts per key. What an event
 * asks for by its type, the relay does: fail in the database, be too large, be given up, wait. */
#include <stdlib.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/map.h"
#include "common/io/migrate.h"
#include "common/io/service.h"
#include "gen/topics.h"

#define LARGEST (1024 * 1024)
#define NAME(text)                                                                                 \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
// clang-format off
static const struct topic
    IN = {.name = NAME("relay.in.v1"), .partitions = 6, .upstream = true, .max_message_bytes = 4 * LARGEST},
    MIDDLE = {.name = NAME("relay.middle.v1"), .partitions = 6, .max_message_bytes = LARGEST},
    OUT = {.name = NAME("relay.out.v1"), .partitions = 6, .max_message_bytes = LARGEST},
    IN_DLQ = {.name = NAME("relay.in.v1.relay.dlq"), .partitions = 1, .max_message_bytes = 4 * LARGEST},
    MIDDLE_DLQ = {.name = NAME("relay.middle.v1.relay.dlq"), .partitions = 1, .max_message_bytes = 4 * LARGEST};
// clang-format on

const struct topic *const TOPICS[] = {&IN, &MIDDLE, &OUT, &IN_DLQ, &MIDDLE_DLQ, NULL};

const struct topic *topic_by_name(struct str name)
{
    for (const struct topic *const *x = TOPICS; *x != NULL; x++)
        if (str_eq((*x)->name, name))
            return *x;
    return NULL;
}

static const char TABLES[] =
    "create table taken (stage text, id text, times int not null, primary key (stage, id));"
    "create table counter (stage text, key text, events bigint not null, primary key (stage, key)) "
    "with (fillfactor = 50);";

static const struct migration RELAY_MIGRATIONS[] = {{1, "001_relay.sql", TABLES}, {0, NULL, NULL}};

static const struct pg_stmt TAKE = {
    "relay_take", "insert into taken as t (stage, id, times)"
                  " select $1, x.id, sum(x.times::int) from unnest($2::text[], $3::text[]) x(id, "
                  "times) group by x.id"
                  " on conflict (stage, id) do update set times = t.times + excluded.times"};

static const struct pg_stmt COUNTERS = {
    "relay_count",
    "insert into counter as c (stage, key, events) select $1, * from unnest($2::text[], $3::int8[])"
    " on conflict (stage, key) do update set events = c.events + excluded.events"};

static struct str identity(const struct message *m)
{
    return m->event.origin_id.ptr != NULL ? m->event.origin_id : m->event.id;
}

/* Refused the first time, as a row is that another thread is just writing, too. */
static bool clashes(const struct message *m)
{
    static _Thread_local int refusals;
    return str_eq(m->event.type, STR("relay.clash.v1")) && refusals++ % 2 == 0;
}

/* A text where a number is wanted makes the database refuse the whole statement. */
static void store_taken(struct batch *b, struct pg *pg, const char *stage)
{
    struct pg_array ids, strict;
    struct pg_params p;
    pg_array_init(&ids, b->arena, PG_TEXT);
    pg_array_init(&strict, b->arena, PG_TEXT);
    for (size_t i = 0; i < b->count; i++) {
        bool poison =
            str_eq(b->messages[i].event.type, STR("relay.poison.v1")) || clashes(&b->messages[i]);
        if (str_eq(b->messages[i].event.type, STR("relay.dead.v1")))
            continue;
        pg_push_text(&ids, identity(&b->messages[i]));
        pg_push_text(&strict, poison ? STR("no number") : STR("1"));
    }
    pg_params_init(&p, b->arena);
    pg_bind_text(&p, str_of(stage));
    pg_bind_array(&p, &ids);
    pg_bind_array(&p, &strict);
    (void)pg_call(pg, &TAKE, &p);
}

static void store_counters(struct batch *b, struct pg *pg, const char *stage)
{
    struct map index;
    struct pg_array keys, counts;
    struct pg_params p;
    map_init(&index, b->arena, b->count);
    int64_t *sums = arena_array(b->arena, b->count, sizeof *sums);
    pg_array_init(&keys, b->arena, PG_TEXT);
    pg_array_init(&counts, b->arena, PG_INT8);
    for (size_t i = 0; i < b->count; i++) {
        bool is_new;
        if (str_eq(b->messages[i].event.type, STR("relay.dead.v1")))
            continue;
        size_t at = map_put(&index, b->messages[i].key, index.count, &is_new);
        if (is_new)
            pg_push_text(&keys, b->messages[i].key);
        sums[at]++;
    }
    for (size_t i = 0; i < index.count; i++)
        pg_push_i64(&counts, sums[i]);
    pg_params_init(&p, b->arena);
    pg_bind_text(&p, str_of(stage));
    pg_bind_array(&p, &keys);
    pg_bind_array(&p, &counts);
    (void)pg_call(pg, &COUNTERS, &p);
}

static void hand_on(struct batch *b, size_t i, const struct topic *to)
{
    const struct message *m = &b->messages[i];
    struct output out = {.topic = to,
                         .key = m->key,
                         .type = m->event.type,
                         .subject = m->event.subject,
                         .data = m->event.data};
    if (m->event.origin_id.ptr == NULL) {
        out.origin_source = m->event.source;
        out.origin_id = m->event.id;
    }
    if (str_eq(m->event.type, STR("relay.large.v1"))) {
        struct buf large = {.arena = b->arena};
        memset(buf_reserve(&large, LARGEST), ' ', LARGEST);
        large.len = LARGEST;
        out.data = buf_view(&large);
    }
    batch_emit(b, i, &out);
}

/* Fails a few times in a row when asked to, as a handler does that waits for something. */
static bool must_wait(const struct batch *b)
{
    static _Thread_local int waits;
    for (size_t i = 0; i < b->count; i++)
        if (str_eq(b->messages[i].event.type, STR("relay.wait.v1")))
            return waits++ % 4 != 3;
    return false;
}

static bool relay(struct batch *b, struct pg *pg, const char *stage, const struct topic *to,
                  struct err *err)
{
    if (must_wait(b))
        return err_set(err, ERR_RETRY, "asked to wait");
    for (size_t i = 0; i < b->count; i++) {
        if (str_eq(b->messages[i].event.type, STR("relay.dead.v1")))
            batch_dead_letter(b, i, "asked to give it up: %.*s",
                              STR_ARG(identity(&b->messages[i])));
        else
            hand_on(b, i, to);
    }
    store_taken(b, pg, stage);
    store_counters(b, pg, stage);
    return true;
}

static bool relay_first(struct batch *b, struct pg *pg, struct err *err)
{
    return relay(b, pg, "first", &MIDDLE, err);
}

static bool relay_second(struct batch *b, struct pg *pg, struct err *err)
{
    return relay(b, pg, "second", &OUT, err);
}

static const struct topic *const FIRST_IN[] = {&IN, NULL}, *const FIRST_OUT[] = {&MIDDLE, NULL};
static const struct topic *const SECOND_IN[] = {&MIDDLE, NULL}, *const SECOND_OUT[] = {&OUT, NULL};
static const struct stage FIRST = {.name = "first",
                                   .inputs = FIRST_IN,
                                   .outputs = FIRST_OUT,
                                   .handle = relay_first};
static const struct stage SECOND = {.name = "second",
                                    .inputs = SECOND_IN,
                                    .outputs = SECOND_OUT,
                                    .handle = relay_second};

/* RELAY_STAGES=first or second runs one stage alone, for measuring it. */
static const struct stage *const *stages(void)
{
    static const struct stage *list[3];
    const char *wanted = getenv("RELAY_STAGES");
    size_t count = 0;
    if (wanted == NULL || strcmp(wanted, "first") == 0)
        list[count++] = &FIRST;
    if (wanted == NULL || strcmp(wanted, "second") == 0)
        list[count++] = &SECOND;
    return list;
}

int main(int argc, char **argv)
{
    return service_run(argc, argv,
                       &(struct service){.name = "relay",
                                         .schema = "relay",
                                         .about = "Hands events on, to test the stage.",
                                         .stages = stages(),
                                         .migrations = RELAY_MIGRATIONS});
}
