/* dead-letters: what no service could read, and sending it again. A replayed letter is remembered by a
 * mark in its own topic, so that it is not sent twice unless somebody insists. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/event.h"
#include "common/core/map.h"
#include "gen/topics.h"
#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/show.h"

#define MARK                                                                                       \
    "mosaic-dlq-replayed" /* in the dead letter topic: "<partition>/<offset>" of the letter */
#define OTHERS_SHOWN 5
#define REPLAYED_FROM                                                                              \
    "mosaic-replayed-from" /* in the record sent again: "<topic>/<partition>/<offset>" */

struct letters {
    struct arena arena;
    struct map replayed; /* places that have a mark, to an index in times */
    int64_t *times;      /* how often each was sent again */
    size_t times_cap;
    const struct topic *topic;
    const char *only; /* "<partition>/<offset>" of one letter; NULL: all */
    bool again, json, replay;
    struct sender sender;
    int64_t count, sent, skipped;
    struct buf others; /* the first letters that are not the wanted one */
    int64_t other_count;
};

static struct str place_of(struct arena *a, const rd_kafka_message_t *record)
{
    return arena_fmt(a, "%d/%lld", (int)record->partition, (long long)record->offset);
}

static bool take_mark(void *context, const rd_kafka_message_t *record, struct err *err)
{
    struct letters *l = context;
    struct str mark = record_header(record, MARK);
    (void)err;
    if (mark.ptr == NULL)
        return true;
    bool is_new;
    size_t at = map_put(&l->replayed, arena_dup(&l->arena, mark), l->replayed.count, &is_new);
    if (is_new)
        l->times =
            arena_more(&l->arena, l->times, l->replayed.count - 1, &l->times_cap, sizeof *l->times);
    l->times[at] = is_new ? 1 : l->times[at] + 1;
    return true;
}

static int64_t times_replayed(const struct letters *l, struct str place)
{
    size_t at = map_get(&l->replayed, place);
    return at == MAP_ABSENT ? 0 : l->times[at];
}

static bool is_replayed(const struct letters *l, struct str place)
{
    return times_replayed(l, place) > 0;
}

static void show_letter(const struct letters *l, const rd_kafka_message_t *record, struct str place)
{
    if (l->json) {
        struct buf line = {0};
        show_record_json(&line, record);
        (void)fwrite(line.ptr, 1, line.len, stdout);
        buf_done(&line);
        return;
    }
    (void)printf("%.*s %.*s%s\n    from ", STR_ARG(l->topic->name), STR_ARG(place),
                 is_replayed(l, place) ? "  (sent again)" : "");
    show_text(stdout, record_header(record, "mosaic-dlq-topic"));
    (void)putchar('/');
    show_text(stdout, record_header(record, "mosaic-dlq-partition"));
    (void)putchar('/');
    show_text(stdout, record_header(record, "mosaic-dlq-offset"));
    (void)printf(", read by ");
    show_text(stdout, record_header(record, "mosaic-dlq-service"));
    (void)putchar('/');
    show_text(stdout, record_header(record, "mosaic-dlq-stage"));
    (void)printf(", %zu bytes, key ", record->len);
    show_text(stdout, record->key == NULL ? STR("(none)") : record_key(record));
    (void)printf("\n    ");
    show_text(stdout, record_header(record, "mosaic-dlq-reason"));
    (void)printf("\n");
}

static struct header header_at(rd_kafka_headers_t *headers, size_t i)
{
    const char *name = NULL;
    const void *value = NULL;
    size_t len = 0;
    (void)rd_kafka_header_get_all(headers, i, &name, &value, &len);
    return (struct header){str_of(name), {value, len}};
}

static bool names_it(struct header h)
{
    return str_eq(h.name, STR("ce_source")) || str_eq(h.name, STR("ce_id")) ||
           str_eq(h.name, STR("ce_sequence"));
}

/* An inner stage has seen the letter's sequence and would pass it by as a repeat. So it comes from a source
 * of its own, with a sequence that rises each time it is sent on purpose and not when we fail in between. */
