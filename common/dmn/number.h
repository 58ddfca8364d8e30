/* number: FEEL's decimals (DMN 1.5, 10.3.2.3.1): IEEE 754-2008 decimal128, 34 digits, halves to even.
 * A thin layer over Intel's library; nothing else in the engine knows it. Values only, no memory.
 * An operation whose result is not a finite number (overflow, division by zero) is false: FEEL's null. */
#ifndef MOSAIC_DMN_NUMBER_H
#define MOSAIC_DMN_NUMBER_H

#include "common/core/buf.h"

struct number {
    _Alignas(16) uint64_t w[2]; /* the library's binary encoding, low word first */
};

enum rounding {
    ROUND_HALF_EVEN,
    ROUND_DOWN,
    ROUND_UP,
    ROUND_FLOOR,
    ROUND_CEILING,
    ROUND_HALF_UP,
    ROUND_HALF_DOWN
};

struct number number_of(int64_t i);
/* FEEL's literal and XML's decimal: digits, point, exponent, leading minus; false if anything else or not finite. */
bool number_parse(struct str s, struct number *ret);
/* Plain digits where the exponent is small, else as FEEL's string(): never a trailing zero after the point. */
void number_write(struct buf *b, struct number n);
int number_cmp(struct number a, struct number b); /* -1, 0, 1; 1.0 equals 1 */
int number_sign(struct number n);
bool number_is_integer(struct number n);
bool number_to_i64(struct number n, int64_t *ret); /* false: not an integer, or too large */
/* n * 10^places as an integer, for tests by plain comparison; false if not exact or too large. */
bool number_scaled(struct number n, int places, int64_t *ret);
double number_to_double(struct number n);
__extension__ typedef __int128 number_wide_t;
struct number number_of_wide(number_wide_t i); /* below 10^34 */
bool number_to_wide(struct number n,
                    number_wide_t *ret); /* cut off after the point; false: too large */

struct number number_negate(struct number n);
struct number number_abs(struct number n);
bool number_add(struct number a, struct number b, struct number *ret);
bool number_sub(struct number a, struct number b, struct number *ret);
bool number_mul(struct number a, struct number b, struct number *ret);
bool number_div(struct number a, struct number b, struct number *ret);
bool number_pow(struct number a, struct number b, struct number *ret);
bool number_modulo(struct number a, struct number b,
                   struct number *ret); /* sign of the divisor, 10.3.4.5 */
bool number_sqrt(struct number n, struct number *ret);
bool number_exp(struct number n, struct number *ret);
bool number_log(struct number n, struct number *ret); /* natural */
/* To `scale` digits after the point (may be negative), -6111 to 6176. */
bool number_round(struct number n, int scale, enum rounding how, struct number *ret);

#endif
