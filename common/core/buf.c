/* buf: growing at the end, and the texts and integers that writers need. */
#include "common/core/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_done(struct buf *b)
{
    if (b->arena == NULL)
        free(b->ptr);
    b->ptr = NULL;
    b->len = b->cap = 0;
}

void buf_reset(struct buf *b)
{
    b->len = 0;
}

static void grow(struct buf *b, size_t bytes)
{
    if (bytes > SIZE_MAX / 4 - b->len)
        abort();
    size_t cap = b->cap < 128 ? 256 : b->cap * 2;
    while (cap < b->len + bytes)
        cap *= 2;
    char *grown =
        b->arena != NULL ? arena_grow(b->arena, b->ptr, b->cap, cap) : realloc(b->ptr, cap);
    if (grown == NULL)
        abort();
    b->ptr = grown;
    b->cap = cap;
}

char *buf_reserve(struct buf *b, size_t bytes)
{
    if (b->cap - b->len < bytes || b->ptr == NULL)
        grow(b, bytes);
    return b->ptr + b->len;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    memcpy(buf_reserve(b, len), bytes, len);
    b->len += len;
}

void buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.ptr, s.len);
}

void buf_char(struct buf *b, char c)
{
    *buf_reserve(b, 1) = c;
    b->len++;
}

void buf_i64(struct buf *b, int64_t value)
{
    char text[20];
    size_t at = sizeof text;
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        text[--at] = (char)('0' + size % 10);
        size /= 10;
    } while (size != 0);
    if (value < 0)
        text[--at] = '-';
    buf_add(b, text + at, sizeof text - at);
}

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = b->cap - b->len;
    int len = vsnprintf(room == 0 ? NULL : b->ptr + b->len, room, format, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len >= room) { /* it did not fit: now the length is known */
        char *to = buf_reserve(b, (size_t)len + 1);
        va_start(args, format);
        (void)vsnprintf(to, (size_t)len + 1, format, args);
        va_end(args);
    }
    b->len += (size_t)len;
}

struct str buf_view(const struct buf *b)
{
    return (struct str){b->ptr != NULL ? b->ptr : "", b->len};
}

static void json_escape(struct buf *b, unsigned char c)
{
    static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof short_forms; i += 2)
        if (short_forms[i] == (char)c) {
            buf_char(b, '\\');
            buf_char(b, short_forms[i + 1]);
            return;
        }
    static const char hex[] = "0123456789abcdef";
    const char text[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    buf_add(b, text, sizeof text);
}

void buf_json_str(struct buf *b, struct str s)
{
    (void)buf_reserve(b, s.len + 2);
    buf_char(b, '"');
    const char *p = s.ptr, *end = s.len == 0 ? s.ptr : s.ptr + s.len;
    while (p < end) {
        const char *stop = str_json_plain(p, end);
        buf_add(b, p, (size_t)(stop - p));
        if (stop == end)
            break;
        json_escape(b, (unsigned char)*stop);
        p = stop + 1;
    }
    buf_char(b, '"');
}
