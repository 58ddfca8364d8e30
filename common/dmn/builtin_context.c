/* builtin_context: reading contexts and making others of them (DMN 1.5, 10.3.4.10, 10.3.4.4). */
#include "common/core/map.h"
#include "common/dmn/builtin_private.h"

#include <string.h>

static struct entry *room_for(struct eval *e, size_t count)
{
    if (count > SIZE_MAX / sizeof(struct entry) / 2 ||
        !builtin_room(e, count * sizeof(struct entry)))
        return NULL;
    return arena_array(e->arena, count > 0 ? count : 1, sizeof(struct entry));
}

static struct value context_of(struct eval *e, struct entry *entries, size_t count)
{
    struct context *c = arena_alloc(e->arena, sizeof *c);
    *c = (struct context){.count = count, .entries = entries};
    return (struct value){.kind = VALUE_CONTEXT, .context = c};
}

static struct value get_value(struct eval *e, const struct value *args, size_t count)
{
    const struct value *v = context_get(args[0].context, args[1].string);
    (void)count;
    if (v == NULL)
        return eval_note(e, 0, "get value(): there is no entry \"%.*s\"", STR_ARG(args[1].string));
    return *v;
}

/* From key to key inwards. */
static struct value get_value_at(struct eval *e, const struct value *args, size_t count)
{
    const struct list *keys = args[1].list;
    struct value v = args[0];
    (void)count;
    if (keys->count == 0)
        return eval_note(e, 0, "get value(): no key");
    for (size_t i = 0; i < keys->count; i++) {
        const struct value *inner = NULL;
        if (!eval_may_go_on(e, 1))
            return NULL_VALUE;
        if (v.kind == VALUE_CONTEXT && keys->items[i].kind == VALUE_STRING)
            inner = context_get(v.context, keys->items[i].string);
        if (inner == NULL)
            return eval_note(e, 0, "get value(): there is no entry for key %zu", i + 1);
        v = *inner;
    }
    return v;
}

static struct value get_entries(struct eval *e, const struct value *args, size_t count)
{
    const struct context *c = args[0].context;
    struct value *items = builtin_items(e, c->count);
    struct entry *pairs = room_for(e, 2 * c->count);
    (void)count;
    if (items == NULL || pairs == NULL)
        return NULL_VALUE;
    for (size_t i = 0; i < c->count; i++) {
        pairs[2 * i] = (struct entry){STR("key"), value_string(c->entries[i].name)};
        pairs[2 * i + 1] = (struct entry){STR("value"), c->entries[i].value};
        items[i] = context_of(e, pairs + 2 * i, 2);
    }
    return builtin_list_of(e, items, c->count);
}

/* Collects entries by name; a name that is there already keeps its place. */
struct collected {
    struct map names;
    struct entry *entries;
    size_t count;
};

static bool collect_begin(struct eval *e, struct collected *c, size_t most)
{
    *c = (struct collected){.entries = room_for(e, most)};
    if (c->entries == NULL)
        return false;
    map_init(&c->names, e->arena, most < 64 ? most : 64);
    return true;
}

/* False: the name was there already, and its value has been replaced. */
static bool collect(struct collected *c, struct str name, struct value v)
{
    bool is_new;
    size_t at = map_put(&c->names, name, c->count, &is_new);
    c->entries[at] = (struct entry){name, v};
    c->count += is_new;
    return is_new;
}

static struct value context_fn(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    struct collected c;
    (void)count;
    if (!collect_begin(e, &c, l->count))
        return NULL_VALUE;
    for (size_t i = 0; i < l->count; i++) {
        const struct value *key = NULL, *v = NULL;
        if (!eval_may_go_on(e, 1))
            return NULL_VALUE;
        if (l->items[i].kind == VALUE_CONTEXT) {
            key = context_get(l->items[i].context, STR("key"));
            v = context_get(l->items[i].context, STR("value"));
        }
        if (key == NULL || key->kind != VALUE_STRING || v == NULL)
            return eval_note(e, 0, "context(): entry %zu lacks a key that is a string, or a value",
                             i + 1);
        if (!collect(&c, key->string, *v))
            return eval_note(e, 0, "context(): the key \"%.*s\" is there twice",
                             STR_ARG(key->string));
    }
    return context_of(e, c.entries, c.count);
}

