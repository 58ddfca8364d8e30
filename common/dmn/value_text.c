/* value_text: values as FEEL's string() gives them, as literals that read back, and as JSON. Written within limits
 * of depth and length, since a small value may hold the same list many times over. */
#include "common/dmn/function.h"

#include <string.h>

#define DEPTH_MAX 500
#define TEXT_MAX ((size_t)16 << 20)

enum style { STYLE_STRING, STYLE_LITERAL, STYLE_JSON };

struct writer {
    struct buf *b;
    enum style style;
    size_t end; /* of what may be written */
    bool cut;   /* something did not fit */
};

static void write(struct writer *w, const struct value *v, uint32_t depth);

static void add(struct writer *w, const char *text)
{
    buf_add(w->b, text, strlen(text));
}

static void quoted(struct writer *w, struct str s)
{
    if (w->style == STYLE_JSON) {
        buf_json_str(w->b, s);
        return;
    }
    buf_char(w->b, '"');
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '"': add(w, "\\\""); break;
        case '\\': add(w, "\\\\"); break;
        case '\n': add(w, "\\n"); break;
        case '\r': add(w, "\\r"); break;
        case '\t': add(w, "\\t"); break;
        default: buf_char(w->b, s.ptr[i]);
        }
    }
    buf_char(w->b, '"');
}

static bool is_plain_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c & 0x80);
        bool blank = c == ' ' && i + 1 < s.len && s.ptr[i + 1] != ' ';
        bool inside = (c >= '0' && c <= '9') || blank;
        if (!letter && !(inside && i > 0))
            return false;
    }
    return s.len > 0;
}

static bool has_room(struct writer *w)
{
    w->cut = w->cut || w->b->len >= w->end;
    return w->b->len < w->end;
}

static void list_write(struct writer *w, const struct list *l, uint32_t depth)
{
    buf_char(w->b, '[');
    for (size_t i = 0; i < l->count && has_room(w); i++) {
        if (i > 0)
            add(w, ", ");
        write(w, &l->items[i], depth + 1);
    }
    buf_char(w->b, ']');
}

static void context_write(struct writer *w, const struct context *c, uint32_t depth)
{
    buf_char(w->b, '{');
    for (size_t i = 0; i < c->count && has_room(w); i++) {
        struct str name = c->entries[i].name;
        if (i > 0)
            add(w, ", ");
        if (w->style == STYLE_JSON || !is_plain_name(name))
            quoted(w, name);
        else
            buf_str(w->b, name);
        add(w, ": ");
        write(w, &c->entries[i].value, depth + 1);
    }
    buf_char(w->b, '}');
}

/* `(< 5)`: a range that was written with an operator. */
static bool range_as_test(struct writer *w, const struct range *r, uint32_t depth)
{
    const char *op = NULL;
    const struct value *end = &r->low;
    if (r->form == RANGE_EQUAL) {
        op = "=";
    } else if (r->has_low && !r->has_high) {
        op = r->low_closed ? ">=" : ">";
    } else if (r->has_high && !r->has_low) {
        op = r->high_closed ? "<=" : "<";
        end = &r->high;
    }
    if (op == NULL)
        return false;
    buf_char(w->b, '(');
    add(w, op);
    buf_char(w->b, ' ');
    write(w, end, depth + 1);
    buf_char(w->b, ')');
    return true;
}

static void range_write(struct writer *w, const struct range *r, uint32_t depth)
{
    if (range_as_test(w, r, depth))
        return;
    buf_char(w->b, r->low_closed ? '[' : '(');
    write(w, &r->low, depth + 1);
    add(w, "..");
    write(w, &r->high, depth + 1);
    buf_char(w->b, r->high_closed ? ']' : ')');
}

static void plain_temporal(struct buf *b, const struct value *v)
{
    if (v->kind == VALUE_DATE)
        date_put(b, v->day);
    else if (v->kind == VALUE_TIME)
        time_put(b, v->moment);
    else if (v->kind == VALUE_DATE_TIME)
        date_time_put(b, v->moment);
    else if (v->kind == VALUE_DAYS)
        days_duration_put(b, v->days);
    else
        months_duration_put(b, v->months);
}

static void temporal_write(struct writer *w, const struct value *v)
{
    if (w->style == STYLE_LITERAL) {
        static const char *const functions[] = {[VALUE_DATE] = "date",
                                                [VALUE_TIME] = "time",
                                                [VALUE_DATE_TIME] = "date and time",
                                                [VALUE_DAYS] = "duration",
                                                [VALUE_MONTHS] = "duration"};
        add(w, functions[v->kind]);
        buf_char(w->b, '(');
    }
    if (w->style != STYLE_STRING)
        buf_char(w->b, '"');
    plain_temporal(w->b, v);
    if (w->style != STYLE_STRING)
        buf_char(w->b, '"');
    if (w->style == STYLE_LITERAL)
        buf_char(w->b, ')');
}

static void function_write(struct writer *w, const struct function *f)
{
    add(w, "function(");
    for (size_t i = 0; i < f->parameter_count; i++) {
        if (i > 0)
            add(w, ", ");
        buf_str(w->b, f->parameters[i].name);
    }
    buf_char(w->b, ')');
    if (f->name.len > 0) {
        buf_char(w->b, ' ');
        buf_str(w->b, f->name);
    }
}

/* In JSON these are a string that holds their FEEL text. */
static void write_as_text(struct writer *w, const struct value *v, uint32_t depth)
{
    if (w->style == STYLE_JSON) {
        struct buf text = {.arena = w->b->arena};
        struct writer inner = {.b = &text, .style = STYLE_LITERAL, .end = TEXT_MAX};
        write_as_text(&inner, v, depth);
        buf_json_str(w->b, buf_view(&text));
        buf_done(&text);
    } else if (v->kind == VALUE_RANGE) {
        range_write(w, v->range, depth);
    } else {
        function_write(w, v->function);
    }
}

static void write(struct writer *w, const struct value *v, uint32_t depth)
{
    if (depth > DEPTH_MAX || !has_room(w)) {
        w->cut = true;
        add(w, w->style == STYLE_JSON ? "null" : "...");
        return;
    }
    switch (v->kind) {
    case VALUE_NULL: add(w, "null"); break;
    case VALUE_BOOLEAN: add(w, v->boolean ? "true" : "false"); break;
    case VALUE_NUMBER: number_write(w->b, v->number); break;
    case VALUE_STRING: quoted(w, v->string); break;
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS:
    case VALUE_MONTHS: temporal_write(w, v); break;
    case VALUE_LIST: list_write(w, v->list, depth); break;
    case VALUE_CONTEXT: context_write(w, v->context, depth); break;
    case VALUE_RANGE:
    case VALUE_FUNCTION: write_as_text(w, v, depth); break;
    }
}

bool value_write_whole(struct buf *b, struct value v)
{
    struct writer w = {.b = b, .style = STYLE_STRING, .end = b->len + TEXT_MAX};
    if (v.kind == VALUE_STRING)
        buf_str(b, v.string);
    else
        write(&w, &v, 0);
    return !w.cut;
}

void value_write(struct buf *b, struct value v)
{
    (void)value_write_whole(b, v);
}

void value_show(struct buf *b, struct value v)
{
    struct writer w = {.b = b, .style = STYLE_LITERAL, .end = b->len + TEXT_MAX};
    write(&w, &v, 0);
}

void value_json(struct buf *b, struct value v)
{
    struct writer w = {.b = b, .style = STYLE_JSON, .end = b->len + TEXT_MAX};
    write(&w, &v, 0);
}
