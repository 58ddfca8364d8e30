/* table_hits: what the hit policies make of the rules that hold (DMN 1.5, 8.2.8 and 8.2.10). */
#include "common/dmn/table_private.h"

/* A rule that holds, with its output. */
struct hit {
    struct value value;
    size_t rule;
};

struct hits {
    struct hit *items;
    size_t count;
};

static size_t count_hits(const struct table_run *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->words; i++)
        n += (size_t)__builtin_popcountll(r->hits[i]);
    return n;
}

/* No rule holds: the default outputs if there are any, else null. */
static struct value default_value(struct table_run *r)
{
    const struct table *t = r->t;
    struct value *v = arena_array(r->e->arena, t->output_count, sizeof(*v));
    bool any = false;
    for (size_t i = 0; i < t->output_count; i++) {
        if (t->outputs[i].otherwise == NULL)
            continue;
        any = true;
        v[i] = eval_node(r->e, t->outputs[i].otherwise, r->f);
        if (t->outputs[i].type != NULL)
            v[i] = type_coerce(r->e, t->outputs[i].type, v[i]);
    }
    return any ? outputs_value(r->e->arena, t, v) : NULL_VALUE;
}

static struct value first_value(struct table_run *r, size_t first)
{
    const struct value *ready = r->t->fast != NULL ? fast_output(r->t->fast, first) : NULL;
    struct value v;
    if (ready != NULL)
        return *ready;
    return rule_output(r, first, &v) ? v : NULL_VALUE;
}

static struct value only_value(struct table_run *r, size_t first)
{
    size_t second = rule_next(r, first + 1);
    if (second == r->t->rule_count)
        return first_value(r, first);
    return eval_note(r->e, 0,
                     "rules %zu and %zu of \"%.*s\" both hold; its hit policy allows one only",
                     first + 1, second + 1, STR_ARG(r->t->name));
}

static struct value any_value(struct table_run *r, size_t first)
{
    struct value v, other;
    if (!rule_output(r, first, &v))
        return NULL_VALUE;
    for (size_t i = rule_next(r, first + 1); i < r->t->rule_count; i = rule_next(r, i + 1)) {
        if (!rule_output(r, i, &other))
            return NULL_VALUE;
        if (value_equal(v, other) != TRUTH_YES)
            return eval_note(r->e, 0,
                             "rules %zu and %zu of \"%.*s\" both hold and give different outputs",
                             first + 1, i + 1, STR_ARG(r->t->name));
    }
    return v;
}

static bool collect(struct table_run *r, struct hits *ret)
{
    ret->items = arena_array(r->e->arena, count_hits(r), sizeof(*ret->items));
    ret->count = 0;
    for (size_t i = rule_next(r, 0); i < r->t->rule_count; i = rule_next(r, i + 1)) {
        struct hit *h = &ret->items[ret->count++];
        h->rule = i;
        if (!eval_may_go_on(r->e, 1) || !rule_output(r, i, &h->value))
            return false;
    }
    return true;
}

/* Where a value stands among its output's values; after all of them if it is none. */
static size_t rank_of(const struct table_output *out, struct value v)
{
    for (size_t i = 0; i < out->priority_count; i++)
        if (value_equal(out->priorities[i], v) == TRUTH_YES)
            return i;
    return out->priority_count;
}

