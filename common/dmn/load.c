/* load: the order of things when a model is loaded. */
#include "common/dmn/load.h"

#include "common/dmn/checks_table.h"

#include <string.h>

#define UNITS_MAX 200
#define IMPORTS_MAX 200 /* of one model */

void *load_push(struct arena *a, void *items, size_t *count, size_t *cap, size_t bytes)
{
    items = arena_more(a, items, *count, cap, bytes);
    memset((char *)items + *count * bytes, 0, bytes);
    ++*count;
    return items;
}

void load_limit(struct loader *l, struct str place, uint32_t line, const char *sentence)
{
    finding_add(l->findings, FINDING_ERROR, "limit", place, line, "%s", sentence);
    l->stopped = true;
}

bool load_may_go_on(struct loader *l, struct str place, uint32_t line)
{
    if (!l->stopped && l->arena->used_bytes - l->arena_start > LOAD_BYTES_MAX)
        load_limit(l, place, line, "the model needs more than 512 MiB of memory");
    return !l->stopped;
}

struct str load_name(struct unit *u, const struct xml_node *n)
{
    return name_normalise(u->loader->arena, xml_attribute(n, "name"));
}

struct marks load_mark(const struct loader *l)
{
    return (struct marks){l->findings->count, l->findings->errors};
}

bool load_failed_since(struct loader *l, struct marks from)
{
    struct findings *f = l->findings;
    if (f->errors == from.errors)
        return false;
    if (!l->options.lenient)
        return true;
    for (size_t i = from.count; i < f->count; i++)
        f->items[i].severity = FINDING_WARNING;
    f->warnings += f->errors - from.errors;
    f->errors = from.errors;
    return true;
}

/* A source that cannot be read matters only if it is the model itself or a model imports what is then missing. */
static bool read_unit(struct loader *l, struct unit *u, const struct dmn_source *source,
                      struct findings *findings)
{
    u->loader = l;
    if (!xml_read(l->arena, source->name, source->xml, findings, &u->document))
        return false;
    const struct xml_node *root = u->document.root;
    u->ns = xml_attribute(root, "namespace");
    u->name = xml_attribute(root, "name");
    map_init(&u->ids, l->arena, 64);
    map_init(&u->definition_index, l->arena, 64);
    u->types = (struct type_names){.find = load_type_find, .context = u};
    return true;
}

static struct unit *unit_of(struct loader *l, struct str ns)
{
    for (size_t i = 0; i < l->unit_count; i++)
        if (str_eq(l->units[i].ns, ns))
            return &l->units[i];
    return NULL;
}

static void follow_import(struct unit *u, const struct xml_node *n)
{
    struct loader *l = u->loader;
    struct str ns = xml_attribute(n, "namespace"), type = xml_attribute(n, "importType");
    struct str name = load_name(u, n);
    struct unit *to = unit_of(l, ns);
    if (to != NULL && to != u) {
        u->imports[u->import_count++] = (struct import){name, to};
        return;
    }
    bool is_model = type.len == 0 || xml_is_dmn(type);
    finding_add(l->findings, is_model ? load_severity(l) : FINDING_WARNING, "import",
                u->document.file, n->line,
                to == u    ? "the model imports its own namespace '%.*s'"
                : is_model ? "the model imports '%.*s', but no file given has that namespace"
                           : "what is imported as '%.*s' is no DMN model; it is not read",
                STR_ARG(ns));
}

static void follow_imports(struct unit *u)
{
    const struct xml_node *root = u->document.root;
    size_t count = xml_count(root, "import");
    if (count > IMPORTS_MAX) {
        load_limit(u->loader, u->document.file, root->line, "the model has more than 200 imports");
        return;
    }
    u->imports = arena_array(u->loader->arena, count, sizeof *u->imports);
    for (const struct xml_node *n = xml_child(root, "import"); n != NULL; n = xml_again(n))
        follow_import(u, n);
}

