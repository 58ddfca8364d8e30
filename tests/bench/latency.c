/* latency: sends memberships at a fixed rate whatever the platform does (open loop) and takes the time
 * from the moment each was meant to be sent until its trace is read: its outputs by the upstream event
 * they name, contributions and KPIs, which are sums, by the n-th application of a category they count. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/date.h"
#include "tests/bench/load.h"

#define GRACE_NS (INT64_C(60) * 1000000000)
#define CATEGORIES 9

enum trace { TRACE_SENT, TRACE_ACCEPTED, TRACE_DECIDED, TRACE_CONTRIBUTED, TRACE_COUNTED };
#define TRACES 5
static const char *const STAGES[TRACES] = {NULL, "register", "assess", "contribute", "aggregate"};

struct watch {
    const struct load *load;
    rd_kafka_t *consumer;
    int64_t total;
    int64_t *at[TRACES]; /* by event, ns; 0: not seen */
    int64_t summed[TRACES][CATEGORIES];
    struct arena arena;
    struct str month;
    atomic_bool over; /* nothing is sent any more, and enough has been waited */
    int64_t counted;
};

static enum trace last_trace(const struct load *l)
{
    return l->first_only ? TRACE_ACCEPTED : TRACE_COUNTED;
}

static void seen(struct watch *w, enum trace trace, int64_t i, int64_t now)
{
    if (i < 0 || i >= w->total || w->at[trace][i] != 0)
        return;
    w->at[trace][i] = now;
    w->counted += trace == last_trace(w->load);
}

/* The output of one event, which it names as its origin: "<run>-<kind>-<number>". */
static void saw_output(struct watch *w, enum trace trace, const rd_kafka_message_t *m, int64_t now)
{
    struct str prefix = arena_fmt(&w->arena, "%s-%d-", w->load->plan.run, (int)w->load->kind);
    rd_kafka_headers_t *headers;
    const void *value;
    size_t len;
    int64_t number;

    if (rd_kafka_message_headers(m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, "ce_originid", &value, &len) !=
            RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    struct str id = {value, len};
    if (str_starts(id, prefix) && str_to_i64(str_skip(id, prefix.len), &number))
        seen(w, trace, number - w->load->from, now);
}

/* The sum of a category has come to `sum`: so many of its applications, in order of sending, are in. */
static void saw_sum(struct watch *w, enum trace trace, enum ev_category category, int64_t sum,
                    int64_t now)
{
    int64_t first = ((int64_t)category - w->load->from % CATEGORIES + CATEGORIES) % CATEGORIES;

    for (int64_t *done = &w->summed[trace][category]; *done < sum; (*done)++)
        seen(w, trace, first + *done * CATEGORIES, now);
}

static bool category_in(struct str key, struct str prefix, struct str suffix, enum ev_category *ret)
{
    if (!str_starts(key, prefix) || !str_ends(key, suffix) || key.len <= prefix.len + suffix.len)
        return false;
    key = str_skip(key, prefix.len);
    key.len -= suffix.len;
    return ev_category_parse(key, ret);
}

static void saw_contribution(struct watch *w, struct str key, struct str value, int64_t now)
{
    struct ev_contribution_changed ev;
    enum ev_category category;
    struct faults faults;

    faults_init(&faults, &w->arena);
    if (!category_in(key, STR("support:"), STR(""), &category) ||
        !ev_contribution_changed_decode(&w->arena, value, &ev, &faults))
        return;
    int64_t sum = w->summed[TRACE_CONTRIBUTED][category];
    for (size_t i = 0; i < ev.parts_count; i++)
        if (str_eq(ev.parts[i].name, STR("applied")) && str_eq(ev.parts[i].month, w->month))
            sum += ev.parts[i].delta;
    saw_sum(w, TRACE_CONTRIBUTED, category, sum, now);
}

static void saw_cell(struct watch *w, struct str key, struct str value, int64_t now)
{
    struct str suffix = arena_fmt(&w->arena, ":%.*s", STR_ARG(w->month));
    enum ev_category category;
    struct ev_kpi_value ev;
    struct faults faults;
    int64_t sum;

    faults_init(&faults, &w->arena);
    if (category_in(key, STR("support.applied:"), suffix, &category) &&
        ev_kpi_value_decode(&w->arena, value, &ev, &faults) && str_to_i64(ev.value, &sum))
        saw_sum(w, TRACE_COUNTED, category, sum, now);
}

static void saw(struct watch *w, const rd_kafka_message_t *m)
{
    struct str topic = str_of(rd_kafka_topic_name(m->rkt));
    struct str key = {m->key, m->key_len}, value = {m->payload, m->len};
    int64_t now = load_now_ns();

    arena_reset(&w->arena);
    if (str_eq(topic, TOPIC_ORGANISATIONS.name))
        saw_output(w, TRACE_ACCEPTED, m, now);
    else if (str_eq(topic, TOPIC_DECISIONS.name))
        saw_output(w, TRACE_DECIDED, m, now);
    else if (str_eq(topic, TOPIC_CONTRIBUTIONS.name))
        saw_contribution(w, key, value, now);
    else
        saw_cell(w, key, value, now);
}

static void *watch_topics(void *context)
{
    struct watch *w = context;

    while (w->counted < w->total && !atomic_load(&w->over)) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(w->consumer, 50);
        if (m == NULL)
            continue;
        if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            saw(w, m);
        rd_kafka_message_destroy(m);
    }
    atomic_store(&w->over, true);
    return NULL;
}