/* The first output decides, those after it only where it is the same (8.2.8). */
static int compare_priority(const struct table *t, struct value a, struct value b)
{
    for (size_t i = 0; i < t->output_count; i++) {
        const struct table_output *out = &t->outputs[i];
        bool one = t->output_count == 1;
        size_t left = rank_of(out, one ? a : a.context->entries[i].value);
        size_t right = rank_of(out, one ? b : b.context->entries[i].value);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static bool has_priorities(const struct table *t)
{
    for (size_t i = 0; i < t->output_count; i++)
        if (t->outputs[i].priority_count > 0)
            return true;
    return false;
}

/* By insertion, since few rules hold at once and those of the same priority keep their order; what a table of
 * thousands costs is counted as steps. */
static bool sort_by_priority(struct table_run *r, struct hits *h)
{
    for (size_t i = 1; i < h->count; i++) {
        struct hit moved = h->items[i];
        size_t at = i;
        for (; at > 0 && compare_priority(r->t, moved.value, h->items[at - 1].value) < 0; at--)
            h->items[at] = h->items[at - 1];
        h->items[at] = moved;
        if (!eval_may_go_on(r->e, i - at + 1))
            return false;
    }
    return true;
}

static bool by_priority(struct table_run *r, struct hits *ret)
{
    if (!has_priorities(r->t)) {
        (void)eval_note(r->e, 0,
                        "\"%.*s\" orders by priority, but has no output values that say it",
                        STR_ARG(r->t->name));
        return false;
    }
    return collect(r, ret) && sort_by_priority(r, ret);
}

static struct value list_of(struct arena *a, const struct hits *h)
{
    struct value *items = arena_array(a, h->count, sizeof(*items));
    for (size_t i = 0; i < h->count; i++)
        items[i] = h->items[i].value;
    struct list *list = arena_alloc(a, sizeof(*list));
    *list = (struct list){h->count, items};
    return (struct value){.kind = VALUE_LIST, .list = list};
}

static struct value sum(struct table_run *r, const struct value *v, size_t count)
{
    struct value total = v[0];
    for (size_t i = 0; i < count; i++)
        if (v[i].kind != VALUE_NUMBER && v[i].kind != VALUE_DAYS && v[i].kind != VALUE_MONTHS)
            return eval_note(r->e, 0, "\"%.*s\" adds its outputs up, but one of them is %s",
                             STR_ARG(r->t->name), value_kind_text(v[i].kind));
    for (size_t i = 1; i < count; i++)
        total = value_arithmetic(r->e->arena, '+', total, v[i]);
    return total;
}

static struct value extreme(struct table_run *r, const struct value *v, size_t count, int sign)
{
    struct value best = v[0];
    for (size_t i = 0; i < count; i++) { /* from the first on, which must have an order too */
        int order;
        if (!value_order(v[i], best, &order))
            return eval_note(r->e, 0, "the outputs of \"%.*s\" cannot be ordered",
                             STR_ARG(r->t->name));
        if (order * sign > 0)
            best = v[i];
    }
    return best;
}

static struct value aggregate(struct table_run *r, const struct value *v, size_t count)
{
    switch (r->t->aggregation) {
    case AGGREGATE_SUM: return sum(r, v, count);
    case AGGREGATE_MIN: return extreme(r, v, count, -1);
    case AGGREGATE_MAX: return extreme(r, v, count, 1);
    case AGGREGATE_LIST:
    case AGGREGATE_COUNT: break;
    }
    return value_i64((int64_t)count);
}

/* The standard aggregates a single output only; with several each is aggregated for itself. */
static struct value aggregates(struct table_run *r, const struct hits *h)
{
    size_t outputs = r->t->output_count;
    struct value *column = arena_array(r->e->arena, h->count, sizeof(*column));
    struct value *results = arena_array(r->e->arena, outputs, sizeof(*results));
    for (size_t i = 0; i < outputs; i++) {
        for (size_t j = 0; j < h->count; j++)
            column[j] =
                outputs == 1 ? h->items[j].value : h->items[j].value.context->entries[i].value;
        results[i] = aggregate(r, column, h->count);
    }
    return outputs_value(r->e->arena, r->t, results);
}

static struct value list_value(struct table_run *r)
{
    struct hits h;
    return collect(r, &h) ? list_of(r->e->arena, &h) : NULL_VALUE;
}

static struct value collected_value(struct table_run *r)
{
    struct hits h;
    if (r->t->aggregation == AGGREGATE_LIST)
        return list_value(r);
    return collect(r, &h) ? aggregates(r, &h) : NULL_VALUE;
}

static struct value ordered_value(struct table_run *r)
{
    struct hits h;
    return by_priority(r, &h) ? list_of(r->e->arena, &h) : NULL_VALUE;
}

static struct value priority_value(struct table_run *r)
{
    struct hits h;
    return by_priority(r, &h) ? h.items[0].value : NULL_VALUE;
}

struct value hits_value(struct table_run *r)
{
    size_t first = rule_next(r, 0);
    if (first == r->t->rule_count)
        return default_value(r);
    switch (r->t->policy) {
    case HIT_UNIQUE: return only_value(r, first);
    case HIT_ANY: return any_value(r, first);
    case HIT_FIRST: return first_value(r, first);
    case HIT_PRIORITY: return priority_value(r);
    case HIT_RULE_ORDER: return list_value(r);
    case HIT_OUTPUT_ORDER: return ordered_value(r);
    case HIT_COLLECT: return collected_value(r);
    }
    return NULL_VALUE;
}
