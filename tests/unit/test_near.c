/* near: a slip of the fingers is recognised, another word is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/near.h"

static const char *nearest_to(const char *name)
{
    static const char *const known[] = {"KAFKA_BROKERS", "HTTP_PORT", "THREADS", "GATHER_MS", "ON"};
    struct near n = near_begin(str_of(name));
    for (size_t i = 0; i < COUNT(known); i++)
        near_try(&n, str_of(known[i]));
    return n.best.ptr != NULL ? n.best.ptr : "";
}

static void test_the_nearest_of_the_known_names_is_found(void **state)
{
    (void)state;
    assert_string_equal(nearest_to("KAFKA_BROKER"), "KAFKA_BROKERS");
    assert_string_equal(nearest_to("kafka_broekrs"), "KAFKA_BROKERS");
    assert_string_equal(nearest_to("HTTPPORT"), "HTTP_PORT");
    assert_string_equal(nearest_to("GATHER"), "GATHER_MS");
}

static void test_another_word_is_near_to_none(void **state)
{
    static const char long_name[] =
        "THREADSTHREADSTHREADSTHREADSTHREADSTHREADSTHREADSTHREADSTHREADSTHREADS";
    (void)state;
    assert_string_equal(nearest_to("FOO"), "");
    assert_string_equal(nearest_to("OF"), "");
    assert_string_equal(nearest_to("DATABASE"), "");
    assert_string_equal(nearest_to(""), "");
    assert_string_equal(nearest_to(long_name), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_nearest_of_the_known_names_is_found),
        cmocka_unit_test(test_another_word_is_near_to_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
