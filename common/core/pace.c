/* pace: rests grow with the work. */
#include "common/core/pace.h"

#define MEAN_OF 8 /* batches, so that one long fsync is not taken for a busy machine */

/* As long as it worked. One that merges gains most by waiting, and its rest grows with the square of the
 * work: not to be noticed while batches are short, most of the time when they are long. */
static int64_t rest_us(const struct pace *p, int64_t took_us)
{
    return p->merges ? p->mean_us * p->mean_us / p->gather_us : took_us;
}

int64_t pace_after(struct pace *p, int64_t took_us)
{
    if (p->gather_us == 0)
        return 0;
    p->mean_us += (took_us - p->mean_us) / MEAN_OF;
    int64_t most = (p->merges ? PACE_MERGING_FACTOR : PACE_FACTOR) * p->gather_us;
    if (most > PACE_MOST_US)
        most = PACE_MOST_US;
    int64_t wait = took_us + rest_us(p, took_us);
    return wait < p->gather_us ? p->gather_us : wait > most ? most : wait;
}
