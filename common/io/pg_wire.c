/* pg_wire: everything that waits for PostgreSQL does it here, in poll(). */
#include "common/io/pg_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/io/log.h"

int64_t pg_wire_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until the socket is ready for one of `events`. False: the deadline has passed. */
static bool wait_ready(const struct pg *pg, short events)
{
    struct pollfd fd = {.fd = PQsocket(pg->conn), .events = events};
    for (;;) {
        int64_t left = pg->deadline_ms - pg_wire_now_ms();
        if (left <= 0)
            return false;
        int ready = poll(&fd, 1, left > 60000 ? 60000 : (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* Sends what can be sent and reads what has come. False: the connection is lost. */
static bool exchange(struct pg *pg)
{
    int unsent = PQflush(pg->conn);
    if (unsent < 0 || !wait_ready(pg, unsent > 0 ? POLLIN | POLLOUT : POLLIN))
        return false;
    return PQconsumeInput(pg->conn) == 1;
}

/* False: the connection is lost. *ret is NULL at the end of a command. */
static bool next_result(struct pg *pg, PGresult **ret)
{
    while (PQisBusy(pg->conn))
        if (!exchange(pg))
            return false;
    *ret = PQgetResult(pg->conn);
    return true;
}

PGresult *pg_wire_answer(struct pg *pg)
{
    PGresult *result, *end = NULL;
    if (!next_result(pg, &result) || result == NULL)
        return NULL;
    /* A dying server still says why. The reason is an answer; that it is gone is seen at the next one. */
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQresultStatus(result) == PGRES_FATAL_ERROR && state == NULL) {
        PQclear(result);
        return NULL;
    }
    if (!next_result(pg, &end) || end != NULL) {
        PQclear(end);
        if (state == NULL) {
            PQclear(result);
            return NULL;
        }
    }
    return result;
}

bool pg_wire_synced(struct pg *pg)
{
    PGresult *result;
    if (!next_result(pg, &result))
        return false;
    bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    return synced;
}

void pg_wire_notice_end(const struct pg *pg)
{
    struct pollfd fd = {.fd = PQsocket(pg->conn), .events = POLLIN};
    while (PQstatus(pg->conn) == CONNECTION_OK && poll(&fd, 1, 0) > 0)
        if (PQconsumeInput(pg->conn) != 1)
            return;
}

/* Reads the results of plain SQL to their end; the first failure is kept. */
static bool run_results(struct pg *pg, struct err *err)
{
    PGresult *result;
    bool done = true;
    for (;;) {
        if (!next_result(pg, &result)) {
            pg_wire_lost(pg, err);
            return false;
        }
        if (result == NULL)
            return done;
        ExecStatusType status = PQresultStatus(result);
        if (done && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
            status != PGRES_EMPTY_QUERY) {
            pg_wire_error(result, "plain SQL", err);
            done = false;
        }
        PQclear(result);
    }
}

bool pg_wire_run(struct pg *pg, const char *sql, struct err *err)
{
    bool done = false;
    if (PQexitPipelineMode(pg->conn) != 1 || PQsendQuery(pg->conn, sql) != 1)
        pg_wire_lost(pg, err);
    else
        done = run_results(pg, err);
    if (PQstatus(pg->conn) != CONNECTION_OK || PQenterPipelineMode(pg->conn) != 1)
        pg_disconnect(pg);
    return done;
}

static enum err_kind kind_of(const char *state)
{
    static const struct {
        const char *prefix;
        enum err_kind kind;
    } kinds[] = {
        {"08", ERR_RETRY},    /* connection */
        {"22", ERR_REJECT},   /* this data is wrong */
        {"23", ERR_REJECT},   /* this data breaks a constraint */
        {"25006", ERR_RETRY}, /* we are on a standby */
        {"25P03", ERR_RETRY}, /* we stood still inside a transaction */
        {"26000", ERR_RETRY}, /* our prepared statements are gone: another session */
        {"40", ERR_RETRY},    /* deadlock, serialization */
        {"42P05", ERR_RETRY}, /* prepared statement exists: another session */
        {"53", ERR_RETRY},    /* out of disk, memory, connections */
        {"54", ERR_REJECT},   /* too large for an index, too deep */
        {"55006", ERR_RETRY}, /* object in use */
        {"55P03", ERR_RETRY}, /* lock timeout */
        {"57014", ERR_RETRY}, /* statement timeout */
        {"57P", ERR_RETRY},   /* shutdown, starting up */
        {"58", ERR_RETRY},    /* its disk */
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strncmp(state, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return kinds[i].kind;
    return ERR_FATAL;
}

void pg_wire_error(const PGresult *result, const char *statement, struct err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    if (state == NULL)
        state = "";
    enum err_kind kind = state[0] == '\0' ? ERR_RETRY : kind_of(state);
    (void)err_set(err, kind, "%s: %s%s%s", statement,
                  text != NULL ? text : PQresultErrorMessage(result), detail != NULL ? ". " : "",
                  detail != NULL ? detail : "");
    memcpy(err->code, state, strnlen(state, sizeof err->code - 1) + 1);
    err->code[sizeof err->code - 1] = '\0';
}

/* libpq's message without its line ends and indents. */
static void one_line(char *to, size_t size, const char *from)
{
    size_t len = 0;
    for (; *from != '\0' && len + 1 < size; from++)
        if (*from != '\n' && *from != '\t')
            to[len++] = *from;
        else if (len > 0 && to[len - 1] != ' ')
            to[len++] = ' ';
    while (len > 0 && to[len - 1] == ' ')
        len--;
    to[len] = '\0';
}

void pg_wire_lost(const struct pg *pg, struct err *err)
{
    char text[300] = "";
    if (pg->conn != NULL)
        one_line(text, sizeof text, PQerrorMessage(pg->conn));
    else
        one_line(text, sizeof text, "not connected to PostgreSQL");
    (void)err_set(err, ERR_RETRY, "%s",
                  text[0] != '\0' ? text : "PostgreSQL did not answer in time");
}

static void on_notice(void *context, const PGresult *result)
{
    (void)context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    bool warns = severity != NULL && strcmp(severity, "WARNING") == 0;
    log_line(warns ? LOG_WARN : LOG_DEBUG, "postgresql", "notice from the server",
             LOG_S("notice", text), LOG_END);
}

/* What the operator gave may override the first four, never the last ones. */
static PGconn *connect_start(const struct pg *pg)
{
    const char *names[] = {"gssencmode",
                           "tcp_user_timeout",
                           "keepalives_idle",
                           "connect_timeout",
                           "dbname",
                           "application_name",
                           "client_encoding",
                           pg->password != NULL ? "password" : NULL,
                           NULL};
    const char *values[] = {"disable",       "30000", "30",         "10", pg->conninfo,
                            pg->application, "UTF8",  pg->password, NULL};
    return PQconnectStartParams(names, values, 1);
}

static bool connect_finish(struct pg *pg, struct err *err)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (PQstatus(pg->conn) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
           state != PGRES_POLLING_FAILED) {
        if (!wait_ready(pg, state == PGRES_POLLING_READING ? POLLIN : POLLOUT))
            return err_set(err, ERR_RETRY, "PostgreSQL did not accept the connection in %d s",
                           PG_CONNECT_MS / 1000);
        state = PQconnectPoll(pg->conn);
    }
    if (PQstatus(pg->conn) == CONNECTION_OK)
        return true;
    pg_wire_lost(pg, err);
    return false;
}

/* A generic plan made while a table is empty reads the whole table, and is kept while it grows. With
 * enable_seqscan off the plan uses the index from the start; jit would compile for its penalty cost. */
static bool set_up_session(struct pg *pg, struct err *err)
{
    static const char settings[] = "set plan_cache_mode = force_generic_plan;"
                                   "set enable_seqscan = off;"
                                   "set jit = off;"
                                   "set statement_timeout = '30s';"
                                   "set lock_timeout = '5s';"
                                   "set idle_in_transaction_session_timeout = '10s';"
                                   "set standard_conforming_strings = on;";
    char sql[sizeof settings + 200];
    char *schema =
        pg->schema == NULL ? NULL : PQescapeIdentifier(pg->conn, pg->schema, strlen(pg->schema));
    (void)snprintf(sql, sizeof sql, "%s%s%s", settings, schema != NULL ? "set search_path = " : "",
                   schema != NULL ? schema : "");
    PQfreemem(schema);
    return PQsetnonblocking(pg->conn, 1) == 0 && PQenterPipelineMode(pg->conn) == 1 &&
           pg_wire_run(pg, sql, err);
}

bool pg_connect(struct pg *pg, struct err *err)
{
    if (pg_connected(pg))
        return true;
    pg_disconnect(pg);
    pg->deadline_ms = pg_wire_now_ms() + PG_CONNECT_MS;
    pg->conn = connect_start(pg);
    if (pg->conn == NULL)
        abort();
    (void)PQsetNoticeReceiver(pg->conn, on_notice, NULL);
    if (connect_finish(pg, err) && set_up_session(pg, err))
        return true;
    pg_disconnect(pg);
    return false;
}

bool pg_conninfo_check(const char *conninfo, struct err *err)
{
    char *why = NULL, text[200] = "out of memory";
    bool has_password = false;
    PQconninfoOption *options = PQconninfoParse(conninfo, &why);
    if (why != NULL)
        one_line(text, sizeof text, why);
    PQfreemem(why);
    if (options == NULL)
        return err_set(err, ERR_FATAL, "not a libpq connection string: %s", text);
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        has_password = has_password || (strcmp(o->keyword, "password") == 0 && o->val != NULL);
    PQconninfoFree(options);
    return !has_password ||
           err_set(err, ERR_FATAL, "must not hold a password, which has a variable of its own");
}
