#include "common/dmn/number_fixed.h"

#include <stdio.h>
#include <string.h>

#define DIGITS 75 /* enough to see on which side of a tie e^x lies for a tiny x */

const struct fixed fixed_ln10 = {.w = {UINT64_C(0x31c32f00b17c35a0), UINT64_C(0x58bc0b5ec6a04173),
                                       UINT64_C(0x0f187a0807c0b5ca), UINT64_C(0x8a3fb3e76977e43a),
                                       UINT64_C(0xa95b58ae0b4c28a3), UINT64_C(0x4d763776aaa2b05b),
                                       UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000000)}};

struct fixed fixed_of(int64_t i)
{
    struct fixed f = {.negative = i < 0};
    f.w[FIXED_FRACTION] = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    return f;
}

struct fixed fixed_of_double(double d)
{
    struct fixed f = {.negative = d < 0};
    double magnitude = d < 0 ? -d : d;
    f.w[FIXED_FRACTION] = (uint64_t)magnitude;
    f.w[FIXED_FRACTION - 1] = (uint64_t)((magnitude - (double)f.w[FIXED_FRACTION]) * 0x1p63) << 1;
    return f;
}

static bool is_zero(const struct fixed *a)
{
    uint64_t any = 0;
    for (size_t i = 0; i < FIXED_LIMBS; i++)
        any |= a->w[i];
    return any == 0;
}

struct fixed fixed_of_decimal(u128_t c, int e)
{
    struct fixed f = {.negative = false};
    f.w[FIXED_FRACTION] = (uint64_t)c;
    f.w[FIXED_FRACTION + 1] = (uint64_t)(c >> 64);
    for (; e > 0; e--)
        f = fixed_mul_small(f, 10);
    for (; e <= -9 && !is_zero(&f); e += 9)
        f = fixed_div_small(f, 1000000000);
    for (; e < 0 && !is_zero(&f); e++)
        f = fixed_div_small(f, 10);
    return f;
}

double fixed_to_double(const struct fixed *a)
{
    double d = 0;
    for (size_t i = 0; i < FIXED_LIMBS; i++)
        d = d * 0x1p-64 + (double)a->w[i];
    d *= 0x1p64;
    return a->negative ? -d : d;
}

static int compare_magnitude(const struct fixed *a, const struct fixed *b)
{
    for (size_t i = FIXED_LIMBS; i-- > 0;)
        if (a->w[i] != b->w[i])
            return a->w[i] < b->w[i] ? -1 : 1;
    return 0;
}

struct fixed fixed_add(const struct fixed *a, const struct fixed *b)
{
    struct fixed sum = {.negative = a->negative};
    if (a->negative == b->negative) {
        u128_t carry = 0;
        for (size_t i = 0; i < FIXED_LIMBS; i++) {
            carry += (u128_t)a->w[i] + b->w[i];
            sum.w[i] = (uint64_t)carry;
            carry >>= 64;
        }
        return sum;
    }
    const struct fixed *large = a, *small = b;
    if (compare_magnitude(a, b) < 0) {
        large = b;
        small = a;
    }
    bool borrow = false;
    sum.negative = large->negative;
    for (size_t i = 0; i < FIXED_LIMBS; i++) {
        u128_t less = (u128_t)small->w[i] + borrow;
        borrow = large->w[i] < less;
        sum.w[i] = (uint64_t)(large->w[i] - less);
    }
    return sum;
}

struct fixed fixed_sub(const struct fixed *a, const struct fixed *b)
{
    struct fixed minus = *b;
    minus.negative = !minus.negative;
    return fixed_add(a, &minus);
}

struct fixed fixed_mul(const struct fixed *a, const struct fixed *b)
{
    uint64_t product[2 * FIXED_LIMBS] = {0};
    for (size_t i = 0; i < FIXED_LIMBS; i++) {
        u128_t carry = 0;
        for (size_t j = 0; j < FIXED_LIMBS; j++) {
            carry += (u128_t)a->w[i] * b->w[j] + product[i + j];
            product[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
        product[i + FIXED_LIMBS] = (uint64_t)carry;
    }
    struct fixed f = {.negative = a->negative != b->negative};
    memcpy(f.w, product + FIXED_FRACTION, sizeof f.w);
    return f;
}

struct fixed fixed_mul_small(struct fixed a, uint64_t by)
{
    u128_t carry = 0;
    for (size_t i = 0; i < FIXED_LIMBS; i++) {
        carry += (u128_t)a.w[i] * by;
        a.w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return a;
}

struct fixed fixed_div_small(struct fixed a, uint32_t by)
{
    uint64_t rest = 0;
    for (size_t i = FIXED_LIMBS; i-- > 0;) { /* by halves, which 64 bits divide */
        uint64_t high = rest << 32 | a.w[i] >> 32;
        uint64_t low = (high % by) << 32 | (a.w[i] & UINT32_MAX);
        a.w[i] = (high / by) << 32 | low / by;
        rest = low % by;
    }
    return a;
}

#define HALVINGS 8 /* of the argument, each made good by a squaring: the series is shorter */

struct fixed fixed_exp(const struct fixed *a)
{
    struct fixed small = fixed_div_small(*a, 1U << HALVINGS);
    struct fixed term = fixed_of(1), sum = term;
    for (uint32_t n = 1; n < 1000 && !is_zero(&term); n++) {
        term = fixed_mul(&term, &small);
        term = fixed_div_small(term, n);
        sum = fixed_add(&sum, &term);
    }
    for (int i = 0; i < HALVINGS; i++)
        sum = fixed_mul(&sum, &sum);
    return sum;
}

/* One more than the first `count` digits of a text of nines carries into a new first digit. */
static void round_up(char *digits, size_t count, int *exponent)
{
    while (count > 0 && digits[count - 1] == '9')
        digits[--count] = '0';
    if (count > 0) {
        digits[count - 1]++;
    } else {
        digits[0] = '1';
        (*exponent)++;
    }
}

bool fixed_to_number(struct fixed a, int exponent, struct number *ret)
{
    char digits[DIGITS + 1], text[DIGITS + 24];
    size_t count = 0;
    if (is_zero(&a)) {
        *ret = number_of(0);
        return true;
    }
    for (; a.w[FIXED_FRACTION] > 9 || a.w[FIXED_FRACTION + 1] != 0; exponent++)
        a = fixed_div_small(a, 10);
    for (; a.w[FIXED_FRACTION] == 0; exponent--)
        a = fixed_mul_small(a, 10);
    while (count < DIGITS + 1) {
        digits[count++] = (char)('0' + (int)a.w[FIXED_FRACTION]);
        a.w[FIXED_FRACTION] = 0;
        a = fixed_mul_small(a, 10);
    }
    if (digits[DIGITS] >= '5')
        round_up(digits, DIGITS, &exponent);
    (void)snprintf(text, sizeof text, "%s%.*sE%+d", a.negative ? "-" : "", DIGITS, digits,
                   exponent - (DIGITS - 1));
    if (!number_from_digits(text, ret))
        return false;
    *ret = number_plain(*ret);
    return true;
}
