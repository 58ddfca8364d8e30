/* load_table: decision tables (DMN 1.5, 8.3) from their XML. */
#include "common/dmn/load_boxed.h"

static const struct {
    const char *name;
    enum hit_policy policy;
} policies[] = {
    {"UNIQUE", HIT_UNIQUE},         {"ANY", HIT_ANY},
    {"FIRST", HIT_FIRST},           {"PRIORITY", HIT_PRIORITY},
    {"RULE ORDER", HIT_RULE_ORDER}, {"OUTPUT ORDER", HIT_OUTPUT_ORDER},
    {"COLLECT", HIT_COLLECT},
};

static const struct {
    const char *name;
    enum aggregation aggregation;
} aggregations[] = {
    {"SUM", AGGREGATE_SUM},
    {"COUNT", AGGREGATE_COUNT},
    {"MIN", AGGREGATE_MIN},
    {"MAX", AGGREGATE_MAX},
};

static void read_policy(struct boxed b, const struct xml_node *n, struct table *t)
{
    struct str policy = xml_attribute(n, "hitPolicy"), how = xml_attribute(n, "aggregation");
    bool known = policy.len == 0, how_known = how.len == 0;
    for (size_t i = 0; i < COUNT(policies); i++)
        if (str_eq(policy, str_of(policies[i].name))) {
            t->policy = policies[i].policy;
            known = true;
        }
    for (size_t i = 0; i < COUNT(aggregations); i++)
        if (str_eq(how, str_of(aggregations[i].name))) {
            t->aggregation = aggregations[i].aggregation;
            how_known = true;
        }
    if (!known)
        (void)boxed_fault(b, n, "the hit policy is none of those the standard knows");
    if (!how_known)
        (void)boxed_fault(b, n, "the aggregation is none of SUM, COUNT, MIN, MAX");
    if (t->policy != HIT_COLLECT)
        t->aggregation = AGGREGATE_LIST; /* has no meaning elsewhere */
}

static const struct type *typeref(struct boxed b, const struct xml_node *n)
{
    struct marks mark = load_mark(b.loader);
    const struct type *t = load_typeref(b.unit, xml_attribute(n, "typeRef"), b.place, n->line);
    (void)load_failed_since(b.loader, mark);
    return t;
}

/* Tests that could not be read are as if they were not there: a finding says so. */
static struct node *values_of(struct boxed b, const struct xml_node *n, const char *part)
{
    const struct xml_node *xml = xml_child(n, part);
    if (xml == NULL)
        return NULL;
    struct node *tests = boxed_tests(boxed_inside(b, "%s", part), xml);
    return tests != NULL && tests->tests.count > 0 ? tests : NULL;
}

static void read_input(struct boxed b, const struct xml_node *n, struct table_input *in)
{
    const struct xml_node *expression = xml_child(n, "inputExpression");
    if (expression == NULL) {
        in->label = xml_attribute(n, "label");
        in->expression = boxed_fault(b, n, "the input has no expression");
        in->type = &type_any;
        return;
    }
    const struct type *t = typeref(b, expression);
    in->expression = boxed_text(b, expression);
    in->label = boxed_text_of(b, expression)->text;
    in->type = t != NULL ? t : &type_any;
    in->allowed = values_of(boxed_inside(b, "input '%.*s'", STR_ARG(in->label)), n, "inputValues");
}

static bool gives_list(const struct table *t)
{
    return t->policy == HIT_RULE_ORDER || t->policy == HIT_OUTPUT_ORDER ||
           (t->policy == HIT_COLLECT && t->aggregation == AGGREGATE_LIST);
}

/* Where several rules may hold, some models give a column the type of the whole result. */
static const struct type *one_of(const struct table *t, const struct type *type)
{
    return type != NULL && gives_list(t) && type->kind == TYPE_LIST ? type->element : type;
}

/* What the typeRefs of the table and of the decision say of an output that has none itself. */
static const struct type *expected_type(struct boxed b, const struct xml_node *table,
                                        const struct table *t, const struct table_output *out)
{
    const struct type *whole = typeref(b, table);
    whole = one_of(t, whole != NULL ? whole : b.result);
    if (out->type != NULL || whole == NULL)
        return out->type;
    return t->output_count > 1 ? type_field(whole, out->name) : whole;
}

static void read_output(struct boxed b, const struct xml_node *n, struct table *t,
                        struct table_output *out)
{
    const struct xml_node *otherwise = xml_child(n, "defaultOutputEntry");
    struct str name = load_name(b.unit, n);
    struct boxed inside =
        name.len > 0 ? boxed_inside(b, "output '%.*s'", STR_ARG(name)) : boxed_inside(b, "output");
    if (t->output_count > 1 && name.len == 0)
        (void)boxed_fault(inside, n, "of several outputs each needs a name");
    if (t->output_count > 1)
        out->name = name;
    out->type = one_of(t, typeref(inside, n));
    out->allowed = values_of(inside, n, "outputValues");
    if (otherwise != NULL)
        out->otherwise = boxed_text(boxed_inside(inside, "default"), otherwise);
}

