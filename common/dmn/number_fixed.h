/* number_fixed: binary fixed point of 384 bits after the point and 128 before it, with a sign: what exponentials and
 * logarithms are computed in, so that 34 decimal digits come out right. For the files of `number` alone.
 * Nothing checks for overflow: a caller keeps magnitudes below 2^128. Results are cut off, not rounded. */
#ifndef MOSAIC_DMN_NUMBER_FIXED_H
#define MOSAIC_DMN_NUMBER_FIXED_H

#include "common/dmn/number_private.h"

#define FIXED_LIMBS 8
#define FIXED_FRACTION 6 /* limbs after the point */

struct fixed {
    uint64_t w[FIXED_LIMBS]; /* low limb first */
    bool negative;
};

extern const struct fixed fixed_ln10;

struct fixed fixed_of(int64_t i);
struct fixed fixed_of_double(double d);         /* magnitude below 2^62 */
struct fixed fixed_of_decimal(u128_t c, int e); /* c * 10^e */
double fixed_to_double(const struct fixed *a);
struct fixed fixed_add(const struct fixed *a, const struct fixed *b);
struct fixed fixed_sub(const struct fixed *a, const struct fixed *b);
struct fixed fixed_mul(const struct fixed *a, const struct fixed *b);
struct fixed fixed_mul_small(struct fixed a, uint64_t by);
struct fixed fixed_div_small(struct fixed a, uint32_t by);
struct fixed fixed_exp(const struct fixed *a); /* by its series: magnitude of a few units */
/* a * 10^exponent as the nearest number: first to 75 digits, which swallows the error of computing it, so that a result
 * that is exact comes out exact. False if it is too large; 0 if it is too small. */
bool fixed_to_number(struct fixed a, int exponent, struct number *ret);

#endif
