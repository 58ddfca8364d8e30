/* jsoncheck: one pass over the text with a stack of its own, so that depth costs no C stack. */
#include "common/core/jsoncheck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/json.h"

struct level {
    bool object;
    struct str key; /* of the member being read, as it stands in the text, without quotes */
    size_t index;
};

struct check {
    const char *start, *p, *end;
    struct faults *faults;
    size_t values;
    size_t depth;
    struct level levels[JSON_DEPTH_MAX];
};

const char *json_skip_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

/* Links the levels into a path; the links must live as long as the pointer is being made. */
static struct str pointer_here(const struct check *c)
{
    struct json_path parts[JSON_DEPTH_MAX];
    for (size_t i = 0; i < c->depth; i++)
        parts[i] = (struct json_path){.up = i == 0 ? NULL : &parts[i - 1],
                                      .key = c->levels[i].key,
                                      .index = c->levels[i].index};
    return json_pointer(c->faults->arena, c->depth == 0 ? NULL : &parts[c->depth - 1]);
}

static bool broken(struct check *c, const char *what)
{
    long long at = (long long)(c->p - c->start);
    if (c->p == c->end)
        fault_add(c->faults, "not_json", STR(""), "is JSON cut short: it ends after %lld bytes, %s",
                  at, what);
    else if (*c->p >= 0x20 && *c->p < 0x7f)
        fault_add(c->faults, "not_json", STR(""), "is not JSON: '%c' after %lld bytes, %s", *c->p,
                  at, what);
    else
        fault_add(c->faults, "not_json", STR(""), "is not JSON: byte 0x%02x after %lld bytes, %s",
                  (unsigned)(unsigned char)*c->p, at, what);
    return false;
}

static bool hex4(const char *p, const char *end, unsigned *ret)
{
    static const char hex[] = "0123456789abcdef0123456789ABCDEF";
    unsigned value = 0;
    if (end - p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        const char *digit = memchr(hex, p[i], sizeof hex - 1);
        if (digit == NULL)
            return false;
        value = value * 16 + (unsigned)(digit - hex) % 16;
    }
    *ret = value;
    return true;
}

/* At the digits of \uXXXX. Half a surrogate pair breaks the text, since cJSON makes no tree of it. */
static bool check_unicode(struct check *c)
{
    unsigned unit, low;
    if (!hex4(c->p, c->end, &unit))
        return broken(c, "where \\u wants four hexadecimal digits");
    c->p += 4;
    if (unit == 0)
        fault_add(c->faults, "nul_character", pointer_here(c),
                  "must not hold \\u0000, which no database keeps");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit <= 0xdbff && c->end - c->p >= 2 && memcmp(c->p, "\\u", 2) == 0 &&
        hex4(c->p + 2, c->end, &low) && low >= 0xdc00 && low <= 0xdfff) {
        c->p += 6;
        return true;
    }
    fault_add(c->faults, "not_utf8", pointer_here(c),
              "must not hold \\u%04x alone, which is half a character", unit);
    return false;
}

static bool check_escape(struct check *c)
{
    c->p++;
    if (c->p == c->end)
        return broken(c, "inside a string");
    char kind = *c->p;
    if (kind == 'u') {
        c->p++;
        return check_unicode(c);
    }
    if (memchr("\"\\/bfnrt", kind, 8) == NULL)
        return broken(c, "which cannot follow a backslash");
    c->p++;
    return true;
}

/* At the opening quote. */
static bool check_string(struct check *c)
{
    c->p++;
    for (;;) {
        c->p = str_json_plain(c->p, c->end);
        if (c->p == c->end)
            return broken(c, "inside a string");
        if (*c->p == '"')
            break;
        if (*c->p != '\\')
            return broken(c, "which must be escaped in a string");
        if (!check_escape(c))
            return false;
    }
    c->p++;
    return true;
}

static size_t skip_digits(struct check *c)
{
    const char *from = c->p;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return (size_t)(c->p - from);
}

