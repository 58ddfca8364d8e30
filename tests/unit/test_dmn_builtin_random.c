/* Every built-in function with arguments drawn at random: whatever it is given, it answers, and within its limits. */
#include "common/dmn/function.h"
#include "tests/unit/dmn_builtin_steps.h"

static uint64_t seed = 20240229;

static size_t draw(size_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(seed >> 33) % below;
}

static struct value random_text(void)
{
    static const char *const texts[] = {"",          "a",          "foobar",
                                        "🐎ж",        "2024-02-29", "-999999999-01-01",
                                        "23:59:59Z", "P1D",        "-P1Y",
                                        "[1..3]",    "(a|b)+",     "[^a-z-[q]]",
                                        "\\p{Lu}",   "$1\\",       "i",
                                        "(a+)+",     "1,000.5",    "\xf0\x9f",
                                        "key",       "[",          "((((",
                                        "1e400",     "(",          "{1,2}",
                                        "\\1",       "(.)(.)\\2",  "2024-02-29T00:00:00Z"};
    return text(texts[draw(COUNT(texts))]);
}

static struct value random_number(void)
{
    static const char *const numbers[] = {"0",     "1",      "-1",    "2",    "3.8",
                                          "-0.5",  "1e30",   "-1e30", "6176", "-6111",
                                          "1e-30", "9e6100", "12345", "59",   "1e-6170"};
    return num(numbers[draw(COUNT(numbers))]);
}

static struct value random_moment(void)
{
    static const char *const moments[] = {
        "2024-02-29", "-999999999-01-01", "999999999-12-31",
        "23:59:59Z",  "00:00:00",         "P1D",
        "-PT1S",      "P99999999Y",       "2024-02-29T10:00:00+05:00"};
    return at(moments[draw(COUNT(moments))]);
}

static struct value equals(struct eval *ev, const void *object, const struct value *args,
                           size_t count)
{
    (void)object;
    return eval_may_go_on(ev, count) ? value_truth(value_equal(args[0], args[1])) : NULL_VALUE;
}

static struct value random_function(void)
{
    static const char *const names[] = {"before", "sum", "list contains", "string", "sort"};
    struct parameter *both = arena_array(&mem, 2, sizeof *both);
    struct function *f = arena_alloc(&mem, sizeof *f);
    both[0] = both[1] = (struct parameter){STR("x"), &type_any};
    if (draw(2) == 0)
        f->builtin = builtin_find(str_of(names[draw(COUNT(names))]));
    else
        *f = (struct function){.native = equals, .parameters = both, .parameter_count = 2};
    return (struct value){.kind = VALUE_FUNCTION, .function = f};
}

static struct value random_scalar(void)
{
    switch (draw(8)) {
    case 0: return NULL_VALUE;
    case 1: return value_bool(draw(2) == 0);
    case 2: return random_moment();
    case 3: return random_function();
    case 4:
    case 5: return random_number();
    default: return random_text();
    }
}

static struct value random_range(void)
{
    struct range *r = arena_alloc(&mem, sizeof *r);
    *r = (struct range){.low_closed = draw(2) == 0,
                        .high_closed = draw(2) == 0,
                        .has_low = draw(4) != 0,
                        .has_high = draw(4) != 0};
    r->low = r->has_low ? random_scalar() : NULL_VALUE;
    r->high = r->has_high ? random_scalar() : NULL_VALUE;
    return (struct value){.kind = VALUE_RANGE, .range = r};
}

static struct value random_value(int depth)
{
    struct value items[6];
    struct entry entries[3] = {{STR("key"), NULL_VALUE},
                               {STR("value"), NULL_VALUE},
                               {STR("a"), NULL_VALUE}};
    size_t kind = depth > 0 ? draw(6) : 5;
    if (kind == 0)
        return random_range();
    if (kind > 2)
        return random_scalar();
    size_t count = kind == 1 ? draw(COUNT(items)) : draw(COUNT(entries) + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = random_value(depth - 1);
        if (kind == 2)
            entries[i].value = items[i];
    }
    return kind == 1 ? value_list(&mem, items, count) : value_context(&mem, entries, count);
}

static void test_every_function_answers_to_anything(void **state)
{
    enum { ROUNDS = 200 };
    (void)state;
    for (size_t t = 0; builtin_tables[t] != NULL; t++) {
        for (const struct builtin *b = builtin_tables[t]; b->name != NULL; b++) {
            for (int i = 0; i < ROUNDS; i++) {
                struct value args[BUILTIN_ARGS_MAX];
                size_t count = draw(4) == 0 ? draw(COUNT(args)) : b->parameter_count;
                reset(state);
                e.limits.steps = 20000;
                for (size_t k = 0; k < count; k++)
                    args[k] = random_value(3);
                shown(builtin_call(&e, b, NULL, args, count));
                assert_true(mem.used_bytes < e.limits.memory_bytes);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_function_answers_to_anything, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
