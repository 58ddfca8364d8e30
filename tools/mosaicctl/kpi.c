/* kpi: the latest value of each cell as a table, or the events behind one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mosaicctl/cells.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/kpi_events.h"
#include "tools/mosaicctl/show.h"
#include "tools/mosaicctl/table.h"

enum { KPI, CATEGORY, PERIOD, BY, FILTERS };

static const char *const OPTIONS[FILTERS] = {"--kpi", "--category", "--period", "--by"};

struct filter {
    const char *said[FILTERS]; /* NULL: everything fits */
    bool json;
};

static struct str value_of(int filter, const struct ev_kpi_value *v)
{
    if (filter == KPI)
        return v->kpi;
    if (filter == CATEGORY)
        return v->category;
    return filter == PERIOD ? v->period : ev_granularity_text(v->granularity);
}

/* "projects" stands for all KPIs that begin with "projects.", "2021" for its months too. */
static bool fits(const struct filter *f, int filter, const struct ev_kpi_value *v)
{
    struct str said = str_of(f->said[filter]), value = value_of(filter, v);
    if (said.ptr == NULL || str_eq(said, value))
        return true;
    char below = filter == KPI ? '.' : '-';
    return (filter == KPI || (filter == PERIOD && said.len == 4)) && value.len > said.len &&
           str_starts(value, said) && value.ptr[said.len] == below;
}

static bool is_wanted(const struct filter *f, const struct ev_kpi_value *v)
{
    for (int i = 0; i < FILTERS; i++)
        if (!fits(f, i, v))
            return false;
    return true;
}

static bool is_filtered(const struct filter *f)
{
    bool filtered = false;
    for (int i = 0; i < FILTERS; i++)
        filtered |= f->said[i] != NULL;
    return filtered;
}

static struct str value_text(struct arena *a, const struct ev_kpi_value *v)
{
    if (v->value.ptr == NULL)
        return STR("-");
    switch (v->unit) {
    case EV_UNIT_COUNT: return figure_count(a, v->value);
    case EV_UNIT_MINOR: return figure_minor(a, v->value);
    case EV_UNIT_RATIO: break;
    }
    return v->value;
}

static void print_table(const struct filter *f, const struct cells *cells)
{
    struct table table = {.arena = cells->arena, .columns = 6, .figures = 1U << 4 | 1U << 5};
    const struct str titles[] = {STR("kpi"),    STR("category"), STR("currency"),
                                 STR("period"), STR("value"),    STR("revision")};
    table_add(&table, titles);
    for (size_t i = 0; i < cells->count; i++) {
        const struct ev_kpi_value *v = &cells->items[i];
        const struct str row[] = {v->kpi,
                                  v->category,
                                  v->currency,
                                  v->period,
                                  value_text(cells->arena, v),
                                  arena_fmt(cells->arena, "%lld", (long long)v->revision)};
        if (is_wanted(f, v))
            table_add(&table, row);
    }
    table_print(&table);
}

