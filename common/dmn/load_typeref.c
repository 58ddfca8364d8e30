/* load_typeref: from the name of a type, as a typeRef writes it, to the type. */
#include "common/dmn/load.h"

#include <string.h>

#define IMPORT_DEPTH_MAX 16 /* models may import each other in a circle */

static struct definition *own(const struct unit *u, struct str name)
{
    size_t at = map_get(&u->definition_index, name);
    return at != MAP_ABSENT ? &u->definitions[at] : NULL;
}

static struct definition *search(const struct unit *u, struct str name, int depth)
{
    struct definition *d = own(u, name);
    if (d != NULL || depth == IMPORT_DEPTH_MAX)
        return d;
    for (size_t i = 0; i < u->import_count && d == NULL; i++) {
        const struct import *im = &u->imports[i];
        if (im->name.len == 0)
            d = search(im->unit, name, depth + 1);
        else if (name.len > im->name.len + 1 && str_starts(name, im->name) &&
                 name.ptr[im->name.len] == '.')
            d = search(im->unit, str_skip(name, im->name.len + 1), depth + 1);
    }
    return d;
}

struct definition *load_definition(struct unit *u, struct str name)
{
    return search(u, name, 0);
}

const struct type *load_type_find(const void *unit, struct str name)
{
    const struct type *t = type_builtin(name);
    if (t != NULL)
        return t;
    const struct definition *d = search(unit, name, 0);
    return d != NULL ? d->type : NULL;
}

/* DMN 1.1: a QName, whose prefix stands for FEEL's, the model's own or an imported model's namespace. */
static const struct type *by_prefix(struct unit *u, struct str ref)
{
    const char *colon = memchr(ref.ptr, ':', ref.len);
    if (colon == NULL)
        return NULL;
    struct str prefix = {ref.ptr, (size_t)(colon - ref.ptr)};
    struct str local = str_skip(ref, prefix.len + 1);
    struct str uri = xml_prefix_uri(&u->document, prefix);
    for (size_t i = 0; i < u->import_count; i++) {
        const struct definition *d =
            str_eq(u->imports[i].unit->ns, uri) ? own(u->imports[i].unit, local) : NULL;
        if (d != NULL)
            return d->type;
    }
    return load_type_find(u, local);
}

/* "list<tPerson>" and the like. */
static const struct type *by_syntax(struct unit *u, struct str ref, struct str place, uint32_t line)
{
    struct loader *l = u->loader;
    struct text *text = arena_alloc(l->arena, sizeof *text);
    *text = (struct text){ref, place, line};
    struct marks mark = load_mark(l);
    struct type_syntax *syntax = parse_type(l->arena, &l->names, text, l->findings);
    struct resolver r = {.arena = l->arena,
                         .types = &u->types,
                         .findings = l->findings,
                         .lenient = l->options.lenient};
    const struct type *t = syntax != NULL ? resolve_type(&r, syntax, text) : NULL;
    return load_failed_since(l, mark) ? NULL : t;
}

const struct type *load_typeref(struct unit *u, struct str ref, struct str place, uint32_t line)
{
    ref = name_normalise(u->loader->arena, ref);
    if (ref.len == 0)
        return NULL;
    if (str_eq(ref, STR("<Undefined>"))) /* as a widespread modelling tool writes it */
        return &type_any;
    const struct type *t = load_type_find(u, ref);
    if (t == NULL)
        t = by_prefix(u, ref);
    if (t == NULL && memchr(ref.ptr, '<', ref.len) != NULL)
        return by_syntax(u, ref, place, line);
    if (t == NULL)
        finding_add(u->loader->findings, load_severity(u->loader), "unknown_type", place, line,
                    "there is no type '%.*s'; define it as an item definition or correct the name",
                    STR_ARG(ref));
    return t;
}
