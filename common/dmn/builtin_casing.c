/* builtin_casing: capitals and small letters of every script, without regard to a language or to the process's locale. */
#include "common/core/str.h"
#include "common/dmn/builtin_private.h"
#include "common/dmn/casing_table.h"

uint32_t builtin_code_point(struct str s, size_t *at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t left = s.len - *at, length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 1;
    uint32_t c = p[0];
    if (length > left)
        length = 1;
    if (length > 1)
        c &= 0xffU >> (length + 1);
    for (size_t i = 1; i < length; i++)
        c = c << 6 | (p[i] & 0x3fU);
    *at += length;
    return c;
}

/* Up to 4 bytes; how many. */
static size_t put_code_point(char *p, uint32_t c)
{
    if (c < 0x80) {
        p[0] = (char)c;
        return 1;
    }
    size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        p[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    p[0] = (char)((0xf00U >> length & 0xffU) | c);
    return length;
}

static uint32_t mapped(const struct casing *rows, size_t count, uint32_t c)
{
    size_t low = 0, high = count;
    while (low < high) { /* the first row that does not end before c */
        size_t middle = (low + high) / 2;
        if (rows[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || c < rows[low].first || (c - rows[low].first) % rows[low].step != 0)
        return c;
    return (uint32_t)((int32_t)c + rows[low].delta);
}

static uint32_t to_lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return mapped(lower, COUNT(lower), c);
}

static uint32_t to_upper(uint32_t c)
{
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    return mapped(upper, COUNT(upper), c);
}

static bool has_case(uint32_t c)
{
    return to_lower(c) != c || to_upper(c) != c;
}

static const struct expansion *expansion_of(uint32_t c)
{
    size_t low = 0, high = COUNT(upper_special);
    while (c >= upper_special[0].from && low < high) {
        size_t middle = (low + high) / 2;
        if (upper_special[middle].from == c)
            return &upper_special[middle];
        if (upper_special[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

enum { GROWTH = 3 }; /* U+0390 has 2 bytes, its capital with two marks 6 */

struct value builtin_upper(struct eval *e, struct str s)
{
    char *to = builtin_bytes(e, s.len * GROWTH + 4);
    size_t length = 0;
    for (size_t at = 0; to != NULL && at < s.len;) {
        uint32_t c = builtin_code_point(s, &at);
        const struct expansion *several = expansion_of(c);
        for (size_t i = 0; several != NULL && i < COUNT(several->to) && several->to[i] != 0; i++)
            length += put_code_point(to + length, several->to[i]);
        if (several == NULL)
            length += put_code_point(to + length, to_upper(c));
    }
    return to == NULL ? NULL_VALUE : value_string((struct str){to, length});
}

enum { SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2, DOTTED_I = 0x130, DOT_ABOVE = 0x307 };

/* A capital sigma at the end of a word has a small form of its own. */
static bool ends_word(struct str s, size_t after, uint32_t before)
{
    return has_case(before) && (after >= s.len || !has_case(builtin_code_point(s, &after)));
}

struct value builtin_lower(struct eval *e, struct str s)
{
    char *to = builtin_bytes(e, s.len * GROWTH + 4);
    size_t length = 0;
    uint32_t before = 0;
    for (size_t at = 0; to != NULL && at < s.len;) {
        uint32_t c = builtin_code_point(s, &at);
        uint32_t small = c == SIGMA && ends_word(s, at, before) ? FINAL_SIGMA : to_lower(c);
        if (c == DOTTED_I)
            small = 'i';
        length += put_code_point(to + length, small);
        if (c == DOTTED_I)
            length += put_code_point(to + length, DOT_ABOVE);
        before = c;
    }
    return to == NULL ? NULL_VALUE : value_string((struct str){to, length});
}
