/* zone: TZif files made here by hand, and the offsets they give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/dmn/temporal.h"

struct change {
    int64_t at;
    unsigned char type;
};

static const int32_t offsets[] = {561, 3600, 7200}; /* local mean time, winter, summer */
#define TYPES 3

static void put_be(struct buf *b, uint64_t value, size_t bytes)
{
    while (bytes-- > 0)
        buf_char(b, (char)(unsigned char)(value >> (8 * bytes)));
}

static void put_block(struct buf *b, char version, size_t time_bytes, const struct change *changes,
                      size_t count)
{
    buf_add(b, "TZif", 4);
    buf_char(b, version);
    buf_add(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
    put_be(b, 0, 4);
    put_be(b, 0, 4);
    put_be(b, 0, 4);
    put_be(b, (uint32_t)count, 4);
    put_be(b, TYPES, 4);
    put_be(b, 4, 4);
    for (size_t i = 0; i < count; i++)
        put_be(b, (uint64_t)changes[i].at, time_bytes);
    for (size_t i = 0; i < count; i++)
        buf_char(b, (char)changes[i].type);
    for (size_t i = 0; i < TYPES; i++) {
        put_be(b, (uint32_t)offsets[i], 4);
        buf_char(b, offsets[i] == 7200);
        buf_char(b, 0);
    }
    buf_add(b, "LMT", 4);
}

/* Spring forward at 1000000, back at 2000000. */
static const struct change changes[] = {{-1000000, 1}, {1000000, 2}, {2000000, 1}};

static struct str file_of(struct arena *a, const char *rule)
{
    struct buf b = {.arena = a};
    put_block(&b, '2', 4, NULL, 0);
    put_block(&b, '2', 8, changes, COUNT(changes));
    buf_fmt(&b, "\n%s\n", rule);
    return buf_view(&b);
}

static struct zone *zone_of(struct arena *a, const char *rule)
{
    struct zone *z = zone_read(a, STR("Test/Zone"), file_of(a, rule));
    if (z == NULL)
        fail_msg("refused: %s", rule);
    return z;
}

static int64_t seconds_at(const char *text)
{
    struct moment m;
    assert_true(date_time_text(str_of(text), NULL, &m));
    return (int64_t)(moment_instant(&m) / NANOS_PER_SECOND);
}

static void test_offsets_follow_the_table(void **state)
{
    struct arena a = {0};
    (void)state;
    struct zone *z = zone_of(&a, "");
    assert_true(str_eq(zone_name(z), STR("Test/Zone")));
    assert_int_equal(zone_offset_at(z, -(INT64_C(1) << 60)), 561);
    assert_int_equal(zone_offset_at(z, -1000001), 561);
    assert_int_equal(zone_offset_at(z, -1000000), 3600);
    assert_int_equal(zone_offset_at(z, 999999), 3600);
    assert_int_equal(zone_offset_at(z, 1000000), 7200);
    assert_int_equal(zone_offset_at(z, 2000000), 3600);
    assert_int_equal(zone_offset_at(z, INT64_C(1) << 60), 3600);
    assert_int_equal(zone_offset_standard(z), 3600);
    arena_done(&a);
}

static void test_a_local_time_that_is_not_there_or_there_twice_takes_the_offset_before(void **state)
{
    struct arena a = {0};
    (void)state;
    struct zone *z = zone_of(&a, "");
    assert_int_equal(zone_offset_local(z, 1000000 + 3600 - 1), 3600);
    assert_int_equal(zone_offset_local(z, 1000000 + 3600), 3600); /* the gap */
    assert_int_equal(zone_offset_local(z, 1000000 + 7200 - 1), 3600);
    assert_int_equal(zone_offset_local(z, 1000000 + 7200), 7200);
    assert_int_equal(zone_offset_local(z, 2000000 + 3600), 7200); /* twice */
    assert_int_equal(zone_offset_local(z, 2000000 + 7200 - 1), 7200);
    assert_int_equal(zone_offset_local(z, 2000000 + 7200), 3600);
    arena_done(&a);
}

static void test_the_rule_holds_after_the_table(void **state)
{
    struct arena a = {0};
    (void)state;
    struct zone *z = zone_of(&a, "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(zone_offset_at(z, seconds_at("2050-03-27T00:59:59Z")), 3600);
    assert_int_equal(zone_offset_at(z, seconds_at("2050-03-27T01:00:00Z")), 7200);
    assert_int_equal(zone_offset_at(z, seconds_at("2050-10-30T00:59:59Z")), 7200);
    assert_int_equal(zone_offset_at(z, seconds_at("2050-10-30T01:00:00Z")), 3600);
    assert_int_equal(zone_offset_local(z, seconds_at("2050-10-30T02:30:00Z")), 7200);
    assert_int_equal(zone_offset_at(z, seconds_at("999999999-07-01T00:00:00Z")), 7200);
    assert_int_equal(zone_offset_standard(z), 3600);
    arena_done(&a);
}

static void test_rules_hold_in_the_south_and_by_day_of_the_year(void **state)
{
    struct arena a = {0};
    (void)state;
    struct zone *south = zone_of(&a, "AEST-10AEDT,M10.1.0,M4.1.0/3");
    assert_int_equal(zone_offset_at(south, seconds_at("2050-01-01T00:00:00Z")), 11 * 3600);
    assert_int_equal(zone_offset_at(south, seconds_at("2050-07-01T00:00:00Z")), 10 * 3600);
    assert_int_equal(zone_offset_at(south, seconds_at("2050-12-31T23:00:00Z")), 11 * 3600);
    struct zone *julian = zone_of(&a, "<+03>-3<+04>,J60/0,300/0"); /* J60 is 1 March */
    assert_int_equal(zone_offset_at(julian, seconds_at("2048-02-29T20:59:59Z")), 3 * 3600);
    assert_int_equal(zone_offset_at(julian, seconds_at("2048-02-29T21:00:00Z")), 4 * 3600);
    struct zone *irish = zone_of(&a, "IST-1GMT0,M10.5.0,M3.5.0/1");
    assert_int_equal(zone_offset_standard(irish), 0);
    struct zone *always = zone_of(&a, "XXX3EDT4,0/0,J365/23");
    assert_int_equal(zone_offset_at(always, seconds_at("2050-01-01T04:00:00Z")), -4 * 3600);
    assert_int_equal(zone_offset_at(always, seconds_at("2050-06-01T00:00:00Z")), -4 * 3600);
    struct zone *godthab = zone_of(&a, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
    assert_int_equal(zone_offset_at(godthab, seconds_at("2050-03-27T00:59:59Z")), -2 * 3600);
    assert_int_equal(zone_offset_at(godthab, seconds_at("2050-03-27T01:00:00Z")), -3600);
    arena_done(&a);
}

static void test_rules_that_are_none_are_refused(void **state)
{
    static const char *const rules[] = {"CE-1",
                                        "CET",
                                        "CET-1CEST",
                                        "CET-1CEST,M3.5.0",
                                        "CET-25",
                                        "CET-1CEST,M13.5.0,M10.5.0",
                                        "CET-1CEST,M3.6.0,M10.5.0",
                                        "CET-1CEST,M3.5.7,M10.5.0",
                                        "CET-1CEST,J0,J10",
                                        "CET-1CEST,366,10",
                                        "CET-1CEST,M3.5.0/168,M10.5.0",
                                        "<CET-1",
                                        "CET-1:60",
                                        "CET-1 ",
                                        "CET-1CEST,M3.5.0,M10.5.0,",
                                        "CET-99999999999999999999"};
    struct arena a = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++)
        if (zone_read(&a, STR("Test"), file_of(&a, rules[i])) != NULL)
            fail_msg("'%s' was read", rules[i]);
    arena_done(&a);
}

static void test_a_file_of_version_1_has_32_bits(void **state)
{
    struct arena a = {0};
    struct buf b = {.arena = &a};
    (void)state;
    put_block(&b, '\0', 4, changes, COUNT(changes));
    struct zone *z = zone_read(&a, STR("Old"), buf_view(&b));
    assert_non_null(z);
    assert_int_equal(zone_offset_at(z, 1500000), 7200);
    assert_int_equal(zone_offset_at(z, -1000001), 561);
    arena_done(&a);
}

/* Every file cut short, and every byte of one changed: never read beyond its end, whatever it says. */
static void test_broken_files_do_no_harm(void **state)
{
    struct arena a = {0};
    (void)state;
    struct str whole = file_of(&a, "CET-1CEST,M3.5.0,M10.5.0/3");
    for (size_t len = 0; len < whole.len; len++) {
        struct arena work = {0};
        char *copy = arena_alloc(&work, len + 1);
        memcpy(copy, whole.ptr, len);
        assert_null(zone_read(&work, STR("Cut"), (struct str){copy, len}));
        arena_done(&work);
    }
    for (size_t i = 0; i < whole.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct arena work = {.block_bytes = 4096};
            char *copy = arena_alloc(&work, whole.len);
            memcpy(copy, whole.ptr, whole.len);
            copy[i] = (char)(copy[i] ^ (1 << bit));
            struct zone *z = zone_read(&work, STR("Bent"), (struct str){copy, whole.len});
            if (z != NULL) {
                int32_t offset = zone_offset_local(z, 1000000);
                assert_true(offset > -27 * 3600 && offset < 27 * 3600);
                (void)zone_offset_at(z, INT64_MAX / 2);
            }
            arena_done(&work);
        }
    arena_done(&a);
}

static const struct zone *find(void *context, struct str name)
{
    return str_eq(name, STR("Test/Zone")) ? context : NULL;
}

static void test_a_moment_in_a_zone_is_counted_in_utc(void **state)
{
    struct arena a = {0};
    struct moment m, utc;
    bool ok;
    (void)state;
    struct zones zones = {.find = find, .context = zone_of(&a, "CET-1CEST,M3.5.0,M10.5.0/3")};
    assert_false(date_time_text(STR("2050-03-27T00:30:00@Test/Other"), &zones, &m));
    assert_true(date_time_text(STR("2050-03-27T00:30:00@Test/Zone"), &zones, &m));
    assert_true(date_time_text(STR("2050-03-26T23:30:00Z"), &zones, &utc));
    assert_true(moment_instant(&m) == moment_instant(&utc));
    m = moment_add(m, 2 * 3600 * NANOS_PER_SECOND, &ok);
    assert_true(ok);
    struct buf b = {.arena = &a};
    date_time_put(&b, &m);
    assert_true(str_eq(buf_view(&b), STR("2050-03-27T03:30:00@Test/Zone")));
    assert_true(time_text(STR("10:00:00@Test/Zone"), &zones, &m));
    assert_int_equal(time_offset(&m), 3600);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets_follow_the_table),
        cmocka_unit_test(
            test_a_local_time_that_is_not_there_or_there_twice_takes_the_offset_before),
        cmocka_unit_test(test_the_rule_holds_after_the_table),
        cmocka_unit_test(test_rules_hold_in_the_south_and_by_day_of_the_year),
        cmocka_unit_test(test_rules_that_are_none_are_refused),
        cmocka_unit_test(test_a_file_of_version_1_has_32_bits),
        cmocka_unit_test(test_broken_files_do_no_harm),
        cmocka_unit_test(test_a_moment_in_a_zone_is_counted_in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
