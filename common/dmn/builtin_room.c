/* builtin_room: memory and positions for the built-in functions. */
#include "common/dmn/builtin_private.h"

/* A step stands for about this many bytes copied or looked at. */
enum { BYTES_PER_STEP = 64 };

bool builtin_room(struct eval *e, size_t bytes)
{
    if (!eval_may_go_on(e, 1 + bytes / BYTES_PER_STEP))
        return false;
    size_t used = e->arena->used_bytes - e->arena_start;
    if (used <= e->limits.memory_bytes && bytes <= e->limits.memory_bytes - used)
        return true;
    eval_note(e, 0, "the evaluation needs more memory than its limit of %zu bytes",
              e->limits.memory_bytes);
    e->stopped = STOP_MEMORY;
    return false;
}

struct value *builtin_items(struct eval *e, size_t count)
{
    if (count > SIZE_MAX / sizeof(struct value) / 2 ||
        !builtin_room(e, count * sizeof(struct value)))
        return NULL;
    return arena_array(e->arena, count > 0 ? count : 1, sizeof(struct value));
}

char *builtin_bytes(struct eval *e, size_t length)
{
    if (!builtin_room(e, length))
        return NULL;
    return arena_alloc(e->arena, length > 0 ? length : 1);
}

struct value builtin_list_of(struct eval *e, struct value *items, size_t count)
{
    struct list *l = arena_alloc(e->arena, sizeof *l);
    *l = (struct list){.count = count, .items = items};
    return (struct value){.kind = VALUE_LIST, .list = l};
}

bool builtin_whole(struct number n, int64_t *ret)
{
    struct number whole;
    return number_round(n, 0, ROUND_DOWN, &whole) && number_to_i64(whole, ret);
}

bool builtin_position(struct number position, size_t count, size_t *ret_index)
{
    int64_t at, size = (int64_t)count;
    if (!builtin_whole(position, &at) || at == 0 || at > size || at < -size)
        return false;
    *ret_index = (size_t)(at > 0 ? at - 1 : size + at);
    return true;
}
