/* service: a whole process from one struct. main.c fills it and calls service_run(); the libuv loop,
 * signals, HTTP, metrics, migrations and the stage threads are behind it. */
#ifndef MOSAIC_IO_SERVICE_H
#define MOSAIC_IO_SERVICE_H

#include "common/io/conf.h"
#include "common/io/migrate.h"
#include "common/io/stage.h"

#define MOSAIC_VERSION "0.1.0"

struct service {
    const char *name;                  /* "project-tracking": group ids, topics, log lines */
    const char *schema;                /* "project_tracking": PostgreSQL schema */
    const char *about;                 /* one line for --help */
    const struct stage *const *stages; /* NULL-terminated */
    const struct migration
        *migrations; /* own ones: extern const struct migration intake_migrations[],
                                                made by tools/embed-migrations.py */
    const struct conf_entry *options; /* own ones beside the common table; .env NULL ends */
};

/* Returns the exit code of the process: 0 clean, 1 failed, 2 wrong usage or configuration. */
int service_run(int argc, char **argv, const struct service *svc);

#endif