/* With a fraction or an exponent: exact means that the double is a whole number iff the text is,
 * and then within 2^53 - 1, so that json_is_int() need not see the text. */
static bool is_exact(struct str number, size_t digits_before, size_t digits_after, long exponent)
{
    char text[64];
    if (number.len >= sizeof text)
        return false;
    memcpy(text, number.ptr, number.len);
    text[number.len] = '\0';
    double value = strtod(text, NULL);

    const char *digits = number.ptr + (*number.ptr == '-');
    size_t count = digits_before + digits_after, zeros = 0;
    while (zeros < count) {
        size_t i = count - 1 - zeros;
        if (digits[i < digits_before ? i : i + 1] != '0') /* +1: behind the point */
            break;
        zeros++;
    }
    bool whole = zeros == count || exponent - (long)digits_after + (long)zeros >= 0;
    if (!isfinite(value))
        return false;
    return whole ? fabs(value) <= (double)JSON_INT_MAX : floor(value) != value;
}

static bool is_exact_int(struct str number)
{
    struct str digits = *number.ptr == '-' ? str_skip(number, 1) : number;
    return digits.len < 16 || (digits.len == 16 && memcmp(digits.ptr, "9007199254740991", 16) <= 0);
}

static bool read_exponent(struct check *c, long *ret)
{
    c->p++;
    bool negative = c->p < c->end && *c->p == '-';
    if (c->p < c->end && (*c->p == '-' || *c->p == '+'))
        c->p++;
    long value = 0;
    const char *from = c->p;
    if (skip_digits(c) == 0)
        return broken(c, "where an exponent wants digits");
    for (; from < c->p && value < 100000; from++)
        value = value * 10 + (*from - '0');
    *ret = negative ? -value : value;
    return true;
}

static bool check_number(struct check *c)
{
    const char *from = c->p;
    if (*c->p == '-')
        c->p++;
    const char *digits = c->p;
    size_t before = skip_digits(c), after = 0;
    long exponent = 0;
    if (before == 0)
        return broken(c, "where a number wants digits");
    if (before > 1 && *digits == '0') {
        c->p = digits;
        return broken(c, "which must not lead a number of several digits");
    }
    bool plain = true;
    if (c->p < c->end && *c->p == '.') {
        plain = false;
        c->p++;
        if ((after = skip_digits(c)) == 0)
            return broken(c, "where a fraction wants digits");
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        plain = false;
        if (!read_exponent(c, &exponent))
            return false;
    }
    struct str number = {from, (size_t)(c->p - from)};
    if (plain ? !is_exact_int(number) : !is_exact(number, before, after, exponent))
        fault_add(
            c->faults, "number_inexact", pointer_here(c),
            "must be a number that every reader keeps exact, up to 9007199254740991; got %.*s%s",
            (int)(number.len < 40 ? number.len : 40), number.ptr, number.len < 40 ? "" : "...");
    return true;
}

static bool check_word(struct check *c, struct str word)
{
    if (!str_starts((struct str){c->p, (size_t)(c->end - c->p)}, word))
        return broken(c, "where a value should stand");
    c->p += word.len;
    return true;
}

/* At a key: reads it and its colon. */
static bool check_key(struct check *c)
{
    struct level *level = &c->levels[c->depth - 1];
    if (c->p == c->end || *c->p != '"')
        return broken(c, "where a key should stand");
    const char *from = c->p + 1;
    c->depth--; /* a fault in a key is told at its object */
    if (!check_string(c))
        return false;
    c->depth++;
    level->key = (struct str){from, (size_t)(c->p - 1 - from)};
    c->p = json_skip_space(c->p, c->end);
    if (c->p == c->end || *c->p != ':')
        return broken(c, "where a colon should stand");
    c->p = json_skip_space(c->p + 1, c->end);
    return true;
}

