/* builtin_number: the numeric functions (DMN 1.5, 10.3.4.5). */
#include "common/dmn/builtin_private.h"

static struct value rounded(struct eval *e, struct number n, struct number scale, enum rounding how)
{
    int64_t digits;
    struct number result;
    if (!builtin_whole(scale, &digits) || digits < -6111 || digits > 6176)
        return eval_note(e, 0, "a scale lies between -6111 and 6176");
    if (!number_round(n, (int)digits, how, &result))
        return eval_note(e, 0, "the rounded number has more than 34 digits");
    return value_number(result);
}

#define ROUNDING(function, how)                                                                    \
    static struct value function(struct eval *e, const struct value *args, size_t count)           \
    {                                                                                              \
        return rounded(e, args[0].number, count > 1 ? args[1].number : number_of(0), how);         \
    }
ROUNDING(decimal_fn, ROUND_HALF_EVEN)
ROUNDING(floor_fn, ROUND_FLOOR)
ROUNDING(ceiling_fn, ROUND_CEILING)
ROUNDING(round_up, ROUND_UP)
ROUNDING(round_down, ROUND_DOWN)
ROUNDING(round_half_up, ROUND_HALF_UP)
ROUNDING(round_half_down, ROUND_HALF_DOWN)

static struct value abs_number(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_number(number_abs(args[0].number));
}

static struct value abs_days(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_days(args[0].days < 0 ? -args[0].days : args[0].days);
}

static struct value abs_months(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_months(args[0].months < 0 ? -args[0].months : args[0].months);
}

static struct value modulo_fn(struct eval *e, const struct value *args, size_t count)
{
    struct number result;
    (void)count;
    if (!number_modulo(args[0].number, args[1].number, &result))
        return eval_note(e, 0, "modulo() by zero, or of a number too large");
    return value_number(result);
}

static struct value sqrt_fn(struct eval *e, const struct value *args, size_t count)
{
    struct number result;
    (void)count;
    if (number_sign(args[0].number) < 0 || !number_sqrt(args[0].number, &result))
        return eval_note(e, 0, "sqrt() of a negative number");
    return value_number(result);
}

#define SLOW_STEPS 200 /* what a logarithm or a power takes, compared with a sum */

static struct value log_fn(struct eval *e, const struct value *args, size_t count)
{
    struct number result;
    (void)count;
    if (!eval_may_go_on(e, SLOW_STEPS))
        return NULL_VALUE;
    if (number_sign(args[0].number) <= 0 || !number_log(args[0].number, &result))
        return eval_note(e, 0, "log() of a number that is not positive");
    return value_number(result);
}

static struct value exp_fn(struct eval *e, const struct value *args, size_t count)
{
    struct number result;
    (void)count;
    if (!eval_may_go_on(e, SLOW_STEPS))
        return NULL_VALUE;
    if (!number_exp(args[0].number, &result))
        return eval_note(e, 0, "exp() of a number too large");
    return value_number(result);
}

/* A number that is not whole is neither odd nor even. */
static bool leaves(struct number n, int64_t remainder)
{
    struct number result;
    return number_modulo(n, number_of(2), &result) && number_cmp(result, number_of(remainder)) == 0;
}

static struct value odd_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_bool(leaves(args[0].number, 1));
}

static struct value even_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_bool(leaves(args[0].number, 0));
}

#define N NEEDED("n", type_number)
#define SCALE NEEDED("scale", type_number)
#define NUMBER NEEDED("number", type_number)
#define FLOOR                                                                                      \
    "The greatest number of `scale` digits after the point (0 if not given) that is not above n."
#define CEILING                                                                                    \
    "The least number of `scale` digits after the point (0 if not given) that is not below n."
#define ABS "The number or duration without its sign."

const struct builtin builtin_number[] = {
    FUNCTION("decimal", type_number, decimal_fn,
             "n rounded to `scale` digits after the point, halves to the even neighbour.", N,
             SCALE),
    FUNCTION("floor", type_number, floor_fn, FLOOR, N, OPTIONAL("scale", type_number)),
    FUNCTION("ceiling", type_number, ceiling_fn, CEILING, N, OPTIONAL("scale", type_number)),
    FUNCTION("round up", type_number, round_up,
             "n rounded to `scale` digits after the point, away from zero.", N, SCALE),
    FUNCTION("round down", type_number, round_down,
             "n rounded to `scale` digits after the point, towards zero.", N, SCALE),
    FUNCTION("round half up", type_number, round_half_up,
             "n rounded to `scale` digits after the point, halves away from zero.", N, SCALE),
    FUNCTION("round half down", type_number, round_half_down,
             "n rounded to `scale` digits after the point, halves towards zero.", N, SCALE),
    FUNCTION("abs", type_number, abs_number, ABS, N),
    FUNCTION("abs", type_days, abs_days, ABS, NEEDED("n", type_days)),
    FUNCTION("abs", type_months, abs_months, ABS, NEEDED("n", type_months)),
    FUNCTION("modulo", type_number, modulo_fn,
             "dividend - divisor * floor(dividend / divisor): has the divisor's sign.",
             NEEDED("dividend", type_number), NEEDED("divisor", type_number)),
    FUNCTION("sqrt", type_number, sqrt_fn, "The square root; null below zero.", NUMBER),
    FUNCTION("log", type_number, log_fn, "The natural logarithm; null for zero and below.", NUMBER),
    FUNCTION("exp", type_number, exp_fn, "Euler's number to that power.", NUMBER),
    FUNCTION("odd", type_boolean, odd_fn, "Whether the number is whole and odd.", NUMBER),
    FUNCTION("even", type_boolean, even_fn, "Whether the number is whole and even.", NUMBER),
    {0},
};
