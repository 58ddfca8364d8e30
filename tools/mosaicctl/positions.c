/* positions: the table, and waiting for the whole chain. */
#include "tools/mosaicctl/positions.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/core/buf.h"
#include "tools/mosaicctl/ctl.h"

#define LOOK_EVERY_US 300000
#define WAIT_MAX_S 86400

static void print_table(const struct stage_snapshot *s)
{
    (void)printf("%-10s  %-34s %9s %12s %12s %10s %6s  %s\n", "stage", "topic", "partition", "next",
                 "end", "lag", "outbox", "state");
    for (size_t i = 0; i < s->count; i++) {
        const struct stage_row *r = &s->rows[i];
        const char *state = !r->is_claimed ? "never read" : "runs";
        (void)printf("%-10s  %-34.*s %9d %12lld %12lld %10lld %6lld  ", r->place->stage,
                     STR_ARG(r->topic->name), (int)r->partition, (long long)r->next,
                     (long long)r->high,
                     (long long)(r->is_claimed ? stage_lag(r) : r->high - r->low),
                     (long long)r->outbox);
        if (r->halted.ptr != NULL)
            (void)printf("HALTED %.*s %.*s\n", STR_ARG(r->halted), STR_ARG(r->detail));
        else
            (void)printf("%s\n", state);
    }
}

static void print_json(const struct stage_snapshot *s)
{
    struct buf line = {0};
    for (size_t i = 0; i < s->count; i++) {
        const struct stage_row *r = &s->rows[i];
        buf_reset(&line);
        buf_fmt(&line,
                "{\"service\":\"%s\",\"stage\":\"%s\",\"topic\":\"%.*s\",\"partition\":%d,"
                "\"claimed\":%s,\"next\":%lld,"
                "\"end\":%lld,\"outbox\":%lld,\"halted\":",
                r->place->service, r->place->stage, STR_ARG(r->topic->name), (int)r->partition,
                r->is_claimed ? "true" : "false", (long long)r->next, (long long)r->high,
                (long long)r->outbox);
        if (r->halted.ptr != NULL)
            buf_json_str(&line, r->halted);
        else
            buf_str(&line, STR("null"));
        (void)printf("%.*s}\n", STR_ARG(buf_view(&line)));
    }
    buf_done(&line);
}

static int64_t now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static int64_t total_lag(const struct stage_snapshot *s)
{
    int64_t lag = 0;
    for (size_t i = 0; i < s->count; i++)
        lag += stage_lag(&s->rows[i]) + s->rows[i].outbox;
    return lag;
}

static bool say_behind(const struct stage_snapshot *s, int64_t seconds, struct err *err)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct stage_row *r = &s->rows[i];
        if (stage_lag(r) > 0 || r->outbox > 0)
            return err_set(err, ERR_RETRY,
                           "not caught up after %lld s: %s is behind on %.*s/%d (next %lld, end "
                           "%lld, outbox %lld%s)",
                           (long long)seconds, r->place->stage, STR_ARG(r->topic->name),
                           (int)r->partition, (long long)r->next, (long long)r->high,
                           (long long)r->outbox, r->is_claimed ? "" : ", never read");
    }
    return err_set(err, ERR_RETRY, "not at rest after %lld s: the topics still grow",
                   (long long)seconds);
}

