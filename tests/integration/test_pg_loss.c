/* pg when sessions die, against a real PostgreSQL, named by MOSAIC_TEST_DATABASE (a conninfo of someone
 * who may create schemas and end sessions). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io/log.h"

#define PG_TEST_SCHEMA "test_pg_loss"
#include "tests/integration/pg_steps.h"

static const struct pg_stmt OWN_PID = {"own_pid", "select pg_backend_pid()"};
static const struct pg_stmt SLEEP = {"sleep", "select pg_sleep($1::bigint)::text"};

static void terminate(int pid)
{
    char sql[100];
    struct pg *other = open_pg();
    (void)snprintf(sql, sizeof sql, "select pg_terminate_backend(%d)", pid);
    must_run(other, sql);
    pg_free(other);
}

static void *terminate_soon(void *pid)
{
    (void)usleep(200000);
    terminate(*(int *)pid);
    return NULL;
}

static int backend_pid(struct pg *pg)
{
    struct pg_call *c = call0(pg, &OWN_PID);
    must_flush(pg);
    return pg_i32(c, 0, 0);
}

static void test_a_terminated_session_is_retried_on_a_new_one(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = open_pg();
    must_run(pg, "truncate numbers");
    for (int i = 0; i < 5; i++) {
        terminate(backend_pid(pg));
        usleep(20000);
        pg_begin(pg);
        call_i64(pg, &INSERT_ONE, i);
        assert_false(pg_commit(pg, &err));
        assert_int_equal(err.kind, ERR_RETRY);
        pg_rollback(pg);
        assert_false(pg_connected(pg));
        assert_true(pg_connect(pg, &err));
        assert_true(count_numbers(pg) == 0);
    }
    pg_free(pg);
}

static void test_an_idle_session_notices_that_it_was_terminated(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = open_pg();
    assert_true(count_numbers(pg) >= 0);
    assert_true(pg_connected(pg));
    terminate(backend_pid(pg));
    for (int i = 0; i < 100 && pg_connected(pg); i++)
        (void)usleep(10000);
    assert_false(pg_connected(pg));
    assert_true(pg_connect(pg, &err)); /* and so the next batch begins on a new one */
    assert_true(count_numbers(pg) >= 0);
    pg_free(pg);
}

