/* brokers: what librdkafka could never connect to is refused, whatever it may connect to is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/core/brokers.h"

static void test_what_names_no_host_and_port_is_refused_and_quoted(void **state)
{
    static const struct {
        const char *list, *quoted;
    } cases[] = {
        {"kafka:65536", "\"kafka:65536\""},
        {"kafka:0", "\"kafka:0\""},
        {"kafka:", "\"kafka:\""},
        {":9092", "\":9092\""},
        {"a:b:c", "\"a:b:c\""},
        {"a:b", "\"a:b\""},
        {"kafka:9092x", "\"kafka:9092x\""},
        {"kafka:-1", "\"kafka:-1\""},
        {"::1", "\"::1\""},
        {"[::1", "\"[::1\""},
        {"[]:9092", "\"[]:9092\""},
        {"[::1]9092", "\"[::1]9092\""},
        {"http://kafka:9092", "\"http://kafka:9092\""},
        {"kafka:9092/path", "\"kafka:9092/path\""},
        {"kafka:9092,:1,x:y", "\":1\""},
        {"kafka:9092;other:9092", "\"kafka:9092;other:9092\""},
        {", ,", "\", ,\" names no broker"},
        {"", "\"\" names no broker"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct err err = {0};
        if (brokers_check(str_of(cases[i].list), &err))
            fail_msg("%s was accepted", cases[i].list);
        if (err.kind != ERR_FATAL || strstr(err.text, cases[i].quoted) != err.text)
            fail_msg("%s: %s", cases[i].list, err.text);
    }
}

static void test_what_librdkafka_can_connect_to_is_accepted(void **state)
{
    static const char *const lists[] = {
        "kafka:9092",     "kafka",
        "127.0.0.1:1",    "kafka-bootstrap.kafka:65535",
        "a_b:9092",       "[::1]:9092",
        "[fe80::1%eth0]", "a:1,b:2, c:3",
        "a:1,,b:2,",      "SASL_SSL://kafka:9093,plaintext://other",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct err err = {0};
        if (!brokers_check(str_of(lists[i]), &err))
            fail_msg("%s: %s", lists[i], err.text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_names_no_host_and_port_is_refused_and_quoted),
        cmocka_unit_test(test_what_librdkafka_can_connect_to_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
