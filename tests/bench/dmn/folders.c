/* folders: models with test files of the kit's form next to them; each file's cases are checked once, then run round
 * and round. */
#include <string.h>

#include "tests/bench/dmn/bench.h"
#include "tools/tck/folder.h"
#include "tools/tck/run.h"

struct one_case { /* a decision with its inputs, looked up */
    uint32_t decision;
    struct value *values;
    uint32_t *indexes;
    size_t count;
};

struct folder_bench {
    const struct model *model;
    struct one_case *cases;
    size_t count;
    struct arena work;
    size_t nulls;
};

static size_t run(void *context, size_t n)
{
    struct folder_bench *f = context;
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        const struct one_case *c = &f->cases[i % f->count];
        struct eval e;
        struct value v = NULL_VALUE;
        eval_start(&e, &f->work, DMN_LIMITS);
        (void)dmn_evaluate_at(&e, f->model, c->decision, c->values, c->indexes, c->count, &v);
        f->nulls += is_null(v) ? 1 : 0;
        bytes += f->work.used_bytes;
        arena_reset(&f->work);
    }
    return bytes;
}

static void take_inputs(struct arena *a, const struct model *m, const struct test_case *t,
                        struct one_case *c)
{
    c->values = arena_array(a, t->input_count, sizeof(*c->values));
    c->indexes = arena_array(a, t->input_count, sizeof(*c->indexes));
    for (size_t i = 0; i < t->input_count; i++)
        for (uint32_t e = 0; e < m->count; e++)
            if (m->elements[e].kind == ELEMENT_INPUT &&
                str_eq(m->elements[e].name, t->inputs[i].name)) {
                c->values[c->count] = t->inputs[i].value;
                c->indexes[c->count++] = e;
                break;
            }
}

/* Every result of every case is one evaluation. */
static bool take_cases(struct bench *b, struct folder_bench *f, const struct test_file *file)
{
    static const struct surroundings around = {0};
    size_t most = 0;
    for (size_t i = 0; i < file->count; i++)
        most += file->cases[i].result_count;
    f->cases = arena_array(&b->arena, most, sizeof(*f->cases));
    for (size_t i = 0; i < file->count; i++) {
        const struct test_case *t = &file->cases[i];
        struct str why;
        if (run_case(&f->work, &around, f->model, t, &why) != VERDICT_SUCCESS) {
            (void)fprintf(stderr, "bench: %.*s, case %.*s: %.*s\n", STR_ARG(file->model),
                          STR_ARG(t->id), STR_ARG(why));
            return false;
        }
        arena_reset(&f->work);
        for (size_t j = 0; j < t->result_count; j++) {
            struct one_case *c = &f->cases[f->count];
            if (!dmn_find(f->model, t->results[j].name, &c->decision))
                continue;
            take_inputs(&b->arena, f->model, t, c);
            f->count++;
        }
    }
    return f->count > 0;
}

static bool bench_file(struct bench *b, const char *path)
{
    struct str xml;
    struct test_file file;
    if (!folder_read(&b->arena, path, &xml) ||
        cases_read(&b->arena, NULL, xml, &file) != CASES_READ) {
        (void)fprintf(stderr, "bench: %s is no test file.\n", path);
        return false;
    }
    struct folder_bench *f = arena_alloc(&b->arena, sizeof(*f));
    f->model = bench_load(b, arena_fmt(&b->arena, "%.*s/%.*s", STR_ARG(path_folder(str_of(path))),
                                       STR_ARG(file.model))
                                 .ptr);
    bool ok = f->model != NULL && take_cases(b, f, &file);
    if (ok)
        bench_measure(b, file.model, run, f);
    arena_done(&f->work);
    return ok;
}

bool bench_folder(struct bench *b, const char *folder)
{
    struct paths files = {.arena = &b->arena};
    if (!folder_files(folder, ".xml", false, &files) || files.count == 0) {
        (void)fprintf(stderr, "bench: there are no test files in %s.\n", folder);
        return false;
    }
    for (size_t i = 0; i < files.count; i++)
        if (!bench_file(b, files.items[i]))
            return false;
    return true;
}
