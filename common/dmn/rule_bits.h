/* rule_bits: sets of a table's rules, a bit each, in so many words as the table needs. */
#ifndef MOSAIC_DMN_RULE_BITS_H
#define MOSAIC_DMN_RULE_BITS_H

#include "common/dmn/table.h"

#define RULE_BITS 64 /* rules in one word */

static inline size_t rule_words(const struct table *t)
{
    return (t->rule_count + RULE_BITS - 1) / RULE_BITS;
}

static inline bool rule_in(const uint64_t *set, size_t rule)
{
    return (set[rule / RULE_BITS] >> (rule % RULE_BITS) & 1) != 0;
}

static inline void rule_put(uint64_t *set, size_t rule)
{
    set[rule / RULE_BITS] |= UINT64_C(1) << (rule % RULE_BITS);
}

static inline void rule_take(uint64_t *set, size_t rule)
{
    set[rule / RULE_BITS] &= ~(UINT64_C(1) << (rule % RULE_BITS));
}

#endif
