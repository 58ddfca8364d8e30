/* str: comparing, cutting and reading views of bytes. */
#include "common/core/str.h"

#include <string.h>

struct str str_of(const char *c_string)
{
    return c_string == NULL ? STR_NONE : (struct str){c_string, strlen(c_string)};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int str_cmp(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.ptr, prefix.len}, prefix);
}

bool str_starts_in_any_case(struct str s, struct str prefix)
{
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++) {
        char c = s.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c) != prefix.ptr[i])
            return false;
    }
    return true;
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

struct str str_skip(struct str s, size_t n)
{
    if (s.ptr == NULL)
        return s;
    if (n > s.len)
        n = s.len;
    return (struct str){s.ptr + n, s.len - n};
}

bool str_to_u64(struct str s, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (s.len == 0)
        return false;
    *ret = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *ret)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    uint64_t size = 0;
    if (!str_to_u64(negative ? str_skip(s, 1) : s, &size))
        return false;
    if (size > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    if (!negative)
        *ret = (int64_t)size;
    else
        *ret = size == 0 ? 0 : -(int64_t)(size - 1) - 1;
    return true;
}

/* Length of the well-formed sequence at p (Unicode 15, table 3-7), or 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < length)
        return 0;
    unsigned char low = 0x80, high = 0xbf;
    if (p[0] == 0xe0)
        low = 0xa0; /* shorter forms exist */
    else if (p[0] == 0xed)
        high = 0x9f; /* surrogates */
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f; /* beyond U+10FFFF */
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        uint64_t eight;
        if (s.len - i >= 8 &&
            (memcpy(&eight, p + i, 8), (eight & UINT64_C(0x8080808080808080)) == 0)) {
            i += 8;
        } else if (p[i] < 0x80) {
            i++;
        } else {
            size_t length = utf8_length(p + i, s.len - i);
            if (length == 0)
                return false;
            i += length;
        }
    }
    return true;
}

/* Eight bytes at a time by the usual "has a byte below n" arithmetic, since most texts hold none. */
const char *str_json_plain(const char *p, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    while (end - p >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t hit =
            ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
        if ((hit & tops) != 0)
            break;
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}
