/* stage_peers: one entry per stage of the process, made at its first thread. */
#include "common/io/stage_peers.h"

#include <stdlib.h>

#define JOIN_AGAIN_MS 1100
#define PATIENCE_MS 5000

struct stage_peers *stage_peers_of(const struct stage *st)
{
    static struct stage_peers *all;
    struct stage_peers *p = all;
    while (p != NULL && p->stage != st)
        p = p->next;
    if (p != NULL)
        return p;
    p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->stage = st;
    p->next = all;
    all = p;
    return p;
}

void stage_peers_joined(struct stage_peers *p, int64_t now_ms)
{
    int64_t never = 0;
    (void)atomic_compare_exchange_strong(&p->first_joined_ms, &never, now_ms);
}

bool stage_peers_may_join(const struct stage_peers *p, int number, int64_t started_ms,
                          int64_t now_ms)
{
    int64_t first = atomic_load(&p->first_joined_ms);
    if (number == 0 || now_ms - started_ms > PATIENCE_MS)
        return true;
    return first != 0 && now_ms - first > JOIN_AGAIN_MS;
}
