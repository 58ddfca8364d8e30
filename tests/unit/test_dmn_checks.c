/* checks_table: overlaps, rules that never decide and gaps, over tables written as lines of cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/dmn/checks_table.h"
#include "common/dmn/dmn.h"
#include "common/dmn/parse.h"
#include "common/dmn/resolve.h"

struct column {
    const char *label, *allowed; /* allowed NULL: any */
};

#define COLUMNS_MAX 4
#define RULES_MAX 8

struct sketch {
    enum hit_policy policy;
    struct column inputs[COLUMNS_MAX];
    const char *rules[RULES_MAX]; /* cells separated by |, the last is the output */
    const char *otherwise;
};

static struct text *text_of(struct arena *a, struct str s)
{
    struct text *t = arena_alloc(a, sizeof *t);
    *t = (struct text){.text = s, .place = STR("decision 'D'")};
    return t;
}

static const struct type *no_type(const void *context, struct str name)
{
    (void)context;
    (void)name;
    return NULL;
}

struct maker {
    struct arena *arena;
    struct names names;
    struct findings findings;
    struct resolver resolver;
    struct scope scope;
    struct variable variable;
};

static void maker_start(struct maker *m, struct arena *a)
{
    static const struct type_names types = {.find = no_type};
    *m = (struct maker){.arena = a, .findings = {.arena = a}};
    names_init(&m->names, a);
    names_add(&m->names, STR("limit"));
    m->variable = (struct variable){STR("limit"), &type_any, PLACE_GLOBAL, 0, NULL};
    m->scope = (struct scope){.variables = &m->variable, .count = 1};
    m->resolver = (struct resolver){.arena = a, .types = &types, .findings = &m->findings};
}

static struct node *made(struct maker *m, struct str s, bool tests)
{
    struct node *n =
        tests ? parse_tests(m->arena, &m->names, text_of(m->arena, s), &m->findings)
              : parse_expression(m->arena, &m->names, text_of(m->arena, s), &m->findings);
    assert_non_null(n);
    n = resolve(&m->resolver, n, &m->scope);
    assert_non_null(n);
    return n;
}

static void put_rule(struct maker *m, struct table *t, size_t rule, const char *cells)
{
    struct table_rule *r = &t->rules[rule];
    r->tests = arena_array(m->arena, t->input_count, sizeof(struct node *));
    r->outputs = arena_array(m->arena, 1, sizeof(struct node *));
    for (size_t i = 0; i <= t->input_count; i++) {
        size_t length = strcspn(cells, "|");
        struct str cell = {cells, length};
        if (i < t->input_count)
            r->tests[i] = made(m, cell, true);
        else
            r->outputs[0] = made(m, cell, false);
        cells += length + (cells[length] == '|');
    }
}

static struct table *table_of(struct maker *m, const struct sketch *s)
{
    struct table *t = arena_alloc(m->arena, sizeof *t);
    t->policy = s->policy;
    t->text = text_of(m->arena, STR(""));
    while (t->input_count < COLUMNS_MAX && s->inputs[t->input_count].label != NULL)
        t->input_count++;
    while (t->rule_count < RULES_MAX && s->rules[t->rule_count] != NULL)
        t->rule_count++;
    t->inputs = arena_array(m->arena, t->input_count, sizeof *t->inputs);
    t->rules = arena_array(m->arena, t->rule_count, sizeof *t->rules);
    t->outputs = arena_array(m->arena, 1, sizeof *t->outputs);
    t->output_count = 1;
    if (s->otherwise != NULL)
        t->outputs[0].otherwise = made(m, str_of(s->otherwise), false);
    for (size_t i = 0; i < t->input_count; i++) {
        t->inputs[i].label = str_of(s->inputs[i].label);
        if (s->inputs[i].allowed != NULL)
            t->inputs[i].allowed = made(m, str_of(s->inputs[i].allowed), true);
    }
    for (size_t i = 0; i < t->rule_count; i++)
        put_rule(m, t, i, s->rules[i]);
    return t;
}

/* The findings as lines "code: sentence". */
static const char *findings_of(struct arena *a, const struct sketch *s)
{
    struct maker m;
    struct buf b = {.arena = a};
    maker_start(&m, a);
    check_table(a, table_of(&m, s), FINDING_ERROR, &m.findings);
    for (size_t i = 0; i < m.findings.count; i++) {
        const struct finding *f = &m.findings.items[i];
        assert_int_equal(f->severity,
                         str_eq(f->code, STR("overlap")) ? FINDING_ERROR : FINDING_WARNING);
        buf_str(&b, f->code);
        buf_str(&b, STR(": "));
        buf_str(&b, f->sentence);
        buf_char(&b, '\n');
    }
    buf_char(&b, '\0');
    return b.ptr;
}

