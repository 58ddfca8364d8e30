/* map: text keys to small integers, for the rows of one batch. Open addressing in an arena;
 * keys are not copied and must live as long as the map. */
#ifndef MOSAIC_CORE_MAP_H
#define MOSAIC_CORE_MAP_H

#include "common/core/arena.h"

struct map_slot {
    struct str key;
    uint64_t hash;
    size_t value;
};

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t cap;
    size_t count;
};

#define MAP_ABSENT SIZE_MAX

void map_init(struct map *m, struct arena *a, size_t expected);
size_t map_get(const struct map *m, struct str key); /* MAP_ABSENT if it is not there */
/* The value under key; a new key gets `value` and *ret_new = true. ret_new may be NULL. */
size_t map_put(struct map *m, struct str key, size_t value, bool *ret_new);

#endif
