/* arena: memory that lives exactly as long as one batch.
 * Everything decoded from a batch is put here; nothing in it is freed singly.
 * arena_reset() makes all of it invalid at once and keeps the memory for the next batch. */
#ifndef MOSAIC_CORE_ARENA_H
#define MOSAIC_CORE_ARENA_H

#include "common/core/str.h"

struct arena_block;

struct arena {
    struct arena_block *first;
    struct arena_block *current;
    struct arena_block *spare; /* of the batch before, for use again */
    size_t block_bytes;        /* zero: ARENA_BLOCK_BYTES */
    size_t used_bytes;         /* since the last reset, for metrics */
};

#define ARENA_BLOCK_BYTES ((size_t)256 * 1024)
#define ARENA_KEPT_BYTES ((size_t)4 * 1024 * 1024) /* over a reset, at most */

/* A zeroed struct arena is a valid empty one. */
void arena_done(struct arena *a);
void arena_reset(struct arena *a);

/* Zeroed memory, aligned for any type. Never NULL: out of memory ends the process, since
 * a service that cannot hold one batch cannot do its work. */
void *arena_alloc(struct arena *a, size_t bytes);
/* count elements of size bytes, overflow checked. */
void *arena_array(struct arena *a, size_t count, size_t bytes);
/* A piece made larger, moved if it must be; the added bytes are not zeroed. ptr NULL: a new one. */
void *arena_grow(struct arena *a, void *ptr, size_t old_bytes, size_t new_bytes);
/* An array of `count` items of size bytes with room for one more: twice as much where *cap is reached. The new places
 * are not zeroed. */
void *arena_more(struct arena *a, void *items, size_t count, size_t *cap, size_t bytes);
struct str arena_dup(struct arena *a, struct str s); /* the copy is NUL-terminated */
struct str arena_fmt(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
