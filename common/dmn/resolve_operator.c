/* resolve_operator: what operators give, and which operands cannot go together (10.3.2.9, Tables 53 to 58). */
#include "common/dmn/resolve_private.h"

struct str type_text(struct resolver *r, const struct type *t)
{
    struct buf b = {.arena = r->arena};
    buf_str(&b, STR("a "));
    type_write(&b, t);
    return buf_view(&b);
}

const struct type *type_join(const struct type *a, const struct type *b)
{
    if (a->kind == TYPE_ANY || b->kind == TYPE_ANY)
        return &type_any;
    bool up = type_conforms(a, b), down = type_conforms(b, a);
    if (a->kind == TYPE_CONTEXT && b->kind == TYPE_CONTEXT && !(up && down))
        return &type_any_context; /* some have entries that others have not */
    return up ? b : down ? a : &type_any;
}

/* Defined combinations of kinds; the order of operands matters, `swaps`: it does not. */
static const struct {
    enum op op;
    enum type_kind left, right;
    bool swaps;
    const struct type *result;
} sums[] = {
    {OP_ADD, TYPE_NUMBER, TYPE_NUMBER, false, &type_number},
    {OP_SUB, TYPE_NUMBER, TYPE_NUMBER, false, &type_number},
    {OP_MUL, TYPE_NUMBER, TYPE_NUMBER, false, &type_number},
    {OP_DIV, TYPE_NUMBER, TYPE_NUMBER, false, &type_number},
    {OP_EXP, TYPE_NUMBER, TYPE_NUMBER, false, &type_number},
    {OP_ADD, TYPE_STRING, TYPE_STRING, false, &type_string},
    {OP_SUB, TYPE_DATE, TYPE_DATE, false, &type_days},
    {OP_SUB, TYPE_DATE_TIME, TYPE_DATE_TIME, false, &type_days},
    {OP_SUB, TYPE_DATE, TYPE_DATE_TIME, false, &type_days},
    {OP_SUB, TYPE_DATE_TIME, TYPE_DATE, false, &type_days},
    {OP_SUB, TYPE_TIME, TYPE_TIME, false, &type_days},
    {OP_ADD, TYPE_DAYS, TYPE_DAYS, false, &type_days},
    {OP_SUB, TYPE_DAYS, TYPE_DAYS, false, &type_days},
    {OP_ADD, TYPE_MONTHS, TYPE_MONTHS, false, &type_months},
    {OP_SUB, TYPE_MONTHS, TYPE_MONTHS, false, &type_months},
    {OP_ADD, TYPE_DATE, TYPE_MONTHS, true, &type_date},
    {OP_SUB, TYPE_DATE, TYPE_MONTHS, false, &type_date},
    {OP_ADD, TYPE_DATE, TYPE_DAYS, true, &type_date},
    {OP_SUB, TYPE_DATE, TYPE_DAYS, false, &type_date},
    {OP_ADD, TYPE_DATE_TIME, TYPE_MONTHS, true, &type_date_time},
    {OP_SUB, TYPE_DATE_TIME, TYPE_MONTHS, false, &type_date_time},
    {OP_ADD, TYPE_DATE_TIME, TYPE_DAYS, true, &type_date_time},
    {OP_SUB, TYPE_DATE_TIME, TYPE_DAYS, false, &type_date_time},
    {OP_ADD, TYPE_TIME, TYPE_DAYS, true, &type_time},
    {OP_SUB, TYPE_TIME, TYPE_DAYS, false, &type_time},
    {OP_MUL, TYPE_DAYS, TYPE_NUMBER, true, &type_days},
    {OP_MUL, TYPE_MONTHS, TYPE_NUMBER, true, &type_months},
    {OP_DIV, TYPE_DAYS, TYPE_NUMBER, false, &type_days},
    {OP_DIV, TYPE_MONTHS, TYPE_NUMBER, false, &type_months},
    {OP_DIV, TYPE_DAYS, TYPE_DAYS, false, &type_number},
    {OP_DIV, TYPE_MONTHS, TYPE_MONTHS, false, &type_number},
};

static const char *op_text(enum op op)
{
    static const char *const texts[] = {
        [OP_OR] = "or", [OP_AND] = "and", [OP_EQ] = "=",  [OP_NE] = "!=", [OP_LT] = "<",
        [OP_LE] = "<=", [OP_GT] = ">",    [OP_GE] = ">=", [OP_ADD] = "+", [OP_SUB] = "-",
        [OP_MUL] = "*", [OP_DIV] = "/",   [OP_EXP] = "**"};
    return texts[op];
}

