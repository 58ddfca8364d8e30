/* finding: collected up to a limit, counted beyond it. */
#include "common/dmn/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/core/buf.h"
#include "common/dmn/ast.h"

/* NULL: counted only. */
static struct finding *add(struct findings *f, enum severity severity)
{
    size_t *all = severity == FINDING_ERROR ? &f->errors : &f->warnings;
    (*all)++;
    if (f->count >= FINDINGS_MAX)
        return NULL;
    f->items = arena_more(f->arena, f->items, f->count, &f->cap, sizeof *f->items);
    return &f->items[f->count++];
}

static struct str format_text(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static struct str format_text(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len <= 0)
        return STR("");
    char *text = arena_alloc(a, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    return (struct str){text, (size_t)len};
}

void finding_add(struct findings *f, enum severity severity, const char *code, struct str place,
                 uint32_t line, const char *format, ...)
{
    struct finding *item = add(f, severity);
    if (item == NULL)
        return;
    va_list args;
    va_start(args, format);
    struct str sentence = format_text(f->arena, format, args);
    va_end(args);
    *item = (struct finding){severity, str_of(code), place, line, sentence};
}

/* Line and column of an offset, both from 1; columns count characters. */
static void position(struct str text, uint32_t at, uint32_t *ret_line, uint32_t *ret_column)
{
    *ret_line = *ret_column = 1;
    for (uint32_t i = 0; i < at && i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            (*ret_line)++;
            *ret_column = 1;
        } else if (((unsigned char)text.ptr[i] & 0xc0) != 0x80) {
            (*ret_column)++;
        }
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

#define EXCERPT_BEFORE 20
#define EXCERPT_AFTER 30

/* A little of the line around `at`, cut between characters. */
static struct str excerpt(struct str text, uint32_t at)
{
    if (at > text.len)
        at = (uint32_t)text.len;
    uint32_t from = at, to = at;
    while (from > 0 && at - from < EXCERPT_BEFORE && text.ptr[from - 1] != '\n')
        from--;
    while (to < text.len && to - at < EXCERPT_AFTER && text.ptr[to] != '\n')
        to++;
    while (from < at && ((unsigned char)text.ptr[from] & 0xc0) == 0x80)
        from++;
    while (to < text.len && to > at && ((unsigned char)text.ptr[to] & 0xc0) == 0x80)
        to--;
    while (from < to && is_space(text.ptr[from]))
        from++;
    while (to > from && is_space(text.ptr[to - 1]))
        to--;
    return (struct str){text.ptr + from, to - from};
}

void finding_at(struct findings *f, enum severity severity, const char *code,
                const struct text *text, uint32_t at, const char *format, ...)
{
    struct finding *item = add(f, severity);
    if (item == NULL)
        return;
    va_list args;
    va_start(args, format);
    struct str sentence = format_text(f->arena, format, args);
    va_end(args);
    *item = (struct finding){.severity = severity, .code = str_of(code), .sentence = sentence};
    if (text == NULL)
        return;
    item->place = text->place;
    uint32_t line, column;
    position(text->text, at, &line, &column);
    item->line = text->line == 0 ? 0 : text->line + line - 1;
    struct str near = excerpt(text->text, at);
    struct buf b = {.arena = f->arena};
    buf_str(&b, sentence);
    if (line > 1)
        buf_fmt(&b, " (line %u, column %u", line, column);
    else
        buf_fmt(&b, " (column %u", column);
    if (near.len > 0) {
        buf_str(&b, STR(", at: "));
        buf_str(&b, near);
    }
    buf_char(&b, ')');
    item->sentence = buf_view(&b);
}
