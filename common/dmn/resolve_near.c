/* resolve_near: what a rule author may have meant by a name that is not known. */
#include "common/core/near.h"
#include "common/dmn/resolve_private.h"

static struct str nearest_text(struct resolver *r, const struct near *n)
{
    return n->best.len > 0 ? arena_fmt(r->arena, "; did you mean '%.*s'?", STR_ARG(n->best))
                           : STR("");
}

struct str near_name(struct resolver *r, struct str name, const struct str *known, size_t count)
{
    struct near n = near_begin(name);
    for (size_t i = 0; i < count; i++)
        near_try(&n, known[i]);
    return nearest_text(r, &n);
}

struct str name_suggestion(struct resolver *r, const struct scope *s, struct str name)
{
    struct near n = near_begin(name);
    for (; s != NULL; s = s->outer) {
        for (size_t i = 0; i < s->count; i++)
            near_try(&n, s->variables[i].name);
        for (size_t i = 0; s->item != NULL && i < s->item->field_count; i++)
            near_try(&n, s->item->fields[i].name);
    }
    for (size_t t = 0; builtin_tables[t] != NULL; t++)
        for (const struct builtin *b = builtin_tables[t]; b->name != NULL; b++)
            near_try(&n, str_of(b->name));
    return nearest_text(r, &n);
}
