/* number_private: the parts a number is made of, for the files of `number` alone. */
#ifndef MOSAIC_DMN_NUMBER_PRIVATE_H
#define MOSAIC_DMN_NUMBER_PRIVATE_H

#include "common/dmn/number.h"

__extension__ typedef __int128 i128_t;
__extension__ typedef unsigned __int128 u128_t;

#define NUMBER_SIGN (UINT64_C(1) << 63)
#define NUMBER_EXPONENT_SHIFT 49
#define NUMBER_HIGH_MASK                                                                           \
    ((UINT64_C(1) << NUMBER_EXPONENT_SHIFT) - 1) /* upper bits of the coefficient */
#define NUMBER_BIAS 6176
#define NUMBER_EXPONENT_MAX 6111
/* The coefficient is below this. */
#define NUMBER_COEFFICIENT_END ((u128_t)UINT64_C(10000000000000000) * UINT64_C(1000000000000000000))

static inline bool number_negative(struct number n)
{
    return (n.w[1] & NUMBER_SIGN) != 0;
}

static inline int number_exponent(struct number n)
{
    return (int)(n.w[1] >> NUMBER_EXPONENT_SHIFT & 0x3fff) - NUMBER_BIAS;
}

static inline u128_t number_coefficient(struct number n)
{
    return (u128_t)(n.w[1] & NUMBER_HIGH_MASK) << 64 | n.w[0];
}

/* Coefficient below 10^34, exponent within the format's. Zero has no sign: FEEL has one zero. */
static inline struct number number_make(bool negative, u128_t coefficient, int exponent)
{
    uint64_t high = (uint64_t)(coefficient >> 64) | (uint64_t)(exponent + NUMBER_BIAS)
                                                        << NUMBER_EXPONENT_SHIFT;
    if (negative && coefficient != 0)
        high |= NUMBER_SIGN;
    return (struct number){{(uint64_t)coefficient, high}};
}

/* From the library's own text: digits and exponent, NUL-terminated, rounded to 34 digits; false if not finite. */
bool number_from_digits(char *text, struct number *ret);
/* False: the product has too many digits. */
bool number_mul_exact(struct number a, struct number b, struct number *ret);
/* The same number as an integer, or with as few digits after the point as it needs, where 34 digits allow it. */
struct number number_plain(struct number n);

#endif
