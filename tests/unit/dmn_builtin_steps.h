/* dmn_builtin_steps: calling built-in functions with values written as text, and comparing what they give as text.
 * The arena and the evaluation of the running test are here; each test file has its own. */
#ifndef MOSAIC_TEST_DMN_BUILTIN_STEPS_H
#define MOSAIC_TEST_DMN_BUILTIN_STEPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/dmn/builtin.h"
#include "common/dmn/eval.h"

static struct arena mem;
static struct eval e;

static inline int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    e = (struct eval){.arena = &mem, .limits = DMN_LIMITS, .explain = true};
    return 0;
}

static inline int done(void **state)
{
    (void)state;
    arena_done(&mem);
    return 0;
}

static inline struct value num(const char *digits)
{
    struct number n;
    assert_true(number_parse(str_of(digits), &n));
    return value_number(n);
}

static inline struct value text(const char *s)
{
    return value_string(str_of(s));
}

static inline struct value yes(void)
{
    return value_bool(true);
}

static inline struct value no(void)
{
    return value_bool(false);
}

#define VALUES(...) ((struct value[]){__VA_ARGS__})
#define COUNT_OF(...) (sizeof VALUES(__VA_ARGS__) / sizeof(struct value))
#define LIST(...) value_list(&mem, VALUES(__VA_ARGS__), COUNT_OF(__VA_ARGS__))
#define EMPTY value_list(&mem, NULL, 0)

static inline struct value call_with(const char *name, const struct str *names,
                                     const struct value *args, size_t count)
{
    const struct builtin *b = builtin_find(str_of(name));
    assert_non_null(b);
    return builtin_call(&e, b, names, args, count);
}

/* A function's name and at least one argument. */
#define CALL(name, ...) call_with(name, NULL, VALUES(__VA_ARGS__), COUNT_OF(__VA_ARGS__))
#define NAMES(...) ((struct str[]){__VA_ARGS__})
#define CALL_NAMED(name, names, ...)                                                               \
    call_with(name, names, VALUES(__VA_ARGS__), COUNT_OF(__VA_ARGS__))

static inline const char *shown(struct value v)
{
    struct buf b = {.arena = &mem};
    value_show(&b, v);
    buf_char(&b, '\0');
    return b.ptr;
}

#define assert_gives(v, expected) assert_string_equal(shown(v), expected)
#define assert_null_value(v) assert_string_equal(shown(v), "null")

/* "2024-02-29", "08:00:00", "2024-02-29T08:00:00Z", "P1D", "P1Y": whichever function reads it. */
static inline struct value at(const char *s)
{
    static const char *const readers[] = {"date", "time", "duration", "date and time"};
    for (size_t i = 0; i < COUNT(readers); i++) {
        struct value v = CALL(readers[i], text(s));
        if (!is_null(v))
            return v;
    }
    fail_msg("%s is neither a date nor a time nor a duration", s);
    return NULL_VALUE;
}

/* "[1..5)" of whole numbers; a bracket left out with its number is an end that is not there. */
static inline struct value range(char open, int64_t low, int64_t high, char close)
{
    struct range *r = arena_alloc(&mem, sizeof *r);
    *r = (struct range){.low_closed = open == '[',
                        .high_closed = close == ']',
                        .has_low = true,
                        .has_high = true,
                        .low = value_i64(low),
                        .high = value_i64(high)};
    return (struct value){.kind = VALUE_RANGE, .range = r};
}

#endif
