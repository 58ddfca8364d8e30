/* stage_thread: the life of a stage thread, from settings to the last free. */
#include "common/io/stage_thread.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io/faults.h"
#include "common/io/stage_impl.h"
#include "gen/topics.h"

#define STACK_BYTES ((size_t)1024 * 1024)
#define ARENA_BYTES                                                                                \
    ((size_t)4 * 1024 * 1024) /* kept between batches; only what is used takes memory */

int stage_thread_count(const struct stage *st, int64_t wanted, size_t stages)
{
    int64_t partitions = 0;
    for (const struct topic *const *in = st->inputs; *in != NULL; in++)
        partitions += (*in)->partitions;
    if (wanted == 0)
        wanted = sysconf(_SC_NPROCESSORS_ONLN) / (int64_t)stages;
    return (int)(wanted < 1 ? 1 : wanted < partitions ? wanted : partitions);
}

void *stage_zeroed(size_t count, size_t bytes)
{
    void *memory = calloc(count > 0 ? count : 1, bytes);
    if (memory == NULL)
        abort();
    return memory;
}

static size_t topics_count(const struct topic *const *list)
{
    size_t count = 0;
    while (list[count] != NULL)
        count++;
    return count;
}

static bool add_dead_letter_topic(struct stage_thread *t, size_t input, struct err *err)
{
    char name[250];
    int len = snprintf(name, sizeof name, "%.*s.%s.dlq", STR_ARG(t->stage->inputs[input]->name),
                       t->settings->service);
    const struct topic *topic = topic_by_name((struct str){name, (size_t)len});
    if (topic == NULL)
        return err_set(err, ERR_FATAL, "there is no topic %s for dead letters", name);
    t->out[t->out_count] = (struct out_topic){.topic = topic, .dead_letters = true};
    t->dead_letter_topic[input] = &t->out[t->out_count++];
    return true;
}

static bool list_topics(struct stage_thread *t, struct err *err)
{
    size_t inputs = topics_count(t->stage->inputs), outputs = topics_count(t->stage->outputs);
    t->input_count = inputs;
    t->out = stage_zeroed(inputs + outputs, sizeof *t->out);
    t->dead_letter_topic = stage_zeroed(inputs, sizeof(struct out_topic *));
    for (size_t i = 0; i < outputs; i++)
        t->out[t->out_count++] = (struct out_topic){.topic = t->stage->outputs[i]};
    for (size_t i = 0; i < inputs; i++) {
        t->halts_count += (size_t)t->stage->inputs[i]->partitions;
        if (!add_dead_letter_topic(t, i, err))
            return false;
    }
    t->halts = stage_zeroed(t->halts_count, sizeof *t->halts);
    return true;
}

static void name_it(struct stage_thread *t)
{
    const struct stage_settings *s = t->settings;
    (void)snprintf(t->part, sizeof t->part, "%s/%d", t->stage->name, t->number);
    (void)snprintf(t->group, sizeof t->group, "mosaic.%s.%s", s->service, t->stage->name);
    (void)snprintf(t->client_id, sizeof t->client_id, "%s.%s.%s.%d", s->service, t->stage->name,
                   s->instance, t->number);
}

static struct stage_thread *thread_new(const struct stage *st, const struct stage_settings *s,
                                       int number)
{
    struct stage_thread *t = stage_zeroed(1, sizeof *t);
    t->stage = st;
    t->settings = s;
    t->number = number;
    t->peers = stage_peers_of(st);
    t->started_ms = stage_now_ms();
    t->batch_max = s->batch_max > 0    ? s->batch_max
                   : st->batch_max > 0 ? st->batch_max
                                       : STAGE_BATCH_MAX;
    t->pace = (struct pace){.gather_us = s->gather_ms * 1000, .merges = st->merges};
    t->taken = stage_zeroed(t->batch_max, sizeof *t->taken);
    t->arena.block_bytes = ARENA_BYTES;
    t->claim_arena.block_bytes = 4096;
    (void)pthread_mutex_init(&t->lock, NULL);
    name_it(t);
    t->pg = pg_new(s->database, s->password, s->schema, t->client_id);
    t->metrics = stage_metrics_new(st, number);
    inflight_init(&t->inflight, t->owners, 0);
    return t;
}

static void thread_free(struct stage_thread *t)
{
    stage_producer_done(t);
    kafka_done(&t->consumer, false);
    if (t->pg != NULL)
        pg_free(t->pg);
    for (size_t i = 0; i < t->claim_count; i++)
        seen_done(&t->claims[i].seen);
    arena_done(&t->arena);
    arena_done(&t->claim_arena);
    (void)pthread_mutex_destroy(&t->lock);
    for (size_t i = 0; i < t->out_count; i++)
        free(t->out[i].written_ms);
    free(t->claims);
    free(t->owners);
    free(t->out);
    free(t->dead_letter_topic);
    free((void *)t->halts);
    free(t->taken);
    free(t);
}

static void *run(void *argument)
{
    struct stage_thread *t = argument;
    faults_stage(t->stage->name);
    stage_loop(t);
    stage_phase_set(t, PHASE_ENDED);
    atomic_store(&t->done, true);
    if (t->settings->on_done != NULL)
        t->settings->on_done(t->settings->context);
    return NULL;
}

/* Signals are the process loop's, so the thread starts with all of them blocked. */
static bool thread_run(struct stage_thread *t, struct err *err)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int code = pthread_create(&t->thread, &attributes, run, t);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return code == 0 || err_set(err, ERR_FATAL, "no thread: %s", strerror(code));
}

bool stage_start(const struct stage *st, const struct stage_settings *settings, int number,
                 struct stage_thread **ret, struct err *err)
{
    struct stage_thread *t = thread_new(st, settings, number);
    if (!list_topics(t, err) || !stage_consumer(t, err) ||
        (number == 0 && !stage_subscribe(t, err)) || !thread_run(t, err)) {
        thread_free(t);
        return false;
    }
    *ret = t;
    return true;
}

void stage_stop(struct stage_thread *t)
{
    atomic_store(&t->stop, true);
}

bool stage_done(const struct stage_thread *t)
{
    return atomic_load(&t->done);
}

void stage_join(struct stage_thread *t)
{
    if (t == NULL)
        return;
    (void)pthread_join(t->thread, NULL);
    thread_free(t);
}
