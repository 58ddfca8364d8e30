/* csv: one pass over the text, a field at a time. */
#include "common/core/csv.h"

#include <string.h>

/* Where a field ended. */
enum stop { STOP_COMMA, STOP_LINE, STOP_TEXT, STOP_BROKEN };

static enum stop take_stop(struct csv *c)
{
    if (c->rest.len == 0)
        return STOP_TEXT;
    char first = c->rest.ptr[0];
    if (first == '\r' && c->rest.len > 1 && c->rest.ptr[1] == '\n')
        c->rest = str_skip(c->rest, 1);
    c->rest = str_skip(c->rest, 1);
    if (first == ',')
        return STOP_COMMA;
    c->line++;
    return STOP_LINE;
}

static enum stop read_plain(struct csv *c, struct str *ret)
{
    size_t len = 0;
    while (len < c->rest.len && c->rest.ptr[len] != ',' && c->rest.ptr[len] != '\n' &&
           !(c->rest.ptr[len] == '\r' && (len + 1 == c->rest.len || c->rest.ptr[len + 1] == '\n')))
        len++;
    *ret = (struct str){c->rest.ptr, len};
    c->rest = str_skip(c->rest, len);
    return take_stop(c);
}

static struct str undouble(struct arena *a, struct str quoted, size_t doubled)
{
    char *to = arena_alloc(a, quoted.len - doubled + 1);
    size_t len = 0;
    for (size_t i = 0; i < quoted.len; i++) {
        to[len++] = quoted.ptr[i];
        if (quoted.ptr[i] == '"')
            i++;
    }
    return (struct str){to, len};
}

static enum stop read_quoted(struct csv *c, struct str *ret, struct err *err)
{
    struct str s = str_skip(c->rest, 1);
    size_t len = 0, doubled = 0;
    for (; len < s.len; len++) {
        if (s.ptr[len] == '\n')
            c->line++;
        if (s.ptr[len] != '"')
            continue;
        if (len + 1 == s.len || s.ptr[len + 1] != '"')
            break;
        doubled++;
        len++;
    }
    if (len >= s.len) {
        err_set(err, ERR_REJECT, "Line %lld: a quote is opened and never closed.",
                (long long)c->row_line);
        return STOP_BROKEN;
    }
    struct str inside = {s.ptr, len};
    *ret = doubled > 0 ? undouble(c->arena, inside, doubled) : inside;
    c->rest = str_skip(s, len + 1);
    if (c->rest.len > 0 && memchr(",\r\n", c->rest.ptr[0], 3) == NULL) {
        err_set(err, ERR_REJECT, "Line %lld: text follows a closing quote.", (long long)c->line);
        return STOP_BROKEN;
    }
    return take_stop(c);
}

/* One line, however many fields it has. */
static enum csv_step read_fields(struct csv *c, struct err *err)
{
    c->row_line = c->line;
    c->count = 0;
    if (c->rest.len == 0)
        return CSV_END;
    for (;;) {
        if (c->count == CSV_FIELDS_MAX) {
            err_set(err, ERR_REJECT, "Line %lld has more than %d fields.", (long long)c->row_line,
                    CSV_FIELDS_MAX);
            return CSV_BROKEN;
        }
        bool quoted = c->rest.len > 0 && c->rest.ptr[0] == '"';
        struct str *field = &c->fields[c->count++];
        enum stop stop = quoted ? read_quoted(c, field, err) : read_plain(c, field);
        if (stop == STOP_BROKEN)
            return CSV_BROKEN;
        if (stop != STOP_COMMA)
            return CSV_ROW;
    }
}

static bool is_blank(const struct csv *c)
{
    return c->count == 1 && c->fields[0].len == 0;
}

static int64_t line_not_utf8(struct str text)
{
    int64_t line = 1;
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.ptr) + 1 : text.len;
        if (!str_is_utf8((struct str){text.ptr, len}))
            return line;
        text = str_skip(text, len);
        line++;
    }
    return 0;
}

bool csv_open(struct csv *c, struct arena *a, struct str text, struct err *err)
{
    int64_t bad = line_not_utf8(text);
    if (bad > 0)
        return err_set(err, ERR_REJECT, "Line %lld is not UTF-8 text.", (long long)bad);
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_skip(text, 3);
    *c = (struct csv){.arena = a, .rest = text, .line = 1};
    c->fields = arena_array(a, CSV_FIELDS_MAX, sizeof *c->fields);
    enum csv_step step = read_fields(c, err);
    if (step == CSV_BROKEN)
        return false;
    if (step == CSV_END || is_blank(c))
        return err_set(err, ERR_REJECT,
                       "The file has no header line with the names of its columns.");
    c->columns = c->count;
    return true;
}

size_t csv_find(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->columns; i++)
        if (str_eq(c->fields[i], str_of(name)))
            return i;
    return SIZE_MAX;
}

bool csv_column(const struct csv *c, const char *name, size_t *ret, struct err *err)
{
    size_t at = csv_find(c, name);
    if (at == SIZE_MAX)
        return err_set(err, ERR_REJECT, "The column \"%s\" is missing in the header.", name);
    *ret = at;
    return true;
}

enum csv_step csv_next(struct csv *c, struct err *err)
{
    for (;;) {
        enum csv_step step = read_fields(c, err);
        if (step != CSV_ROW)
            return step;
        if (is_blank(c) && c->columns > 1)
            continue;
        if (c->count == c->columns)
            return CSV_ROW;
        err_set(err, ERR_REJECT, "Line %lld has %zu fields, the header has %zu.",
                (long long)c->row_line, c->count, c->columns);
        return CSV_BROKEN;
    }
}
