/* number: small numbers are computed here, the rest by the library. The library's binary encoding (IEEE 754-2008,
 * 3.5.2) keeps sign, exponent and an integer coefficient; most numbers of a rule fit 64 bits of it, and for those
 * an integer operation gives the exact result, with the exponent the standard prefers. */
#include "common/dmn/number_private.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <bid_conf.h>
#include <bid_functions.h>
#pragma GCC diagnostic pop

#define SPECIAL (UINT64_C(3) << 61) /* infinite, not a number, or not canonical */

static inline BID_UINT128 bid(struct number n)
{
    return (BID_UINT128){.w = {n.w[0], n.w[1]}};
}

/* False for what FEEL has no number for; zero loses its sign, since FEEL has one zero. */
static inline bool finish(BID_UINT128 x, struct number *ret)
{
    uint64_t high = x.w[1];
    if ((high & SPECIAL) == SPECIAL)
        return false;
    if (((high & NUMBER_HIGH_MASK) | x.w[0]) == 0)
        high &= ~NUMBER_SIGN;
    *ret = (struct number){{x.w[0], high}};
    return true;
}

/* The coefficient fits 64 bits. */
static inline bool is_small(struct number n)
{
    return (n.w[1] & NUMBER_HIGH_MASK) == 0 && (n.w[1] & SPECIAL) != SPECIAL;
}

static const uint64_t ten_to[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
};
#define TEN_TO_MAX 18

/* Two small numbers as integers of one exponent; false if that does not fit easily. */
static inline bool align(struct number a, struct number b, i128_t *ret_a, i128_t *ret_b,
                         int *ret_exponent)
{
    if (!is_small(a) || !is_small(b))
        return false;
    int ea = number_exponent(a), eb = number_exponent(b);
    i128_t ca = (i128_t)a.w[0], cb = (i128_t)b.w[0];
    *ret_exponent = ea;
    if (ea > eb) {
        if (ea - eb > TEN_TO_MAX)
            return false;
        ca *= (i128_t)ten_to[ea - eb];
        *ret_exponent = eb;
    } else if (eb > ea) {
        if (eb - ea > TEN_TO_MAX)
            return false;
        cb *= (i128_t)ten_to[eb - ea];
    }
    *ret_a = number_negative(a) ? -ca : ca;
    *ret_b = number_negative(b) ? -cb : cb;
    return true;
}

struct number number_of(int64_t i)
{
    uint64_t magnitude = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    return number_make(i < 0, magnitude, 0);
}

int number_sign(struct number n)
{
    if (number_coefficient(n) == 0)
        return 0;
    return number_negative(n) ? -1 : 1;
}

int number_cmp(struct number a, struct number b)
{
    i128_t x, y;
    int exponent;
    if (align(a, b, &x, &y, &exponent))
        return x < y ? -1 : x > y;
    unsigned int flags = 0;
    if (bid128_quiet_less(bid(a), bid(b), &flags))
        return -1;
    return bid128_quiet_less(bid(b), bid(a), &flags) ? 1 : 0;
}

bool number_is_integer(struct number n)
{
    u128_t c = number_coefficient(n);
    int exponent = number_exponent(n);
    for (; exponent < 0 && c != 0; exponent++, c /= 10)
        if (c % 10 != 0)
            return false;
    return true;
}

bool number_scaled(struct number n, int places, int64_t *ret)
{
    u128_t c = number_coefficient(n);
    int exponent = number_exponent(n) + places;
    if (is_small(n) && exponent >= 0 && exponent <= TEN_TO_MAX) {
        c *= ten_to[exponent];
        exponent = 0;
    }
    for (; exponent < 0 && c != 0; exponent++, c /= 10)
        if (c % 10 != 0)
            return false;
    for (; exponent > 0 && c != 0; exponent--, c *= 10)
        if (c > (u128_t)INT64_MAX)
            return false;
    if (c > (u128_t)INT64_MAX + number_negative(n))
        return false;
    *ret = number_negative(n) ? (int64_t)(0 - (uint64_t)c) : (int64_t)c;
    return true;
}

bool number_to_i64(struct number n, int64_t *ret)
{
    return number_scaled(n, 0, ret);
}

struct number number_of_wide(number_wide_t i)
{
    return number_make(i < 0, (u128_t)(i < 0 ? -i : i), 0);
}

bool number_to_wide(struct number n, number_wide_t *ret)
{
    u128_t c = number_coefficient(n);
    int exponent = number_exponent(n);
    for (; exponent < 0 && c != 0; exponent++)
        c /= 10;
    for (; exponent > 0 && c != 0; exponent--, c *= 10)
        if (c >= NUMBER_COEFFICIENT_END)
            return false;
    *ret = number_negative(n) ? -(i128_t)c : (i128_t)c;
    return c < NUMBER_COEFFICIENT_END;
}

