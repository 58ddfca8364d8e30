/* str: a view of bytes that somebody else owns.
 * Passed by value; never NUL-terminated unless the maker says so. A NULL ptr means "absent". */
#ifndef MOSAIC_CORE_STR_H
#define MOSAIC_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, ((s).ptr != NULL ? (s).ptr : "")
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct str str_of(const char *c_string); /* NULL gives STR_NONE */
bool str_eq(struct str a, struct str b);
int str_cmp(struct str a, struct str b); /* bytewise, as C collation in PostgreSQL */
bool str_starts(struct str s, struct str prefix);
bool str_starts_in_any_case(struct str s,
                            struct str prefix); /* a prefix in small letters; A to Z */
bool str_ends(struct str s, struct str suffix);
struct str str_skip(struct str s, size_t n); /* without its first n bytes */

/* Decimal digits only, no sign, no blanks; false if empty, too large or anything else. */
bool str_to_u64(struct str s, uint64_t *ret);
/* As above with an optional leading minus. */
bool str_to_i64(struct str s, int64_t *ret);
bool str_is_utf8(struct str s);
/* The first quote, backslash or control character at or after p: where a JSON string ends or must be
 * escaped. `end` if there is none. */
const char *str_json_plain(const char *p, const char *end);

#endif
