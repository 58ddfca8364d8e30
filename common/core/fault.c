/* fault: a list that grows in its arena and closes itself when it is long enough. */
#include "common/core/fault.h"

#include "common/core/buf.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 1000 /* bytes */
#define FAULTS_TOLD 5
#define POINTER_TOLD 200 /* bytes; a sender's own names may be as long as the record */

void faults_init(struct faults *f, struct arena *a)
{
    *f = (struct faults){.arena = a};
}

static void push(struct faults *f, const char *code, struct str pointer, struct str message)
{
    f->items = arena_more(f->arena, f->items, f->count, &f->cap, sizeof *f->items);
    f->items[f->count++] = (struct fault){code, pointer, message};
}

/* At most so many bytes, cut where a character ends, so that it stays UTF-8. */
static struct str cut(struct str s, size_t most)
{
    if (s.len <= most)
        return s;
    while (most > 0 && ((unsigned char)s.ptr[most] & 0xc0) == 0x80)
        most--;
    return (struct str){s.ptr, most};
}

__attribute__((format(printf, 2, 0))) static struct str format_message(struct arena *a,
                                                                       const char *format,
                                                                       va_list args)
{
    char text[MESSAGE_MAX + 2]; /* one byte more than is kept tells if a character ends there */
    int wanted = vsnprintf(text, sizeof text, format, args);
    size_t len = wanted < 0 ? 0 : (size_t)wanted < sizeof text ? (size_t)wanted : sizeof text - 1;
    return arena_dup(a, cut((struct str){text, len}, MESSAGE_MAX));
}

void fault_add(struct faults *f, const char *code, struct str pointer, const char *format, ...)
{
    if (f->count > FAULTS_MAX)
        return;
    if (f->count == FAULTS_MAX) {
        push(f, "too_many", STR(""), STR("has more faults than the hundred told here"));
        return;
    }
    va_list args;
    va_start(args, format);
    struct str message = format_message(f->arena, format, args);
    va_end(args);
    push(f, code, pointer, message);
}

struct str faults_text(struct arena *a, const struct faults *f)
{
    struct buf text = {.arena = a};
    for (size_t i = 0; i < f->count && i < FAULTS_TOLD; i++) {
        const struct fault *x = &f->items[i];
        struct str pointer = cut(x->pointer, POINTER_TOLD);
        buf_fmt(&text, "%s%s%s%.*s%s: %.*s", i > 0 ? "; " : "", x->code,
                pointer.len > 0 ? " at " : "", STR_ARG(pointer),
                pointer.len < x->pointer.len ? "..." : "", STR_ARG(x->message));
    }
    if (f->count > FAULTS_TOLD)
        buf_fmt(&text, "; and %zu more", f->count - FAULTS_TOLD);
    return f->count > 0 ? buf_view(&text) : STR_NONE;
}
