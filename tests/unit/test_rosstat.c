/* rosstat: values stay text, and lines of event files are looked at before they are sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/mosaicctl/core/line.h"
#include "tools/mosaicctl/core/rosstat.h"

static void test_decimals_keep_their_text_but_for_the_noise_of_floats(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: refused */
    } cases[] = {
        {"114.0", "114.0"},
        {"-1.5", "-1.5"},
        {"0", "0"},
        {"12345678901234567890", "12345678901234567890"},
        {"1.1234567891", "1.1234567891"},
        {"5.199999999999999", "5.2"},
        {"276.70000000000005", "276.7"},
        {"-1.3999999999999986", "-1.4"},
        {"9.99999999999", "10"},
        {"-99.99999999999", "-100"},
        {"1.00000000005", "1.0000000001"},
        {"0.00000000001", "0"},
        {"123456789012345678901", NULL},
        {"1e5", NULL},
        {"", NULL},
        {"-", NULL},
        {".5", NULL},
        {"5.", NULL},
        {"1,5", NULL},
        {" 1", NULL},
        {"nan", NULL},
    };
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str got = STR_NONE;
        bool taken = rosstat_decimal(&arena, str_of(cases[i].text), &got);
        if (taken != (cases[i].want != NULL) || (taken && !str_eq(got, str_of(cases[i].want))))
            fail_msg("%s: got %.*s", cases[i].text, STR_ARG(got));
    }
    arena_done(&arena);
}

static bool take(void *context, const struct outgoing *event, struct err *err)
{
    (void)err;
    outgoing_write(context, event);
    return true;
}

static const char *import(struct buf *out, const char *text, struct err *err)
{
    buf_reset(out);
    if (!rosstat_events(str_of(text), STR("2009-04"), take, out, err))
        return err->text;
    buf_char(out, '\0');
    return out->ptr;
}

static void test_every_value_of_a_vintage_becomes_a_baseline(void **state)
{
    (void)state;
    struct buf out = {0};
    struct err err = {0};
    assert_string_equal(
        import(&out,
               ",year,qtr,GDP_yoy,CPI_rog\n1999-03-31,1999,1,,101.5\n1999-06-30,1999,2,-3."
               "1999999999999999,\n",
               &err),
        "{\"specversion\":\"1.0\",\"source\":\"urn:mosaic:import:rosstat\",\"id\":\"CPI_rog:1999-"
        "Q1:2009-04\",\"type\":\"mosaic.city-baseline.published.v1\","
        "\"data\":{\"indicator\":\"CPI_rog\",\"period\":\"1999-Q1\",\"vintage\":\"2009-04\","
        "\"value\":\"101.5\"}}\n"
        "{\"specversion\":\"1.0\",\"source\":\"urn:mosaic:import:rosstat\",\"id\":\"GDP_yoy:1999-"
        "Q2:2009-04\",\"type\":\"mosaic.city-baseline.published.v1\","
        "\"data\":{\"indicator\":\"GDP_yoy\",\"period\":\"1999-Q2\",\"vintage\":\"2009-04\","
        "\"value\":\"-3.2\"}}\n");
    assert_string_equal(import(&out, ",year,GDP\n,1999,1\n", &err),
                        "The column \"qtr\" is missing in the header.");
    assert_string_equal(import(&out, ",year,qtr,GDP\n,1999,5,1\n", &err),
                        "Line 2: \"1999\" and \"5\" are not a year and a quarter.");
    assert_string_equal(import(&out, ",year,qtr,GDP\n,1999,1,n/a\n", &err),
                        "Line 2: \"n/a\" of GDP is not a decimal number.");
    buf_done(&out);
}

static const char *look_at(struct arena *a, const char *line)
{
    struct line_event event;
    struct err err = {0};
    if (!line_read(a, str_of(line), &event, &err))
        return arena_fmt(a, "!%s", err.text).ptr;
    return arena_fmt(a, "%.*s -> %.*s", STR_ARG(event.key),
                     STR_ARG(upstream_of(event.type)->from->name))
        .ptr;
}

#define HEAD "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"urn:x\",\"type\":"

static void test_a_line_goes_where_its_type_and_data_belong(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(
        look_at(&arena,
                HEAD "\"mosaic.business-day.started.v1\",\"data\":{\"day\":\"2021-01-11\"}}"),
        "business-day -> mosaic.upstream.reference.v1");
    assert_string_equal(
        look_at(&arena,
                HEAD "\"mosaic.project.finish-requested.v1\",\"data\":{\"project\":\"P1\"}}"),
        "P1 -> mosaic.upstream.projects.v1"); /* incomplete: for intake to say */
    assert_string_equal(look_at(&arena, HEAD "\"mosaic.membership.ended.v1\",\"data\":[]}"),
                        " -> mosaic.upstream.organisations.v1");
    arena_done(&arena);
}

static void test_a_line_that_is_no_event_from_outside_is_a_sentence(void **state)
{
    (void)state;
    struct arena arena = {0};
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"", "!is empty"},
        {"[]", "!must be a JSON object"},
        {"{\"id\":", "!is JSON cut short"},
        {"{\"specversion\":\"1.0\",\"source\":\"urn:x\",\"type\":\"t\",\"data\":{}}",
         "!attribute id is missing"},
        {HEAD "\"mosaic.decision.made.v1\",\"data\":{}}",
         "!the type mosaic.decision.made.v1 is not one that comes from outside"},
        {HEAD "\"x\",\"data\":{}}", "!the type x is not one that comes from outside"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = look_at(&arena, cases[i].line);
        if (strncmp(got, cases[i].want, strlen(cases[i].want)) != 0)
            fail_msg("%s: got %s", cases[i].line, got);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimals_keep_their_text_but_for_the_noise_of_floats),
        cmocka_unit_test(test_every_value_of_a_vintage_becomes_a_baseline),
        cmocka_unit_test(test_a_line_goes_where_its_type_and_data_belong),
        cmocka_unit_test(test_a_line_that_is_no_event_from_outside_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
