/* Fuzzes the way from bytes to decisions: XML, loader, checks, and every decision of a model that is good, under small
 * limits. What is refused must say why. */
#include <stdlib.h>

#include "common/dmn/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUTS_MAX 50

/* Some value for each input, of its type where it has a plain one. */
static size_t make_inputs(const struct model *m, struct value *values, uint32_t *indexes)
{
    size_t count = 0;
    for (uint32_t i = 0; i < m->count && count < INPUTS_MAX; i++) {
        const struct element *e = &m->elements[i];
        if (e->kind != ELEMENT_INPUT || e->type == NULL)
            continue;
        indexes[count] = i;
        values[count++] = e->type->kind == TYPE_NUMBER    ? value_i64(18)
                          : e->type->kind == TYPE_BOOLEAN ? value_bool(true)
                          : e->type->kind == TYPE_DATE    ? value_date(20000)
                                                          : value_string(STR("gold"));
    }
    return count;
}

static void evaluate(const struct model *m, uint32_t index)
{
    static struct arena work;
    static struct value inputs[INPUTS_MAX];
    static uint32_t indexes[INPUTS_MAX];
    size_t input_count = make_inputs(m, inputs, indexes);
    struct eval e;
    struct value v;
    arena_reset(&work);
    eval_start(&e, &work,
               (struct dmn_limits){.steps = 20000, .depth = 100, .memory_bytes = 8 << 20});
    eval_explain(&e, false);
    (void)dmn_evaluate_at(&e, m, index, inputs, indexes, input_count, &v);
    struct buf b = {.arena = &work};
    value_json(&b, v);
    explain_json(&b, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    arena_reset(&arena);
    struct dmn_source source = {STR("fuzz.dmn"), {(const char *)data, size}};
    struct findings findings = {.arena = &arena};
    const struct model *m = dmn_load(&arena, &source, 1, &findings);
    if (m == NULL && findings.errors == 0)
        abort();
    for (uint32_t i = 0; m != NULL && i < m->count && i < 50; i++)
        if (m->elements[i].kind == ELEMENT_DECISION)
            evaluate(m, i);
    return 0;
}
