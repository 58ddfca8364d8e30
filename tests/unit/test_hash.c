/* hash: murmur2 against the vectors of Kafka's own UtilsTest, fingerprints by their properties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/hash.h"

static void test_murmur2_gives_what_the_java_client_gives(void **state)
{
    static const struct {
        const char *key;
        int32_t hash;
    } cases[] = {
        {"21", -973932308},
        {"foobar", -790332482},
        {"a-little-bit-long-string", -985981536},
        {"a-little-bit-longer-string", -1486304829},
        {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
        {"abc", 479470107},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal((int32_t)hash_murmur2(str_of(cases[i].key)), cases[i].hash);
}

static void test_a_key_stays_on_its_partition(void **state)
{
    (void)state;
    assert_int_equal(hash_partition(STR("foobar"), 6), (-790332482 & 0x7fffffff) % 6);
    assert_int_equal(hash_partition(STR("abc"), 1), 0);
    for (int32_t partitions = 1; partitions < 50; partitions++) {
        int32_t p = hash_partition(STR("inn:7707083893"), partitions);
        assert_true(p >= 0 && p < partitions);
    }
}

static void test_a_fingerprint_tells_key_and_value_apart(void **state)
{
    (void)state;
    assert_true(hash_fingerprint(STR("a"), STR("bc")) != hash_fingerprint(STR("ab"), STR("c")));
    assert_true(hash_fingerprint(STR(""), STR("x")) != hash_fingerprint(STR_NONE, STR("x")));
    assert_true(hash_fingerprint(STR("k"), STR("v")) == hash_fingerprint(STR("k"), STR("v")));
    assert_true(hash_fingerprint(STR("k"), STR("v")) != hash_fingerprint(STR("k"), STR("w")));
    /* It is kept in databases, so it must be the same for ever. */
    assert_true(hash_fingerprint(STR("inn:7707083893"), STR("{}")) == UINT64_C(0x4d0fc050716791c0));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_murmur2_gives_what_the_java_client_gives),
        cmocka_unit_test(test_a_key_stays_on_its_partition),
        cmocka_unit_test(test_a_fingerprint_tells_key_and_value_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