static void read_annotations(struct boxed b, const struct xml_node *n, const struct table *t,
                             struct table_rule *rule)
{
    const struct xml_node *entry = xml_child(n, "annotationEntry");
    rule->annotations = arena_array(b.loader->arena, t->annotation_count, sizeof(struct str));
    for (size_t i = 0; i < t->annotation_count && entry != NULL; i++, entry = xml_again(entry))
        rule->annotations[i] = boxed_text_of(b, entry)->text;
}

/* In place of a test that could not be read: `< null`. */
static struct node *never(struct boxed b)
{
    struct node *n = node_new(b.loader->arena, NODE_TESTS, 0);
    struct node *test = boxed_items(b, NODE_TEST, 1);
    test->op = OP_LT;
    test->items[0] = boxed_null(b.loader);
    n->tests.tests = arena_array(b.loader->arena, 1, sizeof(*n->tests.tests));
    n->tests.tests[0] = test;
    n->tests.count = 1;
    return n;
}

static struct node *test_of(struct boxed b, const struct xml_node *n)
{
    struct node *tests = n != NULL ? boxed_tests(b, n) : node_new(b.loader->arena, NODE_TESTS, 0);
    return tests != NULL ? tests : never(b);
}

static void read_rule(struct boxed b, const struct xml_node *n, const struct table *t,
                      struct table_rule *rule)
{
    struct arena *a = b.loader->arena;
    const struct xml_node *test = xml_child(n, "inputEntry");
    const struct xml_node *output = xml_child(n, "outputEntry");
    rule->tests = arena_array(a, t->input_count, sizeof(*rule->tests));
    rule->outputs = arena_array(a, t->output_count, sizeof(*rule->outputs));
    rule->line = n->line;
    if (xml_count(n, "inputEntry") != t->input_count ||
        xml_count(n, "outputEntry") != t->output_count)
        (void)boxed_fault(b, n, "the rule has not one entry for each input and output");
    for (size_t i = 0; i < t->input_count; i++) {
        struct boxed inside = boxed_inside(b, "input '%.*s'", STR_ARG(t->inputs[i].label));
        rule->tests[i] = test_of(inside, test);
        test = test != NULL ? xml_again(test) : NULL;
    }
    for (size_t i = 0; i < t->output_count; i++) {
        struct str name = t->outputs[i].name;
        struct boxed inside = name.len > 0 ? boxed_inside(b, "output '%.*s'", STR_ARG(name))
                                           : boxed_inside(b, "output");
        rule->outputs[i] = output != NULL ? boxed_text(inside, output) : boxed_null(b.loader);
        output = output != NULL ? xml_again(output) : NULL;
    }
    read_annotations(b, n, t, rule);
}

static void read_columns(struct boxed b, const struct xml_node *n, struct table *t,
                         const struct type **expected)
{
    struct arena *a = b.loader->arena;
    size_t i = 0;
    t->input_count = xml_count(n, "input");
    t->output_count = xml_count(n, "output");
    t->annotation_count = xml_count(n, "annotation");
    t->inputs = arena_array(a, t->input_count, sizeof *t->inputs);
    t->outputs = arena_array(a, t->output_count, sizeof *t->outputs);
    t->annotation_names = arena_array(a, t->annotation_count, sizeof(struct str));
    for (const struct xml_node *c = xml_child(n, "input"); c != NULL; c = xml_again(c), i++)
        read_input(boxed_inside(b, "input %zu", i + 1), c, &t->inputs[i]);
    i = 0;
    for (const struct xml_node *c = xml_child(n, "output"); c != NULL; c = xml_again(c), i++) {
        read_output(b, c, t, &t->outputs[i]);
        expected[i] = expected_type(b, n, t, &t->outputs[i]);
    }
    i = 0;
    for (const struct xml_node *c = xml_child(n, "annotation"); c != NULL; c = xml_again(c), i++)
        t->annotation_names[i] = xml_attribute(c, "name");
}

static struct table *new_table(struct boxed b, const struct xml_node *n,
                               const struct type **expected)
{
    struct loader *l = b.loader;
    struct table *t = arena_alloc(l->arena, sizeof *t);
    struct text *text = arena_alloc(l->arena, sizeof *text);
    *text = (struct text){STR(""), b.place, n->line};
    t->name = b.name;
    t->text = text;
    l->tables = load_push(l->arena, l->tables, &l->table_count, &l->table_cap, sizeof(*l->tables));
    l->tables[l->table_count - 1] = (struct pending_table){t, expected};
    return t;
}

struct node *boxed_table(struct boxed b, const struct xml_node *n)
{
    struct arena *a = b.loader->arena;
    if (xml_child(n, "output") == NULL)
        return boxed_fault(b, n, "the decision table has no output");
    const struct type **expected = arena_array(a, xml_count(n, "output"), sizeof(*expected));
    struct table *t = new_table(b, n, expected);
    size_t i = 0;
    read_policy(b, n, t);
    read_columns(b, n, t, expected);
    t->rule_count = xml_count(n, "rule");
    t->rules = arena_array(a, t->rule_count, sizeof *t->rules);
    for (const struct xml_node *c = xml_child(n, "rule"); c != NULL; c = xml_again(c), i++)
        read_rule(boxed_inside(b, "rule %zu", i + 1), c, t, &t->rules[i]);
    struct node *node = node_new(a, NODE_TABLE, 0);
    node->table = t;
    node->text = t->text;
    return node;
}
