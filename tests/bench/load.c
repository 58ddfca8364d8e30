/* load: the benchmark's load driver. It makes up events and sends them as fast as it goes or at a fixed
 * rate, measures the way from the intended time of sending to the KPI, and the raw limits beside it. */
#include "tests/bench/load.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/date.h"

static const char USAGE[] =
    "load COMMAND --brokers HOST:PORT [options]: the load driver of `make bench`\n"
    "  produce      sends --count events of --kind from number --from on\n"
    "  latency      the same at --rate a second, and measures until the KPIs have them\n"
    "  raw-produce  sends the same bytes to --topic and nothing else\n"
    "  raw-consume  reads --topic from its beginning to its end\n"
    "--kind budget|described|join|support|milestone, --run NAME, --members N, --span N,\n"
    "--joined-on YYYY-MM-DD, --warmup N, --first-only 1: latency of intake alone\n";

void load_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fputs("load: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static int64_t number(const char *name, const char *text)
{
    int64_t ret;

    if (!str_to_i64(str_of(text), &ret) || ret < 0)
        load_fail("--%s takes a number, not '%s'", name, text);
    return ret;
}

static void option(struct load *l, const char *name, const char *value)
{
    if (strcmp(name, "brokers") == 0)
        l->brokers = value;
    else if (strcmp(name, "topic") == 0)
        l->topic = value;
    else if (strcmp(name, "run") == 0)
        l->plan.run = value;
    else if (strcmp(name, "kind") == 0 && !made_up_kind_parse(str_of(value), &l->kind))
        load_fail("there is no kind '%s'", value);
    else if (strcmp(name, "joined-on") == 0 && !date_parse(str_of(value), &l->plan.joined_on))
        load_fail("--joined-on takes a day, not '%s'", value);
    else if (strcmp(name, "members") == 0)
        l->plan.members = number(name, value);
    else if (strcmp(name, "span") == 0)
        l->plan.span = number(name, value);
    else if (strcmp(name, "from") == 0)
        l->from = number(name, value);
    else if (strcmp(name, "count") == 0)
        l->count = number(name, value);
    else if (strcmp(name, "rate") == 0)
        l->rate = number(name, value);
    else if (strcmp(name, "warmup") == 0)
        l->warmup = number(name, value);
    else if (strcmp(name, "first-only") == 0)
        l->first_only = number(name, value) != 0;
}

static void read_options(int argc, char **argv, struct load *l)
{
    static const struct option options[] = {
        {"brokers", required_argument, NULL, 0},
        {"topic", required_argument, NULL, 0},
        {"run", required_argument, NULL, 0},
        {"kind", required_argument, NULL, 0},
        {"joined-on", required_argument, NULL, 0},
        {"members", required_argument, NULL, 0},
        {"span", required_argument, NULL, 0},
        {"from", required_argument, NULL, 0},
        {"count", required_argument, NULL, 0},
        {"rate", required_argument, NULL, 0},
        {"warmup", required_argument, NULL, 0},
        {"first-only", required_argument, NULL, 0},
        {NULL, 0, NULL, 0},
    };
    int which = 0, found;

    while ((found = getopt_long(argc, argv, "", options, &which)) == 0)
        option(l, options[which].name, optarg);
    if (found != -1 || optind != argc)
        exit(2);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const struct load *l);
    } commands[] = {
        {"produce", load_produce},
        {"latency", load_latency},
        {"raw-produce", load_raw_produce},
        {"raw-consume", load_raw_consume},
    };
    struct load l = {.kind = MADE_UP_DESCRIBED, .plan = {.run = "bench"}};

    if (argc < 2) {
        (void)fputs(USAGE, stderr);
        return 2;
    }
    read_options(argc - 1, argv + 1, &l);
    if (l.brokers == NULL)
        load_fail("--brokers is missing");
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            commands[i].run(&l);
            return 0;
        }
    load_fail("there is no command '%s'", argv[1]);
}
