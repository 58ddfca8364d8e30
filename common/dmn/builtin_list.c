/* builtin_list: looking into lists and making others of them (DMN 1.5, 10.3.4.4). Positions begin at 1, or at -1
 * from the end. */
#include "common/dmn/builtin_private.h"

#include <string.h>

static struct value list_contains(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    (void)count;
    for (size_t i = 0; i < l->count; i++) {
        if (!eval_may_go_on(e, 1))
            return NULL_VALUE;
        if (eval_equal(e, l->items[i], args[1]) == TRUTH_YES)
            return value_bool(true);
    }
    return value_bool(false);
}

static struct value count_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_i64((int64_t)args[0].list->count);
}

/* Shares the items, which never change. */
static struct value sublist_fn(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    size_t from;
    int64_t length = INT64_MAX;
    if (!builtin_position(args[1].number, l->count, &from))
        return eval_note(e, 0, "sublist(): the list has no such position");
    if (count > 2 && number_sign(args[2].number) < 0)
        return eval_note(e, 0, "sublist(): a length below zero");
    if (count > 2 && !builtin_whole(args[2].number, &length))
        length = INT64_MAX; /* more than any list has */
    size_t left = l->count - from;
    if (!builtin_room(e, sizeof *l))
        return NULL_VALUE;
    return builtin_list_of(e, l->items + from, (uint64_t)length < left ? (size_t)length : left);
}

static void copy(struct value *to, const struct value *from, size_t count)
{
    if (count > 0)
        memcpy(to, from, count * sizeof *to);
}

static struct value append_fn(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    size_t total = l->count + count - 1;
    struct value *items = builtin_items(e, total);
    if (items == NULL)
        return NULL_VALUE;
    copy(items, l->items, l->count);
    copy(items + l->count, args + 1, count - 1);
    return builtin_list_of(e, items, total);
}

static struct value concatenate_fn(struct eval *e, const struct value *args, size_t count)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        total += args[i].list->count;
    struct value *items = builtin_items(e, total);
    if (items == NULL)
        return NULL_VALUE;
    for (size_t i = 0; i < count; i++) {
        copy(items + at, args[i].list->items, args[i].list->count);
        at += args[i].list->count;
    }
    return builtin_list_of(e, items, total);
}

/* The list with `dropped` items at a position gone and `item`, if there is one, in their place. */
static struct value spliced(struct eval *e, const struct list *l, struct number position,
                            size_t dropped, const struct value *item)
{
    size_t at, added = item != NULL;
    if (!builtin_position(position, l->count, &at))
        return eval_note(e, 0, "the list has no such position; it has %zu elements", l->count);
    size_t total = l->count + added - dropped;
    struct value *items = builtin_items(e, total);
    if (items == NULL)
        return NULL_VALUE;
    copy(items, l->items, at);
    copy(items + at, item, added);
    copy(items + at + added, l->items + at + dropped, l->count - at - dropped);
    return builtin_list_of(e, items, total);
}

static struct value insert_before(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return spliced(e, args[0].list, args[1].number, 0, &args[2]);
}

static struct value remove_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return spliced(e, args[0].list, args[1].number, 1, NULL);
}

static struct value replace_at(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return spliced(e, args[0].list, args[1].number, 1, &args[2]);
}

/* Every item for which match(item, newItem) holds; it must say true or false of each. */
static struct value replace_matching(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    struct value *items = builtin_items(e, l->count);
    (void)count;
    for (size_t i = 0; items != NULL && i < l->count; i++) {
        struct value both[] = {l->items[i], args[2]};
        if (!eval_may_go_on(e, 1))
            return NULL_VALUE;
        struct value matched = function_call(e, args[1].function, NULL, both, 2);
        if (matched.kind != VALUE_BOOLEAN)
            return eval_note(e, 0,
                             "list replace(): match gave neither true nor false for element %zu",
                             i + 1);
        items[i] = matched.boolean ? args[2] : l->items[i];
    }
    return items == NULL ? NULL_VALUE : builtin_list_of(e, items, l->count);
}

static struct value reverse_fn(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    struct value *items = builtin_items(e, l->count);
    (void)count;
    if (items == NULL)
        return NULL_VALUE;
    for (size_t i = 0; i < l->count; i++)
        items[i] = l->items[l->count - 1 - i];
    return builtin_list_of(e, items, l->count);
}

static struct value index_of(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    size_t found = 0;
    (void)count;
    struct value *items = builtin_items(e, l->count);
    for (size_t i = 0; items != NULL && i < l->count; i++) {
        if (!eval_may_go_on(e, 1))
            return NULL_VALUE;
        if (eval_equal(e, l->items[i], args[1]) == TRUTH_YES)
            items[found++] = value_i64((int64_t)i + 1);
    }
    return items == NULL ? NULL_VALUE : builtin_list_of(e, items, found);
}

#define LIST NEEDED("list", type_any_list)
#define POSITION NEEDED("position", type_number)
#define NEW_ITEM NULLABLE("newItem", type_any)
#define REPLACE                                                                                    \
    "The list with newItem in place of the element at a position, or of every element for which "  \
    "match(element, newItem) is true."

const struct builtin builtin_list[] = {
    FUNCTION("list contains", type_boolean, list_contains,
             "Whether an element equals it; null is an element too.", LIST,
             NULLABLE("element", type_any)),
    FUNCTION("count", type_number, count_fn, "How many elements it has.", LIST),
    FUNCTION("sublist", type_any_list, sublist_fn,
             "So many elements (all, if no length is given) from a position.", LIST,
             NEEDED("start position", type_number), OPTIONAL("length", type_number)),
    VARIADIC("append", type_any_list, append_fn, "The list with the items added at its end.", LIST,
             NULLABLE("item", type_any)),
    VARIADIC("concatenate", type_any_list, concatenate_fn, "The lists one after another.", LIST),
    FUNCTION("insert before", type_any_list, insert_before,
             "The list with newItem before the element at a position.", LIST, POSITION, NEW_ITEM),
    FUNCTION("remove", type_any_list, remove_fn, "The list without the element at a position.",
             LIST, POSITION),
    FUNCTION("list replace", type_any_list, replace_at, REPLACE, LIST, POSITION, NEW_ITEM),
    FUNCTION("list replace", type_any_list, replace_matching, REPLACE, LIST,
             NEEDED("match", type_any_function), NEW_ITEM),
    FUNCTION("reverse", type_any_list, reverse_fn, "The list from its end.", LIST),
    FUNCTION("index of", type_any_list, index_of,
             "The positions, ascending, of the elements that equal it.", LIST,
             NULLABLE("match", type_any)),
    {0},
};
