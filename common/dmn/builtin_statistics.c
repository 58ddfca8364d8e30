/* builtin_statistics: one figure of a list (DMN 1.5, 10.3.4.4). Each takes a list or the elements themselves. */
#include "common/dmn/builtin_private.h"

#include <string.h>

static struct value nothing(struct eval *e, const char *name)
{
    return eval_note(e, 0, "%s() of no element", name);
}

/* Of all, the one that lies at the end: wanted -1 the least, 1 the greatest. Null unless all can be ordered. */
static struct value extreme(struct eval *e, const struct value *items, size_t count, int wanted)
{
    const char *name = wanted < 0 ? "min" : "max";
    if (count == 0 || !eval_may_go_on(e, count))
        return nothing(e, name);
    struct value best = items[0];
    for (size_t i = 0; i < count; i++) {
        int order; /* the first with itself too, which a list or a context cannot be ordered with */
        if (!value_order(items[i], best, &order))
            return eval_note(e, 0, "%s(): element %zu cannot be ordered with those before it", name,
                             i + 1);
        if (order * wanted > 0)
            best = items[i];
    }
    return best;
}

static struct value min_of(struct eval *e, const struct value *items, size_t count)
{
    return extreme(e, items, count, -1);
}

static struct value max_of(struct eval *e, const struct value *items, size_t count)
{
    return extreme(e, items, count, 1);
}

static bool all_numbers(struct eval *e, const char *name, const struct value *items, size_t count)
{
    if (!eval_may_go_on(e, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != VALUE_NUMBER) {
            eval_note(e, 0, "%s(): element %zu is no number", name, i + 1);
            return false;
        }
    }
    return true;
}

static struct value too_large(struct eval *e, const char *name)
{
    return eval_note(e, 0, "%s(): the result is too large", name);
}

static bool add_up(const struct value *items, size_t count, struct number *ret)
{
    *ret = number_of(0);
    for (size_t i = 0; i < count; i++)
        if (!number_add(*ret, items[i].number, ret))
            return false;
    return true;
}

static struct value sum_of(struct eval *e, const struct value *items, size_t count)
{
    struct number sum;
    if (count == 0)
        return nothing(e, "sum");
    if (!all_numbers(e, "sum", items, count))
        return NULL_VALUE;
    return add_up(items, count, &sum) ? value_number(sum) : too_large(e, "sum");
}

static bool mean_number(const struct value *items, size_t count, struct number *ret)
{
    return add_up(items, count, ret) && number_div(*ret, number_of((int64_t)count), ret);
}

static struct value mean_of(struct eval *e, const struct value *items, size_t count)
{
    struct number mean;
    if (count == 0)
        return nothing(e, "mean");
    if (!all_numbers(e, "mean", items, count))
        return NULL_VALUE;
    return mean_number(items, count, &mean) ? value_number(mean) : too_large(e, "mean");
}

static struct value product_of(struct eval *e, const struct value *items, size_t count)
{
    struct number product = number_of(1);
    if (count == 0)
        return nothing(e, "product");
    if (!all_numbers(e, "product", items, count))
        return NULL_VALUE;
    for (size_t i = 0; i < count; i++)
        if (!number_mul(product, items[i].number, &product))
            return too_large(e, "product");
    return value_number(product);
}

static bool smaller(void *context, struct value b, struct value a, bool *ret_go_on)
{
    (void)context;
    *ret_go_on = true;
    return number_cmp(b.number, a.number) < 0;
}

/* A sorted copy; NULL: not all are numbers, or over a limit. */
static struct value *sorted(struct eval *e, const char *name, const struct value *items,
                            size_t count)
{
    struct value *copy;
    if (!all_numbers(e, name, items, count) || (copy = builtin_items(e, count)) == NULL)
        return NULL;
    memcpy(copy, items, count * sizeof *copy);
    return builtin_sort(e, copy, count, smaller, NULL) ? copy : NULL;
}

static struct value median_of(struct eval *e, const struct value *items, size_t count)
{
    struct number middle;
    if (count == 0)
        return nothing(e, "median");
    const struct value *in_order = sorted(e, "median", items, count);
    if (in_order == NULL)
        return NULL_VALUE;
    if (count % 2 == 1)
        return in_order[count / 2];
    return mean_number(in_order + count / 2 - 1, 2, &middle) ? value_number(middle)
                                                             : too_large(e, "median");
}

/* Of a sample: the squares are divided by one less than the count. */
static struct value stddev_of(struct eval *e, const struct value *items, size_t count)
{
    struct number mean, difference, sum = number_of(0);
    if (!all_numbers(e, "stddev", items, count))
        return NULL_VALUE;
    if (count < 2)
        return eval_note(e, 0, "stddev() of fewer than two numbers");
    if (!mean_number(items, count, &mean))
        return too_large(e, "stddev");
    for (size_t i = 0; i < count; i++)
        if (!number_sub(items[i].number, mean, &difference) ||
            !number_mul(difference, difference, &difference) || !number_add(sum, difference, &sum))
            return too_large(e, "stddev");
    if (!number_div(sum, number_of((int64_t)count - 1), &sum) || !number_sqrt(sum, &sum))
        return too_large(e, "stddev");
    return value_number(sum);
}

/* The numbers that occur most often, ascending. */
static struct value mode_of(struct eval *e, const struct value *items, size_t count)
{
    size_t most = 0, kept = 0;
    if (count == 0)
        return builtin_list_of(e, NULL, 0);
    const struct value *in_order = sorted(e, "mode", items, count);
    struct value *modes = in_order != NULL ? builtin_items(e, count) : NULL;
    if (modes == NULL)
        return NULL_VALUE;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1;
             next < count && number_cmp(in_order[next].number, in_order[i].number) == 0;)
            next++;
        if (next - i > most) {
            most = next - i;
            kept = 0;
        }
        if (next - i == most)
            modes[kept++] = in_order[i];
    }
    return builtin_list_of(e, modes, kept);
}

#define OF_LIST(figure)                                                                            \
    static struct value figure##_list(struct eval *e, const struct value *args, size_t count)      \
    {                                                                                              \
        (void)count;                                                                               \
        return figure##_of(e, args[0].list->items, args[0].list->count);                           \
    }
OF_LIST(min)
OF_LIST(max)
OF_LIST(sum)
OF_LIST(mean)
OF_LIST(product)
OF_LIST(median)
OF_LIST(stddev)
OF_LIST(mode)

/* As a list, or as arguments. */
#define ROWS(figure, element, element_type, result, what)                                          \
    FUNCTION(#figure, result, figure##_list, what, NEEDED("list", type_any_list)),                 \
        VARIADIC(#figure, result, figure##_of, what, NEEDED(element, element_type))

const struct builtin builtin_statistics[] = {
    ROWS(min, "c", type_any, type_any, "The least; all must be of one kind that has an order."),
    ROWS(max, "c", type_any, type_any, "The greatest; all must be of one kind that has an order."),
    ROWS(sum, "n", type_number, type_number, "The sum; null of no number."),
    ROWS(mean, "n", type_number, type_number, "The arithmetic mean; null of no number."),
    ROWS(product, "n", type_number, type_number, "The product; null of no number."),
    ROWS(median, "n", type_number, type_number,
         "The number in the middle, or the mean of the two there; null of no number."),
    ROWS(stddev, "n", type_number, type_number,
         "The standard deviation of a sample; null of fewer than two numbers."),
    ROWS(mode, "n", type_number, type_any_list, "The numbers that occur most often, ascending."),
    {0},
};
