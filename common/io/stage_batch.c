/* stage_batch: gives the polled records their effect. Mostly that is one transaction for all of them;
 * when the database refuses it because of one record, ever smaller parts of the batch go through on
 * their own until the one is found and becomes a dead letter. */
#include <string.h>
#include <time.h>

#include "common/core/hash.h"
#include "common/io/faults.h"
#include "common/io/log.h"
#include "common/io/stage_store.h"

#define AGAIN_FIRST_MS 2
#define AGAIN_ATTEMPTS 10 /* 2, 4, ... 1024 ms: two seconds in all, then the long way */

enum attempt {
    ATTEMPT_DONE,
    ATTEMPT_ANEW,  /* a record became a dead letter: the same part once more without it */
    ATTEMPT_SPLIT, /* the database refuses these records */
    ATTEMPT_LATER, /* passes by itself */
    ATTEMPT_LOST,  /* connection, ownership or outcome: claim anew */
};

static void touch_claims(struct stage_thread *t, const struct stage_run *run)
{
    for (size_t i = 0; i < t->claim_count; i++)
        t->claims[i].touched = false;
    for (size_t i = run->high; i-- > run->low;) {
        const rd_kafka_message_t *raw = t->taken[i].raw;
        struct claim *c = t->taken[i].claim;
        if (c->touched)
            continue;
        c->touched = true; /* walking backwards, this is its last record */
        c->range_next = raw->offset + 1;
        c->range_fingerprint = hash_fingerprint((struct str){raw->key, raw->key_len},
                                                (struct str){raw->payload, raw->len});
    }
}

/* The handler's view: the records for it, close together, and where each came from. */
static void collect(struct stage_thread *t, struct stage_run *run)
{
    size_t most = run->high - run->low;
    run->batch = (struct batch){.arena = &t->arena, .run = run};
    run->batch.messages = arena_array(&t->arena, most, sizeof *run->batch.messages);
    run->index = arena_array(&t->arena, most, sizeof *run->index);
    for (size_t i = run->low; i < run->high; i++) {
        struct taken *x = &t->taken[i];
        x->first = x->last = NULL;
        x->output_count = 0;
        x->too_large = x->refused = STR_NONE;
        if (x->fate != FATE_HANDLE)
            continue;
        run->index[run->batch.count] = i;
        run->batch.messages[run->batch.count++] = x->message;
    }
}

/* Outputs that no topic would take: their inputs must not have an effect either, so once more without. */
static bool any_too_large(struct stage_thread *t, const struct stage_run *run)
{
    bool any = false;
    for (size_t i = run->low; i < run->high; i++) {
        struct taken *x = &t->taken[i];
        if (x->fate != FATE_HANDLE || x->too_large.ptr == NULL)
            continue;
        x->fate = FATE_DEAD;
        x->reason = x->too_large;
        any = true;
    }
    return any;
}

static void count_run(struct stage_thread *t, const struct stage_run *run, int64_t since_us)
{
    int64_t skipped = 0, dead = 0, outputs = 0;
    for (size_t i = run->low; i < run->high; i++) {
        const struct taken *x = &t->taken[i];
        bool given_up = x->fate == FATE_DEAD || x->refused.ptr != NULL;
        skipped += x->fate == FATE_SKIP;
        dead += given_up;
        outputs += given_up ? 1 : x->output_count;
    }
    metric_add(&t->metrics->events, (int64_t)(run->high - run->low));
    metric_add(&t->metrics->skipped, skipped);
    metric_add(&t->metrics->dead_letters, dead);
    metric_add(&t->metrics->outputs, outputs);
    metric_add(&t->metrics->batches, 1);
    metric_add(&t->metrics->batch_us, stage_now_us() - since_us);
}

static void log_dead_letters(const struct stage_thread *t, const struct stage_run *run)
{
    for (size_t i = run->low; i < run->high; i++) {
        const struct taken *x = &t->taken[i];
        struct str why = x->fate == FATE_DEAD ? x->reason : x->refused;
        if (why.ptr != NULL)
            log_line(LOG_WARN, t->part, "a record became a dead letter",
                     LOG_V("topic", x->claim->topic->name), LOG_I("partition", x->claim->partition),
                     LOG_I("offset", x->raw->offset), LOG_V("reason", why), LOG_END);
    }
}

static bool transaction(struct stage_thread *t, struct stage_run *run, bool *ret_too_large,
                        struct err *err)
{
    crash_point("before_begin");
    pg_begin(t->pg);
    store_move(t);
    if (run->batch.count > 0 && !t->stage->handle(&run->batch, t->pg, err))
        return false;
    *ret_too_large = any_too_large(t, run);
    if (*ret_too_large)
        return false;
    stage_encode(run);
    store_finish(t, run);
    crash_point("before_commit");
    if (!pg_commit(t->pg, err))
        return false;
    crash_point("after_commit");
    return true;
}