static struct value with_entry(struct eval *e, const struct context *c, struct str name,
                               struct value v)
{
    struct entry *entries = room_for(e, c->count + 1);
    size_t at = 0;
    if (entries == NULL)
        return NULL_VALUE;
    if (c->count > 0)
        memcpy(entries, c->entries, c->count * sizeof *entries);
    while (at < c->count && !str_eq(entries[at].name, name))
        at++;
    entries[at] = (struct entry){name, v};
    return context_of(e, entries, at == c->count ? at + 1 : c->count);
}

static struct value context_put(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return with_entry(e, args[0].context, args[1].string, args[2]);
}

/* Inwards along the keys to the context that gets the entry, then outwards again, each context copied with the
 * copy of the one within. */
static struct value context_put_at(struct eval *e, const struct value *args, size_t count)
{
    const struct list *keys = args[1].list;
    struct value *path = builtin_items(e, keys->count + 1);
    (void)count;
    if (path == NULL || keys->count == 0)
        return eval_note(e, 0, "context put(): no key");
    path[0] = args[0];
    for (size_t i = 0; i < keys->count; i++) {
        if (path[i].kind != VALUE_CONTEXT || keys->items[i].kind != VALUE_STRING)
            return eval_note(e, 0, "context put(): key %zu leads to no context", i + 1);
        const struct value *inner = context_get(path[i].context, keys->items[i].string);
        path[i + 1] = inner != NULL ? *inner : NULL_VALUE;
    }
    struct value v = args[2];
    for (size_t i = keys->count; i-- > 0;) {
        v = with_entry(e, path[i].context, keys->items[i].string, v);
        if (is_null(v))
            return NULL_VALUE;
    }
    return v;
}

static struct value context_merge(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    struct collected c;
    size_t most = 0;
    (void)count;
    for (size_t i = 0; i < l->count; i++) {
        if (l->items[i].kind != VALUE_CONTEXT)
            return eval_note(e, 0, "context merge(): element %zu is no context", i + 1);
        most += l->items[i].context->count;
    }
    if (!collect_begin(e, &c, most))
        return NULL_VALUE;
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->items[i].context->count; k++) {
            const struct entry *entry = &l->items[i].context->entries[k];
            collect(&c, entry->name, entry->value);
        }
    return context_of(e, c.entries, c.count);
}

#define M NEEDED("m", type_any_context)
#define CONTEXT NEEDED("context", type_any_context)
#define KEY NEEDED("key", type_string)
#define KEYS NEEDED("keys", type_any_list)
#define VALUE NULLABLE("value", type_any)
#define GET                                                                                        \
    "The value of an entry, by its key, or by the keys that lead inwards to it; null if there is " \
    "none."
#define PUT "The context with an entry added or replaced, at a key or at the end of a path of keys."

const struct builtin builtin_context[] = {
    FUNCTION("get value", type_any, get_value, GET, M, KEY),
    FUNCTION("get value", type_any, get_value_at, GET, M, KEYS),
    FUNCTION("get entries", type_any_list, get_entries,
             "A list with a context of `key` and `value` for each entry.", M),
    FUNCTION("context", type_any_context, context_fn,
             "A context of entries that are given as contexts of `key` and `value`; null if a key "
             "is there "
             "twice.",
             NEEDED("entries", type_any_list)),
    FUNCTION("context put", type_any_context, context_put, PUT, CONTEXT, KEY, VALUE),
    FUNCTION("context put", type_any_context, context_put_at, PUT, CONTEXT, KEYS, VALUE),
    FUNCTION("context merge", type_any_context, context_merge,
             "The entries of all the contexts in one; of equal keys the last counts.",
             NEEDED("contexts", type_any_list)),
    {0},
};
