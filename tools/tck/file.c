/* file: reads a test file, loads its model, runs its cases. */
#include "tools/tck/file.h"
#include "tools/tck/apart.h"
#include "tools/tck/folder.h"

struct file_run {
    struct arena arena, work;
    struct report *report;
    const struct surroundings *around;
    struct str path;
    struct test_file file;
    const struct model *model; /* in the process that runs the cases; NULL: refused says why */
    struct str refused;
};

static struct str first_error(struct arena *a, const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].severity == FINDING_ERROR)
            return arena_fmt(a, "the model is refused: %.*s: %.*s", STR_ARG(f->items[i].place),
                             STR_ARG(f->items[i].sentence));
    return STR("the model is refused");
}

/* The model first, then the others next to it, which it may import. */
static const struct model *load(struct arena *a, struct str path, struct str model,
                                struct str *ret_why)
{
    static const struct dmn_options lenient = {.lenient = true}; /* some are wrong on purpose */
    struct paths others = {.arena = a};
    const char *folder = arena_dup(a, path_folder(path)).ptr;
    const char *first = arena_fmt(a, "%s/%.*s", folder, STR_ARG(model)).ptr;
    struct findings findings = {.arena = a};
    *ret_why = arena_fmt(a, "the model \"%.*s\" cannot be read", STR_ARG(model));
    if (!folder_files(folder, ".dmn", false, &others))
        return NULL;
    struct dmn_source *sources = arena_array(a, others.count + 1, sizeof(*sources));
    size_t count = 1;
    sources[0].name = model;
    if (model.len == 0 || !folder_read(a, first, &sources[0].xml))
        return NULL;
    for (size_t i = 0; i < others.count; i++) {
        struct str other = path_name(str_of(others.items[i]));
        if (!str_eq(other, model) && folder_read(a, others.items[i], &sources[count].xml))
            sources[count++].name = other;
    }
    const struct model *m = dmn_load_with(a, sources, count, lenient, &findings);
    if (m == NULL)
        *ret_why = first_error(a, &findings);
    return m;
}

static void prepare(void *context)
{
    struct file_run *f = context;
    f->model = load(&f->arena, f->path, f->file.model, &f->refused);
}

static enum verdict run(void *context, size_t i, struct str *ret_why)
{
    struct file_run *f = context;
    *ret_why = f->refused;
    if (f->model == NULL)
        return VERDICT_ERROR;
    arena_reset(&f->work);
    return run_case(&f->work, f->around, f->model, &f->file.cases[i], ret_why);
}

static void tell(void *context, size_t i, enum verdict verdict, struct str why)
{
    struct file_run *f = context;
    report_case(f->report, f->path, f->file.cases[i].id, verdict, why);
}

void file_run(struct report *r, const struct surroundings *s, const char *path)
{
    struct file_run f = {.report = r, .around = s, .path = str_of(path)};
    struct apart_work work = {prepare, run, tell, &f};
    struct str xml;
    enum cases_status status = CASES_BROKEN;
    if (folder_read(&f.arena, path, &xml))
        status = cases_read(&f.arena, s->zones, xml, &f.file);
    if (status == CASES_BROKEN)
        report_case(r, f.path, STR(""), VERDICT_ERROR, STR("the file is no readable XML"));
    else if (status == CASES_READ)
        apart_run(&f.arena, &work, f.file.count);
    arena_done(&f.arena);
}
