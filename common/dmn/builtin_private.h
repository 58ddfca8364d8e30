/* builtin_private: what the files of built-in functions share. Nobody else includes it. */
#ifndef MOSAIC_DMN_BUILTIN_PRIVATE_H
#define MOSAIC_DMN_BUILTIN_PRIVATE_H

#include "common/dmn/builtin.h"
#include "common/dmn/eval.h"

/* A row's parameters. An optional one may be left out at the end; a nullable one may be null. */
#define NEEDED(n, t)                                                                               \
    {                                                                                              \
        .name = (n), .type = &(t)                                                                  \
    }
#define NULLABLE(n, t)                                                                             \
    {                                                                                              \
        .name = (n), .type = &(t), .nullable = true                                                \
    }
#define OPTIONAL(n, t)                                                                             \
    {                                                                                              \
        .name = (n), .type = &(t), .optional = true                                                \
    }
#define OPTIONAL_NULLABLE(n, t)                                                                    \
    {                                                                                              \
        .name = (n), .type = &(t), .optional = true, .nullable = true                              \
    }

/* A row of a table; the parameters come last. */
#define ROW_OF(function, type, implementation, sentence, any_number, ...)                          \
    {                                                                                              \
        .name = (function), .parameters = {__VA_ARGS__}, .result = &(type),                        \
        .call = (implementation), .what = (sentence), .variadic = (any_number),                    \
        .parameter_count = COUNT(((struct builtin_parameter[]){__VA_ARGS__})),                     \
    }
#define FUNCTION(function, type, implementation, sentence, ...)                                    \
    ROW_OF(function, type, implementation, sentence, false, __VA_ARGS__)
#define VARIADIC(function, type, implementation, sentence, ...)                                    \
    ROW_OF(function, type, implementation, sentence, true, __VA_ARGS__)

/* To be asked before making that many bytes at once, since eval_may_go_on sees only what was already taken.
 * False: the limit on memory would be passed; then the evaluation is stopped. */
bool builtin_room(struct eval *e, size_t bytes);
/* Room for so many values or bytes, the work of filling it counted; NULL: over a limit. Never NULL for 0. */
struct value *builtin_items(struct eval *e, size_t count);
char *builtin_bytes(struct eval *e, size_t length);
/* A list of items that are in the arena already. */
struct value builtin_list_of(struct eval *e, struct value *items, size_t count);

/* A number as a count or a position: without what is after its point, as the standard's own examples have it. */
bool builtin_whole(struct number n, int64_t *ret);
/* Position 1 is the first of `count`, -1 the last; false if there is none such. */
bool builtin_position(struct number position, size_t count, size_t *ret_index);

/* Stable, n log n comparisons; `before` says whether b must come before a, and false in *ret_go_on to give up. */
typedef bool (*before_fn)(void *context, struct value b, struct value a, bool *ret_go_on);
bool builtin_sort(struct eval *e, struct value *items, size_t count, before_fn before,
                  void *context);

/* Unicode's full mappings without regard to a language. */
struct value builtin_upper(struct eval *e, struct str s);
struct value builtin_lower(struct eval *e, struct str s);
/* The code point at *at, which moves on; a byte that begins none stands for itself. */
uint32_t builtin_code_point(struct str s, size_t *at);

/* A pattern of XPath and XQuery Functions and Operators 3.1, 5.6, rewritten for PCRE2. */
struct pattern {
    struct str text;  /* in the arena */
    uint32_t options; /* for pcre2_compile */
    bool literal;     /* flag q */
    const char *why;  /* what is wrong with it, if it could not be rewritten */
};
bool pattern_translate(struct arena *a, struct str regex, struct str flags, struct pattern *ret);
/* Sets of characters as the inside of a PCRE2 class: a range; \d, \w, \s, \i, \c and their opposites by their letter
 * (\w is all but punctuation, separators and others); \p{...} by its name. False: there is none such. */
void charset_range(struct buf *b, uint32_t first, uint32_t last);
bool charset_escape(struct buf *b, char letter);
bool charset_property(struct buf *b, struct str name, bool negated);
/* The range of a Unicode block, by its name without blanks ("BasicLatin"). */
bool charset_block(struct str name, uint32_t *ret_first, uint32_t *ret_last);

extern const struct builtin builtin_conversion[], builtin_boolean[], builtin_string[],
    builtin_regex[], builtin_list[], builtin_sets[], builtin_statistics[], builtin_number[],
    builtin_time[], builtin_range[], builtin_range_text[], builtin_context[], builtin_ordering[];

#endif
