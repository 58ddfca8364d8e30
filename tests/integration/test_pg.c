/* pg against a real PostgreSQL, named by MOSAIC_TEST_DATABASE (a conninfo of someone who may create
 * schemas). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/date.h"
#include "common/io/log.h"

#define PG_TEST_SCHEMA "test_pg"
#include "tests/integration/pg_steps.h"

static const struct pg_stmt FAILS_TO_PARSE = {"fails_to_parse", "select no_such_column"};

static void test_values_come_back_as_they_were_sent(void **state)
{
    (void)state;
    static const struct pg_stmt echo = {"echo",
                                        "select $1::text, $2::text::bytea, $3::int, $4::bigint, "
                                        "$5::date, $6::bool, $7::text, '{\"a\": 1}'::jsonb"};
    struct pg *pg = open_pg();
    struct pg_params p;
    pg_params_init(&p, &arena);
    pg_bind_text(&p, STR("Köln \"x\""));
    pg_bind_text(&p, STR("\\x0001ff"));
    pg_bind_i32(&p, -7);
    pg_bind_i64(&p, INT64_C(-9007199254740991));
    pg_bind_date(&p, date_from_ymd(1987, 2, 28));
    pg_bind_bool(&p, true);
    pg_bind_text(&p, STR_NONE);
    struct pg_call *c = pg_call(pg, &echo, &p);
    must_flush(pg);
    assert_int_equal(pg_rows(c), 1);
    assert_true(str_eq(pg_text(c, 0, 0), STR("Köln \"x\"")));
    assert_true(str_eq(pg_text(c, 0, 1), ((struct str){"\0\1\377", 3})));
    assert_int_equal(pg_i32(c, 0, 2), -7);
    assert_true(pg_i64(c, 0, 3) == INT64_C(-9007199254740991));
    assert_int_equal(pg_date(c, 0, 4), date_from_ymd(1987, 2, 28));
    assert_true(pg_bool(c, 0, 5));
    assert_true(pg_null(c, 0, 6));
    assert_null(pg_text(c, 0, 6).ptr);
    assert_true(str_eq(pg_text(c, 0, 7), STR("{\"a\": 1}")));
    pg_free(pg);
}

static void test_arrays_of_every_type_come_back_element_by_element(void **state)
{
    (void)state;
    static const struct pg_stmt echo = {"arrays", "select * from unnest($1::text[], $2::bytea[], "
                                                  "$3::int[], $4::bigint[], $5::date[], $6::bool[],"
                                                  " $7::jsonb[])"};
    struct pg *pg = open_pg();
    enum pg_type types[] = {PG_TEXT, PG_BYTEA, PG_INT4, PG_INT8, PG_DATE, PG_BOOL, PG_JSONB};
    struct pg_array x[COUNT(types)];
    for (size_t i = 0; i < COUNT(types); i++)
        pg_array_init(&x[i], &arena, types[i]);
    for (int i = 0; i < 100; i++) {
        pg_push_text(&x[0], arena_fmt(&arena, "text %d", i));
        pg_push_text(&x[1], STR("\1"));
        pg_push_i32(&x[2], i - 50);
        pg_push_i64(&x[3], i - 50);
        pg_push_date(&x[4], i - 50);
        pg_push_bool(&x[5], i % 2 == 0);
        if (i == 3)
            pg_push_null(&x[6]);
        else
            pg_push_text(&x[6], arena_fmt(&arena, "[%d]", i));
    }
    struct pg_params p;
    pg_params_init(&p, &arena);
    for (size_t i = 0; i < COUNT(types); i++)
        pg_bind_array(&p, &x[i]);
    struct pg_call *c = pg_call(pg, &echo, &p);
    must_flush(pg);
    assert_int_equal(pg_rows(c), 100);
    assert_true(str_eq(pg_text(c, 99, 0), STR("text 99")));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pg_i32(c, i, 2), i - 50);
        assert_true(pg_i64(c, i, 3) == i - 50);
        assert_int_equal(pg_date(c, i, 4), i - 50);
        assert_int_equal(pg_bool(c, i, 5), i % 2 == 0);
    }
    assert_null(pg_text(c, 3, 6).ptr);
    assert_true(str_eq(pg_text(c, 4, 6), STR("[4]")));
    pg_free(pg);
}

static void test_an_empty_array_gives_no_rows(void **state)
{
    (void)state;
    static const struct pg_stmt echo = {"empty_array", "select * from unnest($1::text[])"};
    struct pg *pg = open_pg();
    struct pg_array x;
    struct pg_params p;
    pg_array_init(&x, &arena, PG_TEXT);
    pg_params_init(&p, &arena);
    pg_bind_array(&p, &x);
    struct pg_call *c = pg_call(pg, &echo, &p);
    must_flush(pg);
    assert_int_equal(pg_rows(c), 0);
    pg_free(pg);
}

static void test_what_is_rolled_back_never_was(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = open_pg();
    must_run(pg, "truncate numbers");
    pg_begin(pg);
    call_i64(pg, &INSERT_ONE, 1);
    assert_true(count_numbers(pg) == 1);
    pg_rollback(pg);
    assert_true(count_numbers(pg) == 0);

    call_i64(pg, &INSERT_ONE, 1); /* queued and never flushed */
    pg_rollback(pg);
    assert_true(count_numbers(pg) == 0);

    pg_begin(pg);
    call_i64(pg, &INSERT_ONE, 1);
    assert_true(pg_commit(pg, &err));
    assert_true(count_numbers(pg) == 1);
    pg_free(pg);
}

