/* money: adding and reading amounts without a float. */
#include "common/core/money.h"

bool money_add(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum) || sum > MONEY_MAX || sum < -MONEY_MAX)
        return false;
    *ret = sum;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool append_digit(int64_t *value, int digit)
{
    return !__builtin_mul_overflow(*value, 10, value) &&
           !__builtin_add_overflow(*value, digit, value);
}

bool money_parse(struct str decimal, int64_t *ret_minor)
{
    bool negative = decimal.len > 0 && decimal.ptr[0] == '-';
    struct str s = negative ? str_skip(decimal, 1) : decimal;
    size_t whole = 0, places = 0;
    while (whole < s.len && is_digit(s.ptr[whole]))
        whole++;
    struct str fraction = str_skip(s, whole + 1);
    while (places < fraction.len && is_digit(fraction.ptr[places]))
        places++;
    bool has_point = whole < s.len;
    if (whole == 0 || (has_point && s.ptr[whole] != '.') || places < fraction.len ||
        (has_point && places == 0))
        return false;

    int64_t minor = 0;
    for (size_t i = 0; i < whole; i++)
        if (!append_digit(&minor, s.ptr[i] - '0'))
            return false;
    for (size_t i = 0; i < 2; i++)
        if (!append_digit(&minor, i < places ? fraction.ptr[i] - '0' : 0))
            return false;
    if (places > 2 && fraction.ptr[2] >= '5' && !money_add(minor, 1, &minor))
        return false;
    if (minor > MONEY_MAX)
        return false;
    *ret_minor = negative ? -minor : minor;
    return true;
}