double number_to_double(struct number n)
{
    unsigned int flags = 0;
    return bid128_to_binary64(bid(n), BID_ROUNDING_TO_NEAREST, &flags);
}

struct number number_negate(struct number n)
{
    if (number_coefficient(n) != 0)
        n.w[1] ^= NUMBER_SIGN;
    return n;
}

struct number number_abs(struct number n)
{
    n.w[1] &= ~NUMBER_SIGN;
    return n;
}

bool number_add(struct number a, struct number b, struct number *ret)
{
    i128_t x, y;
    int exponent;
    if (align(a, b, &x, &y, &exponent)) {
        i128_t sum = x + y;
        u128_t magnitude = (u128_t)(sum < 0 ? -sum : sum);
        if (magnitude < NUMBER_COEFFICIENT_END) {
            *ret = number_make(sum < 0, magnitude, exponent);
            return true;
        }
    }
    unsigned int flags = 0;
    return finish(bid128_add(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool number_sub(struct number a, struct number b, struct number *ret)
{
    return number_add(a, number_negate(b), ret);
}

bool number_mul_exact(struct number a, struct number b, struct number *ret)
{
    if (!is_small(a) || !is_small(b))
        return false;
    u128_t product = (u128_t)a.w[0] * b.w[0];
    int exponent = number_exponent(a) + number_exponent(b);
    if (product >= NUMBER_COEFFICIENT_END || exponent < -NUMBER_BIAS ||
        exponent > NUMBER_EXPONENT_MAX)
        return false;
    *ret = number_make(number_negative(a) != number_negative(b), product, exponent);
    return true;
}

bool number_mul(struct number a, struct number b, struct number *ret)
{
    if (number_mul_exact(a, b, ret))
        return true;
    unsigned int flags = 0;
    return finish(bid128_mul(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool number_div(struct number a, struct number b, struct number *ret)
{
    if (number_coefficient(b) == 0)
        return false;
    unsigned int flags = 0;
    return finish(bid128_div(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

/* The remainder of the library is exact, whatever the quotient's size; FEEL's has the sign of the divisor. */
bool number_modulo(struct number a, struct number b, struct number *ret)
{
    struct number r;
    if (number_coefficient(b) == 0)
        return false;
    unsigned int flags = 0;
    if (!finish(bid128_fmod(bid(a), bid(b), &flags), &r))
        return false;
    if (number_sign(r) != 0 && number_negative(r) != number_negative(b))
        return number_add(r, b, ret);
    *ret = r;
    return true;
}

bool number_sqrt(struct number n, struct number *ret)
{
    unsigned int flags = 0;
    return finish(bid128_sqrt(bid(n), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

static bool quantize(struct number n, struct number quantum, unsigned int mode, struct number *ret)
{
    unsigned int flags = 0;
    return finish(bid128_quantize(bid(n), bid(quantum), mode, &flags), ret);
}

/* Half towards zero: cut off, unless the other neighbour is nearer. The differences have few digits: they are exact. */
static bool round_half_down(struct number n, struct number quantum, struct number *ret)
{
    struct number down, nearest, lost, rest;
    if (!quantize(n, quantum, BID_ROUNDING_TO_ZERO, &down) ||
        !quantize(n, quantum, BID_ROUNDING_TIES_AWAY, &nearest) || !number_sub(n, down, &lost) ||
        !number_sub(nearest, n, &rest))
        return false;
    *ret = number_cmp(number_abs(rest), number_abs(lost)) < 0 ? nearest : down;
    return true;
}

bool number_round(struct number n, int scale, enum rounding how, struct number *ret)
{
    if (scale < -NUMBER_EXPONENT_MAX)
        return false;
    if (scale > NUMBER_BIAS || number_exponent(n) >= -scale) { /* nothing beyond that digit */
        *ret = n;
        return true;
    }
    struct number one = number_make(false, 1, -scale);
    unsigned int mode = BID_ROUNDING_TO_NEAREST;
    switch (how) {
    case ROUND_HALF_EVEN: break;
    case ROUND_DOWN: mode = BID_ROUNDING_TO_ZERO; break;
    case ROUND_UP: mode = number_negative(n) ? BID_ROUNDING_DOWN : BID_ROUNDING_UP; break;
    case ROUND_FLOOR: mode = BID_ROUNDING_DOWN; break;
    case ROUND_CEILING: mode = BID_ROUNDING_UP; break;
    case ROUND_HALF_UP: mode = BID_ROUNDING_TIES_AWAY; break;
    case ROUND_HALF_DOWN: return round_half_down(n, one, ret);
    }
    return quantize(n, one, mode, ret);
}

bool number_from_digits(char *text, struct number *ret)
{
    unsigned int flags = 0;
    return finish(bid128_from_string(text, BID_ROUNDING_TO_NEAREST, &flags), ret);
}
