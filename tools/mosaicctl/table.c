/* table: see table.h. */
#include "tools/mosaicctl/table.h"

#include <string.h>

#include "common/core/buf.h"
#include "tools/mosaicctl/show.h"

void table_add(struct table *t, const struct str *texts)
{
    t->rows = arena_more(t->arena, t->rows, t->count, &t->cap, sizeof *t->rows);
    memcpy(t->rows[t->count++], texts, t->columns * sizeof *texts);
}

/* In characters, as a terminal counts them. */
static size_t width_of(struct str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.len; i++)
        width += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return width;
}

static void print_row(const struct table *t, const struct str *row, const size_t *widths)
{
    for (size_t i = 0; i < t->columns; i++) {
        int pad = (int)(widths[i] - width_of(row[i]));
        bool right = (t->figures >> i & 1) != 0;
        (void)printf("%s%*s", i > 0 ? "  " : "", right ? pad : 0, "");
        show_text(stdout, row[i]);
        (void)printf("%*s", right || i + 1 == t->columns ? 0 : pad, "");
    }
    (void)printf("\n");
}

void table_print(const struct table *t)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0};
    for (size_t r = 0; r < t->count; r++)
        for (size_t i = 0; i < t->columns; i++) {
            size_t width = width_of(t->rows[r][i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    for (size_t r = 0; r < t->count; r++)
        print_row(t, t->rows[r], widths);
}

struct str figure_count(struct arena *a, struct str number)
{
    struct buf out = {.arena = a};
    size_t whole = 0;
    while (whole < number.len && number.ptr[whole] != '.')
        whole++;
    size_t first = number.len > 0 && number.ptr[0] == '-' ? 1 : 0;
    for (size_t i = 0; i < number.len; i++) {
        if (i > first && i < whole && (whole - i) % 3 == 0)
            buf_char(&out, ' ');
        buf_char(&out, number.ptr[i]);
    }
    return buf_view(&out);
}

struct str figure_minor(struct arena *a, struct str value)
{
    int64_t minor;
    if (!str_to_i64(value, &minor))
        return value;
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    return figure_count(a, arena_fmt(a, "%s%llu.%02llu", minor < 0 ? "-" : "",
                                     (unsigned long long)(size / 100),
                                     (unsigned long long)(size % 100)));
}