static void test_results_live_to_the_end_of_the_transaction(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *pg = open_pg();
    must_run(pg, "truncate numbers");
    pg_begin(pg);
    call_i64(pg, &INSERT_ONE, 1);
    struct pg_call *count = call0(pg, &COUNT_NUMBERS);
    must_flush(pg);
    call_i64(pg, &INSERT_ONE, 2);
    struct pg_call *again = call0(pg, &COUNT_NUMBERS);
    must_flush(pg);
    assert_true(pg_commit(pg, &err));
    assert_true(pg_i64(count, 0, 0) == 1);
    assert_true(pg_i64(again, 0, 0) == 2);
    pg_free(pg);
}

static void test_a_failure_is_told_once_with_its_kind_and_cause(void **state)
{
    (void)state;
    static const struct pg_stmt divide = {"divide", "select 1 / $1::bigint"};
    static const struct pg_stmt too_long = {
        "too_long", "insert into numbers select 1 where $1::bigint is not null"};
    static const struct {
        const struct pg_stmt *stmt;
        int64_t value;
        enum err_kind kind;
        const char *code;
    } cases[] = {
        {&divide, 0, ERR_REJECT, "22012"},
        {&too_long, 1, ERR_REJECT, "23505"},
        {&FAILS_TO_PARSE, 0, ERR_FATAL, "42703"},
    };
    struct pg *pg = open_pg();
    must_run(pg, "truncate numbers; insert into numbers values (1)");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct err err = {0}, second = {0};
        pg_begin(pg);
        if (cases[i].stmt == &FAILS_TO_PARSE)
            call0(pg, cases[i].stmt);
        else
            call_i64(pg, cases[i].stmt, cases[i].value);
        call0(pg, &COUNT_NUMBERS);
        assert_false(pg_flush(pg, &err));
        assert_int_equal(err.kind, cases[i].kind);
        assert_string_equal(err.code, cases[i].code);
        assert_non_null(strstr(err.text, cases[i].stmt->name));
        call0(pg, &COUNT_NUMBERS);
        assert_false(pg_commit(pg, &second)); /* only a rollback helps */
        assert_string_equal(second.code, cases[i].code);
        pg_rollback(pg);
        assert_true(pg_connected(pg));
        assert_true(count_numbers(pg) == 1);
    }
    pg_free(pg);
}

static void test_a_statement_behind_a_failed_one_is_prepared_again(void **state)
{
    (void)state;
    static const struct pg_stmt late = {"late", "select 5::bigint"};
    struct err err = {0};
    struct pg *pg = open_pg();
    for (int i = 0; i < 3; i++) {
        call0(pg, &FAILS_TO_PARSE);
        call0(pg, &late);
        assert_false(pg_flush(pg, &err));
        pg_rollback(pg);
    }
    struct pg_call *c = call0(pg, &late);
    must_flush(pg);
    assert_true(pg_i64(c, 0, 0) == 5);
    pg_free(pg);
}

