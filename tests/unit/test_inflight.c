/* inflight: rows leave in order and only when every output has arrived. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/inflight.h"

static struct inflight table;
static struct inflight_owner owners[2];

static int fresh(void **state)
{
    (void)state;
    inflight_init(&table, owners, 2);
    return 0;
}

static void test_a_row_leaves_when_all_its_outputs_have_arrived(void **state)
{
    int64_t next = 0;
    (void)state;
    inflight_ticket row = inflight_add(&table, 0, 10, 2);
    assert_false(inflight_collect(&table, 0, &next));
    inflight_ack(&table, row);
    assert_false(inflight_collect(&table, 0, &next));
    inflight_ack(&table, row);
    assert_true(inflight_collect(&table, 0, &next));
    assert_int_equal(next, 10);
    assert_int_equal(table.outputs, 0);
    assert_true(inflight_idle(&table, 0));
}

static void test_a_row_waits_for_those_before_it(void **state)
{
    int64_t next = 0;
    (void)state;
    inflight_ticket first = inflight_add(&table, 0, 10, 1);
    inflight_ticket second = inflight_add(&table, 0, 20, 1);
    inflight_ticket other = inflight_add(&table, 1, 5, 1);
    inflight_ack(&table, second);
    assert_false(inflight_collect(&table, 0, &next));
    inflight_ack(&table, other);
    assert_true(inflight_collect(&table, 1, &next)); /* another owner does not */
    assert_int_equal(next, 5);
    inflight_ack(&table, first);
    assert_true(inflight_collect(&table, 0, &next));
    assert_int_equal(next, 20);
}

static void test_a_row_without_outputs_has_arrived(void **state)
{
    int64_t next = 0;
    (void)state;
    (void)inflight_add(&table, 0, 3, 0);
    assert_true(inflight_collect(&table, 0, &next));
    assert_int_equal(next, 3);
}

static void test_an_acknowledgement_of_before_means_nothing(void **state)
{
    int64_t next = 0;
    (void)state;
    inflight_ticket old = inflight_add(&table, 0, 10, 1);
    inflight_init(&table, owners, 2);
    inflight_ticket now = inflight_add(&table, 0, 10, 1);
    assert_true(old != now);
    assert_int_equal(inflight_owner_of(&table, old), -1);
    inflight_ack(&table, old);
    inflight_ack(&table, 0);
    assert_false(inflight_collect(&table, 0, &next));
    assert_int_equal(inflight_owner_of(&table, now), 0);
    inflight_ack(&table, now);
    assert_true(inflight_collect(&table, 0, &next));
    inflight_ack(&table, now); /* the row has gone */
}

static void test_it_can_be_full_and_empties_again(void **state)
{
    int64_t next = 0;
    inflight_ticket tickets[INFLIGHT_ROWS];
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < INFLIGHT_ROWS; i++) {
            assert_false(inflight_full(&table));
            tickets[i] = inflight_add(&table, i % 2, 1000 * round + i, 1);
        }
        assert_true(inflight_full(&table));
        for (int i = INFLIGHT_ROWS; i-- > 0;)
            inflight_ack(&table, tickets[i]);
        assert_true(inflight_collect(&table, 0, &next) && inflight_collect(&table, 1, &next));
        assert_true(inflight_idle(&table, 0) && inflight_idle(&table, 1));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_row_leaves_when_all_its_outputs_have_arrived, fresh),
        cmocka_unit_test_setup(test_a_row_waits_for_those_before_it, fresh),
        cmocka_unit_test_setup(test_a_row_without_outputs_has_arrived, fresh),
        cmocka_unit_test_setup(test_an_acknowledgement_of_before_means_nothing, fresh),
        cmocka_unit_test_setup(test_it_can_be_full_and_empties_again, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
