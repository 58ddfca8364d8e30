/* publish: every line of the file becomes a record in the structured form, byte for byte. Intake knows
 * an event by source and id, so a run that broke off is simply run again. */
#include <stdio.h>

#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/core/line.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/files.h"
#include "tools/mosaicctl/progress.h"

struct publish {
    struct lines lines;
    struct sender sender;
    struct arena arena; /* of one line */
    struct progress progress;
    bool keep_going, check;
    int64_t broken;
};

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '\t')
            return false;
    return true;
}

static bool send_line(struct publish *p, struct str line, struct err *err)
{
    static const struct header headers[] = {
        {{"content-type", 12}, {"application/cloudevents+json; charset=UTF-8", 43}}};
    struct line_event event;
    struct err why;
    if (line_read(&p->arena, line, &event, &why)) {
        if (p->check)
            return true;
        const struct record record = {upstream_of(event.type)->from->name, event.key, line, headers,
                                      COUNT(headers)};
        return sender_send(&p->sender, &record, err);
    }
    p->broken++;
    if (!p->keep_going)
        return err_set(err, ERR_REJECT, "line %lld: %s", (long long)p->lines.number, why.text);
    (void)fprintf(stderr, "%sline %lld: %s\n", p->progress.on_terminal ? "\r\033[K" : "",
                  (long long)p->lines.number, why.text);
    return true;
}

static bool send_lines(struct publish *p, struct err *err)
{
    for (;;) {
        struct str line;
        if (!lines_next(&p->lines, &line, err))
            return false;
        if (line.ptr == NULL)
            return true;
        if (ctl_interrupted())
            return err_set(err, ERR_FATAL,
                           "interrupted; what is missing can be sent by running this again");
        if (!is_blank(line) && !send_line(p, line, err))
            return false;
        arena_reset(&p->arena);
        progress_show(&p->progress, p->lines.read, p->sender.sent);
    }
}

static bool publish(struct publish *p, const char *path, struct err *err)
{
    if (!lines_open(&p->lines, path, err))
        return false;
    if (p->check)
        return send_lines(p, err);
    if (!sender_open(&p->sender, err))
        return false;
    progress_begin(&p->progress, "events published", p->lines.size);
    struct err later = {0};
    bool all = send_lines(p, err);
    bool delivered = sender_finish(&p->sender, &later); /* also what went before a broken line */
    progress_end(&p->progress, p->sender.delivered);
    if (all && !delivered)
        *err = later;
    return all && delivered;
}

int ctl_publish(int argc, char **argv)
{
    struct publish p = {.broken = 0};
    const struct ctl_option options[] = {
        {.name = "--keep-going",
         .type = CTL_FLAG,
         .target = &p.keep_going,
         .help = "report broken lines and go on; the exit code is 1 all the same"},
        {.name = "--check",
         .type = CTL_FLAG,
         .target = &p.check,
         .help = "only read the lines; nothing is sent, and Kafka need not be there"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "publish FILE|- [--keep-going] [--check]",
        "Publishes events, one JSON object (CloudEvents' structured form) per line. Each goes to "
        "the topic\n"
        "and key of its type. Running it again does no harm: an event is known by its source and "
        "id.",
        options,
        1,
        1,
    };
    int code;
    struct err err = {0};
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    ctl_catch_interrupts();
    bool ok = publish(&p, argv[1], &err);
    lines_close(&p.lines);
    sender_done(&p.sender);
    arena_done(&p.arena);
    if (!ok)
        return ctl_fail(&err);
    if (p.broken > 0)
        (void)fprintf(stderr, "mosaicctl: %lld broken lines were left out\n", (long long)p.broken);
    return p.broken > 0 ? CTL_FAILED : CTL_DONE;
}