/* At { or [. *ret_value: a value must follow, else the list or object was empty and is closed. */
static bool open_level(struct check *c, bool *ret_value)
{
    bool object = *c->p == '{';
    if (c->depth == JSON_DEPTH_MAX) {
        fault_add(c->faults, "too_deep", STR(""), "must not be nested deeper than %d levels",
                  JSON_DEPTH_MAX);
        return false;
    }
    c->levels[c->depth++] = (struct level){.object = object};
    c->p = json_skip_space(c->p + 1, c->end);
    if (c->p < c->end && *c->p == (object ? '}' : ']')) {
        c->p++;
        c->depth--;
        *ret_value = false;
        return true;
    }
    *ret_value = true;
    return !object || check_key(c);
}

/* Behind a value: closes what ends here. *ret_value: another value must follow in this level. */
static bool after_value(struct check *c, bool *ret_value)
{
    *ret_value = false;
    while (c->depth > 0) {
        struct level *level = &c->levels[c->depth - 1];
        c->p = json_skip_space(c->p, c->end);
        if (c->p == c->end)
            return broken(c, level->object ? "inside an object" : "inside a list");
        if (*c->p == ',') {
            c->p = json_skip_space(c->p + 1, c->end);
            level->index++;
            *ret_value = true;
            return !level->object || check_key(c);
        }
        if (*c->p != (level->object ? '}' : ']'))
            return broken(c, level->object ? "where a comma or } should stand"
                                           : "where a comma or ] should stand");
        c->p++;
        c->depth--;
    }
    return true;
}

/* *ret_open: the value is a list or object whose first value follows. */
static bool check_value(struct check *c, bool *ret_open)
{
    *ret_open = false;
    if (++c->values > JSON_VALUES_MAX) {
        fault_add(c->faults, "too_many", STR(""), "must not hold more than %d values",
                  JSON_VALUES_MAX);
        return false;
    }
    if (c->p == c->end)
        return broken(c, "where a value should stand");
    switch (*c->p) {
    case '{':
    case '[': return open_level(c, ret_open);
    case '"': return check_string(c);
    case 't': return check_word(c, STR("true"));
    case 'f': return check_word(c, STR("false"));
    case 'n': return check_word(c, STR("null"));
    default:
        if (*c->p == '-' || (*c->p >= '0' && *c->p <= '9'))
            return check_number(c);
        return broken(c, "where a value should stand");
    }
}

bool json_check(struct str text, struct faults *faults)
{
    struct check c;
    c.start = c.p = text.len == 0 ? "" : text.ptr;
    c.end = c.start + text.len;
    c.faults = faults;
    c.values = c.depth = 0;
    if (!str_is_utf8(text)) {
        fault_add(faults, "not_utf8", STR(""), "is not UTF-8 text");
        return false;
    }
    c.p = json_skip_space(c.p, c.end);
    if (c.p == c.end) {
        fault_add(faults, "not_json", STR(""), "is empty");
        return false;
    }
    for (bool more = true; more;) {
        bool opened;
        if (!check_value(&c, &opened))
            return false;
        if (opened)
            continue;
        if (!after_value(&c, &more))
            return false;
    }
    c.p = json_skip_space(c.p, c.end);
    return c.p == c.end || broken(&c, "behind the end of the JSON value");
}

static const char *skip_string(const char *p, const char *end)
{
    for (p = str_json_plain(p + 1, end); p < end && *p != '"'; p = str_json_plain(p, end))
        p += 2; /* a backslash and what it escapes */
    return p + 1;
}

const char *json_skip_value(const char *p, const char *end)
{
    size_t depth = 0;
    if (*p != '"' && *p != '{' && *p != '[') {
        while (p < end && memchr(",:]} \n\r\t", *p, 8) == NULL)
            p++;
        return p;
    }
    do {
        if (*p == '"') {
            p = skip_string(p, end);
            continue;
        }
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
        p++;
    } while (depth > 0 && p < end);
    return p;
}