static void print_json(const struct filter *f, const struct cells *cells)
{
    struct buf line = {0};
    for (size_t i = 0; i < cells->count; i++) {
        if (!is_wanted(f, &cells->items[i]))
            continue;
        buf_reset(&line);
        ev_kpi_value_write(&line, &cells->items[i]);
        (void)printf("%.*s\n", STR_ARG(buf_view(&line)));
    }
    buf_done(&line);
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The values that there are, each once; of periods, which are many, the first and the last. */
static void say_known(int filter, const struct cells *cells)
{
    struct str *values = arena_array(cells->arena, cells->count, sizeof *values);
    for (size_t i = 0; i < cells->count; i++)
        values[i] = value_of(filter, &cells->items[i]);
    qsort(values, cells->count, sizeof *values, by_text);
    const char *between = filter == PERIOD ? " to " : ", ";
    for (size_t i = 0; i < cells->count; i++) {
        bool last = i + 1 == cells->count;
        if (i > 0 && (filter == PERIOD ? !last : str_eq(values[i], values[i - 1])))
            continue;
        (void)fprintf(stderr, "%s", i > 0 ? between : "");
        show_text(stderr, values[i]);
    }
}

/* Which filter fits nothing by itself, or that they do not together. */
static void say_nothing_fits(const struct filter *f, const struct cells *cells)
{
    bool told = false;
    for (int i = 0; i < FILTERS; i++) {
        bool fitting = f->said[i] == NULL;
        for (size_t at = 0; !fitting && at < cells->count; at++)
            fitting = fits(f, i, &cells->items[at]);
        if (fitting)
            continue;
        (void)fprintf(stderr, "mosaicctl: %s %s fits no KPI; there are: ", OPTIONS[i], f->said[i]);
        say_known(i, cells);
        (void)fprintf(stderr, "\n");
        told = true;
    }
    if (!told)
        (void)fprintf(stderr, "mosaicctl: each of the options fits some KPI, but all together fit "
                              "none\n");
}

/* Shows what is wanted; the exit code. */
static int show(const struct filter *f, const struct cells *cells)
{
    bool any = false;
    for (size_t i = 0; !any && i < cells->count; i++)
        any = is_wanted(f, &cells->items[i]);
    if (cells->count == 0)
        (void)fprintf(stderr, "mosaicctl: there are no KPIs yet\n");
    else if (!any)
        say_nothing_fits(f, cells);
    else if (f->json)
        print_json(f, cells);
    else
        print_table(f, cells);
    return is_filtered(f) && !any ? CTL_FAILED : CTL_DONE;
}

static bool is_period(struct str s)
{
    uint64_t year, month;
    return str_to_u64((struct str){s.ptr, s.len < 4 ? s.len : 4}, &year) &&
           (s.len == 4 || (s.len == 7 && s.ptr[4] == '-' && str_to_u64(str_skip(s, 5), &month) &&
                           month >= 1 && month <= 12));
}

/* What can be no period and no granularity, whatever the topic holds. */
static bool is_sound(const struct filter *f)
{
    struct str period = str_of(f->said[PERIOD]), by = str_of(f->said[BY]);
    bool sound = period.ptr == NULL || is_period(period);
    if (!sound)
        (void)fprintf(stderr,
                      "mosaicctl: --period is a year or a month, like 2021 or 2021-03; not "
                      "\"%s\"\n",
                      period.ptr);
    enum ev_granularity known;
    if (by.ptr == NULL || ev_granularity_parse(by, &known))
        return sound;
    (void)fprintf(stderr, "mosaicctl: --by is month or year; not \"%s\"\n", by.ptr);
    return false;
}

/* With plain arguments the command is `events CELL`. */
static int show_events(const struct filter *f, int argc, char **argv)
{
    struct err err = {0};
    if (argc != 3 || strcmp(argv[1], "events") != 0 || is_filtered(f)) {
        (void)fprintf(stderr, "mosaicctl: events needs one CELL and takes no option but --json\n");
        return CTL_MISUSED;
    }
    return kpi_events(argv[2], f->json, &err) ? CTL_DONE : ctl_fail(&err);
}

int ctl_kpi(int argc, char **argv)
{
    struct filter f = {0};
    const struct ctl_option options[] = {
        {.name = "--kpi",
         .type = CTL_TEXT,
         .target = &f.said[KPI],
         .value = "NAME",
         .help = "one KPI, or a family: projects"},
        {.name = "--category",
         .type = CTL_TEXT,
         .target = &f.said[CATEGORY],
         .value = "NAME",
         .help = "one category; all is the total"},
        {.name = "--period",
         .type = CTL_TEXT,
         .target = &f.said[PERIOD],
         .value = "PERIOD",
         .help = "2021-03, or 2021 with its months"},
        {.name = "--by",
         .type = CTL_TEXT,
         .target = &f.said[BY],
         .value = "month|year",
         .help = "only months, or only years"},
        {.name = "--json",
         .type = CTL_FLAG,
         .target = &f.json,
         .help = "one JSON object per cell, amounts in minor units"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "kpi [--kpi NAME] [--category NAME] [--period PERIOD] [--by month|year] [--json] | events "
        "CELL [--json]",
        "Shows the latest value of every KPI cell, as the topic mosaic.kpi.v1 has it. Amounts are "
        "in whole\n"
        "units of their currency with two places. Exit code 1 if there is nothing that fits, with "
        "what there is\n"
        "on standard error.\n"
        "events  shows which events have changed one value and by how much, from the database of "
        "the\n"
        "        kpi-aggregator; they add up to the value, for growth to the number it is worked "
        "out of.\n"
        "        CELL is KPI:CATEGORY:PERIOD, or KPI:CATEGORY:CURRENCY:PERIOD for money, like\n"
        "        projects.cost:all:EUR:2021-03. source and id are those of the upstream event, "
        "record is where\n"
        "        the kpi-aggregator read what became of it; --json has both events' names.",
        options,
        0,
        2,
    };
    int code;
    struct err err = {0};
    struct arena arena = {0};
    struct cells cells;
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    if (argc > 1)
        return show_events(&f, argc, argv);
    if (!is_sound(&f))
        return CTL_MISUSED;
    code = cells_read(&cells, &arena, &err) ? show(&f, &cells) : ctl_fail(&err);
    arena_done(&arena);
    return code;
}