/* Every part (separated by ~) must be in the findings, one line for each; none: no findings. */
static void expect(const struct sketch *s, const char *parts)
{
    struct arena a = {0};
    const char *got = findings_of(&a, s);
    size_t lines = 0, wanted = parts[0] != '\0';
    for (const char *p = got; *p != '\0'; p++)
        lines += *p == '\n';
    for (const char *p = parts; *p != '\0';) {
        size_t length = strcspn(p, "~");
        const char *part = arena_fmt(&a, "%.*s", (int)length, p).ptr;
        if (strstr(got, part) == NULL)
            fail_msg("no \"%s\" in:\n%s", part, got);
        p += length + (p[length] == '~');
        wanted += p[0] != '\0';
    }
    if (lines != wanted)
        fail_msg("wanted %zu findings, got:\n%s", wanted, got);
    arena_done(&a);
}

static void test_rules_that_hold_together_are_told_with_an_example(void **state)
{
    (void)state;
    static const struct sketch touching = {.inputs = {{"Age", NULL}},
                                           .rules = {"<= 18|1", ">= 18|2"}};
    expect(&touching, "overlap: rules 1 and 2 both hold for Age = 18: under the hit policy UNIQUE");
    static const struct sketch two_inputs = {.inputs = {{"Age", NULL}, {"Member", NULL}},
                                             .rules = {"< 18|-|1", "[16..30)|true|2",
                                                       "[18..30)|false|3", ">= 30|-|4"}};
    expect(&two_inputs, "rules 1 and 2 both hold for Age = 16, Member = true");
    static const struct sketch apart = {.inputs = {{"Age", NULL}, {"Member", NULL}},
                                        .rules = {"< 18|-|1", ">= 18|true|2", ">= 18|false|3"}};
    expect(&apart, "");
    static const struct sketch texts = {.inputs = {{"Kind", NULL}},
                                        .rules = {"not(\"a\", \"b\")|1", "\"c\", \"a\"|2",
                                                  "\"b\"|3"}};
    expect(&texts, "rules 1 and 2 both hold for Kind = \"c\"");
    static const struct sketch any = {.policy = HIT_ANY,
                                      .inputs = {{"Age", NULL}},
                                      .rules = {"< 20|1", "[10..30]|1", ">= 25|2"}};
    expect(&any, "rules 2 and 3 both hold for Age = 25 but give different results");
    static const struct sketch conditions = {.inputs = {{"Age", NULL}},
                                             .rules = {"? < 18 or ? > 60|1",
                                                       "? between 18 and 60|2", "? in (30, 60)|3"}};
    expect(&conditions, "rules 2 and 3 both hold for Age = 30");
}

static void test_gaps_are_told_with_an_example(void **state)
{
    (void)state;
    static const struct sketch between = {.inputs = {{"Age", NULL}},
                                          .rules = {"< 18|1", "(18..65)|2", ">= 65|3"}};
    expect(&between, "gap: no rule is for Age = 18:");
    static const struct sketch fraction = {.inputs = {{"Age", "[0..120]"}},
                                           .rules = {"[0..17]|1", "[18..120]|2"}};
    expect(&fraction, "gap: no rule is for Age = 17.5:");
    static const struct sketch dates = {.inputs = {{"Day", NULL}},
                                        .rules = {"<= date(\"2024-02-28\")|1",
                                                  ">= date(\"2024-03-01\")|2"}};
    expect(&dates, "no rule is for Day = date(\"2024-02-29\")");
    static const struct sketch whole_days = {.inputs = {{"Day", NULL}},
                                             .rules = {"<= date(\"2024-02-28\")|1",
                                                       ">= date(\"2024-02-29\")|2"}};
    expect(&whole_days, "");
    static const struct sketch texts = {.inputs = {{"Kind", NULL}},
                                        .rules = {"\"a\"|1", "\"b\"|2"}};
    expect(&texts, "no rule is for Kind = any other text");
    static const struct sketch enumerated = {.inputs = {{"Kind", "\"a\", \"b\", \"c\""}},
                                             .rules = {"\"a\"|1", "\"b\"|2"}};
    expect(&enumerated, "no rule is for Kind = \"c\"");
    static const struct sketch two_inputs = {.policy = HIT_FIRST,
                                             .inputs = {{"Age", NULL}, {"Member", NULL}},
                                             .rules = {"< 18|-|1", "-|true|2"}};
    expect(&two_inputs, "no rule is for Age = 18, Member = false");
    static const struct sketch with_default = {.inputs = {{"Age", NULL}},
                                               .rules = {"< 18|1"},
                                               .otherwise = "0"};
    expect(&with_default, "");
    static const struct sketch list = {.policy = HIT_COLLECT,
                                       .inputs = {{"Age", NULL}},
                                       .rules = {"< 18|1"}};
    expect(&list, "");
}