static bool row_fits(size_t i, enum op op, const struct type *a, const struct type *b)
{
    if (sums[i].op != op)
        return false;
    return (sums[i].left == a->kind && sums[i].right == b->kind) ||
           (sums[i].swaps && sums[i].left == b->kind && sums[i].right == a->kind);
}

/* Whether anything could stand on the other side of it. */
static bool takes_part(enum op op, enum type_kind kind)
{
    for (size_t i = 0; i < COUNT(sums); i++)
        if (sums[i].op == op && (sums[i].left == kind || sums[i].right == kind))
            return true;
    return false;
}

static const struct type *arithmetic_type(struct resolver *r, const struct node *n)
{
    const struct type *a = n->items[0]->type, *b = n->items[1]->type;
    const struct type *odd = type_known(a) && !takes_part(n->op, a->kind)   ? a
                             : type_known(b) && !takes_part(n->op, b->kind) ? b
                                                                            : NULL;
    if (odd != NULL) {
        fault(r, "type", n, "'%s' cannot be used with %.*s", op_text(n->op),
              STR_ARG(type_text(r, odd)));
        return &type_any;
    }
    if (!type_known(a) || !type_known(b))
        return &type_any;
    for (size_t i = 0; i < COUNT(sums); i++)
        if (row_fits(i, n->op, a, b))
            return sums[i].result;
    fault(r, "type", n, "'%s' is not defined between %.*s and %.*s", op_text(n->op),
          STR_ARG(type_text(r, a)), STR_ARG(type_text(r, b)));
    return &type_any;
}

static bool has_order(enum type_kind kind)
{
    return kind != TYPE_BOOLEAN && kind != TYPE_LIST && kind != TYPE_CONTEXT &&
           kind != TYPE_RANGE && kind != TYPE_FUNCTION;
}

static bool is_date_like(enum type_kind kind)
{
    return kind == TYPE_DATE || kind == TYPE_DATE_TIME;
}

void check_comparable(struct resolver *r, const struct node *at, const struct type *a,
                      const struct type *b, bool ordered)
{
    const struct type *odd = ordered && type_known(a) && !has_order(a->kind)   ? a
                             : ordered && type_known(b) && !has_order(b->kind) ? b
                                                                               : NULL;
    if (odd != NULL) {
        fault(r, "type", at, "%.*s cannot be smaller or larger than another",
              STR_ARG(type_text(r, odd)));
        return;
    }
    if (!type_known(a) || !type_known(b) || a->kind == b->kind ||
        (is_date_like(a->kind) && is_date_like(b->kind)))
        return;
    fault(r, "type", at, "%.*s is compared with %.*s, which is never true",
          STR_ARG(type_text(r, a)), STR_ARG(type_text(r, b)));
}

void check_boolean(struct resolver *r, const struct node *n, const char *what)
{
    if (type_known(n->type) && n->type->kind != TYPE_BOOLEAN)
        fault(r, "type", n, "%s must be true or false, not %.*s", what,
              STR_ARG(type_text(r, n->type)));
}

const struct type *binary_type(struct resolver *r, const struct node *n)
{
    switch (n->op) {
    case OP_OR:
    case OP_AND:
        check_boolean(r, n->items[0], n->op == OP_OR ? "each side of 'or'" : "each side of 'and'");
        check_boolean(r, n->items[1], n->op == OP_OR ? "each side of 'or'" : "each side of 'and'");
        return &type_boolean;
    case OP_EQ:
    case OP_NE:
        check_comparable(r, n, n->items[0]->type, n->items[1]->type, false);
        return &type_boolean;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        check_comparable(r, n, n->items[0]->type, n->items[1]->type, true);
        return &type_boolean;
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_EXP: break;
    }
    return arithmetic_type(r, n);
}

const struct type *negate_type(struct resolver *r, const struct node *n)
{
    const struct type *t = n->items[0]->type;
    if (t->kind == TYPE_NUMBER || t->kind == TYPE_DAYS || t->kind == TYPE_MONTHS)
        return t;
    if (type_known(t))
        fault(r, "type", n, "'-' cannot be used with %.*s", STR_ARG(type_text(r, t)));
    return &type_any;
}
