/* kpi contribute: old shares out, new shares in, summed over a batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/date.h"
#include "common/core/money.h"
#include "services/kpi-aggregator/core/contribute.h"

static struct arena mem;
static struct kpi_sums sums;

static int setup(void **state)
{
    (void)state;
    arena_reset(&mem);
    kpi_sums_init(&sums, &mem);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    arena_done(&mem);
    return 0;
}

static struct kpi_shares shares(const struct kpi_share *items, size_t count)
{
    struct kpi_shares ret = {arena_array(&mem, count, sizeof *items), count};

    if (count > 0)
        memcpy(ret.items, items, count * sizeof *items);
    return ret;
}

/* "group/series month part+delta ...;" of every contribution. */
static const char *contributions(size_t most)
{
    struct buf out = {.arena = &mem};
    struct kpi_contribution next;

    kpi_sums_finish(&sums);
    for (size_t at = 0; kpi_sums_next(&sums, &at, most, &next);) {
        buf_fmt(&out, "%u/%.*s", (unsigned)next.group, STR_ARG(next.event.series));
        for (size_t i = 0; i < next.event.parts_count; i++)
            buf_fmt(&out, " %.*s %.*s%+lld", STR_ARG(next.event.parts[i].month),
                    STR_ARG(next.event.parts[i].name), (long long)next.event.parts[i].delta);
        buf_char(&out, ';');
    }
    buf_char(&out, '\0');
    return out.ptr;
}

#define MAY 604 /* 2020-05 */

static const struct kpi_share APPLIED = {{"support:it", 10}, MAY, KPI_APPLIED, 1};
static const struct kpi_share APPROVED = {{"support:it", 10}, MAY, KPI_APPROVED, 1};

static void test_every_share_counts_in_its_category_and_in_all(void **state)
{
    struct kpi_entity entity = {.key = STR("application:1")};
    (void)state;

    assert_true(kpi_entity_apply(&sums, 4, &entity, 1, shares(&APPLIED, 1)));
    assert_string_equal(contributions(100),
                        "4/support:it 2020-05 applied+1;4/support:all 2020-05 applied+1;");
}

static void test_the_total_of_rejections_is_a_share_of_its_own(void **state)
{
    static const struct kpi_share rejected[] = {
        {{"rejections:all", 14}, MAY, KPI_REJECTED, 1},
        {{"rejections:missing", 18}, MAY, KPI_REJECTED, 1},
        {{"rejections:pattern", 18}, MAY, KPI_REJECTED, 1},
    };
    struct kpi_entity entity = {.key = STR("rejection:t/0/1")};
    (void)state;

    kpi_entity_apply(&sums, 0, &entity, 1, shares(rejected, 3));
    assert_string_equal(contributions(100), "0/rejections:all 2020-05 rejected+1;"
                                            "0/rejections:missing 2020-05 rejected+1;"
                                            "0/rejections:pattern 2020-05 rejected+1;");
}

static void test_a_revision_that_is_not_above_the_stored_one_changes_nothing(void **state)
{
    struct kpi_entity entity = {.key = STR("application:1"), .revision = 7};
    (void)state;

    assert_false(kpi_entity_apply(&sums, 0, &entity, 7, shares(&APPLIED, 1)));
    assert_false(kpi_entity_apply(&sums, 0, &entity, 6, shares(&APPLIED, 1)));
    assert_string_equal(contributions(100), "");
    assert_int_equal(entity.revision, 7);
}

static void test_a_correction_to_nothing_takes_back_what_was_loaded(void **state)
{
    const struct kpi_share old[] = {APPLIED, APPROVED};
    struct kpi_entity entity = {.revision = 1, .shares = shares(old, 2)};
    (void)state;

    assert_true(kpi_entity_apply(&sums, 0, &entity, 2, shares(NULL, 0)));
    assert_string_equal(contributions(100), "0/support:it 2020-05 applied-1 2020-05 approved-1;"
                                            "0/support:all 2020-05 applied-1 2020-05 approved-1;");
    assert_int_equal(entity.shares.count, 0);
    assert_int_equal(entity.revision, 2);
}