static void test_a_type_s_allowed_values_are_the_inputs(void **state)
{
    (void)state;
    struct arena a = {0};
    struct maker m;
    static const struct sketch s = {.inputs = {{"Kind", NULL}}, .rules = {"\"a\"|1", "\"c\"|2"}};
    maker_start(&m, &a);
    struct table *t = table_of(&m, &s);
    struct type base = type_string, kind = type_string;
    base.allowed = made(&m, STR("\"a\", \"b\""), true);
    kind.base = &base;
    struct node *expression = made(&m, STR("limit"), false);
    expression->type = &kind;
    t->inputs[0].expression = expression;
    t->inputs[0].type = &type_string;
    check_table(&a, t, FINDING_ERROR, &m.findings);
    assert_int_equal(m.findings.count, 2);
    assert_non_null(strstr(m.findings.items[0].sentence.ptr, "rule 2 never holds"));
    assert_non_null(strstr(m.findings.items[1].sentence.ptr, "no rule is for Kind = \"b\""));
    arena_done(&a);
}

static void test_rules_that_never_decide_are_told(void **state)
{
    (void)state;
    static const struct sketch covered = {.policy = HIT_FIRST,
                                          .inputs = {{"Age", NULL}},
                                          .rules = {"< 18|1", "-|2", "> 60|3"}};
    expect(&covered, "unreachable: rule 3 never decides: rule 2 stands before it");
    static const struct sketch together = {.policy = HIT_FIRST,
                                           .inputs = {{"Age", NULL}, {"Member", NULL}},
                                           .rules = {"< 50|true|1", ">= 40|true|2", "-|true|3",
                                                     "-|-|4"}};
    expect(&together, "rule 3 never decides: wherever it holds, one of the rules before it");
    static const struct sketch outside = {.inputs = {{"Kind", "\"a\", \"b\""}},
                                          .rules = {"\"a\"|1", "\"b\"|2", "\"colour\"|3"}};
    expect(&outside,
           "rule 3 never holds: no value that 'Kind' can have passes its test '\"colour\"'");
    static const struct sketch empty = {.inputs = {{"Age", NULL}},
                                        .rules = {"< 18|1", ">= 18|2", "? > 5 and ? < 3|3"}};
    expect(&empty, "rule 3 never holds");
}

static void test_only_what_is_sure_is_said(void **state)
{
    (void)state;
    static const struct sketch variable = {.inputs = {{"Age", NULL}},
                                           .rules = {"< limit|1", ">= limit|2"}};
    expect(&variable, "");
    static const struct sketch partly = {.policy = HIT_FIRST,
                                         .inputs = {{"Age", NULL}},
                                         .rules = {"limit|1", "< 5|2", "limit + 1|3"}};
    expect(&partly, "");
    static const struct sketch allowed = {.inputs = {{"Age", "< limit"}},
                                          .rules = {"< 18|1", "> 18|2"}};
    expect(&allowed, "");
    static const struct sketch same_input = {.inputs = {{"Age", NULL}, {"Age", NULL}},
                                             .rules = {"< 18|-|1", ">= 18|< 65|2", "-|>= 65|3"}};
    expect(&same_input, "");
    static const struct sketch nulls = {.inputs = {{"Age", NULL}},
                                        .rules = {"null|1", "not(null)|2"}};
    expect(&nulls, "");
    static const struct sketch mixed_zones = {.inputs = {{"At", NULL}},
                                              .rules = {"< time(\"10:00:00\")|1",
                                                        ">= time(\"10:00:00Z\")|2"}};
    expect(&mixed_zones, "");
}

/* A sequence that repeats. */
static unsigned next_random(uint64_t *state, unsigned below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33) % below;
}

/* A test of a whole number from 0 to 4. */
static const char *random_cell(struct arena *a, uint64_t *state)
{
    static const char *const forms[] = {"-",         "-",
                                        "< %u",      ">= %u",
                                        "[%u..%u)",  "(%u..%u]",
                                        "not(%u)",   "%u, > %u",
                                        "<= %u, %u", "? > %u and ? < %u"};
    const char *form = forms[next_random(state, COUNT(forms))];
    struct buf b = {.arena = a};
    for (; *form != '\0'; form++) {
        if (*form == '%')
            buf_char(&b, (char)('0' + next_random(state, 5)));
        else
            buf_char(&b, *form);
        form += *form == '%';
    }
    buf_char(&b, '\0');
    return b.ptr;
}

