/* pg_steps: what the tests of pg do over and over. A test program has a schema of its own, named by
 * PG_TEST_SCHEMA before it includes this; the tables, connection and arena here belong to it. */
#ifndef MOSAIC_TEST_PG_STEPS_H
#define MOSAIC_TEST_PG_STEPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/io/pg.h"
#include "tests/integration/pg_database.h"

#ifndef PG_TEST_SCHEMA
#define PG_TEST_SCHEMA "pg_steps"
#endif

static const char *conninfo;
static struct arena arena;

static inline struct pg *open_pg(void)
{
    struct err err = {0};
    struct pg *pg = pg_new(conninfo, NULL, PG_TEST_SCHEMA, PG_TEST_SCHEMA);
    if (!pg_connect(pg, &err))
        fail_msg("connect: %s", err.text);
    return pg;
}

static inline void must_run(struct pg *pg, const char *sql)
{
    struct err err = {0};
    if (!pg_run(pg, sql, &err))
        fail_msg("%s: %s", sql, err.text);
}

static inline void must_flush(struct pg *pg)
{
    struct err err = {0};
    if (!pg_flush(pg, &err))
        fail_msg("flush: %s %s", err.code, err.text);
}

static inline struct pg_call *call0(struct pg *pg, const struct pg_stmt *stmt)
{
    return pg_call(pg, stmt, NULL);
}

static inline struct pg_call *call_i64(struct pg *pg, const struct pg_stmt *stmt, int64_t value)
{
    struct pg_params params;
    pg_params_init(&params, &arena);
    pg_bind_i64(&params, value);
    return pg_call(pg, stmt, &params);
}

static const struct pg_stmt INSERT_ONE = {"insert_one", "insert into numbers values ($1)"};
static const struct pg_stmt COUNT_NUMBERS = {"count_numbers", "select count(*) from numbers"};

static inline int64_t count_numbers(struct pg *pg)
{
    struct pg_call *count = call0(pg, &COUNT_NUMBERS);
    must_flush(pg);
    return pg_i64(count, 0, 0);
}

static inline int set_up(void **state)
{
    (void)state;
    struct pg *pg = open_pg();
    must_run(pg,
             "drop schema if exists " PG_TEST_SCHEMA " cascade; create schema " PG_TEST_SCHEMA ";"
             "create table " PG_TEST_SCHEMA ".numbers(n bigint primary key);"
             "create table " PG_TEST_SCHEMA ".texts(id bigint, body text, raw bytea)");
    pg_free(pg);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    struct pg *pg = open_pg();
    must_run(pg, "drop schema if exists " PG_TEST_SCHEMA " cascade");
    pg_free(pg);
    arena_done(&arena);
    return 0;
}

#endif
