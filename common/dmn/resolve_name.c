/* resolve_name: where a name leads. The innermost scope wins; the built-in functions stand outside all of them. */
#include "common/core/map.h"
#include "common/dmn/resolve_private.h"

struct search {
    struct resolver *r;
    struct str name;
    bool
        callee; /* what is called is seldom an entry of a filter's element: a built-in function goes first */
};

static bool find(const struct search *q, const struct scope *s, uint32_t up, struct node *ret);

static const struct variable *variable_of(const struct scope *s, struct str name)
{
    if (s->index != NULL) {
        size_t at = map_get(s->index, name);
        return at != MAP_ABSENT ? &s->variables[at] : NULL;
    }
    for (size_t i = s->count; i > 0; i--)
        if (str_eq(s->variables[i - 1].name, name))
            return &s->variables[i - 1];
    return NULL;
}

/* In the scope's own variables, or further out. */
static bool find_variable(const struct search *q, const struct scope *s, uint32_t up,
                          struct node *ret)
{
    const struct variable *v = variable_of(s, q->name);
    if (v == NULL)
        return find(q, s->outer, up + s->has_frame, ret);
    ret->name.place = v->place;
    ret->name.up = up;
    ret->name.index = v->index;
    ret->type = v->type != NULL ? v->type : &type_any;
    if (v->place == PLACE_LOCAL && v->index == 1 && str_eq(v->name, STR("partial")))
        q->r->partials++;
    if (v->inside != NULL)
        fault(q->r, "unknown_name", ret, "'%.*s' is an imported model and no value itself",
              STR_ARG(q->name));
    return true;
}

/* Whether an entry of the filter's element may be meant; a context may have more entries than its type tells. */
static bool may_be_entry(const struct search *q, const struct scope *s)
{
    if (type_field(s->item, q->name) != NULL)
        return true;
    bool context = s->item->kind == TYPE_ANY || s->item->kind == TYPE_CONTEXT;
    return context && !(q->callee && builtin_find(q->name) != NULL);
}

/* False: neither its type nor anything further out knows the name, though it should. */
static bool find_entry(const struct search *q, const struct scope *s, uint32_t up, struct node *ret)
{
    const struct type *field = type_field(s->item, q->name);
    struct node *otherwise = node_new(q->r->arena, NODE_NAME, ret->at);
    otherwise->text = ret->text;
    otherwise->name.text = q->name;
    bool outside = field == NULL && find_variable(q, s, up, otherwise);
    ret->name.place = PLACE_ITEM;
    ret->name.up = up;
    ret->name.otherwise = outside ? otherwise : NULL;
    ret->type = field != NULL ? field : &type_any;
    return field != NULL || outside || s->item->kind == TYPE_ANY || s->item->any_fields;
}

static bool find(const struct search *q, const struct scope *s, uint32_t up, struct node *ret)
{
    for (; s != NULL && s->count == 0 && !s->is_item; s = s->outer)
        up += s->has_frame;
    if (s != NULL) {
        if (!s->is_item || !may_be_entry(q, s))
            return find_variable(q, s, up, ret);
        return find_entry(q, s, up, ret);
    }
    ret->name.builtin = builtin_find(q->name);
    if (ret->name.builtin == NULL)
        return false;
    ret->name.place = PLACE_BUILTIN;
    ret->type = &type_any_function;
    return true;
}

const struct type *visit_name(struct resolver *r, struct node *n, const struct scope *s,
                              bool callee)
{
    struct search q = {r, n->name.text, callee};
    n->name.place = PLACE_NOT;
    if (find(&q, s, 0, n))
        return n->type;
    fault(r, "unknown_name", n, "the name '%.*s' is not known here%.*s", STR_ARG(n->name.text),
          STR_ARG(name_suggestion(r, s, n->name.text)));
    return &type_any;
}

/* `?` lives in slot 0 of the nearest frame that has one. */
const struct type *visit_question(struct resolver *r, struct node *n, const struct scope *s)
{
    uint32_t up = 0;
    n->name = (struct name_node){.text = STR("?"), .place = PLACE_NOT};
    for (; s != NULL; s = s->outer) {
        if (s->question != NULL && s->has_frame) {
            n->name.place = PLACE_LOCAL;
            n->name.up = up;
            n->has_question = true;
            return s->question;
        }
        up += s->has_frame;
    }
    fault(r, "unknown_name", n, "'?' stands for the value under test, and there is none here");
    return &type_any;
}

/* The scope inside an import that the node names, or NULL. */
static const struct scope *import_of(const struct node *n, const struct scope *s)
{
    const struct variable *v = NULL;
    if (n->kind == NODE_NAME) {
        for (; s != NULL && v == NULL; s = s->outer)
            v = variable_of(s, n->name.text);
    } else if (n->kind == NODE_PATH && n->path.object->kind == NODE_NAME) {
        const struct scope *inside = import_of(n->path.object, s);
        v = inside != NULL ? variable_of(inside, n->path.member) : NULL;
    }
    return v != NULL ? v->inside : NULL;
}

static const struct type *visit_imported(struct resolver *r, struct node *n,
                                         const struct scope *inside)
{
    struct str member = n->path.member;
    n->kind = NODE_NAME;
    n->name = (struct name_node){.text = member, .place = PLACE_NOT};
    if (variable_of(inside, member) != NULL) {
        struct search q = {r, member, false};
        (void)find_variable(&q, inside, 0, n);
        return n->type;
    }
    fault(r, "unknown_name", n, "the imported model has no '%.*s'%.*s", STR_ARG(member),
          STR_ARG(name_suggestion(r, inside, member)));
    return &type_any;
}

static const struct type *number_property(struct str name)
{
    static const char *const names[] = {"year",   "month",   "day",     "weekday", "hour",
                                        "minute", "second",  "years",   "months",  "days",
                                        "hours",  "minutes", "seconds", "value"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(name, str_of(names[i])))
            return &type_number;
    return &type_any;
}

static const struct type *member_type(struct resolver *r, struct node *n, const struct type *of)
{
    const struct type *field;
    switch (of->kind) {
    case TYPE_CONTEXT:
        field = type_field(of, n->path.member);
        if (field == NULL && !of->any_fields) {
            struct str *known = arena_array(r->arena, of->field_count, sizeof *known);
            for (size_t i = 0; i < of->field_count; i++)
                known[i] = of->fields[i].name;
            fault(r, "unknown_name", n, "there is no '%.*s' in it%.*s", STR_ARG(n->path.member),
                  STR_ARG(near_name(r, n->path.member, known, of->field_count)));
        }
        return field != NULL ? field : &type_any;
    case TYPE_LIST: return type_list_of(r->arena, member_type(r, n, of->element));
    case TYPE_BOOLEAN:
    case TYPE_NUMBER:
    case TYPE_STRING:
    case TYPE_FUNCTION:
        fault(r, "type", n, "%.*s has no parts, so '.%.*s' is nothing", STR_ARG(type_text(r, of)),
              STR_ARG(n->path.member));
        return &type_any;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_DATE_TIME:
    case TYPE_DAYS:
    case TYPE_MONTHS: return number_property(n->path.member);
    case TYPE_RANGE:
    case TYPE_ANY:
    case TYPE_NULL: break;
    }
    return &type_any;
}

const struct type *visit_path(struct resolver *r, struct node *n, const struct scope *s)
{
    const struct scope *inside = import_of(n->path.object, s);
    if (inside != NULL)
        return visit_imported(r, n, inside);
    return member_type(r, n, visit(r, &n->path.object, s, n));
}
