/* mosaicctl: the platform from the command line. One row per command; each has a file of its own. */
#include <stdio.h>
#include <string.h>

#include "common/io/service.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/topics.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
} COMMANDS[] = {
    {"import", ctl_import, "turns real tables into events: horizon FILE, rosstat DIR"},
    {"publish", ctl_publish, "publishes a file of events, one JSON object per line"},
    {"watch", ctl_watch, "shows the records of a topic as they come"},
    {"kpi", ctl_kpi, "shows the KPIs, and the events behind one of them"},
    {"positions", ctl_positions, "shows how far each stage is, waits for all, resolves halts"},
    {"dead-letters", ctl_dead_letters, "lists what no service could read, and sends it again"},
    {"rules", ctl_rules, "checks decision models, and publishes rule sets"},
    {"reconcile", ctl_reconcile, "compares what was counted with what went in"},
    {"topics", ctl_topics, "creates the topics of the contract, or lists them"},
};

static void print_help(void)
{
    (void)printf("usage: mosaicctl COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        (void)printf("  %-14s %s\n", COMMANDS[i].name, COMMANDS[i].about);
    (void)printf(
        "\n`mosaicctl COMMAND --help` tells more. Settings come from the environment:\n"
        "  MOSAIC_KAFKA_BROKERS            host:port of Kafka's brokers\n"
        "  MOSAIC_KAFKA_PROPERTY_...       librdkafka properties, as for the services\n"
        "  MOSAIC_ADMIN_DATABASE           PostgreSQL, for positions and kpi events\n"
        "  MOSAIC_ADMIN_DATABASE_PASSWORD  its password, or ..._FILE for a file that holds it\n"
        "On a machine with the local stack: eval \"$(deploy/local/stack.sh env)\"\n");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return CTL_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        (void)printf("mosaicctl %s\n", MOSAIC_VERSION);
        return CTL_DONE;
    }
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        if (strcmp(name, COMMANDS[i].name) == 0)
            return COMMANDS[i].run(argc - 1, argv + 1);
    if (name[0] == '\0')
        (void)fprintf(stderr, "mosaicctl: a command is missing; `mosaicctl --help` lists them.\n");
    else
        (void)fprintf(stderr,
                      "mosaicctl: there is no command \"%s\"; `mosaicctl --help` lists them.\n",
                      name);
    return CTL_MISUSED;
}
