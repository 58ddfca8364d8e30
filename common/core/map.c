/* map: open addressing with linear probing, at most half full. */
#include "common/core/map.h"

#include "common/core/hash.h"

void map_init(struct map *m, struct arena *a, size_t expected)
{
    size_t cap = 16;
    while (cap < expected * 2)
        cap *= 2;
    *m = (struct map){.arena = a, .slots = arena_array(a, cap, sizeof *m->slots), .cap = cap};
}

/* The key's slot, or the free one where it belongs. A free slot has a NULL key. */
static struct map_slot *find(const struct map *m, struct str key, uint64_t hash)
{
    size_t i = (size_t)hash & (m->cap - 1);
    while (m->slots[i].key.ptr != NULL &&
           !(m->slots[i].hash == hash && str_eq(m->slots[i].key, key)))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

size_t map_get(const struct map *m, struct str key)
{
    const struct map_slot *slot = find(m, key, hash_str(key));
    return slot->key.ptr != NULL ? slot->value : MAP_ABSENT;
}

static void double_size(struct map *m)
{
    struct map larger = {.arena = m->arena, .cap = m->cap * 2, .count = m->count};
    larger.slots = arena_array(m->arena, larger.cap, sizeof *larger.slots);
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].key.ptr != NULL)
            *find(&larger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
    *m = larger;
}

size_t map_put(struct map *m, struct str key, size_t value, bool *ret_new)
{
    if (key.ptr == NULL)
        key.ptr = ""; /* the absent text is the empty one here */
    uint64_t hash = hash_str(key);
    struct map_slot *slot = find(m, key, hash);
    bool is_new = slot->key.ptr == NULL;
    if (ret_new != NULL)
        *ret_new = is_new;
    if (!is_new)
        return slot->value;
    if ((m->count + 1) * 2 > m->cap) {
        double_size(m);
        slot = find(m, key, hash);
    }
    *slot = (struct map_slot){key, hash, value};
    m->count++;
    return value;
}
