/* stage_emit: what a handler wants to publish, from batch_emit() to the bytes of an outbox row. An
 * output's identity is a function of its input's place, so it is the same whenever it is sent. */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/core/topic.h"
#include "common/io/stage_impl.h"

/* An upper bound of what a record and its batch take beside the strings counted below. */
#define RECORD_OVERHEAD 512
#define HEADER_OVERHEAD 8 /* the lengths of its name and its value */
#define DEAD_LETTER_HEADERS 8
#define KEY_KEPT 1024 /* bytes of a key that is too large */

static struct taken *input_of(struct batch *b, size_t input)
{
    assert(input < b->count);
    return &b->run->thread->taken[b->run->index[input]];
}

static bool is_output(const struct stage *st, const struct topic *topic)
{
    for (const struct topic *const *out = st->outputs; *out != NULL; out++)
        if (*out == topic)
            return true;
    return false;
}

static struct str copy(struct arena *a, struct str s)
{
    return s.ptr == NULL ? STR_NONE : arena_dup(a, s);
}

/* What is not given is handed on from the input. */
static struct output complete(struct arena *a, const struct output *out, const struct event *in)
{
    struct output o = *out;
    o.key = copy(a, out->key);
    o.subject = copy(a, out->subject);
    o.data = copy(a, out->data);
    o.time = out->time.ptr != NULL ? copy(a, out->time) : in->time;
    if (out->origin_id.ptr != NULL) {
        o.origin_source = copy(a, out->origin_source);
        o.origin_id = copy(a, out->origin_id);
    } else {
        o.origin_source = in->origin_source;
        o.origin_id = in->origin_id;
    }
    return o;
}

static size_t size_bound(const struct output *o, const struct taken *x)
{
    return RECORD_OVERHEAD + o->key.len + o->data.len + o->type.len + o->subject.len + o->time.len +
           o->origin_source.len + o->origin_id.len + x->claim->source.len +
           x->message.event.traceparent.len;
}

void batch_emit(struct batch *b, size_t input, const struct output *out)
{
    struct taken *x = input_of(b, input);
    assert(is_output(b->run->thread->stage, out->topic) && out->key.ptr != NULL &&
           out->type.ptr != NULL);
    struct pending_output *p = arena_alloc(b->arena, sizeof *p);
    p->output = complete(b->arena, out, &x->message.event);
    size_t bytes = size_bound(&p->output, x);
    if (bytes > (size_t)out->topic->max_message_bytes)
        x->too_large =
            arena_fmt(b->arena, "its output %.*s is too large for %.*s: %zu bytes, %d are allowed",
                      STR_ARG(out->type), STR_ARG(out->topic->name), bytes,
                      out->topic->max_message_bytes);
    if (x->last == NULL)
        x->first = p;
    else
        x->last->next = p;
    x->last = p;
    x->output_count++;
}

void batch_dead_letter(struct batch *b, size_t input, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    input_of(b, input)->refused = arena_dup(b->arena, str_of(text));
}

void batch_dead_letter_faults(struct batch *b, size_t input, const struct faults *faults)
{
    if (faults->count == 0)
        batch_dead_letter(b, input, "%s does not know the type %.*s",
                          b->run->thread->settings->service,
                          STR_ARG(b->messages[input].event.type));
    else
        input_of(b, input)->refused = faults_text(b->arena, faults);
}

static void add(struct header *headers, size_t *count, struct str name, struct str value)
{
    if (value.ptr != NULL)
        headers[(*count)++] = (struct header){name, value};
}

static void encode_output(struct claim *c, struct arena *a, const struct taken *x,
                          const struct output *o, int32_t number)
{
    struct header headers[12];
    size_t count = 0;
    char digits[SEQUENCE_TEXT_LEN + 1];
    sequence_write(digits, (struct sequence){x->message.offset, number});
    struct str sequence = {digits, SEQUENCE_TEXT_LEN};
    add(headers, &count, STR("ce_specversion"), STR("1.0"));
    add(headers, &count, STR("ce_id"), sequence);
    add(headers, &count, STR("ce_sequence"), sequence);
    add(headers, &count, STR("ce_source"), c->source);
    add(headers, &count, STR("ce_type"), o->type);
    add(headers, &count, STR("ce_time"), o->time);
    add(headers, &count, STR("ce_subject"), o->subject);
    add(headers, &count, STR("ce_originsource"), o->origin_source);
    add(headers, &count, STR("ce_originid"), o->origin_id);
    if (o->number != 0)
        add(headers, &count, STR("ce_number"), arena_fmt(a, "%" PRId64, o->number));
    add(headers, &count, STR("ce_traceparent"), x->message.event.traceparent);
    if (o->data.ptr != NULL)
        add(headers, &count, STR("content-type"), STR("application/json"));
    outbox_add(&c->writer, &(struct outbox_record){.topic = o->topic->name,
                                                   .key = o->key,
                                                   .value = o->data,
                                                   .headers = headers,
                                                   .header_count = count});
}