static size_t add_new_name(struct letters *l, struct str place, struct header *to)
{
    char *digits = arena_alloc(&l->arena, SEQUENCE_TEXT_LEN + 1);
    sequence_write(digits, (struct sequence){times_replayed(l, place), 0});
    struct str sequence = {digits, SEQUENCE_TEXT_LEN};
    to[0] = (struct header){STR("ce_source"), arena_fmt(&l->arena, "mosaicctl/%.*s/%.*s",
                                                        STR_ARG(l->topic->name), STR_ARG(place))};
    to[1] = (struct header){STR("ce_id"), sequence};
    to[2] = (struct header){STR("ce_sequence"), sequence};
    return 3;
}

/* The sender's own headers, without what the stage added, and where this comes from. */
static size_t original_headers(struct letters *l, const rd_kafka_message_t *record,
                               struct str place, bool rename, struct header **ret)
{
    rd_kafka_headers_t *headers = NULL;
    size_t count = 0, total = 0;
    if (rd_kafka_message_headers(record, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
        total = rd_kafka_header_cnt(headers);
    *ret = arena_array(&l->arena, total + 4, sizeof **ret);
    if (rename)
        count = add_new_name(l, place, *ret);
    for (size_t i = 0; i < total; i++) {
        struct header h = header_at(headers, i);
        if (!str_starts(h.name, STR("mosaic-dlq-")) && !str_eq(h.name, STR(REPLAYED_FROM)) &&
            !(rename && names_it(h)))
            (*ret)[count++] = h;
    }
    (*ret)[count++] =
        (struct header){STR(REPLAYED_FROM),
                        arena_fmt(&l->arena, "%.*s/%.*s", STR_ARG(l->topic->name), STR_ARG(place))};
    return count;
}

static bool replay(struct letters *l, const rd_kafka_message_t *record, struct str place,
                   struct err *err)
{
    struct str to = record_header(record, "mosaic-dlq-topic");
    const struct topic *topic = topic_by_name(to);
    if (topic == NULL)
        return err_set(err, ERR_REJECT, "%.*s %.*s does not say which topic it came from",
                       STR_ARG(l->topic->name), STR_ARG(place));
    if (record_header(record, "mosaic-dlq-omitted").ptr != NULL) {
        (void)printf("%.*s %.*s was too large to be kept; it cannot be sent again\n",
                     STR_ARG(l->topic->name), STR_ARG(place));
        l->skipped++;
        return true;
    }
    struct header *headers;
    bool rename = !topic->upstream && record_header(record, "ce_sequence").ptr != NULL;
    size_t count = original_headers(l, record, place, rename, &headers);
    const struct record original = {to, record_key(record), record_value(record), headers, count};
    const struct header mark = {STR(MARK), place};
    const struct record marked = {l->topic->name, STR_NONE, STR_NONE, &mark, 1};
    /* The letter first: if we fall between the two, it is sent twice rather than never, and a mark would lie. */
    if (!sender_send(&l->sender, &original, err) || !sender_finish(&l->sender, err) ||
        !sender_send(&l->sender, &marked, err))
        return false;
    l->sent++;
    return true;
}

static void note_other(struct letters *l, struct str place)
{
    if (l->other_count++ < OTHERS_SHOWN)
        buf_fmt(&l->others, "%s%.*s %.*s", l->other_count > 1 ? ", " : "", STR_ARG(l->topic->name),
                STR_ARG(place));
}

static bool take_letter(void *context, const rd_kafka_message_t *record, struct err *err)
{
    struct letters *l = context;
    struct str place = place_of(&l->arena, record);
    if (record_header(record, MARK).ptr != NULL)
        return true;
    if (l->only != NULL && !str_eq(str_of(l->only), place)) {
        note_other(l, place);
        return true;
    }
    l->count++;
    if (!l->replay)
        show_letter(l, record, place);
    else if (is_replayed(l, place) && !l->again)
        l->skipped++;
    else
        return replay(l, record, place, err);
    return true;
}

static bool run_topic(struct letters *l, const struct topic *topic, struct err *err)
{
    int32_t partitions;
    l->topic = topic;
    if (!broker_partitions(topic->name, &partitions, err))
        return false;
    if (partitions == 0)
        return true;
    map_init(&l->replayed, &l->arena, 64);
    return reader_all(topic->name, take_mark, l, err) &&
           reader_all(topic->name, take_letter, l, err);
}

static bool run_all(struct letters *l, const char *wanted, struct err *err)
{
    char name[256];
    struct str topic = wanted == NULL ? STR_NONE : topic_full_name(wanted, name);
    bool any = false;
    for (size_t i = 0; TOPICS[i] != NULL; i++) {
        if (!TOPICS[i]->dead_letters || (wanted != NULL && !str_eq(TOPICS[i]->name, topic)))
            continue;
        any = true;
        if (!run_topic(l, TOPICS[i], err))
            return false;
    }
    return any ||
           err_set(err, ERR_REJECT,
                   "%s is not a dead letter topic; `mosaicctl topics list` names them", wanted);
}

static bool run(struct letters *l, const char *wanted, struct err *err)
{
    if (!l->replay)
        return run_all(l, wanted, err);
    return sender_open(&l->sender, err) && run_all(l, wanted, err) &&
           sender_finish(&l->sender, err);
}

static void conclude(const struct letters *l)
{
    if (l->replay)
        (void)printf("%lld sent again, %lld left alone%s\n", (long long)l->sent,
                     (long long)l->skipped,
                     l->skipped > 0 ? " (sent before; --again insists)" : "");
    else if (!l->json)
        (void)printf("%lld dead letters\n", (long long)l->count);
}

/* "<partition>/<offset>", both without a sign or zeroes in front, as places are written. */
static bool is_place(struct arena *a, struct str s)
{
    uint64_t partition, offset;
    const char *slash = memchr(s.ptr, '/', s.len);
    size_t at = slash != NULL ? (size_t)(slash - s.ptr) : s.len;
    return str_to_u64((struct str){s.ptr, at}, &partition) &&
           str_to_u64(str_skip(s, at + 1), &offset) &&
           str_eq(s, arena_fmt(a, "%llu/%llu", (unsigned long long)partition,
                               (unsigned long long)offset));
}

static int misuse_only(const struct letters *l)
{
    (void)fprintf(stderr, "mosaicctl: there is no dead letter %s", l->only);
    if (l->other_count == 0)
        (void)fprintf(stderr, ", nor any other\n");
    else
        (void)fprintf(stderr, "; there %s %.*s", l->other_count == 1 ? "is" : "are",
                      STR_ARG(buf_view(&l->others)));
    if (l->other_count > OTHERS_SHOWN)
        (void)fprintf(stderr, " and %lld more", (long long)l->other_count - OTHERS_SHOWN);
    if (l->other_count > 0)
        (void)fprintf(stderr, "\n");
    return CTL_MISUSED;
}

/* Does what was asked for; the exit code. */
static int finish(struct letters *l, const char *wanted)
{
    struct err err = {0};
    if (l->only != NULL && !is_place(&l->arena, str_of(l->only))) {
        (void)fprintf(stderr,
                      "mosaicctl: --only is PARTITION/OFFSET as list writes it, like 0/12; not "
                      "\"%s\"\n",
                      l->only);
        return CTL_MISUSED;
    }
    if (!run(l, wanted, &err))
        return ctl_fail(&err);
    if (l->only != NULL && l->count == 0)
        return misuse_only(l);
    conclude(l);
    return CTL_DONE;
}

int ctl_dead_letters(int argc, char **argv)
{
    struct letters l = {.count = 0};
    const struct ctl_option options[] = {
        {.name = "--only",
         .type = CTL_TEXT,
         .target = &l.only,
         .value = "PARTITION/OFFSET",
         .help = "one letter, as list names it; exit code 2 if there is none"},
        {.name = "--again",
         .type = CTL_FLAG,
         .target = &l.again,
         .help = "for replay: also what was sent again before"},
        {.name = "--json",
         .type = CTL_FLAG,
         .target = &l.json,
         .help = "for list: one JSON object per letter, with its bytes"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "dead-letters list|replay [TOPIC] [--only PARTITION/OFFSET] [--again] [--json]",
        "list    shows what no service could read, and why; of all dead letter topics, or one\n"
        "replay  sends the original bytes, key and headers back to the topic they came from, each "
        "once",
        options,
        1,
        2,
    };
    int code;
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    l.replay = strcmp(argv[1], "replay") == 0;
    if (!l.replay && strcmp(argv[1], "list") != 0) {
        (void)fprintf(stderr, "mosaicctl: dead letters can be listed or replayed, not \"%s\"\n",
                      argv[1]);
        return CTL_MISUSED;
    }
    ctl_catch_interrupts();
    code = finish(&l, argc > 2 ? argv[2] : NULL);
    sender_done(&l.sender);
    buf_done(&l.others);
    arena_done(&l.arena);
    return code;
}
