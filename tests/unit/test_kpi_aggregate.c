/* kpi aggregate: which cells change, and that going step by step ends where counting anew would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/date.h"
#include "common/core/map.h"
#include "services/kpi-aggregator/core/aggregate.h"

static struct arena mem;

static int clean(void **state)
{
    (void)state;
    arena_done(&mem);
    return 0;
}

static int32_t month(const char *text)
{
    int32_t ret;

    assert_true(month_parse(str_of(text), &ret));
    return ret;
}

struct delta {
    const char *month;
    enum kpi_part part;
    int64_t value;
};

static void add(struct kpi_parts *parts, const struct delta *deltas, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(kpi_parts_add(parts, month(deltas[i].month), deltas[i].part, deltas[i].value));
}

/* "cell=value " of everything that changes from `old` to `old` plus `more`, in the years 2019 to 2022. */
static const char *changes(const char *series_name, const struct delta *old, size_t old_count,
                           const struct delta *more, size_t more_count)
{
    struct kpi_parts before = kpi_parts_new(&mem, month("2019-01"), month("2022-12"));
    int32_t changed = INT32_MAX;
    struct buf out = {.arena = &mem};
    struct kpi_series series;
    struct kpi_cell *cells;

    assert_true(kpi_series_parse(str_of(series_name), &series));
    add(&before, old, old_count);
    struct kpi_parts now = kpi_parts_copy(&mem, &before);
    add(&now, more, more_count);
    for (size_t i = 0; i < more_count; i++)
        changed = month(more[i].month) < changed ? month(more[i].month) : changed;
    kpi_parts_level(&before);
    kpi_parts_level(&now);
    size_t count = kpi_changes(&mem, &series, &before, &now, changed, &cells);
    for (size_t i = 0; i < count; i++)
        buf_fmt(&out, "%.*s=%.*s ", STR_ARG(cells[i].text),
                STR_ARG(cells[i].value.ptr != NULL ? cells[i].value : STR("none")));
    buf_char(&out, '\0');
    return out.ptr;
}

#define CHANGES(series, old, more) changes((series), (old), COUNT(old), (more), COUNT(more))
static const struct delta NOTHING[1] = {{"2020-01", KPI_REJECTED, 0}};

static void test_a_first_event_makes_its_cells(void **state)
{
    static const struct delta joined[] = {{"2020-05", KPI_JOINED, 2}};
    (void)state;

    assert_string_equal(changes("participants:it", NULL, 0, joined, 1),
                        "participants.joined:it:2020-05=2 participants.joined:it:2020=2 "
                        "participants.number:it:2020-05=2 participants.number:it:2020=2 ");
}

static void test_a_late_event_before_the_first_month_changes_every_later_stock(void **state)
{
    static const struct delta old[] = {{"2020-03", KPI_JOINED, 2}};
    static const struct delta late[] = {{"2019-12", KPI_JOINED, 1}};
    (void)state;

    assert_string_equal(
        CHANGES("participants:it", old, late),
        "participants.joined:it:2019-12=1 participants.joined:it:2019=1 "
        "participants.number:it:2019-12=1 participants.number:it:2020-01=1 "
        "participants.number:it:2020-02=1 participants.number:it:2020-03=3 "
        "participants.number:it:2019=1 participants.number:it:2020=3 "
        "participants.growth:it:2020-01=0.000000 participants.growth:it:2020-02=0.000000 "
        "participants.growth:it:2020-03=2.000000 participants.growth:it:2020=2.000000 ");
}

static void test_a_stock_has_cells_in_the_months_between_two_events(void **state)
{
    static const struct delta old[] = {{"2020-11", KPI_ACTIVE_IN, 1}};
    static const struct delta later[] = {{"2021-02", KPI_ACTIVE_OUT, 1}};
    (void)state;

    assert_string_equal(CHANGES("projects:it", old, later),
                        "projects.active:it:2020-12=1 projects.active:it:2021-01=1 "
                        "projects.active:it:2021-02=0 projects.active:it:2021=1 "
                        "projects.cooperative_active:it:2020-12=0 "
                        "projects.cooperative_active:it:2021-01=0 "
                        "projects.cooperative_active:it:2021-02=0 "
                        "projects.cooperative_active:it:2021=0 ");
}

static void test_a_correction_to_zero_is_a_change_and_growth_loses_its_value(void **state)
{
    static const struct delta old[] = {{"2020-11", KPI_JOINED, 1}, {"2020-12", KPI_JOINED, 1}};
    static const struct delta back[] = {{"2020-11", KPI_JOINED, -1}};
    (void)state;

    assert_string_equal(CHANGES("participants:it", old, back),
                        "participants.joined:it:2020-11=0 participants.joined:it:2020=1 "
                        "participants.number:it:2020-11=0 participants.number:it:2020-12=1 "
                        "participants.number:it:2020=1 participants.growth:it:2020-12=none ");
}