static enum attempt judge(const struct stage_thread *t, const struct err *err)
{
    if (strcmp(err->code, STAGE_FENCED) == 0 || !pg_connected(t->pg))
        return ATTEMPT_LOST;
    switch (err->kind) {
    case ERR_REJECT: return ATTEMPT_SPLIT;
    case ERR_RETRY: return ATTEMPT_LATER;
    case ERR_FATAL: return ATTEMPT_LOST;
    case ERR_NONE: break;
    }
    return ATTEMPT_LOST;
}

static enum attempt attempt(struct stage_thread *t, struct stage_run *run, struct err *err)
{
    int64_t since_us = stage_now_us();
    bool too_large = false;
    touch_claims(t, run);
    collect(t, run);
    *err = (struct err){0};
    if (transaction(t, run, &too_large, err)) {
        if (t->deleting)
            store_acked_deleted(t);
        count_run(t, run, since_us);
        log_dead_letters(t, run);
        return ATTEMPT_DONE;
    }
    enum attempt verdict = too_large ? ATTEMPT_ANEW : judge(t, err);
    pg_rollback(t->pg);
    return verdict;
}

static bool publish_run(struct stage_thread *t, struct err *err)
{
    if (!stage_deliver(t, err))
        return false;
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        if (!c->touched)
            continue;
        c->next = c->range_next;
        c->fingerprint = c->range_fingerprint;
        c->has_fingerprint = true;
        if (c->writer.records > 0 &&
            !stage_publish(t, c, c->next, c->writer.records, buf_view(&c->payload), err))
            return false;
    }
    stage_send(t);
    return true;
}

/* One record is left and the database still refuses: its own fault, if it was the handler's to begin with. */
static bool give_up(struct stage_thread *t, const struct stage_run *run, const struct err *err)
{
    struct taken *x = &t->taken[run->low];
    if (x->fate != FATE_HANDLE)
        return false;
    x->fate = FATE_DEAD;
    x->reason = arena_fmt(&t->arena, "the database refuses it: %s", err->text);
    return true;
}

/* Acknowledged outbox rows, when there is no batch whose transaction could take them along. */
static bool delete_acked(struct stage_thread *t, struct err *err)
{
    if (!store_any_acked(t))
        return true;
    pg_begin(t->pg);
    store_delete_acked(t);
    if (!pg_commit(t->pg, err)) {
        pg_rollback(t->pg);
        return false;
    }
    store_acked_deleted(t);
    return true;
}

/* A short pause in which acknowledgements are still dealt with: a handler may be waiting for one. */
static void pause_ms(struct stage_thread *t, int64_t ms)
{
    struct err err = {0};
    int64_t until = stage_now_ms() + ms;
    metric_add(&t->metrics->retries, 1);
    do {
        int64_t left = until - stage_now_ms();
        stage_serve(t, left > 0 ? (int)left : 0);
        if (!delete_acked(t, &err))
            return; /* the next attempt will tell */
    } while (stage_now_ms() < until && !stage_stopping(t));
}

/* False: what is left of the batch must be polled again, after a new claim. */
static bool settle(struct stage_thread *t, struct err *err)
{
    struct stage_run run = {.thread = t};
    size_t step = t->taken_count;
    int64_t wait_ms = AGAIN_FIRST_MS;
    bool refused_alone = false; /* a second time it sees what another thread was writing */
    for (int again = 0; run.low < t->taken_count;) {
        run.high = run.low + step < t->taken_count ? run.low + step : t->taken_count;
        switch (attempt(t, &run, err)) {
        case ATTEMPT_DONE:
            if (!publish_run(t, err)) {
                stage_let_go(t); /* so that a process that is to end does not wait for it again */
                return false;
            }
            run.low = run.high;
            step = step * 2;
            refused_alone = false;
            again = 0;
            wait_ms = AGAIN_FIRST_MS;
            break;
        case ATTEMPT_ANEW: break;
        case ATTEMPT_SPLIT:
            step = (run.high - run.low + 1) / 2;
            if (run.high - run.low > 1)
                break;
            if (refused_alone && !give_up(t, &run, err))
                return false;
            refused_alone = true;
            break;
        case ATTEMPT_LATER:
            if (++again > AGAIN_ATTEMPTS || stage_stopping(t))
                return false;
            pause_ms(t, wait_ms);
            wait_ms *= 2;
            break;
        case ATTEMPT_LOST: return false;
        }
    }
    return true;
}

void stage_batch(struct stage_thread *t)
{
    struct err err = {0};
    bool settled = settle(t, &err);
    stage_drop_batch(t);
    if (!settled && !stage_stopping(t)) {
        stage_trouble(t, &err);
        return;
    }
    t->ping_at_ms = 0;
    t->retry_after_ms = 0;
    t->logged[0] = '\0';
    t->consumer.last_error = 0;
}

void stage_tidy(struct stage_thread *t)
{
    struct err err = {0};
    if (!delete_acked(t, &err) && !stage_stopping(t))
        stage_trouble(t, &err);
}