static const struct out_topic *dead_letter_topic(const struct stage_thread *t,
                                                 const struct topic *input)
{
    size_t i = 0;
    while (t->stage->inputs[i] != input)
        i++;
    return t->dead_letter_topic[i];
}

/* What is kept of a dead letter's record. */
struct kept {
    struct str key, value;
    size_t header_count;
    struct str omitted; /* what is not kept, in words; STR_NONE: nothing */
};

static size_t headers_bytes(const struct message *m, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += HEADER_OVERHEAD + m->headers[i].name.len + m->headers[i].value.len;
    return bytes;
}

static void omit(struct buf *text, const char *part, size_t len)
{
    buf_fmt(text, "%s%s, %zu bytes", text->len > 0 ? "; " : "", part, len);
}

/* All of it where `room` bytes and an outbox record's number of headers take it. Otherwise the value goes,
 * then the headers, then the end of the key, until it fits: a letter no topic takes would halt the
 * partition it came from. */
static struct kept keep_what_fits(struct arena *a, const struct message *m, size_t room)
{
    struct kept k = {.key = m->key, .value = m->value, .header_count = m->header_count};
    if (k.header_count > OUTBOX_HEADERS_MAX - DEAD_LETTER_HEADERS)
        k.header_count = OUTBOX_HEADERS_MAX - DEAD_LETTER_HEADERS;
    size_t headers = headers_bytes(m, k.header_count);
    size_t bytes = m->key.len + m->value.len + headers;
    struct buf omitted = {.arena = a};
    if (bytes > room && m->value.len > 0) {
        k.value = STR_NONE;
        bytes -= m->value.len;
        omit(&omitted, "the value", m->value.len);
    }
    if (bytes > room && headers > 0) {
        k.header_count = 0;
        bytes -= headers;
        omit(&omitted, "the headers", headers_bytes(m, m->header_count));
    } else if (k.header_count < m->header_count) {
        buf_fmt(&omitted, "%sthe last %zu headers", omitted.len > 0 ? "; " : "",
                m->header_count - k.header_count);
    }
    if (bytes > room && m->key.len > KEY_KEPT) {
        k.key.len = KEY_KEPT;
        omit(&omitted, "the end of the key", m->key.len - KEY_KEPT);
    }
    k.omitted = omitted.len > 0 ? buf_view(&omitted) : STR_NONE;
    return k;
}

/* As found, as far as it fits, and why. */
static void encode_dead_letter(const struct stage_thread *t, struct arena *a, const struct taken *x,
                               struct str reason)
{
    const struct message *m = &x->message;
    const struct topic *topic = dead_letter_topic(t, m->topic)->topic;
    struct kept k =
        keep_what_fits(a, m, (size_t)topic->max_message_bytes - RECORD_OVERHEAD - reason.len);
    struct header *headers = arena_array(a, k.header_count + DEAD_LETTER_HEADERS, sizeof *headers);
    size_t count = k.header_count;
    for (size_t i = 0; i < count; i++)
        headers[i] = m->headers[i];
    add(headers, &count, STR("mosaic-dlq-reason"), reason);
    add(headers, &count, STR("mosaic-dlq-topic"), m->topic->name);
    add(headers, &count, STR("mosaic-dlq-partition"), arena_fmt(a, "%d", m->partition));
    add(headers, &count, STR("mosaic-dlq-offset"), arena_fmt(a, "%" PRId64, m->offset));
    add(headers, &count, STR("mosaic-dlq-service"), str_of(t->settings->service));
    add(headers, &count, STR("mosaic-dlq-stage"), str_of(t->stage->name));
    add(headers, &count, STR("mosaic-dlq-omitted"), k.omitted);
    outbox_add(&x->claim->writer, &(struct outbox_record){.topic = topic->name,
                                                          .key = k.key,
                                                          .value = k.value,
                                                          .headers = headers,
                                                          .header_count = count});
}

static void encode_taken(const struct stage_thread *t, struct arena *a, struct taken *x)
{
    int32_t number = 0;
    if (x->fate == FATE_DEAD)
        encode_dead_letter(t, a, x, x->reason);
    else if (x->refused.ptr != NULL)
        encode_dead_letter(t, a, x, x->refused);
    else
        for (const struct pending_output *p = x->first; p != NULL; p = p->next)
            encode_output(x->claim, a, x, &p->output, number++);
}

void stage_encode(struct stage_run *run)
{
    struct stage_thread *t = run->thread;
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        if (!c->touched)
            continue;
        c->payload = (struct buf){.arena = &t->arena};
        outbox_begin(&c->writer, &c->payload);
    }
    for (size_t i = run->low; i < run->high; i++)
        encode_taken(t, &t->arena, &t->taken[i]);
}
