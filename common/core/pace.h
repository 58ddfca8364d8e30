/* pace: how long a stage waits from the beginning of one batch to that of the next. Larger batches cost
 * less, so a busy machine is helped by waiting; an idle one has nothing to gain. How busy it is shows in
 * how long a batch takes. The owner of the struct keeps the clock. */
#ifndef MOSAIC_CORE_PACE_H
#define MOSAIC_CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    int64_t gather_us; /* at least so long, and PACE_FACTOR times as long at most; 0: never waits */
    bool merges;       /* see struct stage; PACE_MERGING_FACTOR times as long at most */
    int64_t mean_us;   /* what the last batches took; zero at first */
};

#define PACE_FACTOR 10
#define PACE_MERGING_FACTOR 50
#define PACE_MOST_US ((int64_t)1000000) /* in any case, since who waits does not poll its group */

/* Microseconds from the beginning of the batch that took so long to that of the next one; less than
 * `took_us` when it need not wait. */
int64_t pace_after(struct pace *p, int64_t took_us);

#endif
