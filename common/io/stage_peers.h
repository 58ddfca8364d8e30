/* stage_peers: what the threads of one stage in this process know of each other. Lives as long as the
 * process; atomics only.
 *
 * librdkafka joins a group at most once a second, so threads that join one after the other keep each
 * other waiting for seconds. The first thread joins alone and is ready at once with all partitions;
 * the others join together when it may join again, which moves partitions to them in one go. */
#ifndef MOSAIC_IO_STAGE_PEERS_H
#define MOSAIC_IO_STAGE_PEERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct stage;

struct stage_peers {
    const struct stage *stage;
    struct stage_peers *next;
    _Atomic int64_t first_joined_ms; /* when the first thread got its partitions; 0: not yet */
};

struct stage_peers *stage_peers_of(
    const struct stage *st); /* from the thread that starts them all */
void stage_peers_joined(struct stage_peers *p, int64_t now_ms); /* a thread has its partitions */
/* May the thread with that number, started then, join its group now? */
bool stage_peers_may_join(const struct stage_peers *p, int number, int64_t started_ms,
                          int64_t now_ms);

#endif
