/* resolve_near: what a rule author may have meant by a name that is not known. */
#include "common/dmn/resolve_private.h"

#define NAME_MAX_BYTES 64 /* longer names get no suggestion */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The number of bytes to change, add or leave out between two names, but for the case of letters (Levenshtein). */
static size_t distance(struct str a, struct str b)
{
    size_t row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + ((a.ptr[i - 1] | 0x20) != (b.ptr[j - 1] | 0x20));
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

struct nearest {
    struct str name, best;
    size_t distance;
};

static void try_name(struct nearest *n, struct str known)
{
    if (known.len == 0 || known.len > NAME_MAX_BYTES)
        return;
    size_t d = distance(n->name, known);
    if (d < n->distance) {
        n->distance = d;
        n->best = known;
    }
}

static struct nearest nearest_start(struct str name)
{
    size_t most = name.len <= 2 ? 0 : name.len <= 4 ? 1 : name.len / 3 + 1;
    return (struct nearest){.name = name, .distance = most + 1};
}

static struct str nearest_text(struct resolver *r, const struct nearest *n)
{
    return n->best.len > 0 ? arena_fmt(r->arena, "; did you mean '%.*s'?", STR_ARG(n->best))
                           : STR("");
}

struct str near_name(struct resolver *r, struct str name, const struct str *known, size_t count)
{
    struct nearest n = nearest_start(name);
    if (name.len == 0 || name.len > NAME_MAX_BYTES)
        return STR("");
    for (size_t i = 0; i < count; i++)
        try_name(&n, known[i]);
    return nearest_text(r, &n);
}

struct str name_suggestion(struct resolver *r, const struct scope *s, struct str name)
{
    struct nearest n = nearest_start(name);
    if (name.len == 0 || name.len > NAME_MAX_BYTES)
        return STR("");
    for (; s != NULL; s = s->outer) {
        for (size_t i = 0; i < s->count; i++)
            try_name(&n, s->variables[i].name);
        for (size_t i = 0; s->item != NULL && i < s->item->field_count; i++)
            try_name(&n, s->item->fields[i].name);
    }
    for (size_t t = 0; builtin_tables[t] != NULL; t++)
        for (const struct builtin *b = builtin_tables[t]; b->name != NULL; b++)
            try_name(&n, str_of(b->name));
    return nearest_text(r, &n);
}
