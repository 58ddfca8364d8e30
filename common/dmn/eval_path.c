/* eval_path: `object.member`, filters, and names inside filters (10.3.2.5, 10.3.2.13.1). */
#include "common/dmn/eval_private.h"

static struct value member_of(struct eval *e, const struct node *n, struct value v, int depth);

static struct value members_of(struct eval *e, const struct node *n, const struct list *l,
                               int depth)
{
    if (!eval_may_go_on(e, l->count))
        return NULL_VALUE;
    struct list *list = arena_alloc(e->arena, sizeof *list);
    list->items = arena_array(e->arena, l->count, sizeof *list->items);
    list->count = l->count;
    for (size_t i = 0; i < l->count; i++)
        list->items[i] = member_of(e, n, l->items[i], depth + 1);
    return (struct value){.kind = VALUE_LIST, .list = list};
}

#define LISTS_MAX 64 /* in lists in lists */

static struct value member_of(struct eval *e, const struct node *n, struct value v, int depth)
{
    struct value property;
    if (v.kind == VALUE_CONTEXT) {
        const struct value *entry = eval_entry(e, v.context, n->path.member);
        if (entry != NULL)
            return *entry;
    } else if (v.kind == VALUE_LIST) {
        return depth < LISTS_MAX ? members_of(e, n, v.list, depth) : NULL_VALUE;
    } else if (!is_null(v) && value_property(v, n->path.member, &property)) {
        return property;
    }
    return eval_note(e, n->at, "%s has no %.*s", a_kind(v), STR_ARG(n->path.member));
}

struct value eval_path(struct eval *e, const struct node *n, struct frame *f)
{
    return member_of(e, n, eval_node(e, n->path.object, f), 0);
}

struct value eval_item_name(struct eval *e, const struct name_node *name, struct frame *f)
{
    struct frame *at = f;
    for (uint32_t up = name->up; up > 0; up--)
        at = at->outer;
    if (at->slots[0].kind == VALUE_CONTEXT) {
        const struct value *entry = eval_entry(e, at->slots[0].context, name->text);
        if (entry != NULL)
            return *entry;
    }
    return name->otherwise != NULL ? eval_node(e, name->otherwise, f) : NULL_VALUE;
}

/* 1 is the first, -1 the last. */
static struct value at_index(struct eval *e, const struct node *n, const struct list *l,
                             struct number number)
{
    int64_t i, count = (int64_t)l->count;
    if (!number_to_i64(number, &i) || i == 0 || i > count || i < -count)
        return eval_note(e, n->at, "the list of %zu has no element at that place", l->count);
    return l->items[i > 0 ? i - 1 : count + i];
}

struct filter {
    const struct node *node;
    const struct list *list;
    struct gather kept;
    struct value index; /* the predicate gave a number: it means one place in the list */
    bool faulty;
};

static struct value predicate(struct eval *e, struct filter *s, struct value element,
                              struct frame *outer)
{
    const struct node *p = s->node->items[1];
    if (!p->has_function) {
        struct frame f = {.outer = outer, .slots = &element};
        return eval_node(e, p, &f);
    }
    struct frame *f = arena_alloc(e->arena, sizeof *f);
    *f = (struct frame){.outer = outer, .slots = arena_alloc(e->arena, sizeof element)};
    f->slots[0] = element;
    return eval_node(e, p, f);
}

/* True: go on with the next element. A null is not true, so the element is left out. */
static bool judge(struct eval *e, struct filter *s, struct value element, struct value v)
{
    if (v.kind == VALUE_NUMBER) {
        s->index = v;
        return false;
    }
    if (v.kind != VALUE_BOOLEAN && !is_null(v)) {
        eval_note(e, s->node->at, "a filter is a boolean or a number, not %s", a_kind(v));
        s->faulty = true;
        return false;
    }
    if (is_true(v))
        gather_add(e, &s->kept, element);
    return true;
}

static struct value run_filter(struct eval *e, struct filter *s, struct frame *f)
{
    const struct list *l = s->list;
    for (size_t i = 0; i < l->count && eval_may_go_on(e, 1); i++)
        if (!judge(e, s, l->items[i], predicate(e, s, l->items[i], f)))
            break;
    if (l->count == 0) { /* nothing to ask about, but a place in it is still null rather than [] */
        struct value v = predicate(e, s, NULL_VALUE, f);
        if (v.kind == VALUE_NUMBER)
            s->index = v;
    }
    if (s->faulty || e->stopped != STOP_NOT)
        return NULL_VALUE;
    if (s->index.kind == VALUE_NUMBER)
        return at_index(e, s->node, l, s->index.number);
    return gather_list(e, &s->kept);
}

struct value eval_filter(struct eval *e, const struct node *n, struct frame *f)
{
    struct value v = eval_node(e, n->items[0], f);
    if (is_null(v))
        return eval_note(e, n->at, "there is no list to filter");
    struct list single = {.count = 1, .items = &v};
    struct filter s = {.node = n, .list = v.kind == VALUE_LIST ? v.list : &single};
    if (n->items[1]->kind == NODE_CONST && n->items[1]->value.kind == VALUE_NUMBER)
        return at_index(e, n, s.list, n->items[1]->value.number);
    return run_filter(e, &s, f);
}
