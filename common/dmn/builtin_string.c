/* builtin_string: the string functions that need no pattern (DMN 1.5, 10.3.4.3). Characters are Unicode code points. */
#include "common/dmn/builtin_private.h"

#include <string.h>

static bool begins_code_point(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t code_points(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += begins_code_point(s.ptr[i]);
    return count;
}

/* Bytes that the first n code points take. */
static size_t bytes_of(struct str s, size_t n)
{
    size_t i = 0;
    while (i < s.len && n > 0) {
        do
            i++;
        while (i < s.len && !begins_code_point(s.ptr[i]));
        n--;
    }
    return i;
}

static struct value substring_fn(struct eval *e, const struct value *args, size_t count)
{
    struct str s = args[0].string;
    size_t from, size;
    int64_t length = INT64_MAX;
    if (!eval_may_go_on(e, 1 + s.len / 64))
        return NULL_VALUE;
    size = code_points(s);
    if (!builtin_position(args[1].number, size, &from))
        return eval_note(e, 0, "substring(): the string has no such position");
    if (count > 2 && number_sign(args[2].number) < 0)
        return eval_note(e, 0, "substring(): a length below zero");
    if (count > 2 && !builtin_whole(args[2].number, &length))
        length = INT64_MAX; /* more than any string has */
    if ((uint64_t)length > size - from)
        length = (int64_t)(size - from);
    struct str rest = str_skip(s, bytes_of(s, from));
    return value_string((struct str){rest.ptr, bytes_of(rest, (size_t)length)});
}

static struct value string_length(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    if (!eval_may_go_on(e, 1 + args[0].string.len / 64))
        return NULL_VALUE;
    return value_i64((int64_t)code_points(args[0].string));
}

static struct value upper_case(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return builtin_upper(e, args[0].string);
}

static struct value lower_case(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return builtin_lower(e, args[0].string);
}

/* Where `match` first begins; s.len + 1 if nowhere. */
static size_t find(struct str s, struct str match)
{
    if (match.len == 0)
        return 0;
    const char *p = s.len < match.len ? NULL : memmem(s.ptr, s.len, match.ptr, match.len);
    return p == NULL ? s.len + 1 : (size_t)(p - s.ptr);
}

static struct value substring_before(struct eval *e, const struct value *args, size_t count)
{
    struct str s = args[0].string;
    (void)count;
    if (!eval_may_go_on(e, 1 + s.len / 64))
        return NULL_VALUE;
    size_t at = find(s, args[1].string);
    return value_string(at > s.len ? STR("") : (struct str){s.ptr, at});
}

static struct value substring_after(struct eval *e, const struct value *args, size_t count)
{
    struct str s = args[0].string;
    (void)count;
    if (!eval_may_go_on(e, 1 + s.len / 64))
        return NULL_VALUE;
    size_t at = find(s, args[1].string);
    return value_string(at > s.len ? STR("") : str_skip(s, at + args[1].string.len));
}

static struct value contains_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    if (!eval_may_go_on(e, 1 + args[0].string.len / 64))
        return NULL_VALUE;
    return value_bool(find(args[0].string, args[1].string) <= args[0].string.len);
}

static struct value starts_with(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_bool(str_starts(args[0].string, args[1].string));
}

static struct value ends_with(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_bool(str_ends(args[0].string, args[1].string));
}

/* Null elements are passed over, without a delimiter for them. */
static struct value string_join(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    struct str delimiter = count > 1 && !is_null(args[1]) ? args[1].string : STR("");
    size_t length = 0, parts = 0;
    if (!eval_may_go_on(e, l->count))
        return NULL_VALUE;
    for (size_t i = 0; i < l->count; i++) {
        if (l->items[i].kind != VALUE_STRING && !is_null(l->items[i]))
            return eval_note(e, 0, "string join(): element %zu is no string", i + 1);
        if (!is_null(l->items[i]))
            length += l->items[i].string.len + (parts++ > 0 ? delimiter.len : 0);
    }
    char *joined = builtin_bytes(e, length);
    if (joined == NULL)
        return NULL_VALUE;
    struct buf b = {.ptr = joined, .cap = length > 0 ? length : 1, .arena = e->arena};
    parts = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (is_null(l->items[i]))
            continue;
        if (parts++ > 0)
            buf_str(&b, delimiter);
        buf_str(&b, l->items[i].string);
    }
    return value_string(buf_view(&b));
}

#define STRING NEEDED("string", type_string)
#define MATCH NEEDED("match", type_string)
#define JOIN                                                                                       \
    "The strings of a list in one, the delimiter (none if not given) between them; null elements " \
    "are passed over."

const struct builtin builtin_string[] = {
    FUNCTION(
        "substring", type_string, substring_fn,
        "So many characters (all, if no length is given) from a position; the first is 1, the last "
        "-1.",
        STRING, NEEDED("start position", type_number), OPTIONAL("length", type_number)),
    FUNCTION("string length", type_number, string_length, "How many characters it has.", STRING),
    FUNCTION("upper case", type_string, upper_case, "The string in capitals.", STRING),
    FUNCTION("lower case", type_string, lower_case, "The string in small letters.", STRING),
    FUNCTION("substring before", type_string, substring_before,
             "What comes before the first `match`; the empty string if there is none.", STRING,
             MATCH),
    FUNCTION("substring after", type_string, substring_after,
             "What comes after the first `match`; the empty string if there is none.", STRING,
             MATCH),
    FUNCTION("contains", type_boolean, contains_fn, "Whether `match` occurs in it.", STRING, MATCH),
    FUNCTION("starts with", type_boolean, starts_with, "Whether it begins with `match`.", STRING,
             MATCH),
    FUNCTION("ends with", type_boolean, ends_with, "Whether it ends with `match`.", STRING, MATCH),
    FUNCTION("string join", type_string, string_join, JOIN, NEEDED("list", type_any_list),
             OPTIONAL_NULLABLE("delimiter", type_string)),
    {0},
};
