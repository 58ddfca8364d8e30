/* kpi: the latest value of each cell as a table. */
#include <stdio.h>
#include <string.h>

#include "common/core/money.h"
#include "tools/mosaicctl/cells.h"
#include "tools/mosaicctl/ctl.h"

struct filter {
    const char *kpi, *category, *period, *by;
    bool json;
};

static bool matches(const char *wanted, struct str value)
{
    return wanted == NULL || str_eq(str_of(wanted), value);
}

/* "projects" stands for all KPIs that begin with "projects." */
static bool kpi_matches(const char *wanted, struct str kpi)
{
    if (matches(wanted, kpi))
        return true;
    struct str family = str_of(wanted);
    return kpi.len > family.len && str_starts(kpi, family) && kpi.ptr[family.len] == '.';
}

static bool is_wanted(const struct filter *f, const struct ev_kpi_value *v)
{
    bool in_period =
        matches(f->period, v->period) ||
        (v->period.len == 7 && str_eq((struct str){v->period.ptr, 4}, str_of(f->period)));
    return kpi_matches(f->kpi, v->kpi) && matches(f->category, v->category) && in_period &&
           matches(f->by, ev_granularity_text(v->granularity));
}

/* 1234567.5 with blanks between thousands: 1 234 567.5 */
static void group_thousands(struct buf *out, struct str number)
{
    size_t whole = 0;
    while (whole < number.len && number.ptr[whole] != '.')
        whole++;
    size_t first = number.len > 0 && number.ptr[0] == '-' ? 1 : 0;
    for (size_t i = 0; i < number.len; i++) {
        if (i > first && i < whole && (whole - i) % 3 == 0)
            buf_char(out, ' ');
        buf_char(out, number.ptr[i]);
    }
}

static void write_minor(struct buf *out, struct arena *a, struct str value)
{
    int64_t minor;
    if (!str_to_i64(value, &minor)) {
        buf_str(out, value);
        return;
    }
    uint64_t size = minor < 0 ? (uint64_t)-minor : (uint64_t)minor;
    group_thousands(out,
                    arena_fmt(a, "%s%llu.%02llu", minor < 0 ? "-" : "",
                              (unsigned long long)(size / 100), (unsigned long long)(size % 100)));
}

static struct str value_text(struct arena *a, const struct ev_kpi_value *v)
{
    struct buf text = {.arena = a};
    if (v->value.ptr == NULL)
        return STR("-");
    switch (v->unit) {
    case EV_UNIT_COUNT: group_thousands(&text, v->value); break;
    case EV_UNIT_MINOR: write_minor(&text, a, v->value); break;
    case EV_UNIT_RATIO: buf_str(&text, v->value); break;
    }
    return buf_view(&text);
}

#define COLUMNS 6

static void print_table(const struct filter *f, const struct cells *cells, struct arena *a)
{
    static const char *const titles[COLUMNS] = {"kpi",    "category", "currency",
                                                "period", "value",    "revision"};
    struct str(*rows)[COLUMNS] = arena_array(a, cells->count + 1, sizeof *rows);
    size_t count = 1, widths[COLUMNS] = {0};
    for (size_t i = 0; i < COLUMNS; i++)
        rows[0][i] = str_of(titles[i]);
    for (size_t i = 0; i < cells->count; i++) {
        const struct ev_kpi_value *v = &cells->items[i];
        if (!is_wanted(f, v))
            continue;
        struct str row[COLUMNS] = {v->kpi,           v->category,
                                   v->currency,      v->period,
                                   value_text(a, v), arena_fmt(a, "%lld", (long long)v->revision)};
        memcpy(rows[count++], row, sizeof row);
    }
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < COLUMNS; i++)
            widths[i] = rows[r][i].len > widths[i] ? rows[r][i].len : widths[i];
    for (size_t r = 0; r < count; r++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            int pad = (int)(widths[i] - rows[r][i].len);
            bool right = i >= 4; /* numbers */
            (void)printf("%s%*s%.*s%*s", i > 0 ? "  " : "", right ? pad : 0, "",
                         STR_ARG(rows[r][i]), right || i + 1 == COLUMNS ? 0 : pad, "");
        }
        (void)printf("\n");
    }
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

int ctl_kpi(int argc, char **argv)
{
    struct filter f = {0};
    const struct ctl_option options[] = {
        {.name = "--kpi",
         .type = CTL_TEXT,
         .target = &f.kpi,
         .value = "NAME",
         .help = "one KPI, or a family: projects"},
        {.name = "--category",
         .type = CTL_TEXT,
         .target = &f.category,
         .value = "NAME",
         .help = "one category; all is the total"},
        {.name = "--period",
         .type = CTL_TEXT,
         .target = &f.period,
         .value = "PERIOD",
         .help = "2021-03, or 2021 with its months"},
        {.name = "--by",
         .type = CTL_TEXT,
         .target = &f.by,
         .value = "month|year",
         .help = "only months, or only years"},
        {.name = "--json",
         .type = CTL_FLAG,
         .target = &f.json,
         .help = "one JSON object per cell, amounts in minor units"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "kpi [--kpi NAME] [--category NAME] [--period PERIOD] [--by month|year] [--json]",
        "Shows the latest value of every KPI cell, as the topic mosaic.kpi.v1 has it. Amounts are "
        "in whole\n"
        "units of their currency with two places.",
        options,
        0,
        0,
    };
    int code;
    struct err err = {0};
    struct arena arena = {0};
    struct cells cells;
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    bool ok = cells_read(&cells, &arena, &err);
    if (ok && f.json)
        print_json(&f, &cells);
    else if (ok)
        print_table(&f, &cells, &arena);
    arena_done(&arena);
    return ok ? CTL_DONE : ctl_fail(&err);
}
