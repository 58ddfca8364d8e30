/* table: the 20-rule table, by the engine and by hand. */
#include "tests/bench/dmn/bench.h"
#include "tests/bench/dmn/chain.h"

#define ROWS 4096 /* of made-up data, a power of two */
#define INPUTS 4

struct table_bench {
    const struct model *model;
    uint32_t decision, inputs[INPUTS];
    struct chain_row rows[ROWS];
    struct value values[ROWS][INPUTS];
    struct arena work;
    bool why, as_json;
    struct buf text;
    int64_t sum; /* so that nothing is left out as unused */
};

static uint64_t next(uint64_t *seed) /* xorshift64 */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static struct value cents(int64_t v)
{
    struct number n = number_of(v), hundred = number_of(100);
    if (!number_div(n, hundred, &n))
        return NULL_VALUE;
    return value_number(n);
}

/* Amounts of all sizes, most with cents; a fifth region that no rule names. */
static void make_rows(struct table_bench *t)
{
    static const char *const regions[] = {"north", "south", "east", "west", "abroad"};
    static const char *const stages[] = {"start-up", "growing", "settled"};
    uint64_t seed = 42;
    for (size_t i = 0; i < ROWS; i++) {
        struct chain_row *r = &t->rows[i];
        static const int64_t most[] = {12000000, 80000000, 200000050, 400000000};
        r->turnover = (int64_t)(next(&seed) % (uint64_t)most[next(&seed) % 4]);
        r->staff = (int64_t)(next(&seed) % (next(&seed) % 2 == 0 ? 60 : 300));
        r->region = str_of(regions[next(&seed) % COUNT(regions)]);
        r->stage = str_of(stages[next(&seed) % COUNT(stages)]);
        struct value *v = t->values[i];
        v[0] = cents(r->turnover);
        v[1] = value_i64(r->staff);
        v[2] = value_string(r->region);
        v[3] = value_string(r->stage);
    }
}

static struct value decide(struct table_bench *t, size_t row, struct eval *e)
{
    struct value v = NULL_VALUE;
    eval_start(e, &t->work, DMN_LIMITS);
    if (t->why)
        eval_explain(e, false);
    (void)dmn_evaluate_at(e, t->model, t->decision, t->values[row % ROWS], t->inputs, INPUTS, &v);
    return v;
}

static size_t run_engine(void *context, size_t n)
{
    struct table_bench *t = context;
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        struct eval e;
        t->sum += decide(t, i, &e).kind;
        if (t->as_json) {
            buf_reset(&t->text);
            explain_json(&t->text, &e);
        }
        bytes += t->work.used_bytes;
        arena_reset(&t->work);
    }
    return bytes;
}

static size_t run_chain(void *context, size_t n)
{
    struct table_bench *t = context;
    for (size_t i = 0; i < n; i++)
        t->sum += chain(&t->rows[i % ROWS]);
    return 0;
}

/* The engine and the chain must agree on every row. */
static bool agree(struct table_bench *t)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct eval e;
        struct value v = decide(t, i, &e);
        bool same =
            v.kind == VALUE_NUMBER && number_cmp(v.number, cents(chain(&t->rows[i])).number) == 0;
        arena_reset(&t->work);
        if (!same) {
            (void)fprintf(stderr, "bench: the table and the chain of ifs differ in row %zu.\n", i);
            return false;
        }
    }
    return true;
}

static bool find(struct table_bench *t)
{
    static const char *const names[INPUTS] = {"Turnover", "Staff", "Region", "Stage"};
    bool found = dmn_find(t->model, STR("Share"), &t->decision);
    for (size_t i = 0; found && i < INPUTS; i++) {
        uint32_t e = 0;
        while (e < t->model->count && !str_eq(t->model->elements[e].name, str_of(names[i])))
            e++;
        found = e < t->model->count;
        t->inputs[i] = e;
    }
    if (!found)
        (void)fputs("bench: the table's decision or inputs are missing.\n", stderr);
    return found;
}

static void measure(struct bench *b, struct table_bench *t)
{
    bench_measure(b, STR("table of 20 rules, 4 inputs: result only"), run_engine, t);
    double engine = b->last;
    t->why = true;
    bench_measure(b, STR("table of 20 rules, 4 inputs: with explanation"), run_engine, t);
    t->as_json = true;
    bench_measure(b, STR("table of 20 rules, 4 inputs: explanation as JSON"), run_engine, t);
    bench_measure(b, STR("the same as a chain of ifs in C"), run_chain, t);
    double times = b->last / engine;
    (void)printf("the chain of ifs is %.1f times as fast as the engine\n", times);
    (void)fprintf(b->json,
                  "{\"bench\":\"dmn\",\"what\":\"chain of ifs over engine\",\"times\":%.2f}\n",
                  times);
}

bool bench_table(struct bench *b, const char *path)
{
    struct table_bench *t = arena_alloc(&b->arena, sizeof(*t));
    t->model = bench_load(b, path);
    if (t->model == NULL || !find(t))
        return false;
    make_rows(t);
    if (!agree(t))
        return false;
    measure(b, t);
    buf_done(&t->text);
    arena_done(&t->work);
    return true;
}