/* Twice the same picture with nothing left to do: then nothing is on its way between two stages. */
static bool wait_idle(struct pg *pg, int64_t seconds, struct err *err)
{
    struct arena arenas[2] = {{0}, {0}};
    struct stage_snapshot looks[2] = {{0}, {0}};
    int64_t deadline = now_s() + seconds;
    bool on_terminal = isatty(STDERR_FILENO) == 1, ok = false;
    for (int now = 0;; now = 1 - now) {
        arena_reset(&arenas[now]);
        if (!stages_read(pg, &arenas[now], &looks[now], err))
            break;
        const struct stage_row *halted = stages_halted(&looks[now]);
        if (halted != NULL) {
            err_set(err, ERR_FATAL, "%s %.*s/%d is halted: %.*s %.*s", halted->place->stage,
                    STR_ARG(halted->topic->name), (int)halted->partition, STR_ARG(halted->halted),
                    STR_ARG(halted->detail));
            break;
        }
        ok = stages_idle(&looks[now]) && stages_same(&looks[now], &looks[1 - now]);
        if (ok)
            break;
        if (on_terminal)
            (void)fprintf(stderr, "\r\033[K%lld to do ", (long long)total_lag(&looks[now]));
        if (now_s() >= deadline || ctl_interrupted()) {
            (void)say_behind(&looks[now], seconds, err);
            break;
        }
        (void)usleep(LOOK_EVERY_US);
    }
    if (on_terminal)
        (void)fprintf(stderr, "\r\033[K");
    arena_done(&arenas[0]);
    arena_done(&arenas[1]);
    return ok;
}

static bool show(struct pg *pg, bool json, struct err *err)
{
    struct arena arena = {0};
    struct stage_snapshot snapshot;
    bool ok = stages_read(pg, &arena, &snapshot, err);
    if (ok && json)
        print_json(&snapshot);
    else if (ok)
        print_table(&snapshot);
    arena_done(&arena);
    return ok;
}

/* With plain arguments the command is `resolve STAGE TOPIC PARTITION`. */
static bool run(struct pg *pg, int argc, char **argv, int64_t wait_s, bool json,
                struct resolve_order *order, struct err *err)
{
    if (argc > 1) {
        order->stage = argv[2];
        order->topic = argv[3];
        order->partition = argv[4];
        return positions_resolve(pg, order, err);
    }
    return wait_s > 0 ? wait_idle(pg, wait_s, err) : show(pg, json, err);
}

int ctl_positions(int argc, char **argv)
{
    bool json = false;
    int64_t wait_s = 0;
    struct resolve_order order = {.from = NULL};
    const struct ctl_option options[] = {
        {.name = "--json",
         .type = CTL_FLAG,
         .target = &json,
         .help = "one JSON object per partition"},
        {.name = "--wait",
         .type = CTL_NUMBER,
         .target = &wait_s,
         .min = 1,
         .max = WAIT_MAX_S,
         .value = "SECONDS",
         .help = "wait until every stage has caught up and rests, at most so long"},
        {.name = "--from",
         .type = CTL_TEXT,
         .target = &order.from,
         .value = "PLACE",
         .help = "for resolve: keep, earliest, latest or an offset"},
        {.name = "--yes", .type = CTL_FLAG, .target = &order.yes, .help = "for resolve: do it"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "positions [--json] [--wait SECONDS] | resolve STAGE TOPIC PARTITION --from PLACE [--yes]",
        "Shows for each stage and input partition the next offset to be read, the end of the log, "
        "how much\n"
        "is between them, how many batches have outputs the broker has not acknowledged, and "
        "halts.\n"
        "resolve lets a halted partition go on; without --yes it only says what that would mean.",
        options,
        0,
        4,
    };
    int code;
    struct err err = {0};
    static struct ctl_settings settings; /* its texts are the process's */
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    bool resolve = argc == 5 && strcmp(argv[1], "resolve") == 0 && order.from != NULL;
    if (argc > 1 && !resolve) {
        (void)fprintf(stderr,
                      "mosaicctl: resolve needs a stage, a topic, a partition and --from\n");
        return CTL_MISUSED;
    }
    ctl_catch_interrupts();
    if (!ctl_load_database(&settings, &err))
        return ctl_fail(&err);
    struct pg *pg = pg_new(settings.database, settings.password, NULL, "mosaicctl");
    bool ok = run(pg, argc, argv, wait_s, json, &order, &err);
    pg_free(pg);
    return ok ? CTL_DONE : ctl_fail(&err);
}
