/* lex_chars: which characters are blanks and which make names. */
#include "common/dmn/lex_chars.h"

uint32_t char_at(struct str text, uint32_t at, uint32_t *ret_bytes)
{
    if (at >= text.len) {
        *ret_bytes = 0;
        return 0;
    }
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    uint32_t bytes = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    *ret_bytes = 1;
    if (bytes == 1)
        return p[0];
    if (bytes == 0 || p[0] > 0xf4 || bytes > text.len - at)
        return UINT32_MAX;
    uint32_t c = p[0] & (0x7fU >> bytes);
    for (uint32_t i = 1; i < bytes; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return UINT32_MAX;
        c = c << 6 | (p[i] & 0x3fU);
    }
    *ret_bytes = bytes;
    return c;
}

void char_put(struct buf *b, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        buf_char(b, (char)c);
        return;
    }
    uint32_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    buf_char(b, (char)(leads[more] | c >> (6 * more)));
    while (more-- > 0)
        buf_char(b, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

struct span {
    uint32_t first, last;
};

static bool within(const struct span *spans, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= spans[i].first && c <= spans[i].last)
            return true;
    return false;
}

bool char_is_blank(uint32_t c)
{
    static const struct span blanks[] = {
        {0x09, 0x0d},     {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
        {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200b}, {0x2028, 0x2029},
        {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
    };
    return c <= 0x20 ? c == 0x20 || (c >= 0x09 && c <= 0x0d)
                     : c >= 0x85 && within(blanks, COUNT(blanks), c);
}

/* The standard's list (rule 28), and the signs and pictures from U+2190 on that people put into names all the same;
 * not those that look like an operator. */
bool char_starts_name(uint32_t c)
{
    static const struct span starts[] = {
        {0xaa, 0xaa},     {0xb5, 0xb5},       {0xba, 0xba},     {0xc0, 0xd6},     {0xd8, 0xf6},
        {0xf8, 0x2ff},    {0x370, 0x37d},     {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f},
        {0x2190, 0x2211}, {0x2213, 0x225f},   {0x2266, 0x2fef}, {0x3001, 0xd7ff}, {0xf900, 0xfdcf},
        {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
    };
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?';
    return !char_is_blank(c) && within(starts, COUNT(starts), c);
}

bool char_in_name(uint32_t c)
{
    return char_starts_name(c) || (c >= '0' && c <= '9') || c == 0xb7 ||
           (c >= 0x300 && c <= 0x36f) || (c >= 0x203f && c <= 0x2040);
}
