/* eval_limit: how far one evaluation may go, and what it says about itself. */
#include <stdarg.h>
#include <stdio.h>

#include "common/dmn/eval_private.h"

bool eval_may_go_on(struct eval *e, uint64_t steps)
{
    if (e->stopped != STOP_NOT)
        return false;
    e->steps += steps;
    if (e->steps > e->limits.steps)
        e->stopped = STOP_STEPS;
    else if (e->arena->used_bytes - e->arena_start > e->limits.memory_bytes)
        e->stopped = STOP_MEMORY;
    return e->stopped == STOP_NOT;
}

bool eval_has_room(struct eval *e, size_t bytes)
{
    size_t used = e->arena->used_bytes - e->arena_start;
    if (used > e->limits.memory_bytes || bytes > e->limits.memory_bytes - used)
        e->stopped = STOP_MEMORY;
    return e->stopped == STOP_NOT;
}

enum truth eval_equal(struct eval *e, struct value a, struct value b)
{
    uint64_t steps = 0;
    enum truth t = value_equal_counted(a, b, &steps);
    return steps <= 1 || eval_may_go_on(e, steps) ? t : TRUTH_UNKNOWN;
}

#define ENTRIES_PER_STEP 32

const struct value *eval_entry(struct eval *e, const struct context *c, struct str name)
{
    if (c->count >= ENTRIES_PER_STEP && !eval_may_go_on(e, c->count / ENTRIES_PER_STEP))
        return NULL;
    return context_get(c, name);
}

#define NOTE_BYTES 400 /* a longer sentence is cut */

struct value eval_note(struct eval *e, uint32_t at, const char *format, ...)
{
    if (!e->explain || !eval_may_go_on(e, 1))
        return NULL_VALUE;
    char text[NOTE_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0)
        return NULL_VALUE;
    struct note *note = arena_alloc(e->arena, sizeof *note);
    size_t kept = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    *note = (struct note){.next = e->notes,
                          .text = arena_dup(e->arena, (struct str){text, kept}),
                          .at = at};
    e->notes = note;
    return NULL_VALUE;
}

const char *a_kind(struct value v)
{
    static const char *const texts[] = {
        [VALUE_NULL] = "null",
        [VALUE_BOOLEAN] = "a boolean",
        [VALUE_NUMBER] = "a number",
        [VALUE_STRING] = "a string",
        [VALUE_DATE] = "a date",
        [VALUE_TIME] = "a time",
        [VALUE_DATE_TIME] = "a date and time",
        [VALUE_DAYS] = "a days and time duration",
        [VALUE_MONTHS] = "a years and months duration",
        [VALUE_LIST] = "a list",
        [VALUE_CONTEXT] = "a context",
        [VALUE_RANGE] = "a range",
        [VALUE_FUNCTION] = "a function",
    };
    return texts[v.kind];
}

void gather_add(struct eval *e, struct gather *g, struct value v)
{
    if (g->count == g->cap) {
        size_t cap = g->cap == 0 ? 8 : g->cap * 2;
        if (!eval_has_room(e, cap * sizeof *g->items))
            return;
        g->items =
            arena_grow(e->arena, g->items, g->cap * sizeof *g->items, cap * sizeof *g->items);
        g->cap = cap;
    }
    g->items[g->count++] = v;
}

struct value gather_list(struct eval *e, const struct gather *g)
{
    struct list *list = arena_alloc(e->arena, sizeof *list);
    *list = (struct list){.count = g->count, .items = g->items};
    return (struct value){.kind = VALUE_LIST, .list = list};
}