static void test_deltas_that_cancel_out_change_nothing(void **state)
{
    static const struct delta old[] = {{"2020-11", KPI_ASKED, 100}, {"2020-12", KPI_GRANTED, 50}};
    static const struct delta both[] = {{"2020-11", KPI_ASKED, 7}, {"2020-11", KPI_ASKED, -7}};
    (void)state;

    assert_string_equal(CHANGES("support:it:RUB", old, both), "");
}

static void test_a_negative_delta_changes_month_and_year_of_its_own_kpi_only(void **state)
{
    static const struct delta old[] = {{"2020-11", KPI_ASKED, 100}, {"2020-11", KPI_GRANTED, 50}};
    static const struct delta back[] = {{"2020-11", KPI_GRANTED, -50}};
    (void)state;

    assert_string_equal(CHANGES("support:it:RUB", old, back),
                        "support.granted:it:RUB:2020-11=0 support.granted:it:RUB:2020=0 ");
}

static void test_a_move_across_new_year_touches_both_years_and_no_later_flow(void **state)
{
    static const struct delta old[] = {{"2020-12", KPI_APPROVED, 3}, {"2021-06", KPI_APPROVED, 1}};
    static const struct delta move[] = {{"2020-12", KPI_APPROVED, -1},
                                        {"2021-01", KPI_APPROVED, 1}};
    (void)state;

    assert_string_equal(CHANGES("support:it", old, move),
                        "support.approved:it:2020-12=2 support.approved:it:2021-01=1 "
                        "support.approved:it:2020=2 support.approved:it:2021=2 ");
}

static void test_a_rejection_series_has_one_kpi(void **state)
{
    static const struct delta more[] = {{"2020-12", KPI_REJECTED, 3}};
    (void)state;

    assert_string_equal(CHANGES("rejections:not_json", NOTHING, more),
                        "intake.rejected:not_json:2020-12=3 intake.rejected:not_json:2020=3 ");
}

static void test_an_event_says_all_about_its_cell(void **state)
{
    static const struct delta more[] = {{"2020-12", KPI_GRANTED, 3}};
    struct kpi_parts before = kpi_parts_new(&mem, month("2020-01"), month("2020-12"));
    struct kpi_parts now = kpi_parts_copy(&mem, &before);
    struct kpi_series series;
    struct kpi_cell *cells;
    struct buf out = {.arena = &mem};
    (void)state;

    assert_true(kpi_series_parse(STR("support:all:RUB"), &series));
    add(&now, more, 1);
    kpi_parts_level(&before);
    kpi_parts_level(&now);
    assert_int_equal(kpi_changes(&mem, &series, &before, &now, month("2020-12"), &cells), 2);
    struct ev_kpi_value value = kpi_cell_event(&series, &cells[1], 9);
    ev_kpi_value_write(&out, &value);
    buf_char(&out, '\0');
    assert_string_equal(
        out.ptr, "{\"cell\":\"support.granted:all:RUB:2020\",\"kpi\":\"support.granted\","
                 "\"category\":\"all\",\"currency\":\"RUB\",\"period\":\"2020\","
                 "\"granularity\":\"year\",\"value\":\"3\",\"unit\":\"minor\",\"revision\":9,"
                 "\"formula_version\":\"1\"}");
}

/* The table of monthly sums, as the database keeps it: a row once written stays. */
enum { YEARS = 6, MONTHS = YEARS * 12, CELLS = 4000 };

struct table {
    int32_t start;
    int64_t value[MONTHS][KPI_PARTS];
    bool there[MONTHS][KPI_PARTS];
};

static struct kpi_parts window(const struct table *t, int32_t from)
{
    struct kpi_parts parts = kpi_parts_new(&mem, from, t->start + MONTHS - 1);

    for (int32_t i = 0; i < MONTHS; i++)
        for (size_t part = 0; part < KPI_PARTS; part++)
            if (t->there[i][part])
                assert_true(kpi_parts_add(&parts,
                                          t->start + i < parts.from ? parts.from - 1 : t->start + i,
                                          (enum kpi_part)part, t->value[i][part]));
    return parts;
}

static int32_t last_month(const struct table *t)
{
    for (int32_t i = MONTHS - 1; i >= 0; i--)
        for (size_t part = 0; part < KPI_PARTS; part++)
            if (t->there[i][part])
                return t->start + i;
    return t->start + MONTHS;
}

static void keep(struct map *places, struct str *values, const struct kpi_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = map_put(places, cells[i].text, places->count, NULL);
        assert_true(at < CELLS);
        values[at] = cells[i].value;
    }
}

