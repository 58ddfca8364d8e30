/* builtin_charset: sets of characters for patterns, written as the inside of a PCRE2 class. */
#include <string.h>

#include "common/dmn/builtin_private.h"

void charset_range(struct buf *b, uint32_t first, uint32_t last)
{
    if (first >= 0xd800 && first <= 0xdfff)
        first = 0xe000; /* PCRE2 takes no surrogates; no string holds any */
    if (last >= 0xd800 && last <= 0xdfff)
        last = 0xd7ff;
    if (first <= last)
        buf_fmt(b, "\\x{%x}-\\x{%x}", first, last);
}

enum { LAST_CODE_POINT = 0x10ffff };

typedef uint32_t code_points[2];

/* Ascending ranges, or what lies between them, as the inside of a class. */
static void put_ranges(struct buf *b, const code_points *ranges, size_t count, bool negated)
{
    uint32_t from = 0;
    for (size_t i = 0; i < count; i++) {
        if (!negated)
            charset_range(b, ranges[i][0], ranges[i][1]);
        else if (ranges[i][0] > from)
            charset_range(b, from, ranges[i][0] - 1);
        from = ranges[i][1] + 1;
    }
    if (negated && from <= LAST_CODE_POINT)
        charset_range(b, from, LAST_CODE_POINT);
}

/* XML 1.0, 5th edition: NameStartChar and NameChar. */
static const code_points name_start[] = {{':', ':'},        {'A', 'Z'},       {'_', '_'},
                                         {'a', 'z'},        {0xc0, 0xd6},     {0xd8, 0xf6},
                                         {0xf8, 0x2ff},     {0x370, 0x37d},   {0x37f, 0x1fff},
                                         {0x200c, 0x200d},  {0x2070, 0x218f}, {0x2c00, 0x2fef},
                                         {0x3001, 0xd7ff},  {0xf900, 0xfdcf}, {0xfdf0, 0xfffd},
                                         {0x10000, 0xeffff}};
static const code_points name_char[] = {{'-', '.'},       {'0', ':'},       {'A', 'Z'},
                                        {'_', '_'},       {'a', 'z'},       {0xb7, 0xb7},
                                        {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x37d},
                                        {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x203f, 0x2040},
                                        {0x2070, 0x218f}, {0x2c00, 0x2fef}, {0x3001, 0xd7ff},
                                        {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff}};
static const code_points blank[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};

static bool is_category(struct str s)
{
    static const char *const minor[] = {"Lultmo", "Mnce",  "Ndlo", "Pcdseifo",
                                        "Zslp",   "Smcko", "Ccfon"};
    for (size_t i = 0; i < COUNT(minor); i++)
        if (s.len >= 1 && s.len <= 2 && s.ptr[0] == minor[i][0])
            return s.len == 1 || memchr(minor[i] + 1, s.ptr[1], strlen(minor[i]) - 1) != NULL;
    return false;
}

bool charset_property(struct buf *b, struct str name, bool negated)
{
    uint32_t block[1][2];
    if (is_category(name)) {
        buf_fmt(b, "\\%c{%.*s}", negated ? 'P' : 'p', STR_ARG(name));
        return true;
    }
    if (!str_starts(name, STR("Is")) ||
        !charset_block(str_skip(name, 2), &block[0][0], &block[0][1]))
        return false;
    put_ranges(b, (const code_points *)block, 1, negated);
    return true;
}

bool charset_escape(struct buf *b, char letter)
{
    switch (letter) {
    case 'd': buf_str(b, STR("\\p{Nd}")); return true;
    case 'D': buf_str(b, STR("\\P{Nd}")); return true;
    case 'w': buf_str(b, STR("\\p{L}\\p{M}\\p{N}\\p{S}")); return true;
    case 'W': buf_str(b, STR("\\p{P}\\p{Z}\\p{C}")); return true;
    case 's':
    case 'S': put_ranges(b, blank, COUNT(blank), letter == 'S'); return true;
    case 'i':
    case 'I': put_ranges(b, name_start, COUNT(name_start), letter == 'I'); return true;
    case 'c':
    case 'C': put_ranges(b, name_char, COUNT(name_char), letter == 'C'); return true;
    default: return false;
    }
}
