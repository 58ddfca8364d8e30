/* conf: settings from the environment, one table per service.
 * The table parses, checks bounds, prints --help and the README's table. Values live as long as
 * the process; a secret NAME may instead come from a file named by NAME_FILE and is never printed. A
 * variable that is set but empty counts as not set. */
#ifndef MOSAIC_IO_CONF_H
#define MOSAIC_IO_CONF_H

#include "common/core/err.h"

enum conf_type { CONF_TEXT, CONF_INT, CONF_ENUM, CONF_SECRET };

struct conf_entry {
    const char *env; /* MOSAIC_KAFKA_BROKERS */
    enum conf_type type;
    void *target;               /* const char ** | int64_t * | int * (index in choices).
                          A secret that may be left out (fallback "") is NULL then. */
    const char *fallback;       /* text of the default; NULL: must be given */
    int64_t min, max;           /* CONF_INT */
    const char *const *choices; /* CONF_ENUM, NULL-terminated */
    const char *help;
};

#define CONF_ENTRIES_MAX 60 /* in all tables of a service */

/* Fills every target. False: err says which variable, its value (never a secret's) and what is allowed. */
MUST_CHECK bool conf_load(const struct conf_entry *const *tables, size_t count, struct err *err);
/* The file's text without line ends at its end. variable: which one named it, for the error. */
MUST_CHECK bool conf_read_secret(const char *variable, const char *path, const char **ret,
                                 struct err *err);
void conf_log(const struct conf_entry *const *tables, size_t count); /* one line, without secrets */
/* A line of warning for each variable that begins with MOSAIC_ and that nothing of ours reads, with the name
 * that may have been meant. Every name of a table must begin so. */
void conf_warn_unknown(const struct conf_entry *const *tables, size_t count,
                       char *const *environment);
void conf_print_help(const struct conf_entry *const *tables, size_t count);
void conf_print_markdown(const struct conf_entry *const *tables, size_t count);

#endif
