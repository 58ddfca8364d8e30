/* fault: a list that grows in its arena and closes itself when it is long enough. */
#include "common/core/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX 1000 /* bytes */

void faults_init(struct faults *f, struct arena *a)
{
    *f = (struct faults){.arena = a};
}

static void push(struct faults *f, const char *code, struct str pointer, struct str message)
{
    f->items = arena_more(f->arena, f->items, f->count, &f->cap, sizeof *f->items);
    f->items[f->count++] = (struct fault){code, pointer, message};
}

/* Cut where a character ends, so that the message stays UTF-8. */
__attribute__((format(printf, 2, 0))) static struct str format_message(struct arena *a,
                                                                       const char *format,
                                                                       va_list args)
{
    char text[MESSAGE_MAX + 1];
    int wanted = vsnprintf(text, sizeof text, format, args);
    size_t len = wanted < 0 ? 0 : (size_t)wanted;
    if (len > MESSAGE_MAX) {
        len = MESSAGE_MAX;
        while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
            len--;
        len -= len > 0 && (unsigned char)text[len - 1] >= 0xc0;
    }
    return arena_dup(a, (struct str){text, len});
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

bool faults_has(const struct faults *f, const char *code)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].code, code) == 0)
            return true;
    return false;
}
