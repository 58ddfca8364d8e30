/* ctl: what the commands of mosaicctl share: arguments, settings, and how they end.
 * A command is a function of its own arguments that returns the exit code: 0 done, 1 failed, 2 wrong usage or
 * settings, as with the services. */
#ifndef MOSAIC_CTL_H
#define MOSAIC_CTL_H

#include "common/core/err.h"

#define CTL_DONE 0
#define CTL_FAILED 1
#define CTL_MISUSED 2

enum ctl_option_type { CTL_FLAG, CTL_TEXT, CTL_NUMBER };

struct ctl_option {
    const char *name; /* "--json"; NULL ends a list */
    enum ctl_option_type type;
    void *target;      /* bool * | const char ** | int64_t * */
    int64_t min, max;  /* CTL_NUMBER */
    const char *value; /* what stands for the value in the help: "SECONDS" */
    const char *help;
};

struct ctl_usage {
    const char *synopsis;             /* "publish FILE" */
    const char *about;                /* sentences */
    const struct ctl_option *options; /* may be NULL */
    int least, most;                  /* plain arguments */
};

/* Reads the options and moves the plain arguments to argv[1] and behind; *argc counts them and argv[0].
 * False: the command ends with *ret, after --help or a sentence on standard error. */
MUST_CHECK bool ctl_begin(const struct ctl_usage *usage, int *argc, char **argv, int *ret);
/* Says what failed, once; the exit code, which is CTL_MISUSED after a setting that could not be loaded. */
int ctl_fail(const struct err *err);

/* Settings from the environment; texts live as long as the process. */
struct ctl_settings {
    const char *brokers;
    const char *database, *password;
};
MUST_CHECK bool ctl_load_brokers(struct ctl_settings *ret, struct err *err);
struct kafka_property;
MUST_CHECK bool ctl_load_properties(const struct kafka_property **ret, struct err *err);
MUST_CHECK bool ctl_load_database(struct ctl_settings *ret, struct err *err);

/* Set by the first SIGINT or SIGTERM; the second one ends the process. */
bool ctl_interrupted(void);
void ctl_catch_interrupts(void);

/* The commands. argv[0] is the command's name. */
int ctl_import(int argc, char **argv);
int ctl_publish(int argc, char **argv);
int ctl_watch(int argc, char **argv);
int ctl_kpi(int argc, char **argv);
int ctl_positions(int argc, char **argv);
int ctl_dead_letters(int argc, char **argv);
int ctl_reconcile(int argc, char **argv);
int ctl_rules(int argc, char **argv);

#endif