static void test_two_revisions_in_one_batch_leave_only_their_difference(void **state)
{
    const struct kpi_share first[] = {APPLIED, APPROVED};
    struct kpi_entity entity = {.key = STR("application:1")};
    (void)state;

    assert_true(kpi_entity_apply(&sums, 0, &entity, 1, shares(first, 2)));
    assert_true(kpi_entity_apply(&sums, 0, &entity, 2, shares(first, 1)));
    assert_string_equal(contributions(100),
                        "0/support:it 2020-05 applied+1;0/support:all 2020-05 applied+1;");
    assert_int_equal(entity.shares.count, 1);
}

static void test_two_revisions_from_two_partitions_are_told_apart(void **state)
{
    const struct kpi_share first[] = {APPLIED, APPROVED};
    struct kpi_entity entity = {.key = STR("application:1")};
    (void)state;

    kpi_entity_apply(&sums, 0, &entity, 1, shares(first, 2));
    kpi_entity_apply(&sums, 1, &entity, 2, shares(first, 1));
    assert_string_equal(contributions(100),
                        "0/support:it 2020-05 applied+1 2020-05 approved+1;"
                        "0/support:all 2020-05 applied+1 2020-05 approved+1;"
                        "1/support:it 2020-05 approved-1;1/support:all 2020-05 approved-1;");
}

static void test_a_change_of_category_leaves_the_total_alone(void **state)
{
    struct kpi_entity entity = {.revision = 1, .shares = shares(&APPLIED, 1)};
    struct kpi_share moved = APPLIED;
    (void)state;

    moved.series = STR("support:other");
    kpi_entity_apply(&sums, 0, &entity, 2, shares(&moved, 1));
    assert_string_equal(contributions(100),
                        "0/support:it 2020-05 applied-1;0/support:other 2020-05 applied+1;");
}

static void test_sums_beyond_53_bits_travel_in_pieces(void **state)
{
    const char *want = "0/support:it:RUB 2020-05 asked+9007199254740991 2020-05 asked+1;";
    (void)state;

    kpi_sums_add(&sums, 0, STR("support:it:RUB"), MAY, KPI_ASKED, MONEY_MAX);
    kpi_sums_add(&sums, 0, STR("support:it:RUB"), MAY, KPI_ASKED, 1);
    assert_memory_equal(contributions(100), want, strlen(want));
}

static void test_a_sum_that_leaves_64_bits_loses_nothing(void **state)
{
    struct kpi_contribution next;
    int64_t left = 0; /* in units of KPI_SUM_MAX, with the pieces' sum checked on the way */
    (void)state;

    for (int i = 0; i < 40; i++)
        kpi_sums_add(&sums, 0, STR("rejections:all"), MAY, KPI_REJECTED, KPI_SUM_MAX);
    for (int i = 0; i < 39; i++)
        kpi_sums_add(&sums, 0, STR("rejections:all"), MAY, KPI_REJECTED, -KPI_SUM_MAX);
    kpi_sums_finish(&sums);
    int64_t sum = 0;
    for (size_t at = 0; kpi_sums_next(&sums, &at, 1000, &next);)
        for (size_t i = 0; i < next.event.parts_count; i++) {
            sum += next.event.parts[i].delta;
            left += sum / KPI_SUM_MAX;
            sum %= KPI_SUM_MAX;
        }
    assert_int_equal(left, 1);
    assert_int_equal(sum, 0);
}

static void test_a_series_of_many_months_goes_out_in_several_contributions(void **state)
{
    (void)state;

    for (int32_t month = MAY; month < MAY + 5; month++)
        kpi_sums_add(&sums, 0, STR("rejections:all"), month, KPI_REJECTED, 1);
    assert_string_equal(contributions(2), "0/rejections:all 2020-05 rejected+1 2020-06 rejected+1;"
                                          "0/rejections:all 2020-07 rejected+1 2020-08 rejected+1;"
                                          "0/rejections:all 2020-09 rejected+1;");
}

