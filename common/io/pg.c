/* pg: the pipeline. Calls are kept until the flush, then sent with one Sync behind them while answers
 * are read as they come: the socket never blocks, so neither side can wait for the other for ever. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/log.h"
#include "common/io/pg_private.h"
#include "common/io/pg_wire.h"

static const struct pg_stmt BEGIN = {"mosaic_begin", "begin"};
static const struct pg_stmt COMMIT = {"mosaic_commit", "commit"};
static const struct pg_stmt ROLLBACK = {"mosaic_rollback", "rollback"};

/* A process that is paused while it sends leaves its session in the middle of a message, where no
 * timeout of the server's ends it; its locks would hold up whoever takes over. */
static const struct pg_stmt END_STALLED = {
    "mosaic_end_stalled",
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where usename = current_user and datname = current_database() and pid <> pg_backend_pid()"
    " and wait_event = 'ClientRead'"
    " and xact_start < now() - current_setting('idle_in_transaction_session_timeout')::interval"};

static void calls_add(struct pg_calls *list, struct pg_call *call)
{
    *(list->last != NULL ? &list->last->next : &list->first) = call;
    list->last = call;
}

static void calls_free(struct pg_calls *list)
{
    struct pg_call *call = list->first;
    while (call != NULL) {
        struct pg_call *next = call->next;
        PQclear(call->result);
        free(call);
        call = next;
    }
    *list = (struct pg_calls){NULL, NULL};
}

struct pg_call *pg_call(struct pg *pg, const struct pg_stmt *stmt, const struct pg_params *params)
{
    struct pg_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        abort();
    call->stmt = stmt;
    if (params != NULL)
        call->params = *params;
    calls_add(&pg->queued, call);
    return call;
}

/* Keeps the first failure, which is the cause of those that follow. */
static void fail(struct pg *pg, const struct err *err)
{
    if (pg->failure.kind == ERR_NONE)
        pg->failure = *err;
}

static void fail_lost(struct pg *pg)
{
    struct err err = {0};
    pg_wire_lost(pg, &err);
    if (pg->committing)
        err_prefix(&err, "the outcome of the commit is unknown: ");
    fail(pg, &err);
}

static struct pg_prepared *prepared_find(struct pg *pg, const struct pg_stmt *stmt)
{
    for (size_t i = 0; i < pg->prepared_count; i++)
        if (pg->prepared[i].stmt == stmt)
            return &pg->prepared[i];
    return NULL;
}

static void prepared_add(struct pg *pg, const struct pg_stmt *stmt)
{
    if (pg->prepared_count == pg->prepared_cap) {
        pg->prepared_cap = pg->prepared_cap == 0 ? 16 : pg->prepared_cap * 2;
        pg->prepared = realloc(pg->prepared, pg->prepared_cap * sizeof *pg->prepared);
        if (pg->prepared == NULL)
            abort();
    }
    pg->prepared[pg->prepared_count++] = (struct pg_prepared){stmt};
}

/* What was queued but not done, because something in front of it failed, is prepared again later. */
static void prepared_drop(struct pg *pg, const struct pg_stmt *stmt)
{
    struct pg_prepared *entry = prepared_find(pg, stmt);
    if (entry != NULL)
        *entry = pg->prepared[--pg->prepared_count];
}

static bool send_call(struct pg *pg, struct pg_call *call)
{
    const struct pg_params *p = &call->params;
    if (prepared_find(pg, call->stmt) == NULL) {
        if (PQsendPrepare(pg->conn, call->stmt->name, call->stmt->sql, p->count, p->types) != 1)
            return false;
        prepared_add(pg, call->stmt);
        call->prepares = true;
    }
    int formats[PG_PARAMS_MAX];
    for (int i = 0; i < p->count; i++)
        formats[i] = 1;
    return PQsendQueryPrepared(pg->conn, call->stmt->name, p->count, p->values, p->lengths, formats,
                               1) == 1;
}

/* False: the connection is lost. */
static bool send_all(struct pg *pg)
{
    for (struct pg_call *call = pg->queued.first; call != NULL; call = call->next)
        if (!send_call(pg, call))
            return false;
    return PQpipelineSync(pg->conn) == 1;
}

static bool is_done(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The server behind the connection is not the session we prepared: a pooler, or now a standby. */
static bool session_is_strange(const char *code)
{
    return strcmp(code, "26000") == 0 || strcmp(code, "42P05") == 0 || strcmp(code, "25006") == 0;
}

static void note_failure(struct pg *pg, const struct pg_call *call, const PGresult *result)
{
    struct err err = {0};
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED)
        return; /* not the cause */
    pg_wire_error(result, call->stmt->name, &err);
    if (err.kind == ERR_RETRY && session_is_strange(err.code))
        pg->stale = true;
    fail(pg, &err);
}

/* Reads the answers to one call. False: the connection is lost. */
static bool receive_call(struct pg *pg, struct pg_call *call)
{
    if (call->prepares) {
        PGresult *result = pg_wire_answer(pg);
        if (result == NULL)
            return false;
        if (!is_done(result)) {
            prepared_drop(pg, call->stmt);
            note_failure(pg, call, result);
        }
        PQclear(result);
    }
    call->result = pg_wire_answer(pg);
    if (call->result == NULL)
        return false;
    if (!is_done(call->result))
        note_failure(pg, call, call->result);
    else if (call->stmt == &COMMIT)
        pg->committing = false;
    return true;
}

