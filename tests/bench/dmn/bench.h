/* bench: measuring decisions, and telling people and files about it. */
#ifndef MOSAIC_BENCH_DMN_BENCH_H
#define MOSAIC_BENCH_DMN_BENCH_H

#include <stdio.h>
#include <time.h>

#include "common/dmn/dmn.h"

#define BENCH_ROUNDS 5
#define BENCH_ROUND_SECONDS 0.4

struct bench {
    struct arena arena; /* of everything loaded */
    FILE *json;         /* a line for each figure */
    double last;        /* evaluations per second of the latest measurement */
};

/* Does it n times; returns the bytes of memory that took in all. */
typedef size_t (*bench_fn)(void *context, size_t n);

double bench_seconds(void); /* of CPU, of this thread */
void bench_measure(struct bench *b, struct str what, bench_fn run, void *context);
void bench_report(struct bench *b, struct str what, double per_second, double bytes);
const struct model *bench_load(struct bench *b, const char *path); /* NULL: said why */

/* False: something is not as it should be, and was said. */
bool bench_table(struct bench *b, const char *path);
bool bench_folder(struct bench *b, const char *folder);

#endif
