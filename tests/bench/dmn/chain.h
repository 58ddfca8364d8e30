/* chain: the table of support.dmn as a programmer would write it by hand, to measure against. */
#ifndef MOSAIC_BENCH_DMN_CHAIN_H
#define MOSAIC_BENCH_DMN_CHAIN_H

#include "common/core/str.h"

struct chain_row {
    int64_t turnover; /* cents */
    int64_t staff;
    struct str region, stage;
};

/* The share in percent. */
int64_t chain(const struct chain_row *r);

#endif
