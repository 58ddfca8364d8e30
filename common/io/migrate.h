/* migrate: a schema brought to what this program needs, by numbered SQL that the program carries.
 * Each file is applied once, in a transaction of its own, under an advisory lock, and remembered in the
 * schema's table schema_version with a checksum, which others than its owner may only read. Called from one thread with its own connection. */
#ifndef MOSAIC_IO_MIGRATE_H
#define MOSAIC_IO_MIGRATE_H

#include "common/io/pg.h"

struct migration {
    int version;      /* from the file's number, 1 and up, no gaps */
    const char *name; /* 001_positions.sql */
    const char *sql;  /* NULL ends a table */
};

/* A program has two tables: what every service needs, then its own. */
struct migrations {
    const char *schema;
    const struct migration *common;
    const struct migration *own;
};

extern const struct migration common_migrations[];

/* Applies what is missing; *ret_applied counts it. FATAL with a sentence when the schema is newer than
 * this program or when a migration that was applied has another text now. */
MUST_CHECK bool migrate_up(struct pg *pg, const struct migrations *m, int *ret_applied,
                           struct err *err);
/* Changes nothing. RETRY when something is missing, which whoever migrates will bring. */
MUST_CHECK bool migrate_check(struct pg *pg, const struct migrations *m, struct err *err);

#endif