static void test_a_session_terminated_at_work_says_so(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = open_pg();
    int pid = backend_pid(pg);
    pthread_t killer;
    assert_int_equal(pthread_create(&killer, NULL, terminate_soon, &pid), 0);
    pg_begin(pg);
    call_i64(pg, &SLEEP, 20);
    assert_false(pg_flush(pg, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_string_equal(err.code, "57P01");
    assert_int_equal(pthread_join(killer, NULL), 0);
    pg_rollback(pg);
    assert_true(pg_connect(pg, &err));
    assert_true(backend_pid(pg) > 0);
    pg_free(pg);
}

static _Atomic bool killing;
static _Atomic int killed;

/* Ends every session named "victim" again and again, at odd moments. */
static void *kill_victims(void *unused)
{
    static const struct pg_stmt kill_all = {"kill_all",
                                            "select count(pg_terminate_backend(pid)) from "
                                            "pg_stat_activity where application_name = 'victim'"};
    struct pg *pg = open_pg();
    for (unsigned i = 1; atomic_load(&killing); i++) {
        (void)usleep(5000 + i * 7919 % 30000);
        struct pg_call *c = call0(pg, &kill_all);
        must_flush(pg);
        atomic_fetch_add(&killed, (int)pg_i64(c, 0, 0));
    }
    pg_free(pg);
    return unused;
}

/* One batch as a stage does it: the position moves, then its rows are stored. */
static bool store_batch(struct pg *pg, int64_t next, struct err *err)
{
    static const struct pg_stmt move = {
        "move", "update progress set next = $1 + 1 where next = $1 returning next"};
    static const struct pg_stmt rows = {"rows",
                                        "insert into texts select $1, x from unnest($2::text[]) x"};
    struct pg_array body;
    struct pg_params p;
    pg_begin(pg);
    struct pg_call *moved = call_i64(pg, &move, next);
    if (!pg_flush(pg, err))
        return false;
    assert_int_equal(pg_rows(moved), 1);
    pg_array_init(&body, &arena, PG_TEXT);
    for (int i = 0; i < 1000; i++)
        pg_push_text(&body, STR("some text of a row that is stored"));
    pg_params_init(&p, &arena);
    pg_bind_i64(&p, next);
    pg_bind_array(&p, &body);
    (void)pg_call(pg, &rows, &p);
    return pg_commit(pg, err);
}

static void test_every_batch_is_stored_once_though_sessions_die_at_random(void **state)
{
    (void)state;
    static const struct pg_stmt read = {"read", "select next from progress"};
    static const struct pg_stmt count = {"count", "select count(*), count(distinct id) from texts"};
    enum { BATCHES = 300 };
    struct err err = {0};
    struct pg *pg = pg_new(conninfo, NULL, "test_pg_loss", "victim");
    struct pg *other = open_pg();
    pthread_t killer;
    must_run(other,
             "truncate texts; create table progress(next bigint); insert into progress values (0)");
    atomic_store(&killing, true);
    assert_int_equal(pthread_create(&killer, NULL, kill_victims, NULL), 0);
    for (int64_t next = 0, unknown = 1; next < BATCHES;) {
        if (pg_connect(pg, &err) && unknown != 0) {
            struct pg_call *c = call0(pg, &read);
            if (pg_flush(pg, &err)) {
                next = pg_i64(c, 0, 0);
                unknown = 0;
            }
        }
        if (unknown == 0 && next < BATCHES && store_batch(pg, next, &err)) {
            next++;
        } else if (next < BATCHES) {
            assert_int_equal(err.kind, ERR_RETRY);
            unknown = 1;
            pg_rollback(pg);
        }
        arena_reset(&arena);
    }
    atomic_store(&killing, false);
    assert_int_equal(pthread_join(killer, NULL), 0);
    struct pg_call *c = call0(other, &count);
    must_flush(other);
    assert_true(pg_i64(c, 0, 0) == BATCHES * 1000);
    assert_true(pg_i64(c, 0, 1) == BATCHES);
    assert_true(atomic_load(&killed) >= 10); /* the fault was there */
    pg_free(other);
    pg_free(pg);
}

/* Leaves a session with a lock in the middle of a message, as a process does that is paused. */
static PGconn *stall(void)
{
    static char large[8 * 1024 * 1024];
    const char *value = large;
    int length = sizeof large, format = 1;
    PGconn *conn = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    PQclear(PQexec(conn, "begin; insert into test_pg_loss.numbers values (1)"));
    assert_int_equal(PQtransactionStatus(conn), PQTRANS_INTRANS);
    assert_int_equal(PQsetnonblocking(conn, 1), 0);
    assert_int_equal(PQsendQueryParams(conn, "select $1::bytea", 1, NULL, &value, &length, &format,
                                       1),
                     1);
    assert_int_equal(PQflush(conn), 1); /* something is left to send */
    return conn;
}

static void test_a_paused_process_does_not_keep_its_locks(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = open_pg();
    must_run(pg, "truncate numbers; set lock_timeout = '100ms';"
                 "set idle_in_transaction_session_timeout = '300ms'");
    PGconn *paused = stall();
    for (int attempt = 0; attempt < 20; attempt++) {
        pg_begin(pg);
        call_i64(pg, &INSERT_ONE, 1);
        if (pg_commit(pg, &err))
            break;
        assert_string_equal(err.code, "55P03");
        pg_rollback(pg);
    }
    assert_true(count_numbers(pg) == 1);
    PQfinish(paused);
    pg_free(pg);
}

static void test_without_a_server_everything_waits_and_nothing_breaks(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = pg_new("host=/nonexistent dbname=x", "secret word", "s", "test_pg_loss");
    assert_false(pg_connect(pg, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_null(strstr(err.text, "secret word"));
    pg_begin(pg);
    call0(pg, &COUNT_NUMBERS);
    assert_false(pg_commit(pg, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    pg_rollback(pg);
    pg_rollback(pg);
    assert_false(pg_run(pg, "select 1", &err));
    pg_rollback(pg);
    pg_free(pg);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_terminated_session_is_retried_on_a_new_one),
        cmocka_unit_test(test_an_idle_session_notices_that_it_was_terminated),
        cmocka_unit_test(test_a_session_terminated_at_work_says_so),
        cmocka_unit_test(test_every_batch_is_stored_once_though_sessions_die_at_random),
        cmocka_unit_test(test_a_paused_process_does_not_keep_its_locks),
        cmocka_unit_test(test_without_a_server_everything_waits_and_nothing_breaks),
    };
    conninfo = pg_test_database();
    if (conninfo == NULL)
        return 1;
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
