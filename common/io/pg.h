/* pg: one PostgreSQL connection, prepared statements, pipeline mode, binary arrays.
 * Owned by one thread. Statements are queued and travel together at pg_flush(), one round trip
 * for all. Results live to the end of the transaction, that is to the next pg_begin() or pg_rollback(),
 * and outside of one to the next pg_flush(). libpq is not seen outside. */
#ifndef MOSAIC_IO_PG_H
#define MOSAIC_IO_PG_H

#include "common/core/arena.h"
#include "common/core/err.h"

struct pg;

/* A statement is prepared once per connection, at first use, under its name. */
struct pg_stmt {
    const char *name; /* unique per service */
    const char *sql;
};

/* Parameters of one call; all binary. Built in an arena, valid until the flush. */
#define PG_PARAMS_MAX 24
struct pg_params {
    struct arena *arena;
    int count;
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX];
    uint32_t types[PG_PARAMS_MAX]; /* PostgreSQL type OIDs */
};

void pg_params_init(struct pg_params *p, struct arena *a);
void pg_bind_text(struct pg_params *p, struct str s); /* ptr NULL is SQL NULL */
void pg_bind_i32(struct pg_params *p, int32_t v);
void pg_bind_i64(struct pg_params *p, int64_t v);
void pg_bind_date(struct pg_params *p, int32_t days_since_1970);
void pg_bind_bool(struct pg_params *p, bool v);

/* One-dimensional array parameter, grown element by element, then bound. */
enum pg_type { PG_TEXT, PG_BYTEA, PG_INT4, PG_INT8, PG_DATE, PG_BOOL, PG_JSONB };
struct pg_array {
    struct arena *arena;
    enum pg_type type;
    char *bytes;
    size_t len, cap;
    int32_t count;
    bool has_null;
};
void pg_array_init(struct pg_array *x, struct arena *a, enum pg_type type);
void pg_push_text(struct pg_array *x, struct str s); /* text, bytea, jsonb; ptr NULL is SQL NULL */
void pg_push_i32(struct pg_array *x, int32_t v);
void pg_push_i64(struct pg_array *x, int64_t v);
void pg_push_date(struct pg_array *x, int32_t days_since_1970);
void pg_push_bool(struct pg_array *x, bool v);
void pg_push_null(struct pg_array *x);
void pg_bind_array(struct pg_params *p, const struct pg_array *x);

/* Queues a call; params may be NULL and its struct may go, but what it points to stays until the flush.
 * Never blocks, never fails: what fails is told by pg_flush(). */
struct pg_call;
struct pg_call *pg_call(struct pg *pg, const struct pg_stmt *stmt, const struct pg_params *params);

/* Sends what is queued and reads all results. False: the first failure, with err->code the SQLSTATE
 * and err->kind: RETRY (connection lost, deadlock, serialization, lock or statement timeout,
 * shutdown, out of disk or memory ...), REJECT (classes 22, 23 and 54: this data will never fit),
 * FATAL (42 and the rest: our SQL or the schema is wrong). After a failure only pg_rollback() helps. */
MUST_CHECK bool pg_flush(struct pg *pg, struct err *err);

void pg_begin(struct pg *pg); /* queues BEGIN */
/* Queues COMMIT and flushes. When the connection is lost meanwhile it is RETRY and the text says that
 * the outcome is unknown: read from the database what was done. */
MUST_CHECK bool pg_commit(struct pg *pg, struct err *err);
/* After a lock timeout it also ends sessions of the same role that stand still inside a transaction,
 * waiting for a client that is paused. */
void pg_rollback(struct pg *pg); /* safe in any state, also unconnected */

/* Rows of a call, after its flush. Column types must be what is asked for: asserted. Texts are views
 * into the result. */
int pg_rows(const struct pg_call *c);
bool pg_null(const struct pg_call *c, int row, int col);
struct str pg_text(const struct pg_call *c, int row,
                   int col); /* text, bytea, jsonb; NULL: STR_NONE */
int32_t pg_i32(const struct pg_call *c, int row, int col);
int64_t pg_i64(const struct pg_call *c, int row, int col);
int32_t pg_date(const struct pg_call *c, int row, int col);
bool pg_bool(const struct pg_call *c, int row, int col);

/* The connection. conninfo as libpq takes it; the password comes from the environment or passfile the
 * service prepared, never from logs. Sets statement_timeout, lock_timeout, search_path = schema,
 * plan_cache_mode = force_generic_plan, enable_seqscan = off, jit = off, tcp_user_timeout, and
 * idle_in_transaction_session_timeout so that a paused process does not keep its locks. password may
 * be NULL, schema may be NULL (tools). */
struct pg *pg_new(const char *conninfo, const char *password, const char *schema,
                  const char *application);
void pg_free(struct pg *pg);
/* Also notices, without waiting, that the server has closed an idle connection. */
bool pg_connected(const struct pg *pg);
MUST_CHECK bool pg_connect(struct pg *pg, struct err *err); /* does nothing when it is up */
void pg_disconnect(struct pg *pg);
/* False, with a sentence: libpq does not understand it, or it holds a password. */
MUST_CHECK bool pg_conninfo_check(const char *conninfo, struct err *err);
/* Plain SQL, several statements allowed, for migrations and tools. */
MUST_CHECK bool pg_run(struct pg *pg, const char *sql, struct err *err);

#endif