#define POINTS 11 /* -0.5, 0, 0.5 ... 4.5 */

/* What going through all inputs finds: how many rules hold, which come first. */
struct truth_table {
    bool overlap, gap, holds[RULES_MAX], first[RULES_MAX];
};

static bool rule_holds(struct arena *a, const struct table *t, size_t rule, const size_t *at)
{
    for (size_t i = 0; i < t->input_count; i++) {
        struct number n;
        assert_true(number_div(number_of((int64_t)at[i] - 1), number_of(2), &n));
        struct eval e;
        eval_start(&e, a, DMN_LIMITS);
        if (!is_true(eval_tests(&e, t->rules[rule].tests[i], value_number(n), NULL)))
            return false;
    }
    return true;
}

static struct truth_table go_through(struct arena *a, const struct table *t)
{
    struct truth_table ret = {.overlap = false};
    size_t points = 1, at[COLUMNS_MAX];
    for (size_t i = 0; i < t->input_count; i++)
        points *= POINTS;
    for (size_t p = 0; p < points; p++) {
        size_t rest = p, held = 0;
        for (size_t i = 0; i < t->input_count; i++, rest /= POINTS)
            at[i] = rest % POINTS;
        for (size_t r = 0; r < t->rule_count; r++)
            if (rule_holds(a, t, r, at)) {
                ret.holds[r] = true;
                ret.first[r] = ret.first[r] || held == 0;
                held++;
            }
        ret.overlap = ret.overlap || held > 1;
        ret.gap = ret.gap || held == 0;
    }
    return ret;
}

static size_t count_of(const struct findings *f, const char *code, const char *part)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += str_eq(f->items[i].code, str_of(code)) &&
                 strstr(f->items[i].sentence.ptr, part) != NULL;
    return count;
}

static void test_what_is_said_is_what_going_through_all_inputs_finds(void **state)
{
    (void)state;
    uint64_t random = 42;
    for (int round = 0; round < 150; round++) {
        struct arena a = {0};
        struct maker m;
        struct sketch s = {.policy = round % 2 == 0 ? HIT_UNIQUE : HIT_FIRST,
                           .inputs = {{"a", NULL}, {"b", NULL}}};
        size_t rules = 1 + next_random(&random, RULES_MAX - 1);
        for (size_t r = 0; r < rules; r++) {
            const char *left = random_cell(&a, &random), *right = random_cell(&a, &random);
            s.rules[r] = arena_fmt(&a, "%s|%s|1", left, right).ptr;
        }
        maker_start(&m, &a);
        const struct table *t = table_of(&m, &s);
        check_table(&a, t, FINDING_ERROR, &m.findings);
        struct truth_table truth = go_through(&a, t);
        size_t impossible = 0, late = 0;
        for (size_t r = 0; r < rules; r++) {
            impossible += !truth.holds[r];
            late += truth.holds[r] && !truth.first[r];
        }
        assert_int_equal(count_of(&m.findings, "gap", ""), truth.gap);
        assert_int_equal(count_of(&m.findings, "unreachable", "never holds"), impossible);
        if (s.policy == HIT_FIRST)
            assert_int_equal(count_of(&m.findings, "unreachable", "never decides"), late);
        else
            assert_int_equal(count_of(&m.findings, "overlap", "") > 0, truth.overlap);
        arena_done(&a);
    }
}

static void test_a_table_too_large_is_said_to_be(void **state)
{
    (void)state;
    struct arena a = {0};
    struct maker m;
    struct sketch s = {.policy = HIT_FIRST, .inputs = {{"a", NULL}}};
    maker_start(&m, &a);
    struct table *t = table_of(&m, &s);
    t->rule_count = 1200;
    t->rules = arena_array(&a, t->rule_count, sizeof *t->rules);
    for (size_t i = 0; i < t->rule_count; i++)
        put_rule(&m, t, i, arena_fmt(&a, "[%zu..%zu]|1", 7 * i, 9 * i + 5).ptr);
    check_table(&a, t, FINDING_ERROR, &m.findings);
    assert_int_equal(m.findings.count, 1);
    assert_true(str_eq(m.findings.items[0].code, STR("limit")));
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_that_hold_together_are_told_with_an_example),
        cmocka_unit_test(test_gaps_are_told_with_an_example),
        cmocka_unit_test(test_a_type_s_allowed_values_are_the_inputs),
        cmocka_unit_test(test_rules_that_never_decide_are_told),
        cmocka_unit_test(test_only_what_is_sure_is_said),
        cmocka_unit_test(test_what_is_said_is_what_going_through_all_inputs_finds),
        cmocka_unit_test(test_a_table_too_large_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
