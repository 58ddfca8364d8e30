/* inflight: a fixed table of rows; each owner's rows form a list from oldest to newest. */
#include "common/core/inflight.h"

#include <assert.h>

#define NONE (-1)

void inflight_init(struct inflight *f, struct inflight_owner *owner, size_t owners)
{
    for (int32_t i = 0; i < INFLIGHT_ROWS; i++) {
        f->rows[i].round++; /* tickets of before must not fit */
        f->rows[i].used = false;
        f->rows[i].newer = i + 1 < INFLIGHT_ROWS ? i + 1 : NONE;
    }
    f->free = 0;
    f->outputs = 0;
    f->owner = owner;
    f->owners = owners;
    for (size_t i = 0; i < owners; i++)
        owner[i] = (struct inflight_owner){NONE, NONE};
}

bool inflight_full(const struct inflight *f)
{
    return f->free == NONE;
}

static inflight_ticket ticket_of(const struct inflight *f, int32_t slot)
{
    return (uint64_t)f->rows[slot].round << 32 | ((uint32_t)slot + 1);
}

static int32_t slot_of(const struct inflight *f, inflight_ticket ticket)
{
    uint32_t slot = (uint32_t)ticket - 1;
    if (slot >= INFLIGHT_ROWS || !f->rows[slot].used || f->rows[slot].round != ticket >> 32)
        return NONE;
    return (int32_t)slot;
}

inflight_ticket inflight_add(struct inflight *f, int32_t owner, int64_t next, int32_t outputs)
{
    assert(f->free != NONE && owner >= 0 && (size_t)owner < f->owners && outputs >= 0);
    struct inflight_owner *list = &f->owner[owner];
    assert(list->newest == NONE || f->rows[list->newest].next < next);

    int32_t slot = f->free;
    struct inflight_row *row = &f->rows[slot];
    f->free = row->newer;
    *row = (struct inflight_row){.round = row->round,
                                 .owner = owner,
                                 .waiting = outputs,
                                 .next = next,
                                 .newer = NONE,
                                 .used = true};
    if (list->newest == NONE)
        list->oldest = slot;
    else
        f->rows[list->newest].newer = slot;
    list->newest = slot;
    f->outputs += outputs;
    return ticket_of(f, slot);
}

void inflight_ack(struct inflight *f, inflight_ticket ticket)
{
    int32_t slot = slot_of(f, ticket);
    if (slot == NONE)
        return;
    assert(f->rows[slot].waiting > 0);
    f->rows[slot].waiting--;
    f->outputs--;
}

int32_t inflight_owner_of(const struct inflight *f, inflight_ticket ticket)
{
    int32_t slot = slot_of(f, ticket);
    return slot == NONE ? NONE : f->rows[slot].owner;
}

static void release(struct inflight *f, int32_t slot)
{
    struct inflight_row *row = &f->rows[slot];
    row->round++;
    row->used = false;
    row->newer = f->free;
    f->free = slot;
}

bool inflight_collect(struct inflight *f, int32_t owner, int64_t *ret_next)
{
    struct inflight_owner *list = &f->owner[owner];
    bool any = false;
    while (list->oldest != NONE && f->rows[list->oldest].waiting == 0) {
        int32_t slot = list->oldest;
        *ret_next = f->rows[slot].next;
        any = true;
        list->oldest = f->rows[slot].newer;
        release(f, slot);
    }
    if (list->oldest == NONE)
        list->newest = NONE;
    return any;
}

bool inflight_idle(const struct inflight *f, int32_t owner)
{
    return f->owner[owner].oldest == NONE;
}
