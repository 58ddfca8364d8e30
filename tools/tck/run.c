/* run: evaluates what a case names and compares. */
#include "tools/tck/run.h"
#include "tools/tck/compare.h"

#define NOT_FOUND UINT32_MAX

struct case_run {
    struct arena *arena;
    const struct surroundings *around;
    const struct model *model;
    const struct test_case *test;
    struct buf why;
    enum verdict verdict;
};

static void start(struct case_run *r, struct eval *e)
{
    eval_start(e, r->arena, DMN_LIMITS);
    e->zones = r->around->zones;
    e->now = &r->around->now;
    eval_explain(e, false);
}

static void tell(struct case_run *r, enum verdict verdict, struct str line)
{
    buf_str(&r->why, r->why.len > 0 ? STR("\n") : STR(""));
    buf_str(&r->why, line);
    if (verdict > r->verdict)
        r->verdict = verdict;
}

/* An input by its name, in the model that was named; a decision may be given a value too. */
static uint32_t find_input(const struct model *m, const struct test_input *i)
{
    static const enum element_kind kinds[] = {ELEMENT_INPUT, ELEMENT_DECISION};
    struct str ns = i->model_namespace.len > 0 ? i->model_namespace : m->ns;
    for (int own = 1; own >= 0; own--)
        for (size_t k = 0; k < COUNT(kinds); k++)
            for (uint32_t e = 0; e < m->count; e++)
                if (m->elements[e].kind == kinds[k] && str_eq(m->elements[e].name, i->name) &&
                    (!own || str_eq(m->elements[e].model_namespace, ns)))
                    return e;
    return NOT_FOUND;
}

static enum dmn_status decide(struct case_run *r, struct eval *e, struct str name,
                              struct value *ret)
{
    const struct test_case *t = r->test;
    uint32_t decision;
    struct value *values = arena_array(r->arena, t->input_count, sizeof(*values));
    uint32_t *indexes = arena_array(r->arena, t->input_count, sizeof(*indexes));
    size_t count = 0;
    for (size_t i = 0; i < t->input_count; i++) {
        uint32_t index = find_input(r->model, &t->inputs[i]);
        if (index == NOT_FOUND)
            continue;
        values[count] = t->inputs[i].value;
        indexes[count++] = index;
    }
    if (!dmn_find(r->model, name, &decision))
        return DMN_UNKNOWN;
    return dmn_evaluate_at(e, r->model, decision, values, indexes, count, ret);
}

static bool has_several_outputs(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->elements[i].kind == ELEMENT_SERVICE && str_eq(m->elements[i].name, name))
            return m->elements[i].service != NULL && m->elements[i].service->output_count > 1;
    return false;
}

/* A service with several outputs gives a context: a result is the entry of its name. */
static enum dmn_status invoke(struct case_run *r, struct eval *e, struct str result,
                              struct value *ret)
{
    const struct test_case *t = r->test;
    struct entry *arguments = arena_array(r->arena, t->input_count, sizeof(*arguments));
    for (size_t i = 0; i < t->input_count; i++)
        arguments[i] = (struct entry){t->inputs[i].name, t->inputs[i].value};
    enum dmn_status status = dmn_invoke(e, r->model, t->invocable, arguments, t->input_count, ret);
    if (ret->kind == VALUE_CONTEXT && has_several_outputs(r->model, t->invocable)) {
        const struct value *entry = context_get(ret->context, result);
        *ret = entry != NULL ? *entry : NULL_VALUE;
    }
    return status;
}

static void tell_difference(struct case_run *r, const struct eval *e,
                            const struct test_result *expected, struct value actual)
{
    struct buf line = {.arena = r->arena};
    buf_fmt(&line, "\"%.*s\": expected ", STR_ARG(expected->name));
    value_show(&line, expected->expected);
    buf_str(&line, STR(", got "));
    value_show(&line, actual);
    const struct note *first = e->notes; /* the last in the chain */
    while (first != NULL && first->next != NULL)
        first = first->next;
    if (first != NULL)
        buf_fmt(&line, " (%.*s)", STR_ARG(first->text));
    if (e->stopped != STOP_NOT)
        buf_str(&line, STR(" (a limit was reached)"));
    tell(r, VERDICT_FAILURE, buf_view(&line));
}

static void run_result(struct case_run *r, const struct test_result *expected)
{
    struct eval e;
    struct value actual = NULL_VALUE;
    start(r, &e);
    enum dmn_status status = r->test->invocable.len > 0 ? invoke(r, &e, expected->name, &actual)
                                                        : decide(r, &e, expected->name, &actual);
    if (status == DMN_UNKNOWN)
        tell(r, VERDICT_ERROR,
             arena_fmt(r->arena, "\"%.*s\": the model has nothing of that name",
                       STR_ARG(r->test->invocable.len > 0 ? r->test->invocable : expected->name)));
    else if (!same_value(expected->expected, actual))
        tell_difference(r, &e, expected, actual);
}

enum verdict run_case(struct arena *a, const struct surroundings *s, const struct model *m,
                      const struct test_case *c, struct str *ret_why)
{
    struct case_run r = {.arena = a, .around = s, .model = m, .test = c, .why = {.arena = a}};
    if (c->broken != NULL)
        tell(&r, VERDICT_ERROR, str_of(c->broken));
    else
        for (size_t i = 0; i < c->result_count; i++)
            run_result(&r, &c->results[i]);
    *ret_why = buf_view(&r.why);
    return r.verdict;
}
