/* orgid: each scheme has its own check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "common/core/orgid.h"

static void test_each_fault_has_its_own_answer(void **state)
{
    static const struct {
        const char *id;
        enum orgid_fault want;
    } cases[] = {
        {"inn:7707083893", ORGID_OK},
        {"inn:7736050003", ORGID_OK},
        {"pic:999644559", ORGID_OK},
        {"inn:7707083894", ORGID_CHECKSUM},
        {"inn:770708389", ORGID_MALFORMED},
        {"inn:77070838933", ORGID_MALFORMED},
        {"inn:770708389x", ORGID_MALFORMED},
        {"inn:", ORGID_MALFORMED},
        {"pic:99964455", ORGID_MALFORMED},
        {"pic:9996445590", ORGID_MALFORMED},
        {"pic:99964455x", ORGID_MALFORMED},
        {"pic:NA", ORGID_MALFORMED},
        {"", ORGID_NO_SCHEME},
        {"7707083893", ORGID_NO_SCHEME},
        {":7707083893", ORGID_NO_SCHEME},
        {"ogrn:1027700132195", ORGID_UNKNOWN_SCHEME},
        {"INN:7707083893", ORGID_UNKNOWN_SCHEME},
        {"inn: 770708389", ORGID_MALFORMED},
        {"pic:999644559 ", ORGID_MALFORMED},
        {"inn:pic:9996445", ORGID_MALFORMED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (orgid_check(str_of(cases[i].id)) != cases[i].want)
            fail_msg("%s: %s", cases[i].id, orgid_fault_text(orgid_check(str_of(cases[i].id))));
    assert_int_equal(orgid_check(STR_NONE), ORGID_NO_SCHEME);
}

static void test_one_mistyped_digit_of_an_inn_is_nearly_always_noticed(void **state)
{
    char id[] = "inn:7707083893";
    int noticed = 0;
    (void)state;
    for (size_t at = 4; at < sizeof id - 1; at++)
        for (int digit = '0'; digit <= '9'; digit++) {
            char kept = id[at];
            id[at] = (char)digit;
            noticed += digit != kept && orgid_check(str_of(id)) == ORGID_CHECKSUM;
            id[at] = kept;
        }
    assert_true(noticed >= 88); /* of 90: remainders 0 and 10 share a check digit */
}

static void test_every_fault_has_a_sentence(void **state)
{
    static const enum orgid_fault all[] = {ORGID_OK, ORGID_NO_SCHEME, ORGID_UNKNOWN_SCHEME,
                                           ORGID_MALFORMED, ORGID_CHECKSUM};
    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        assert_true(strlen(orgid_fault_text(all[i])) > 10);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_fault_has_its_own_answer),
        cmocka_unit_test(test_one_mistyped_digit_of_an_inn_is_nearly_always_noticed),
        cmocka_unit_test(test_every_fault_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
