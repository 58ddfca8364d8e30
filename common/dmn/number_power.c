/* number_power: exponentials, logarithms and powers, computed with more than 100 digits and rounded once. */
#include <math.h>

#include "common/dmn/number_fixed.h"

/* Beyond these, e^x is larger than the largest number or smaller than half the smallest. */
#define EXP_TOO_LARGE 14200
#define EXP_TOO_SMALL (-14300)

#define LN10 2.302585092994045684

/* e^x = 10^k e^r with a small r */
static bool exp_of(const struct fixed *x, struct number *ret)
{
    double estimate = fixed_to_double(x);
    if (estimate > EXP_TOO_LARGE)
        return false;
    if (estimate < EXP_TOO_SMALL) {
        *ret = number_of(0);
        return true;
    }
    int k = (int)floor(estimate / LN10 + 0.5);
    struct fixed shift = fixed_mul_small(fixed_ln10, (uint64_t)(k < 0 ? -k : k));
    shift.negative = k < 0;
    struct fixed r = fixed_sub(x, &shift);
    return fixed_to_number(fixed_exp(&r), k, ret);
}

static int digit_count(u128_t c)
{
    int n = 0;
    for (; c != 0; c /= 10)
        n++;
    return n;
}

/* ln(1 + d) by its series, for a d below 2^-40 */
static struct fixed log_beside_1(const struct fixed *d)
{
    struct fixed power = *d, sum = *d;
    for (uint32_t k = 2; k <= 10; k++) {
        power = fixed_mul(&power, d);
        struct fixed term = fixed_div_small(power, k);
        sum = k % 2 == 0 ? fixed_sub(&sum, &term) : fixed_add(&sum, &term);
    }
    return sum;
}

/* ln(m 10^q) with m from 0.1 to 1: an estimate y of ln m, and then ln m = y + ln(m e^-y). */
static struct fixed log_of(struct number n)
{
    int digits = digit_count(number_coefficient(n));
    struct fixed m = fixed_of_decimal(number_coefficient(n), -digits), one = fixed_of(1);
    struct fixed y = fixed_of_double(log(fixed_to_double(&m)));
    struct fixed minus_y = y;
    minus_y.negative = !y.negative;
    struct fixed quotient = fixed_exp(&minus_y);
    quotient = fixed_mul(&m, &quotient);
    quotient = fixed_sub(&quotient, &one);
    quotient = log_beside_1(&quotient);
    y = fixed_add(&y, &quotient);
    int q = number_exponent(n) + digits;
    struct fixed tens = fixed_mul_small(fixed_ln10, (uint64_t)(q < 0 ? -q : q));
    tens.negative = q < 0;
    return fixed_add(&y, &tens);
}

static struct fixed fixed_of_number(struct number n)
{
    struct fixed f = fixed_of_decimal(number_coefficient(n), number_exponent(n));
    f.negative = number_negative(n);
    return f;
}

bool number_exp(struct number n, struct number *ret)
{
    if (number_cmp(n, number_of(EXP_TOO_LARGE)) > 0)
        return false;
    if (number_cmp(n, number_of(EXP_TOO_SMALL)) < 0) {
        *ret = number_of(0);
        return true;
    }
    struct fixed x = fixed_of_number(n);
    return exp_of(&x, ret);
}

bool number_log(struct number n, struct number *ret)
{
    if (number_sign(n) <= 0)
        return false;
    if (number_cmp(n, number_of(1)) == 0) {
        *ret = number_of(0);
        return true;
    }
    return fixed_to_number(log_of(n), 0, ret);
}

/* By squaring, as long as no digit is lost; false: it is. */
static bool power_exact(struct number base, int64_t exponent, struct number *ret)
{
    struct number result = number_of(1);
    for (;; exponent >>= 1) {
        if ((exponent & 1) != 0 && !number_mul_exact(result, base, &result))
            return false;
        if (exponent <= 1)
            break;
        if (!number_mul_exact(base, base, &base))
            return false;
    }
    *ret = result;
    return true;
}

/* e^(b ln a), a above 0 */
static bool power_by_log(struct number a, struct number b, struct number *ret)
{
    struct fixed ln = log_of(a);
    double estimate = fixed_to_double(&ln) * number_to_double(b);
    if (estimate > EXP_TOO_LARGE)
        return false;
    if (estimate < EXP_TOO_SMALL) {
        *ret = number_of(0);
        return true;
    }
    struct fixed exponent = fixed_of_number(b);
    exponent = fixed_mul(&exponent, &ln);
    return exp_of(&exponent, ret);
}

static bool is_odd(struct number n)
{
    struct number rest;
    return number_modulo(n, number_of(2), &rest) && number_sign(rest) != 0;
}

bool number_pow(struct number a, struct number b, struct number *ret)
{
    int64_t exponent;
    bool integer = number_is_integer(b);
    if (number_sign(b) == 0 || number_cmp(a, number_of(1)) == 0) {
        *ret = number_of(1);
        return true;
    }
    if (number_sign(a) == 0) {
        *ret = number_of(0);
        return number_sign(b) > 0;
    }
    if (integer && number_to_i64(b, &exponent) && exponent > 0 && power_exact(a, exponent, ret))
        return true;
    bool negative = number_negative(a);
    if (negative && !integer)
        return false;
    if (!power_by_log(number_abs(a), b, ret))
        return false;
    if (negative && is_odd(b))
        *ret = number_negate(*ret);
    return true;
}
