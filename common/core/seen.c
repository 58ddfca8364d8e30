/* seen: a short list per input partition, since an input partition has few writers. */
#include "common/core/seen.h"

#define BLOCK_BYTES 1024

void seen_done(struct seen *s)
{
    arena_done(&s->arena);
    *s = (struct seen){0};
}

static struct seen_source *add(struct seen *s, struct str name)
{
    if (s->arena.block_bytes == 0)
        s->arena.block_bytes = BLOCK_BYTES;
    struct seen_source *source = arena_alloc(&s->arena, sizeof *source);
    source->name = arena_dup(&s->arena, name);
    source->highest = SEQUENCE_NONE;
    source->next = s->first;
    s->first = source;
    return source;
}

struct seen_source *seen_source(struct seen *s, struct str name)
{
    if (s->last_found != NULL && str_eq(s->last_found->name, name))
        return s->last_found;
    struct seen_source *source = s->first;
    while (source != NULL && !str_eq(source->name, name))
        source = source->next;
    if (source == NULL)
        source = add(s, name);
    s->last_found = source;
    return source;
}

bool seen_take(struct seen_source *source, struct sequence at)
{
    if (sequence_cmp(at, source->highest) <= 0)
        return false;
    source->highest = at;
    return true;
}