static bool receive_all(struct pg *pg)
{
    for (struct pg_call *call = pg->queued.first; call != NULL; call = call->next)
        if (!receive_call(pg, call))
            return false;
    return pg_wire_synced(pg);
}

/* Sends and receives; afterwards the queued calls are the finished ones. */
static void round_trip(struct pg *pg)
{
    pg->deadline_ms = pg_wire_now_ms() + PG_ANSWER_MS;
    if (pg->conn == NULL || !send_all(pg) || !receive_all(pg)) {
        fail_lost(pg);
        pg_disconnect(pg);
    }
    if (pg->queued.first != NULL) {
        calls_add(&pg->finished, pg->queued.first);
        pg->finished.last = pg->queued.last;
        pg->queued = (struct pg_calls){NULL, NULL};
    }
}

bool pg_flush(struct pg *pg, struct err *err)
{
    if (pg->failure.kind == ERR_NONE && pg->queued.first != NULL) {
        if (!pg->in_transaction)
            calls_free(&pg->finished);
        round_trip(pg);
    }
    if (pg->failure.kind == ERR_NONE)
        return true;
    *err = pg->failure;
    return false;
}

void pg_begin(struct pg *pg)
{
    calls_free(&pg->finished);
    pg->in_transaction = true;
    (void)pg_call(pg, &BEGIN, NULL);
}

bool pg_commit(struct pg *pg, struct err *err)
{
    const struct pg_call *commit = pg_call(pg, &COMMIT, NULL);
    pg->committing = true;
    bool done = pg_flush(pg, err);
    pg->committing = false;
    pg->in_transaction = !done;
    if (!done)
        return false;
    /* PostgreSQL answers COMMIT with ROLLBACK, not with an error, when the transaction had failed. */
    if (strcmp(PQcmdStatus(commit->result), "COMMIT") != 0)
        return err_set(err, ERR_FATAL, "commit was answered with %s", PQcmdStatus(commit->result));
    return true;
}

/* One call on an idle session; a failure costs the connection. NULL: it failed. */
static const struct pg_call *call_alone(struct pg *pg, const struct pg_stmt *stmt)
{
    struct pg_call *call = pg_call(pg, stmt, NULL);
    round_trip(pg);
    if (pg->failure.kind == ERR_NONE)
        return call;
    pg->failure = (struct err){0};
    pg_disconnect(pg);
    return NULL;
}

static void end_stalled_sessions(struct pg *pg)
{
    const struct pg_call *ended = call_alone(pg, &END_STALLED);
    if (ended != NULL && pg_i64(ended, 0, 0) > 0)
        log_line(LOG_WARN, "postgresql", "ended sessions that stood still and held locks",
                 LOG_I("sessions", pg_i64(ended, 0, 0)), LOG_END);
}

void pg_rollback(struct pg *pg)
{
    bool waited_for_lock = strcmp(pg->failure.code, "55P03") == 0;
    calls_free(&pg->queued);
    calls_free(&pg->finished);
    pg->failure = (struct err){0};
    pg->in_transaction = pg->committing = false;
    if (pg->conn != NULL && (pg->stale || PQstatus(pg->conn) != CONNECTION_OK))
        pg_disconnect(pg);
    if (pg->conn != NULL && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
        (void)call_alone(pg, &ROLLBACK);
    if (pg->conn != NULL && waited_for_lock)
        end_stalled_sessions(pg);
    calls_free(&pg->finished);
}

bool pg_run(struct pg *pg, const char *sql, struct err *err)
{
    struct err failure = {0};
    assert(pg->queued.first == NULL); /* plain SQL does not travel in the pipeline */
    if (pg->failure.kind != ERR_NONE) {
        *err = pg->failure;
        return false;
    }
    if (pg->conn == NULL)
        return err_set(err, ERR_RETRY, "not connected to PostgreSQL");
    pg->deadline_ms = INT64_MAX; /* a migration takes as long as it takes */
    if (!pg_wire_run(pg, sql, &failure)) {
        fail(pg, &failure);
        *err = failure;
        return false;
    }
    return true;
}

void pg_disconnect(struct pg *pg)
{
    PQfinish(pg->conn);
    pg->conn = NULL;
    pg->stale = false;
    pg->prepared_count = 0;
}

bool pg_connected(const struct pg *pg)
{
    if (pg->conn != NULL && PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
        pg_wire_notice_end(pg);
    return pg->conn != NULL && PQstatus(pg->conn) == CONNECTION_OK;
}

static char *copy(const char *text)
{
    if (text == NULL)
        return NULL;
    char *made = strdup(text);
    if (made == NULL)
        abort();
    return made;
}

struct pg *pg_new(const char *conninfo, const char *password, const char *schema,
                  const char *application)
{
    struct pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        abort();
    pg->conninfo = copy(conninfo);
    pg->password = copy(password);
    pg->schema = copy(schema);
    pg->application = copy(application);
    return pg;
}

void pg_free(struct pg *pg)
{
    if (pg == NULL)
        return;
    calls_free(&pg->queued);
    calls_free(&pg->finished);
    pg_disconnect(pg);
    free(pg->prepared);
    free(pg->conninfo);
    free(pg->password);
    free(pg->schema);
    free(pg->application);
    free(pg);
}
