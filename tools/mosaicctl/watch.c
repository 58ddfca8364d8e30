/* watch: the records of a topic as they come. */
#include <stdio.h>

#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/show.h"

struct watch {
    bool from_beginning, json, until_end;
    int64_t count;
};

static void show(const struct watch *w, const rd_kafka_message_t *record)
{
    if (w->json) {
        struct buf line = {0};
        show_record_json(&line, record);
        (void)fwrite(line.ptr, 1, line.len, stdout);
        buf_done(&line);
    } else {
        show_record_text(stdout, record);
    }
    (void)fflush(stdout);
}

static bool watch(const struct watch *w, struct reader *r, const char *topic, struct err *err)
{
    char name[256];
    int64_t shown = 0;
    if (!reader_open(r, topic_full_name(topic, name),
                     w->from_beginning ? READER_BEGINNING : READER_END, err))
        return false;
    while ((w->count == 0 || shown < w->count) && !ctl_interrupted() && ferror(stdout) == 0) {
        rd_kafka_message_t *record;
        if (!reader_next(r, 200, &record, err))
            return false;
        if (record != NULL) {
            show(w, record);
            shown++;
            rd_kafka_message_destroy(record);
        } else if (w->until_end && reader_at_end(r)) {
            return true;
        }
    }
    return true;
}

int ctl_watch(int argc, char **argv)
{
    struct watch w = {.count = 0};
    const struct ctl_option options[] = {
        {.name = "--from-beginning",
         .type = CTL_FLAG,
         .target = &w.from_beginning,
         .help = "also what is there already"},
        {.name = "--until-end",
         .type = CTL_FLAG,
         .target = &w.until_end,
         .help = "stop at the end instead of waiting"},
        {.name = "--count",
         .type = CTL_NUMBER,
         .target = &w.count,
         .min = 1,
         .max = INT64_MAX,
         .value = "N",
         .help = "stop after so many records"},
        {.name = "--json",
         .type = CTL_FLAG,
         .target = &w.json,
         .help = "one JSON object per record"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "watch TOPIC [--from-beginning] [--until-end] [--count N] [--json]",
        "Shows the records of a topic with key, headers and data. \"kpi\" stands for "
        "mosaic.kpi.v1.",
        options,
        1,
        1,
    };
    int code;
    struct err err = {0};
    struct reader reader = {0};
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    ctl_catch_interrupts();
    bool ok = watch(&w, &reader, argv[1], &err);
    reader_done(&reader);
    return ok ? CTL_DONE : ctl_fail(&err);
}