static void test_ten_thousand_elements_both_ways_do_not_block(void **state)
{
    (void)state;
    enum { N = 10000, BYTES = 500, CALLS = 5 };
    static const struct pg_stmt store = {"store",
                                         "insert into texts select * from unnest($1::bigint[], "
                                         "$2::text[], $3::bytea[]) returning body, raw"};
    struct err err = {0};
    struct pg *pg = open_pg();
    must_run(pg, "truncate texts");
    char body[BYTES];
    memset(body, 'x', sizeof body);
    pg_begin(pg);
    struct pg_call *calls[CALLS];
    for (int k = 0; k < CALLS; k++) {
        struct pg_array id, text, raw;
        struct pg_params p;
        pg_array_init(&id, &arena, PG_INT8);
        pg_array_init(&text, &arena, PG_TEXT);
        pg_array_init(&raw, &arena, PG_BYTEA);
        for (int i = 0; i < N; i++) {
            pg_push_i64(&id, i);
            pg_push_text(&text, (struct str){body, sizeof body});
            pg_push_text(&raw, (struct str){body, sizeof body});
        }
        pg_params_init(&p, &arena);
        pg_bind_array(&p, &id);
        pg_bind_array(&p, &text);
        pg_bind_array(&p, &raw);
        calls[k] = pg_call(pg, &store, &p); /* 10 MB out and 10 MB back each */
    }
    must_flush(pg);
    for (int k = 0; k < CALLS; k++) {
        assert_int_equal(pg_rows(calls[k]), N);
        assert_int_equal(pg_text(calls[k], N - 1, 1).len, BYTES);
    }
    assert_true(pg_commit(pg, &err));
    arena_reset(&arena);
    pg_free(pg);
}

static void test_a_lock_held_elsewhere_is_a_matter_of_waiting(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg *holder = open_pg(), *waiter = open_pg();
    must_run(holder, "truncate numbers");
    pg_begin(holder);
    call_i64(holder, &INSERT_ONE, 1);
    must_flush(holder);
    must_run(waiter, "set lock_timeout = '50ms'");
    pg_begin(waiter);
    call_i64(waiter, &INSERT_ONE, 1);
    assert_false(pg_flush(waiter, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_string_equal(err.code, "55P03");
    pg_rollback(waiter);
    pg_rollback(holder);
    pg_free(holder);
    pg_free(waiter);
}

static void test_the_session_is_set_up_as_the_stage_needs_it(void **state)
{
    (void)state;
    static const struct pg_stmt show = {
        "show", "select current_setting('search_path'), current_setting('plan_cache_mode'),"
                " current_setting('application_name'), "
                "current_setting('idle_in_transaction_session_timeout')"};
    struct pg *pg = open_pg();
    struct pg_call *c = call0(pg, &show);
    must_flush(pg);
    assert_true(str_eq(pg_text(c, 0, 0), STR("test_pg")));
    assert_true(str_eq(pg_text(c, 0, 1), STR("force_generic_plan")));
    assert_true(str_eq(pg_text(c, 0, 2), STR("test_pg")));
    assert_true(str_eq(pg_text(c, 0, 3), STR("10s")));
    pg_free(pg);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_back_as_they_were_sent),
        cmocka_unit_test(test_arrays_of_every_type_come_back_element_by_element),
        cmocka_unit_test(test_an_empty_array_gives_no_rows),
        cmocka_unit_test(test_what_is_rolled_back_never_was),
        cmocka_unit_test(test_results_live_to_the_end_of_the_transaction),
        cmocka_unit_test(test_a_failure_is_told_once_with_its_kind_and_cause),
        cmocka_unit_test(test_a_statement_behind_a_failed_one_is_prepared_again),
        cmocka_unit_test(test_ten_thousand_elements_both_ways_do_not_block),
        cmocka_unit_test(test_a_lock_held_elsewhere_is_a_matter_of_waiting),
        cmocka_unit_test(test_the_session_is_set_up_as_the_stage_needs_it),
    };
    conninfo = pg_test_database();
    if (conninfo == NULL)
        return 1;
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
