/* reconcile: what went in beside what the last service counted, and the same as JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/money.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/totals.h"

/* One row of the comparison. */
struct line {
    struct str name;
    int64_t in, out;
    bool is_reason;
};

#define LINES_MAX (8 + 2 * REASONS_MAX)

static void add(struct line *lines, size_t *count, const char *name, int64_t in, int64_t out)
{
    lines[(*count)++] = (struct line){str_of(name), in, out, false};
}

/* The KPIs count refused applications without a reason: they have the one that was expected of the rule
 * amount_fits if they are as many as those, and none that is known otherwise. */
static void add_refused(struct line *lines, size_t *count, int64_t in, int64_t out)
{
    if (in != 0 || out != 0)
        lines[(*count)++] =
            (struct line){in == out ? STR("amount_fits") : STR("refused_by_eligibility"), in, out,
                          true};
}

static int by_reason(const void *a, const void *b)
{
    return str_cmp(((const struct line *)a)->name, ((const struct line *)b)->name);
}

static size_t compare(struct line lines[LINES_MAX], const struct totals *in,
                      const struct totals *out)
{
    size_t count = 0;
    add(lines, &count, "participations", in->participations, out->participations);
    add(lines, &count, "organisations", in->organisations, out->organisations);
    add(lines, &count, "projects", in->projects, out->projects);
    add(lines, &count, "cooperative_projects", in->cooperative_projects, out->cooperative_projects);
    add(lines, &count, "coordinators", in->coordinators, out->coordinators);
    add(lines, &count, "grant_minor", in->grant_minor, out->grant_minor);
    add(lines, &count, "cost_minor", in->cost_minor, out->cost_minor);
    size_t first = count;
    add_refused(lines, &count, in->refused, out->refused);
    for (size_t i = 0; i < in->reason_count; i++)
        lines[count++] = (struct line){in->reasons[i].code, in->reasons[i].count,
                                       totals_reason(out, in->reasons[i].code), true};
    for (size_t i = 0; i < out->reason_count; i++)
        if (totals_reason(in, out->reasons[i].code) == 0 && out->reasons[i].count != 0)
            lines[count++] = (struct line){out->reasons[i].code, 0, out->reasons[i].count, true};
    if (count > first)
        qsort(lines + first, count - first, sizeof *lines, by_reason);
    return count;
}

static bool print_lines(const struct line *lines, size_t count)
{
    bool all = true;
    (void)printf("%-40s %20s %20s\n", "", "went in", "came out");
    for (size_t i = 0; i < count; i++) {
        const struct line *l = &lines[i];
        bool equal = l->in == l->out;
        all = all && equal;
        (void)printf("%s%-*.*s %20lld %20lld  %s\n", l->is_reason ? "rejected: " : "",
                     l->is_reason ? 30 : 40, STR_ARG(l->name), (long long)l->in, (long long)l->out,
                     equal ? "equal" : "DIFFERENT");
    }
    return all;
}

static void print_refused(const struct totals *in)
{
    for (int64_t i = 0; i < in->refused; i++)
        (void)printf("%.*s is to be refused by eligibility, rule amount_fits: its grants together "
                     "are over %lld minor units\n",
                     STR_ARG(in->refused_names[i]), (long long)MONEY_MAX);
}

static void write_side(struct buf *b, const struct line *lines, size_t count, bool in)
{
    size_t reasons = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].is_reason)
            continue;
        buf_json_str(b, lines[i].name);
        buf_fmt(b, ": %lld, ", (long long)(in ? lines[i].in : lines[i].out));
    }
    buf_str(b, STR("\"rejected\": {"));
    for (size_t i = 0; i < count; i++) {
        int64_t value = in ? lines[i].in : lines[i].out;
        if (!lines[i].is_reason || value == 0)
            continue;
        buf_str(b, reasons++ > 0 ? STR(", ") : STR(""));
        buf_json_str(b, lines[i].name);
        buf_fmt(b, ": %lld", (long long)value);
    }
    buf_str(b, STR("}"));
}

static bool write_json(const char *path, const struct line *lines, size_t count, bool equal,
                       struct err *err)
{
    struct buf b = {0};
    buf_str(&b, STR("{"));
    write_side(&b, lines, count, false);
    buf_str(&b, STR(",\n \"input\": {"));
    write_side(&b, lines, count, true);
    buf_fmt(&b, "},\n \"reconciled\": %s}\n", equal ? "true" : "false");
    FILE *file = fopen(path, "wb");
    bool ok = file != NULL && fwrite(b.ptr, 1, b.len, file) == b.len;
    ok = (file == NULL || fclose(file) == 0) && ok;
    buf_done(&b);
    return ok || err_set(err, ERR_FATAL, "cannot write %s: %s", path, strerror(errno));
}

static bool reconcile(const char *path, const char *out_path, bool *ret_equal, struct err *err)
{
    struct arena arena = {0};
    struct totals *in = arena_alloc(&arena, sizeof *in), *out = arena_alloc(&arena, sizeof *out);
    struct line *lines = arena_array(&arena, LINES_MAX, sizeof *lines);
    bool ok = totals_of_input(in, &arena, path, err) && totals_of_kpis(out, &arena, err);
    if (ok) {
        size_t count = compare(lines, in, out);
        *ret_equal = print_lines(lines, count);
        print_refused(in);
        ok = write_json(out_path, lines, count, *ret_equal, err);
    }
    arena_done(&arena);
    return ok;
}

int ctl_reconcile(int argc, char **argv)
{
    const char *out_path = "build/demo.json";
    const struct ctl_option options[] = {
        {.name = "--out",
         .type = CTL_TEXT,
         .target = &out_path,
         .value = "FILE",
         .help = "where the figures go (build/demo.json)"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "reconcile FILE [--out FILE]",
        "Counts a table of Horizon participations, or the events `import horizon` made of one, and "
        "compares\n"
        "with the KPIs of a platform that was given this and nothing else. Exit code 1 if they "
        "differ.\n"
        "Rejected is what intake rejects, by reason, and under amount_fits what eligibility "
        "refuses because\n"
        "the grants of one project are together more than 2^53 - 1 minor units.",
        options,
        1,
        1,
    };
    int code;
    bool equal = false;
    struct err err = {0};
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    if (!reconcile(argv[1], out_path, &equal, &err))
        return ctl_fail(&err);
    (void)printf("%s\n", equal ? "Everything reconciles." : "It does NOT reconcile.");
    return equal ? CTL_DONE : CTL_FAILED;
}