/* Sources that no import leads to from the first stay unused. */
static void keep_reached(struct loader *l)
{
    struct unit **queue = arena_array(l->arena, l->unit_count, sizeof(*queue));
    size_t count = 0;
    queue[count++] = &l->units[0];
    l->units[0].used = true;
    for (size_t i = 0; i < count; i++) {
        follow_imports(queue[i]);
        for (size_t j = 0; j < queue[i]->import_count; j++) {
            struct unit *to = queue[i]->imports[j].unit;
            if (!to->used)
                queue[count++] = to;
            to->used = true;
        }
    }
}

static void unreadable(struct loader *l, const struct findings *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        const struct finding *f = &kept->items[i];
        finding_add(l->findings, FINDING_WARNING, "xml", f->place, f->line, "%.*s",
                    STR_ARG(f->sentence));
    }
}

static bool read_units(struct loader *l, const struct dmn_source *sources, size_t count)
{
    struct findings aside = {.arena = l->arena};
    if (count == 0 || count > UNITS_MAX) {
        finding_add(l->findings, FINDING_ERROR, "limit", STR(""), 0,
                    "a model is loaded from 1 to %d files; %zu were given", UNITS_MAX, count);
        return false;
    }
    l->units = arena_array(l->arena, count, sizeof *l->units);
    for (size_t i = 0; i < count; i++) {
        struct unit *u = &l->units[l->unit_count];
        if (!load_may_go_on(l, sources[i].name, 0))
            return false;
        if (read_unit(l, u, &sources[i], i == 0 ? l->findings : &aside))
            l->unit_count++;
        else if (i == 0)
            return false;
        else
            memset(u, 0, sizeof *u);
    }
    unreadable(l, &aside);
    for (size_t i = 1; i < l->unit_count; i++)
        l->units[i].place = arena_fmt(l->arena, "%.*s: ", STR_ARG(l->units[i].document.file));
    keep_reached(l);
    return true;
}

static void each_unit(struct loader *l, void (*step)(struct unit *u))
{
    for (size_t i = 0; i < l->unit_count; i++)
        if (l->units[i].used)
            step(&l->units[i]);
}

static void keep_imports(struct unit *u)
{
    struct model *m = u->loader->model;
    for (size_t i = 0; i < u->import_count; i++)
        m->imports[m->import_count++] =
            (struct model_import){u->imports[i].name, u->imports[i].unit->ns, u->ns};
}

static void imports_to_model(struct loader *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->unit_count; i++)
        count += l->units[i].import_count;
    l->model->name = l->units[0].name;
    l->model->ns = l->units[0].ns;
    l->model->imports = arena_array(l->arena, count, sizeof *l->model->imports);
    each_unit(l, keep_imports);
}

static void finish_tables(struct loader *l)
{
    tables_priorities(l);
    for (size_t i = 0; i < l->table_count; i++) {
        check_table(l->arena, l->tables[i].table, load_severity(l), l->findings);
        table_compile(l->arena, l->tables[i].table);
    }
}

static void load_types(struct loader *l)
{
    each_unit(l, types_collect);
    each_unit(l, types_shape);
    each_unit(l, types_fill);
    each_unit(l, load_members);
    each_unit(l, types_tests);
}

static void load_elements(struct loader *l)
{
    struct model *m = l->model;
    elements_room(l);
    each_unit(l, elements_collect);
    elements_types(l);
    const uint32_t *order = graph_order(l);
    services_check(l);
    for (size_t i = 0; i < m->count && !l->stopped; i++)
        load_logic(l, order[i]);
}

struct model *dmn_load_with(struct arena *a, const struct dmn_source *sources, size_t count,
                            struct dmn_options options, struct findings *ret_findings)
{
    struct loader l = {.arena = a,
                       .findings = ret_findings,
                       .options = options,
                       .arena_start = a->used_bytes};
    ret_findings->arena = a;
    l.model = arena_alloc(a, sizeof *l.model);
    names_init(&l.names, a);
    if (!read_units(&l, sources, count))
        return NULL;
    imports_to_model(&l);
    load_types(&l);
    load_elements(&l);
    if (l.stopped)
        return NULL;
    finish_tables(&l);
    return ret_findings->errors == 0 ? l.model : NULL;
}

struct model *dmn_load(struct arena *a, const struct dmn_source *sources, size_t count,
                       struct findings *ret_findings)
{
    return dmn_load_with(a, sources, count, (struct dmn_options){0}, ret_findings);
}
