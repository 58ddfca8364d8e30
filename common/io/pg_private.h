/* pg_private: what pg.c, pg_params.c and pg_result.c share; libpq's types end here. */
#ifndef MOSAIC_IO_PG_PRIVATE_H
#define MOSAIC_IO_PG_PRIVATE_H

#include <libpq-fe.h>

#include "common/io/pg.h"

/* PostgreSQL's own numbers for its types, from pg_type.dat; they never change. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_DATE = 1082,
    OID_JSONB = 3802,
};

struct pg_call {
    struct pg_call *next;
    const struct pg_stmt *stmt;
    struct pg_params params;
    bool prepares; /* its PREPARE travels in front of it */
    PGresult *result;
};

struct pg_calls {
    struct pg_call *first, *last;
};

struct pg_prepared {
    const struct pg_stmt *stmt;
};

struct pg {
    char *conninfo, *password, *schema, *application;
    PGconn *conn; /* NULL: not connected; else in pipeline mode with a socket that does not block */
    struct pg_calls queued;
    struct pg_calls finished; /* with results */
    struct pg_prepared *prepared;
    size_t prepared_count, prepared_cap;
    struct err failure;  /* the first one since the last pg_rollback() */
    int64_t deadline_ms; /* of the round trip under way */
    bool in_transaction;
    bool committing; /* COMMIT is under way and not answered */
    bool stale;      /* the session is not what we think it is: connect anew after the rollback */
};

#endif
