/* dmn_feel: for tests that say what a FEEL text gives. Parse, resolve, evaluate, and compare the value as a literal
 * (value_show): feel("1 + 2", "3"); feel_with("{x: [1, 2]}", "count(x)", "2"). */
#ifndef MOSAIC_TESTS_DMN_FEEL_H
#define MOSAIC_TESTS_DMN_FEEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/dmn/eval.h"
#include "common/dmn/parse.h"
#include "common/dmn/resolve.h"

#define FEEL_VARIABLES_MAX 64

struct feel { /* one text and all that belongs to it */
    struct arena arena;
    struct names names;
    struct findings findings;
    struct variable variables[FEEL_VARIABLES_MAX];
    struct value values[FEEL_VARIABLES_MAX];
    struct scope scope;
    struct frame frame;
    struct eval eval;
    struct node *node;
    bool strict; /* faults of type and unknown names are errors */
};

/* A test may set these: what now() gives, which zones are known. */
static const struct moment *feel_now;
static const struct zones *feel_zones;
static const struct type_names *feel_types;

static inline void feel_open(struct feel *t)
{
    *t = (struct feel){.strict = false};
    names_init(&t->names, &t->arena);
    t->findings.arena = &t->arena;
    t->scope = (struct scope){.variables = t->variables, .has_frame = true};
    t->frame.slots = t->values;
    t->eval = (struct eval){.arena = &t->arena,
                            .zones = feel_zones,
                            .now = feel_now,
                            .limits = DMN_LIMITS,
                            .explain = true};
}

static inline void feel_close(struct feel *t)
{
    arena_done(&t->arena);
}

static inline void feel_name(struct feel *t, struct str name, const struct type *type,
                             struct value value)
{
    size_t i = t->scope.count;
    assert_true(i < FEEL_VARIABLES_MAX);
    t->variables[i] =
        (struct variable){.name = name, .type = type, .place = PLACE_LOCAL, .index = (uint32_t)i};
    t->values[i] = value;
    t->scope.count++;
    names_add(&t->names, name);
}

/* The tree, or NULL with findings. */
static inline struct node *feel_resolve(struct feel *t, const char *source, bool tests)
{
    struct text *text = arena_alloc(&t->arena, sizeof *text);
    text->text = arena_dup(&t->arena, str_of(source));
    text->place = STR("test");
    t->node = tests ? parse_tests(&t->arena, &t->names, text, &t->findings)
                    : parse_expression(&t->arena, &t->names, text, &t->findings);
    if (t->node == NULL)
        return NULL;
    struct resolver r = {.arena = &t->arena,
                         .types = feel_types,
                         .findings = &t->findings,
                         .lenient = !t->strict};
    return t->node = resolve(&r, t->node, &t->scope);
}

static inline void feel_add_context(struct feel *t, const char *context)
{
    struct node *n = feel_resolve(t, context, false);
    if (n == NULL)
        fail_msg("variables %s: %.*s", context, STR_ARG(t->findings.items[0].sentence));
    struct value v = eval_node(&t->eval, n, &t->frame);
    assert_int_equal(v.kind, VALUE_CONTEXT);
    for (size_t i = 0; i < v.context->count; i++)
        feel_name(t, v.context->entries[i].name, &type_any, v.context->entries[i].value);
}

static inline void feel_compare(struct feel *t, const char *source, struct value v,
                                const char *expected)
{
    struct buf b = {.arena = &t->arena};
    value_show(&b, v);
    struct str got = buf_view(&b);
    if (!str_eq(got, str_of(expected)))
        fail_msg("%s\n  gives    %.*s\n  expected %s\n  note     %.*s", source, STR_ARG(got),
                 expected, STR_ARG(t->eval.notes != NULL ? t->eval.notes->text : STR_NONE));
}

/* `context` is a FEEL context whose entries are the variables; "{}" or NULL: none. */
static inline void feel_with(const char *context, const char *source, const char *expected)
{
    struct feel t;
    feel_open(&t);
    if (context != NULL)
        feel_add_context(&t, context);
    if (feel_resolve(&t, source, false) == NULL)
        fail_msg("%s: %.*s", source, STR_ARG(t.findings.items[0].sentence));
    feel_compare(&t, source, eval_node(&t.eval, t.node, &t.frame), expected);
    feel_close(&t);
}

static inline void feel(const char *source, const char *expected)
{
    feel_with(NULL, source, expected);
}

/* Unary tests against the value of `question`. */
static inline void feel_tests(const char *question, const char *tests, const char *expected)
{
    struct feel t;
    feel_open(&t);
    if (feel_resolve(&t, question, false) == NULL)
        fail_msg("%s: %.*s", question, STR_ARG(t.findings.items[0].sentence));
    struct value v = eval_node(&t.eval, t.node, &t.frame);
    if (feel_resolve(&t, tests, true) == NULL)
        fail_msg("%s: %.*s", tests, STR_ARG(t.findings.items[0].sentence));
    feel_compare(&t, tests, eval_tests(&t.eval, t.node, v, &t.frame), expected);
    feel_close(&t);
}

/* A rule author's text with a fault: refused, with these words in a finding's sentence. */
static inline void feel_refused(const char *context, const char *source, const char *words)
{
    struct feel t;
    feel_open(&t);
    if (context != NULL)
        feel_add_context(&t, context);
    for (size_t i = 0; i < t.scope.count; i++) /* as an item definition would tell */
        t.variables[i].type = type_of_value(&t.arena, t.values[i]);
    t.findings.count = t.findings.errors = 0;
    t.strict = true;
    if (feel_resolve(&t, source, false) != NULL)
        fail_msg("%s is taken", source);
    for (size_t i = 0; i < t.findings.count; i++)
        if (strstr(arena_dup(&t.arena, t.findings.items[i].sentence).ptr, words) != NULL) {
            feel_close(&t);
            return;
        }
    fail_msg("%s: expected \"%s\" in \"%.*s\"", source, words,
             STR_ARG(t.findings.items[0].sentence));
}

#endif