static void step(struct table *t, const struct kpi_series *series, const enum kpi_part *parts,
                 size_t part_count, struct map *places, struct str *values)
{
    int32_t at[4], changed = t->start + MONTHS;
    struct kpi_cell *cells;
    size_t count = (size_t)rand() % 4 + 1;

    for (size_t i = 0; i < count; i++) {
        at[i] = t->start + rand() % MONTHS;
        changed = at[i] < changed ? at[i] : changed;
    }
    int32_t from = last_month(t) + 1 < changed ? last_month(t) + 1 : changed;
    struct kpi_parts old = window(t, from), now = kpi_parts_copy(&mem, &old);
    for (size_t i = 0; i < count; i++) {
        enum kpi_part part = parts[(size_t)rand() % part_count];
        int64_t value = rand() % 9 - 3;
        assert_true(kpi_parts_add(&now, at[i], part, value));
        t->value[at[i] - t->start][part] += value;
        t->there[at[i] - t->start][part] = true;
    }
    kpi_parts_level(&old);
    kpi_parts_level(&now);
    count = kpi_changes(&mem, series, &old, &now, changed, &cells);
    keep(places, values, cells, count);
}

static void compare_with_scratch(const struct table *t, const struct kpi_series *series,
                                 const struct map *places, const struct str *values)
{
    struct kpi_parts nothing = kpi_parts_new(&mem, t->start, t->start + MONTHS - 1);
    struct kpi_parts all = window(t, t->start);
    struct str scratch[CELLS];
    struct map scratch_places;
    struct kpi_cell *cells;

    kpi_parts_level(&nothing);
    kpi_parts_level(&all);
    map_init(&scratch_places, &mem, CELLS);
    size_t count = kpi_changes(&mem, series, &nothing, &all, t->start, &cells);
    keep(&scratch_places, scratch, cells, count);
    for (size_t i = 0; i < places->cap; i++) {
        if (places->slots[i].key.ptr == NULL)
            continue;
        struct str was = values[places->slots[i].value];
        size_t at = map_get(&scratch_places, places->slots[i].key);
        struct str want = at != MAP_ABSENT ? scratch[at] : STR_NONE;
        /* Counting anew leaves out what is nought or undefined now. */
        if (at == MAP_ABSENT ? was.ptr != NULL && !str_eq(was, STR("0")) : !str_eq(was, want))
            fail_msg("%.*s: %.*s step by step, %.*s anew", STR_ARG(places->slots[i].key),
                     STR_ARG(was), STR_ARG(want));
    }
    for (size_t i = 0; i < scratch_places.cap; i++)
        if (scratch_places.slots[i].key.ptr != NULL)
            assert_true(map_get(places, scratch_places.slots[i].key) != MAP_ABSENT);
}

static void test_any_sequence_ends_where_counting_anew_does(void **state)
{
    static const enum kpi_part participants[] = {KPI_JOINED, KPI_LEFT};
    static const enum kpi_part projects[] = {KPI_ACTIVE_IN, KPI_ACTIVE_OUT, KPI_COOPERATIVE_IN,
                                             KPI_COOPERATIVE_OUT, KPI_PARTICIPATIONS};
    static struct table tables[2];
    static struct str values[CELLS];
    const char *names[] = {"participants:it", "projects:all"};
    (void)state;

    srand(1);
    for (int run = 0; run < 60; run++)
        for (int which = 0; which < 2; which++) {
            struct table *t = &tables[which];
            struct kpi_series series;
            struct map places;
            *t = (struct table){.start = month("1968-01")};
            map_init(&places, &mem, CELLS);
            assert_true(kpi_series_parse(str_of(names[which]), &series));
            for (int i = 0; i < 12; i++)
                step(t, &series, which ? projects : participants,
                     which ? COUNT(projects) : COUNT(participants), &places, values);
            compare_with_scratch(t, &series, &places, values);
            arena_reset(&mem);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_first_event_makes_its_cells),
        cmocka_unit_test(test_a_late_event_before_the_first_month_changes_every_later_stock),
        cmocka_unit_test(test_a_stock_has_cells_in_the_months_between_two_events),
        cmocka_unit_test(test_a_correction_to_zero_is_a_change_and_growth_loses_its_value),
        cmocka_unit_test(test_deltas_that_cancel_out_change_nothing),
        cmocka_unit_test(test_a_negative_delta_changes_month_and_year_of_its_own_kpi_only),
        cmocka_unit_test(test_a_move_across_new_year_touches_both_years_and_no_later_flow),
        cmocka_unit_test(test_a_rejection_series_has_one_kpi),
        cmocka_unit_test(test_an_event_says_all_about_its_cell),
        cmocka_unit_test(test_any_sequence_ends_where_counting_anew_does),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
