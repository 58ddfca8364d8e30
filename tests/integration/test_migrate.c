/* migrate against a real PostgreSQL, named by MOSAIC_TEST_DATABASE (a conninfo of someone who may create schemas). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/log.h"
#include "common/io/migrate.h"
#include "tests/integration/pg_database.h"

#define END                                                                                        \
    {                                                                                              \
        0, NULL, NULL                                                                              \
    }
#define SCHEMA "test_migrate"

static const struct migration COMMON[] = {{1, "001_a.sql", "create table a(x int)"}, END};
static const struct migration OWN_1[] = {{1, "001_b.sql",
                                          "create table b(x int); insert into b values (1)"},
                                         END};
static const struct migration OWN_2[] = {{1, "001_b.sql",
                                          "create table b(x int); insert into b values (1)"},
                                         {2, "002_c.sql",
                                          "alter table b add y int; update b set y = x + 1"},
                                         END};
static const struct migration OWN_CHANGED[] = {{1, "001_b.sql", "create table b(x bigint)"}, END};
static const struct migration OWN_BROKEN[] = {
    {1, "001_b.sql", "create table b(x int); insert into b values (1)"},
    {2, "002_bad.sql", "create table d(x int); select nothing from nowhere"},
    END};
static const struct migration NONE[] = {END};

static const char *conninfo;

static struct pg *open_pg(void)
{
    struct err err = {0};
    struct pg *pg = pg_new(conninfo, NULL, SCHEMA, SCHEMA);
    if (!pg_connect(pg, &err))
        fail_msg("connect: %s", err.text);
    return pg;
}

static void drop_schema(struct pg *pg)
{
    struct err err = {0};
    if (!pg_run(pg, "drop schema if exists " SCHEMA " cascade", &err))
        fail_msg("%s", err.text);
}

static bool up(struct pg *pg, const struct migration *own, int *applied, struct err *err)
{
    struct migrations m = {SCHEMA, COMMON, own};
    return migrate_up(pg, &m, applied, err);
}

static void must_be_up(struct pg *pg, const struct migration *own, int expected)
{
    struct err err = {0};
    int applied = -1;
    if (!up(pg, own, &applied, &err))
        fail_msg("%s", err.text);
    assert_int_equal(applied, expected);
}

static bool check(struct pg *pg, const struct migration *own, struct err *err)
{
    struct migrations m = {SCHEMA, COMMON, own};
    return migrate_check(pg, &m, err);
}

static int64_t ask(struct pg *pg, const struct pg_stmt *stmt)
{
    struct err err = {0};
    struct pg_call *c = pg_call(pg, stmt, NULL);
    if (!pg_flush(pg, &err))
        fail_msg("%s", err.text);
    return pg_i64(c, 0, 0);
}

static void test_what_is_missing_is_applied_once_and_in_order(void **state)
{
    static const struct pg_stmt sum = {"sum", "select sum(y)::bigint from b"};
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    must_be_up(pg, OWN_1, 2);
    must_be_up(pg, OWN_1, 0);
    must_be_up(pg, OWN_2, 1);
    must_be_up(pg, OWN_2, 0);
    assert_true(ask(pg, &sum) == 2);
    pg_free(pg);
}

static void test_a_schema_newer_than_the_program_is_refused(void **state)
{
    struct err err = {0};
    int applied;
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    must_be_up(pg, OWN_2, 3);
    assert_false(up(pg, OWN_1, &applied, &err));
    assert_int_equal(err.kind, ERR_FATAL);
    assert_non_null(strstr(err.text, "newer than this program"));
    assert_false(check(pg, OWN_1, &err));
    assert_int_equal(err.kind, ERR_FATAL);
    pg_free(pg);
}

static void test_a_migration_changed_after_the_fact_is_refused(void **state)
{
    struct err err = {0};
    int applied;
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    must_be_up(pg, OWN_1, 2);
    assert_false(up(pg, OWN_CHANGED, &applied, &err));
    assert_int_equal(err.kind, ERR_FATAL);
    assert_non_null(strstr(err.text, "001_b.sql was applied with another text"));
    pg_free(pg);
}

static void test_a_failing_migration_leaves_nothing_of_itself(void **state)
{
    static const struct pg_stmt made = {
        "made", "select count(*) from pg_class where relname = 'd' and relnamespace = '" SCHEMA
                "'::regnamespace"};
    struct err err = {0};
    int applied;
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    assert_false(up(pg, OWN_BROKEN, &applied, &err));
    assert_int_equal(applied, 2);
    assert_int_equal(err.kind, ERR_FATAL);
    assert_non_null(strstr(err.text, "002_bad.sql"));
    assert_true(ask(pg, &made) == 0);
    must_be_up(pg, OWN_2, 1);
    pg_free(pg);
}

static void test_who_may_not_migrate_waits_until_it_is_done(void **state)
{
    struct err err = {0};
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    assert_false(check(pg, OWN_2, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    must_be_up(pg, OWN_1, 2);
    assert_false(check(pg, OWN_2, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_non_null(strstr(err.text, "lacks 1 migration"));
    must_be_up(pg, OWN_2, 1);
    assert_true(check(pg, OWN_2, &err));
    pg_free(pg);
}

static void *migrate_from_a_thread(void *ret)
{
    struct err err = {0};
    struct pg *pg = open_pg();
    *(bool *)ret = up(pg, OWN_2, &(int){0}, &err);
    pg_free(pg);
    return NULL;
}

static void test_instances_that_start_together_do_it_once(void **state)
{
    static const struct pg_stmt rows = {"rows", "select count(*) from schema_version"};
    enum { INSTANCES = 8 };
    pthread_t threads[INSTANCES];
    bool done[INSTANCES] = {false};
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    for (int i = 0; i < INSTANCES; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, migrate_from_a_thread, &done[i]), 0);
    for (int i = 0; i < INSTANCES; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(done[i]);
    }
    assert_true(ask(pg, &rows) == 3);
    pg_free(pg);
}

static void test_the_embedded_common_migrations_apply(void **state)
{
    struct err err = {0};
    int applied = 0;
    struct migrations m = {SCHEMA, common_migrations, NONE};
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    if (!migrate_up(pg, &m, &applied, &err))
        fail_msg("%s", err.text);
    assert_true(applied >= 1);
    assert_true(migrate_check(pg, &m, &err));
    drop_schema(pg);
    pg_free(pg);
}

/* Rights come by default with every new table, and once more when the roles are set up again. */
static void test_only_the_owner_may_say_what_a_schema_is(void **state)
{
    static const char worker[] =
        "do $$ begin create role " SCHEMA
        "_worker; exception when duplicate_object then null; end $$;"
        "create schema " SCHEMA "; alter default privileges in schema " SCHEMA
        " grant select, insert, update, delete on tables to " SCHEMA "_worker";
    static const char again[] =
        "grant select, insert, update, delete on all tables in schema " SCHEMA " to " SCHEMA
        "_worker";
    static const char over[] = "drop schema " SCHEMA " cascade; drop role " SCHEMA "_worker";
    static const struct pg_stmt rights = {"rights",
                                          "select 8 * has_table_privilege('" SCHEMA
                                          "_worker', 'schema_version', 'select')::int::int8"
                                          " + 4 * has_table_privilege('" SCHEMA
                                          "_worker', 'schema_version', 'insert,delete')::int::int8"
                                          " + 2 * has_table_privilege('" SCHEMA
                                          "_worker', 'schema_version', 'update')::int::int8"
                                          " + has_table_privilege('" SCHEMA
                                          "_worker', 'b', 'update')::int::int8"};
    struct err err = {0};
    struct pg *pg = open_pg();
    (void)state;
    drop_schema(pg);
    if (!pg_run(pg, worker, &err))
        fail_msg("%s", err.text);
    must_be_up(pg, OWN_1, 2);
    assert_int_equal(ask(pg, &rights), 8 + 1);
    assert_true(pg_run(pg, again, &err));
    must_be_up(pg, OWN_1, 0);
    assert_int_equal(ask(pg, &rights), 8 + 1);
    assert_true(pg_run(pg, over, &err));
    pg_free(pg);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_missing_is_applied_once_and_in_order),
        cmocka_unit_test(test_a_schema_newer_than_the_program_is_refused),
        cmocka_unit_test(test_a_migration_changed_after_the_fact_is_refused),
        cmocka_unit_test(test_a_failing_migration_leaves_nothing_of_itself),
        cmocka_unit_test(test_who_may_not_migrate_waits_until_it_is_done),
        cmocka_unit_test(test_instances_that_start_together_do_it_once),
        cmocka_unit_test(test_the_embedded_common_migrations_apply),
        cmocka_unit_test(test_only_the_owner_may_say_what_a_schema_is),
    };
    conninfo = pg_test_database();
    if (conninfo == NULL)
        return 1;
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
