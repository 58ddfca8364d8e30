/* arena: a chain of blocks handed out from front to back. */
#include "common/core/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(ptr, bytes) ASAN_POISON_MEMORY_REGION((ptr), (bytes))
#define UNPOISON(ptr, bytes) ASAN_UNPOISON_MEMORY_REGION((ptr), (bytes))
#define REDZONE_BYTES ((size_t)16) /* so that running over the end of one piece is seen */
#else
#define POISON(ptr, bytes) ((void)(ptr), (void)(bytes))
#define UNPOISON(ptr, bytes) ((void)(ptr), (void)(bytes))
#define REDZONE_BYTES ((size_t)0)
#endif

#define ALIGNMENT ((size_t)16)

struct arena_block {
    struct arena_block *next;
    size_t cap;
    size_t used;
    size_t pad; /* keeps data aligned */
    char data[];
};

static_assert(offsetof(struct arena_block, data) % ALIGNMENT == 0, "data must be aligned");

static struct arena_block *block_new(size_t cap)
{
    struct arena_block *block = malloc(sizeof *block + cap);
    if (block == NULL)
        abort();
    block->next = NULL;
    block->cap = cap;
    block->used = 0;
    POISON(block->data, cap);
    return block;
}

static void block_free(struct arena_block *block)
{
    UNPOISON(block->data, block->cap);
    free(block);
}

static void list_free(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *next = block->next;
        block_free(block);
        block = next;
    }
}

void arena_done(struct arena *a)
{
    list_free(a->first);
    list_free(a->spare);
    a->first = a->current = a->spare = NULL;
    a->used_bytes = 0;
}

static size_t block_bytes(const struct arena *a)
{
    return a->block_bytes != 0 ? a->block_bytes : ARENA_BLOCK_BYTES;
}

/* One batch is much like the next, so its blocks will do again. */
void arena_reset(struct arena *a)
{
    struct arena_block *block = a->first, *unkept = a->spare;
    size_t kept = 0;
    a->first = a->current = a->spare = NULL;
    a->used_bytes = 0;
    while (block != NULL) {
        struct arena_block *next = block->next;
        if (kept + block->cap > ARENA_KEPT_BYTES) {
            block_free(block);
        } else {
            kept += block->cap;
            POISON(block->data, block->cap);
            block->used = 0;
            block->next = a->spare;
            a->spare = block;
        }
        block = next;
    }
    list_free(unkept); /* the last batch had no use for them */
}

/* What one piece takes from its block. */
static size_t footprint(size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        abort();
    return (bytes + REDZONE_BYTES + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/* A spare block that holds so much and is not much larger, or NULL. */
static struct arena_block *spare_take(struct arena *a, size_t cap)
{
    for (struct arena_block **at = &a->spare; *at != NULL; at = &(*at)->next) {
        struct arena_block *block = *at;
        if (block->cap < cap || block->cap / 4 > cap)
            continue;
        *at = block->next;
        return block;
    }
    return NULL;
}

static struct arena_block *block_push(struct arena *a, size_t cap)
{
    struct arena_block *block = spare_take(a, cap);
    if (block == NULL)
        block = block_new(cap);
    block->next = a->first;
    a->first = block;
    return block;
}

static struct arena_block *block_with_room(struct arena *a, size_t bytes)
{
    if (a->current != NULL && a->current->cap - a->current->used >= bytes)
        return a->current;
    if (bytes > block_bytes(a) / 4) /* a large piece must not waste the rest of a block */
        return block_push(a, bytes);
    a->current = block_push(a, block_bytes(a));
    return a->current;
}

/* Not zeroed. */
static void *take(struct arena *a, size_t bytes)
{
    size_t total = footprint(bytes);
    struct arena_block *block = block_with_room(a, total);
    char *piece = block->data + block->used;
    block->used += total;
    a->used_bytes += total;
    UNPOISON(piece, bytes);
    return piece;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    return memset(take(a, bytes), 0, bytes);
}

void *arena_array(struct arena *a, size_t count, size_t bytes)
{
    if (bytes != 0 && count > SIZE_MAX / bytes)
        abort();
    return arena_alloc(a, count * bytes);
}

/* True if the piece was the last of the current block and the block has room for more. */
static bool grow_in_place(struct arena *a, const char *ptr, size_t old_bytes, size_t new_bytes)
{
    struct arena_block *block = a->current;
    size_t old_total = footprint(old_bytes), new_total = footprint(new_bytes);
    if (block == NULL || ptr == NULL || block->used < old_total)
        return false;
    if (ptr != block->data + block->used - old_total ||
        block->cap - block->used < new_total - old_total)
        return false;
    block->used += new_total - old_total;
    a->used_bytes += new_total - old_total;
    UNPOISON(ptr, new_bytes);
    return true;
}

void *arena_grow(struct arena *a, void *ptr, size_t old_bytes, size_t new_bytes)
{
    assert(new_bytes >= old_bytes);
    if (grow_in_place(a, ptr, old_bytes, new_bytes))
        return ptr;
    void *moved = take(a, new_bytes);
    if (old_bytes != 0)
        memcpy(moved, ptr, old_bytes);
    return moved;
}

void *arena_more(struct arena *a, void *items, size_t count, size_t *cap, size_t bytes)
{
    if (count < *cap)
        return items;
    size_t cap_new = *cap == 0 ? 8 : *cap * 2;
    if (bytes != 0 && cap_new > SIZE_MAX / bytes)
        abort();
    items = arena_grow(a, items, *cap * bytes, cap_new * bytes);
    *cap = cap_new;
    return items;
}

struct str arena_dup(struct arena *a, struct str s)
{
    char *copy = take(a, s.len + 1);
    if (s.len != 0)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

struct str arena_fmt(struct arena *a, const char *format, ...)
{
    char first_try[128];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(first_try, sizeof first_try, format, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len < sizeof first_try)
        return arena_dup(a, (struct str){first_try, (size_t)len});

    char *text = take(a, (size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return (struct str){text, (size_t)len};
}
