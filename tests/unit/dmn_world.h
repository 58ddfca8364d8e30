/* dmn_world: a model written in a test, loaded and asked. Values are shown as FEEL. */
#ifndef MOSAIC_TESTS_DMN_WORLD_H
#define MOSAIC_TESTS_DMN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/buf.h"
#include "common/dmn/dmn.h"

#define NAMESPACE "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define BEGIN "<definitions xmlns='" NAMESPACE "' name='m' namespace='ns:m'>\n"
#define END "</definitions>"

struct world {
    struct arena arena;
    struct findings findings;
    struct model *model;
    struct eval eval;
};

static inline struct str world_wrap(struct world *w, const char *body)
{
    return arena_fmt(&w->arena, BEGIN "%s" END, body);
}

static inline void world_load(struct world *w, const struct dmn_source *sources, size_t count,
                              bool lenient)
{
    w->model = dmn_load_with(&w->arena, sources, count, (struct dmn_options){.lenient = lenient},
                             &w->findings);
}

static inline const char *world_show(struct world *w, struct value v)
{
    struct buf b = {.arena = &w->arena};
    value_show(&b, v);
    buf_char(&b, '\0');
    return b.ptr;
}

static inline void world_start(struct world *w)
{
    eval_start(&w->eval, &w->arena, DMN_LIMITS);
    eval_explain(&w->eval, false);
}

static inline const char *world_ask(struct world *w, const char *decision,
                                    const struct entry *inputs, size_t count)
{
    struct value v;
    world_start(w);
    if (dmn_evaluate(&w->eval, w->model, str_of(decision), inputs, count, &v) == DMN_UNKNOWN)
        fail_msg("there is no '%s'", decision);
    return world_show(w, v);
}

static inline struct str world_file(struct world *w, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct buf b = {.arena = &w->arena};
    char bytes[4096];
    size_t n;
    if (f == NULL)
        fail_msg("cannot read %s", path);
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        buf_add(&b, bytes, n);
    (void)fclose(f);
    return buf_view(&b);
}

struct world_case {
    const char *decision, *want;
};

/* Each of those decisions of the model in that file, which is loaded leniently, since some are wrong on purpose. */
static inline void world_expect(const char *path, const struct world_case *cases, size_t count)
{
    struct world w = {0};
    struct dmn_source source = {str_of(path), world_file(&w, path)};
    world_load(&w, &source, 1, true);
    assert_non_null(w.model);
    for (size_t i = 0; i < count; i++) {
        const char *got = world_ask(&w, cases[i].decision, NULL, 0);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %s, want %s", cases[i].decision, got, cases[i].want);
    }
    arena_done(&w.arena);
}

/* The model is refused, and one of the errors is this one, with its code and what it says. */
static inline void world_refuses(const char *when, const char *body, const char *code,
                                 const char *says)
{
    struct world w = {0};
    struct dmn_source source = {STR("m.dmn"), world_wrap(&w, body)};
    world_load(&w, &source, 1, false);
    bool found = false;
    if (w.model != NULL)
        fail_msg("%s: not refused", when);
    for (size_t i = 0; i < w.findings.count; i++) {
        const struct finding *f = &w.findings.items[i];
        struct str all =
            arena_fmt(&w.arena, "%.*s:%u: %.*s", STR_ARG(f->place), f->line, STR_ARG(f->sentence));
        found = found || (f->severity == FINDING_ERROR && str_eq(f->code, str_of(code)) &&
                          strstr(all.ptr, says) != NULL);
        if (!found && i + 1 == w.findings.count)
            fail_msg("%s: the last finding is %.*s (%s)", when, STR_ARG(f->code), all.ptr);
    }
    assert_true(found);
    arena_done(&w.arena);
}

#endif