static void send_at_rate(struct watch *w)
{
    const struct load *l = w->load;
    rd_kafka_t *producer = load_producer(l);
    struct arena a = {0};
    int64_t start = load_now_ns() + 100000000;

    for (int64_t i = 0; i < w->total; i++) {
        int64_t due = start + i * 1000000000 / l->rate;
        w->at[TRACE_SENT][i] = due;
        load_sleep_until(due);
        load_send(producer, l, &a, l->from + i);
        (void)rd_kafka_poll(producer, 0);
    }
    load_flush(producer);
    int64_t until = load_now_ns() + GRACE_NS;
    while (!atomic_load(&w->over) && load_now_ns() < until)
        load_sleep_until(load_now_ns() + 20000000);
    atomic_store(&w->over, true);
    rd_kafka_destroy(producer);
    arena_done(&a);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static double percentile_ms(const int64_t *sorted, size_t count, size_t percent)
{
    size_t at = count * percent / 100;

    return (double)sorted[at < count ? at : count - 1] / 1e6;
}

/* Percentiles of the time between two traces, without the warm-up. */
static void print_spread(const struct watch *w, const char *name, enum trace from, enum trace to)
{
    int64_t *ns = calloc((size_t)w->total, sizeof *ns);
    size_t count = 0;

    if (ns == NULL)
        load_fail("out of memory");
    for (int64_t i = w->load->warmup; i < w->total; i++)
        if (w->at[from][i] != 0 && w->at[to][i] != 0)
            ns[count++] = w->at[to][i] - w->at[from][i];
    qsort(ns, count, sizeof *ns, by_number);
    if (count > 0)
        (void)printf(
            ", \"%s\": {\"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}",
            name, percentile_ms(ns, count, 50), percentile_ms(ns, count, 90),
            percentile_ms(ns, count, 99), percentile_ms(ns, count, 100));
    free(ns);
}

static void print(const struct watch *w)
{
    (void)printf("{\"rate\": %lld, \"events\": %lld, \"missing\": %lld", (long long)w->load->rate,
                 (long long)w->load->count, (long long)(w->total - w->counted));
    print_spread(w, "chain", TRACE_SENT, last_trace(w->load));
    for (enum trace t = TRACE_ACCEPTED; t <= last_trace(w->load); t++)
        print_spread(w, STAGES[t], (enum trace)(t - 1), t);
    (void)printf("}\n");
}

void load_latency(const struct load *l)
{
    const struct str topics[] = {TOPIC_ORGANISATIONS.name, TOPIC_DECISIONS.name,
                                 TOPIC_CONTRIBUTIONS.name, TOPIC_KPI.name};
    struct watch w = {.load = l, .total = l->warmup + l->count, .consumer = load_consumer(l)};
    struct buf month = {0};
    pthread_t watcher;

    if (l->kind != MADE_UP_JOIN || l->rate == 0 || l->plan.joined_on == 0)
        load_fail(
            "latency needs --kind join, --rate and --joined-on, a month that nobody else uses");
    month_write(&month, date_month(l->plan.joined_on));
    w.month = buf_view(&month);
    for (size_t t = 0; t < TRACES; t++)
        if ((w.at[t] = calloc((size_t)w.total, sizeof *w.at[t])) == NULL)
            load_fail("out of memory");
    load_assign(w.consumer, topics, l->first_only ? 1 : COUNT(topics), true);
    if (pthread_create(&watcher, NULL, watch_topics, &w) != 0)
        load_fail("no thread");
    load_sleep_until(load_now_ns() + 1500000000); /* until the first fetches are out */
    send_at_rate(&w);
    (void)pthread_join(watcher, NULL);
    print(&w);
    for (size_t t = 0; t < TRACES; t++)
        free(w.at[t]);
    buf_done(&month);
    arena_done(&w.arena);
    (void)rd_kafka_consumer_close(w.consumer);
    rd_kafka_destroy(w.consumer);
}
