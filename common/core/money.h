/* money: integers of minor units (cents, kopecks) up to 2^53 - 1, so that any JSON reader
 * keeps them exact. The currency travels beside the amount; floats never touch it. */
#ifndef MOSAIC_CORE_MONEY_H
#define MOSAIC_CORE_MONEY_H

#include "common/core/str.h"

#define MONEY_MAX INT64_C(9007199254740991)

bool money_add(int64_t a, int64_t b, int64_t *ret); /* false: beyond +-MONEY_MAX */
/* Decimal text ("12.5", "9012529.369999999", "1e3" is refused) to minor units with two places,
 * halves away from zero. False: not a decimal number, or too large. */
bool money_parse(struct str decimal, int64_t *ret_minor);

#endif
