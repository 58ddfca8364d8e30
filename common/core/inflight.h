/* inflight: outbox rows handed to the producer and not yet acknowledged.
 * A row belongs to an owner (an input partition) and may be deleted when all its outputs are
 * acknowledged and so are all rows of that owner before it. The table is embedded in its owner. */
#ifndef MOSAIC_CORE_INFLIGHT_H
#define MOSAIC_CORE_INFLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INFLIGHT_ROWS 512

struct inflight_row {
    uint32_t round; /* raised whenever the slot is freed, so that a late ticket fits nothing */
    int32_t owner;
    int32_t waiting; /* outputs not yet acknowledged */
    int32_t newer;   /* the next row of the same owner, or of the free list */
    int64_t next;
    bool used;
};

struct inflight {
    struct inflight_row rows[INFLIGHT_ROWS];
    int32_t free;
    int64_t outputs; /* waiting in all rows */
    size_t owners;
    struct inflight_owner {
        int32_t oldest, newest;
    } * owner; /* the caller's array */
};

/* Names a row to the producer and comes back with each of its outputs. Never 0. */
typedef uint64_t inflight_ticket;

void inflight_init(struct inflight *f, struct inflight_owner *owner,
                   size_t owners); /* forgets all */
bool inflight_full(const struct inflight *f);
/* A row may have no outputs. Asserts that there is room and that `next` rises per owner. */
inflight_ticket inflight_add(struct inflight *f, int32_t owner, int64_t next, int32_t outputs);
/* One output is acknowledged; an old or unknown ticket is ignored. */
void inflight_ack(struct inflight *f, inflight_ticket ticket);
/* The owner of a ticket still in use, else -1. */
int32_t inflight_owner_of(const struct inflight *f, inflight_ticket ticket);
/* Frees the acknowledged rows at the owner's front; true: *ret_next is the last one's `next`. */
bool inflight_collect(struct inflight *f, int32_t owner, int64_t *ret_next);
bool inflight_idle(const struct inflight *f, int32_t owner); /* the owner has no rows */

#endif