/* A model of what all contributions add up to, by category 0..2 and all, month, and part. */
enum { CATEGORIES = 3, MONTHS = 6, ENTITIES = 20 };
static const struct str SERIES[CATEGORIES + 1] = {{"projects:it", 11},
                                                  {"projects:other", 14},
                                                  {"projects:public", 15},
                                                  {"projects:all", 12}};

static void tally(int64_t to[CATEGORIES + 1][MONTHS][KPI_PARTS])
{
    struct kpi_contribution next;

    kpi_sums_finish(&sums);
    for (size_t at = 0; kpi_sums_next(&sums, &at, 3, &next);)
        for (size_t i = 0; i < next.event.parts_count; i++) {
            struct kpi_series series;
            enum kpi_part part;
            int32_t month;
            size_t s = 0;
            while (!str_eq(SERIES[s], next.event.series))
                s++;
            assert_true(kpi_series_parse(next.event.series, &series));
            assert_true(kpi_part_parse(&series, next.event.parts[i].name, &part));
            assert_true(month_parse(next.event.parts[i].month, &month));
            to[s][month - MAY][part] += next.event.parts[i].delta;
        }
}

static struct kpi_shares random_shares(void)
{
    struct kpi_share items[MONTHS * 2];
    size_t count = 0, s = (size_t)rand() % CATEGORIES;

    for (int32_t month = 0; month < MONTHS; month++)
        for (int part = 0; part < 2; part++)
            if (rand() % 4 == 0)
                items[count++] =
                    (struct kpi_share){SERIES[s], MAY + month, part ? KPI_ACTIVE_OUT : KPI_STARTED,
                                       rand() % 5 + 1};
    return shares(items, count);
}

static void test_contributions_of_any_sequence_add_up_to_the_final_shares(void **state)
{
    static int64_t summed[CATEGORIES + 1][MONTHS][KPI_PARTS];
    static int64_t wanted[CATEGORIES + 1][MONTHS][KPI_PARTS];
    struct kpi_entity entities[ENTITIES] = {{.revision = 0}};
    (void)state;

    srand(20210331);
    for (int batch = 0; batch < 50; batch++) {
        kpi_sums_init(&sums, &mem);
        for (int i = 0; i < 30; i++) {
            struct kpi_entity *entity = &entities[rand() % ENTITIES];
            kpi_entity_apply(&sums, (uint32_t)rand() % 4, entity, rand() % 60 + 1, random_shares());
        }
        tally(summed);
    }
    for (size_t e = 0; e < ENTITIES; e++)
        for (size_t i = 0; i < entities[e].shares.count; i++) {
            const struct kpi_share *share = &entities[e].shares.items[i];
            size_t s = 0;
            while (!str_eq(SERIES[s], share->series))
                s++;
            wanted[s][share->month - MAY][share->part] += share->value;
            wanted[CATEGORIES][share->month - MAY][share->part] += share->value;
        }
    assert_memory_equal(summed, wanted, sizeof summed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_share_counts_in_its_category_and_in_all, setup),
        cmocka_unit_test_setup(test_the_total_of_rejections_is_a_share_of_its_own, setup),
        cmocka_unit_test_setup(test_a_revision_that_is_not_above_the_stored_one_changes_nothing,
                               setup),
        cmocka_unit_test_setup(test_a_correction_to_nothing_takes_back_what_was_loaded, setup),
        cmocka_unit_test_setup(test_two_revisions_in_one_batch_leave_only_their_difference, setup),
        cmocka_unit_test_setup(test_two_revisions_from_two_partitions_are_told_apart, setup),
        cmocka_unit_test_setup(test_a_change_of_category_leaves_the_total_alone, setup),
        cmocka_unit_test_setup(test_sums_beyond_53_bits_travel_in_pieces, setup),
        cmocka_unit_test_setup(test_a_sum_that_leaves_64_bits_loses_nothing, setup),
        cmocka_unit_test_setup(test_a_series_of_many_months_goes_out_in_several_contributions,
                               setup),
        cmocka_unit_test_setup(test_contributions_of_any_sequence_add_up_to_the_final_shares,
                               setup),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
