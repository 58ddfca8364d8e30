/* Fuzzes FEEL from text to value: parser, resolver and evaluator under small limits, of an expression and of unary
 * tests. The first byte chooses which; the rest is the text. What is bad must leave a finding, nothing more. */
#include <stdlib.h>
#include <string.h>

#include "common/dmn/dmn.h"
#include "common/dmn/explain.h"
#include "common/dmn/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world { /* some variables of every shape, and what belongs to one run */
    struct arena arena;
    struct names names;
    struct findings findings;
    struct variable variables[5];
    struct value values[5];
};

static const struct type *no_type(const void *context, struct str name)
{
    (void)context;
    (void)name;
    return NULL;
}

static void add(struct world *w, size_t i, const char *name, const struct type *type,
                struct value v)
{
    w->variables[i] = (struct variable){.name = str_of(name),
                                        .type = type,
                                        .place = PLACE_LOCAL,
                                        .index = (uint32_t)i};
    w->values[i] = v;
    names_add(&w->names, str_of(name));
}

static void world_start(struct world *w)
{
    arena_reset(&w->arena);
    w->findings = (struct findings){.arena = &w->arena};
    names_init(&w->names, &w->arena);
    struct value items[] = {value_i64(1), value_string(STR("two")), NULL_VALUE, value_i64(-3)};
    struct value list = value_list(&w->arena, items, COUNT(items));
    struct entry entries[] = {{STR("a"), list}, {STR("b c"), value_date(20000)}};
    add(w, 0, "n", &type_number, value_i64(7));
    add(w, 1, "in stock", &type_boolean, value_bool(true));
    add(w, 2, "l", &type_any, list);
    add(w, 3, "c", &type_any, value_context(&w->arena, entries, COUNT(entries)));
    add(w, 4, "s-t", &type_string, value_string(STR("some text")));
    names_add_member(&w->names, STR("b c"));
}

static struct node *tree_of(struct world *w, struct str source, bool tests)
{
    static const struct type_names types = {.find = no_type};
    static struct scope scope;
    struct text *text = arena_alloc(&w->arena, sizeof *text);
    *text = (struct text){.text = arena_dup(&w->arena, source), .place = STR("fuzz")};
    struct node *n = tests ? parse_tests(&w->arena, &w->names, text, &w->findings)
                           : parse_expression(&w->arena, &w->names, text, &w->findings);
    if ((n == NULL) != (w->findings.errors > 0))
        abort();
    scope =
        (struct scope){.variables = w->variables, .count = COUNT(w->variables), .has_frame = true};
    struct resolver r = {.arena = &w->arena,
                         .types = &types,
                         .findings = &w->findings,
                         .lenient = true};
    return n == NULL ? NULL : resolve(&r, n, &scope);
}

static void evaluate(struct world *w, const struct node *n, bool tests)
{
    struct eval e;
    struct frame frame = {.slots = w->values};
    struct moment now = {.day = 20000, .zone_kind = ZONE_OFFSET};
    eval_start(&e, &w->arena,
               (struct dmn_limits){.steps = 20000, .depth = 100, .memory_bytes = 8 << 20});
    e.now = &now;
    eval_explain(&e, true);
    struct value v = tests ? eval_tests(&e, n, value_i64(5), &frame) : eval_node(&e, n, &frame);
    struct buf b = {.arena = &w->arena};
    value_write(&b, v);
    value_show(&b, v);
    value_json(&b, v);
    explain_json(&b, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    if (size == 0)
        return 0;
    world_start(&w);
    bool tests = data[0] == '?';
    struct node *n = tree_of(&w, (struct str){(const char *)data + 1, size - 1}, tests);
    if (n == NULL)
        return 0;
    struct buf b = {.arena = &w.arena};
    node_write(&b, n);
    evaluate(&w, n, tests);
    return 0;
}
