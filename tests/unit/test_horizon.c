/* horizon: both column sets become events that intake takes, and bad rows ones that it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/intake/core/check.h"
#include "tools/mosaicctl/core/horizon.h"

#define DASHBOARD                                                                                  \
    "project_id,project_acronym,project_title,partner_role,partner_type,pic,legal_name,legal_"     \
    "entity_type,"                                                                                 \
    "country_code,eu_contribution,h2020_total_cost,signature_date,call_deadline_date,project_"     \
    "start_date,"                                                                                  \
    "project_end_date\n"
#define CORDIS                                                                                     \
    "end_date,project_id,pic,partner_role,signature_date,call_deadline_date,eu_contribution,"      \
    "legal_name,"                                                                                  \
    "legal_short_name,legal_entity_type,country_code,project_acronym,start_date\n"
#define GOOD                                                                                       \
    "101,ACR,A "                                                                                   \
    "title,COORDINATOR,BENEFICIARY,999644559,Agency,REC,FR,1000.505,2000,29/11/2021,25/03/"        \
    "2021,01/01/2022,31/12/2024\n"

/* What came out: every event's type and data, and what intake says of it. */
struct result {
    struct arena arena;
    struct buf accepted, refused;
    struct err err;
    size_t count;
};

static bool take(void *context, const struct outgoing *event, struct err *err)
{
    struct result *r = context;
    struct arena arena = {0};
    struct intake_entry entry;
    struct faults faults;
    (void)err;
    faults_init(&faults, &arena);
    const struct event envelope = {.id = event->id,
                                   .source = event->source,
                                   .type = ev_type_text(event->type),
                                   .data = event->data};
    const struct intake_record record = {upstream_of(event->type)->from, event->key, &envelope};
    bool sound = intake_check(&arena, &record, &entry, &faults);
    buf_fmt(sound ? &r->accepted : &r->refused, "%.*s\n", STR_ARG(event->data));
    for (size_t i = 0; i < faults.count; i++)
        buf_fmt(&r->refused, "  %s %.*s\n", faults.items[i].code, STR_ARG(faults.items[i].pointer));
    r->count++;
    arena_done(&arena);
    return true;
}

static void import(struct result *r, const char *text)
{
    struct horizon h;
    *r = (struct result){.count = 0};
    if (horizon_read(&r->arena, str_of(text), &h, &r->err))
        assert_true(horizon_events(&h, take, r, &r->err));
    buf_char(&r->accepted, '\0');
    buf_char(&r->refused, '\0');
}

static void done(struct result *r)
{
    buf_done(&r->accepted);
    buf_done(&r->refused);
    arena_done(&r->arena);
}

static void test_the_dashboard_export_becomes_three_events_for_a_lone_coordinator(void **state)
{
    (void)state;
    struct result r;
    import(&r, DASHBOARD GOOD);
    assert_string_equal(
        r.accepted.ptr,
        "{\"organisation\":\"pic:999644559\",\"name\":\"Agency\",\"category\":\"research\","
        "\"country\":\"FR\",\"known_on\":\"2021-03-25\"}\n"
        "{\"application\":\"membership:999644559\",\"organisation\":\"pic:999644559\",\"measure\":"
        "\"membership\",\"submitted_on\":\"2021-03-25\"}\n"
        "{\"application\":\"horizon:101\",\"organisation\":\"pic:999644559\",\"measure\":\"horizon-"
        "project\",\"submitted_on\":\"2021-03-25\","
        "\"amount\":100051,\"currency\":\"EUR\",\"plan\":{\"project\":\"101\",\"title\":\"A "
        "title\",\"start_on\":\"2022-01-01\",\"end_on\":\"2024-12-31\","
        "\"partners\":[{\"organisation\":\"pic:999644559\",\"role\":\"coordinator\",\"grant\":"
        "100051,\"cost\":200000}],\"cost\":200000}}\n");
    assert_string_equal(r.refused.ptr, "");
    done(&r);
}

static void test_the_cordis_table_needs_neither_titles_nor_deadlines_nor_costs(void **state)
{
    (void)state;
    struct result r;
    import(&r, CORDIS
           "2016-04-30,639304,999886574,Coordinator,NA,NA,NA,NA,BIU,NA,NA,Watecco,2014-11-01\n"
           "2016-04-30,639304,999886575,Thirdparty,2014-10-29,NA,NA,Two,B,PUB,IL,Watecco,2014-11-"
           "01\n");
    assert_string_equal(
        r.accepted.ptr,
        "{\"organisation\":\"pic:999886574\",\"name\":\"BIU\",\"category\":\"other\",\"known_on\":"
        "\"2014-10-29\"}\n"
        "{\"application\":\"membership:999886574\",\"organisation\":\"pic:999886574\",\"measure\":"
        "\"membership\",\"submitted_on\":\"2014-10-29\"}\n"
        "{\"organisation\":\"pic:999886575\",\"name\":\"Two\",\"category\":\"public\",\"country\":"
        "\"IL\",\"known_on\":\"2014-10-29\"}\n"
        "{\"application\":\"membership:999886575\",\"organisation\":\"pic:999886575\",\"measure\":"
        "\"membership\",\"submitted_on\":\"2014-10-29\"}\n"
        "{\"application\":\"horizon:639304\",\"organisation\":\"pic:999886574\",\"measure\":"
        "\"horizon-project\",\"submitted_on\":\"2014-10-29\","
        "\"plan\":{\"project\":\"639304\",\"title\":\"Watecco\",\"start_on\":\"2014-11-01\",\"end_"
        "on\":\"2016-04-30\","
        "\"partners\":[{\"organisation\":\"pic:999886574\",\"role\":\"coordinator\"},{"
        "\"organisation\":\"pic:999886575\",\"role\":\"third-party\"}]}}\n");
    assert_string_equal(r.refused.ptr, "");
    done(&r);
}

/* One bad row beside a good one: three good events, one refused for the reason given. */
static void test_a_bad_row_costs_only_itself(void **state)
{
    static const struct {
        const char *when, *row, *want;
    } cases[] = {
        {"a PIC that is not there",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,NA,B,REC,FR,5,6,29/11/2021,25/03/2021,01/01/2022,31/12/"
         "2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "NA\",\"role\":\"participant\",\"grant\":500,\"cost\":600}}\n"
         "  identifier_malformed /partner/organisation\n"},
        {"an amount in words",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,many,6,29/11/2021,25/03/2021,01/01/"
         "2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"participant\",\"grant\":\"many\",\"cost\":600}}\n"
         "  wrong_type /partner/grant\n"},
        {"an amount below zero",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,-0.01,,29/11/2021,25/03/2021,01/01/"
         "2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"participant\",\"grant\":-1}}\n"
         "  out_of_range /partner/grant\n"},
        {"a role nobody knows",
         "101,ACR,T,BOSS,BENEFICIARY,999886574,B,REC,FR,-,6,29/11/2021,25/03/2021,01/01/2022,31/12/"
         "2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"BOSS\",\"cost\":600}}\n"
         "  unknown_value /partner/role\n"},
        {"a date that does not exist",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,-,6,29/11/2021,25/03/2021,30/02/"
         "2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"30/02/"
         "2022\",\"partner\":{\"organisation\":\"pic:999886574\",\"role\":\"participant\",\"cost\":"
         "600}}\n"
         "  date_unknown /requested_on\n"},
        {"an amount beyond all bounds",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,99999999999999999999,,29/11/2021,25/"
         "03/2021,01/01/2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"participant\",\"grant\":9999999999999999999900}}\n"
         "  number_inexact /partner/grant\n"},
        {"an amount below all bounds",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,-099999999999999999999.999,,29/11/"
         "2021,25/"
         "03/2021,01/01/2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"participant\",\"grant\":-10000000000000000000000}}\n"
         "  number_inexact /partner/grant\n"},
        {"an amount that is too large when it is rounded",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,90071992547409.915,,29/11/2021,25/"
         "03/2021,01/01/2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"participant\",\"grant\":9007199254740992}}\n"
         "  number_inexact /partner/grant\n"},
        {"a number in a notation of its own",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,1e3,,29/11/2021,25/"
         "03/2021,01/01/2022,31/12/2024",
         "{\"project\":\"101\",\"requested_on\":\"2021-03-25\",\"partner\":{\"organisation\":\"pic:"
         "999886574\",\"role\":\"participant\",\"grant\":\"1e3\"}}\n"
         "  wrong_type /partner/grant\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct result r;
        struct buf text = {0};
        buf_fmt(&text, "%s%s%s\n", DASHBOARD, GOOD, cases[i].row);
        buf_char(&text, '\0');
        import(&r, text.ptr);
        if (strcmp(r.refused.ptr, cases[i].want) != 0 || r.count != 4)
            fail_msg("%s: %zu events, refused %s", cases[i].when, r.count, r.refused.ptr);
        buf_done(&text);
        done(&r);
    }
}

static void test_a_project_nobody_can_apply_for_is_refused_not_dropped(void **state)
{
    static const struct {
        const char *when, *rows, *want;
        size_t accepted;
    } cases[] = {
        {"no coordinator",
         "101,ACR,T,PARTICIPANT,BENEFICIARY,NA,B,REC,FR,5,6,29/11/2021,25/03/2021,01/01/2022,31/12/"
         "2024\n"
         "101,ACR,T,PARTICIPANT,BENEFICIARY,999886574,B,REC,FR,5,6,29/11/2021,25/03/2021,01/01/"
         "2022,31/12/2024\n",
         "}\n  applicant_not_coordinator /plan/partners\n{\"project\"", 3},
        {"a coordinator without a PIC",
         "101,ACR,T,COORDINATOR,BENEFICIARY,NA,B,REC,FR,5,6,29/11/2021,25/03/2021,01/01/2022,31/12/"
         "2024\n",
         "identifier_malformed /organisation\n  identifier_malformed /plan/partners/0/organisation",
         0},
        {"a coordinator with a wild amount",
         "101,ACR,T,COORDINATOR,BENEFICIARY,999886574,B,REC,FR,x,6,29/11/2021,25/03/2021,01/01/"
         "2022,31/12/2024\n",
         "wrong_type /plan/partners/0/grant", 0},
        {"no dates at all", "101,ACR,T,COORDINATOR,BENEFICIARY,999886574,B,REC,FR,5,6,-,-,-,-\n",
         "missing /submitted_on", 0},
        {"a project without a name",
         "\"\",ACR,T,COORDINATOR,BENEFICIARY,999886574,B,REC,FR,5,6,29/11/2021,25/03/2021,01/01/"
         "2022,31/12/2024\n",
         "pattern /plan/project", 0},
        {"ends before it starts",
         "101,ACR,T,COORDINATOR,BENEFICIARY,999886574,B,REC,FR,5,6,29/11/2021,25/03/2021,01/01/"
         "2022,31/12/2021\n",
         "dates_reversed /plan/end_on", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct result r;
        struct buf text = {0};
        buf_fmt(&text, "%s%s", DASHBOARD, cases[i].rows);
        buf_char(&text, '\0');
        import(&r, text.ptr);
        if (strstr(r.refused.ptr, cases[i].want) == NULL || r.count != cases[i].accepted + 1)
            fail_msg("%s: %zu events, refused %s", cases[i].when, r.count, r.refused.ptr);
        buf_done(&text);
        done(&r);
    }
}

static void test_a_sound_coordinator_row_goes_before_a_broken_one(void **state)
{
    (void)state;
    struct result r;
    import(&r, DASHBOARD "101,ACR,T,COORDINATOR,BENEFICIARY,NA,B,REC,FR,5,6,29/11/2021,25/03/"
                         "2021,01/01/2022,31/12/2024\n" GOOD);
    assert_int_equal(r.count, 4);
    assert_non_null(strstr(r.accepted.ptr,
                           "\"application\":\"horizon:101\",\"organisation\":\"pic:999644559\""));
    assert_non_null(strstr(r.refused.ptr, "identifier_malformed /partner/organisation"));
    done(&r);
}

static void test_an_organisation_joins_with_its_earliest_project_and_keeps_its_first_name(
    void **state)
{
    (void)state;
    struct result r;
    import(&r, DASHBOARD "101,A,T,COORDINATOR,BENEFICIARY,999644559,First,REC,FR,-,-,-,25/03/"
                         "2021,01/01/2022,31/12/2024\n"
                         "102,B,T,COORDINATOR,BENEFICIARY,999644559,Second,PRC,FR,-,-,-,24/03/"
                         "2021,01/01/2022,31/12/2024\n");
    assert_int_equal(r.count, 4);
    assert_non_null(strstr(r.accepted.ptr, "\"name\":\"First\",\"category\":\"research\","
                                           "\"country\":\"FR\",\"known_on\":\"2021-03-24\""));
    done(&r);
}

static void test_a_missing_column_is_a_sentence(void **state)
{
    (void)state;
    struct result r;
    import(&r, "project_id,pic\n1,2\n");
    assert_string_equal(r.err.text, "The column \"partner_role\" is missing in the header.");
    done(&r);
    import(&r, "project_id,pic,partner_role,legal_name,legal_entity_type,eu_contribution,signature_"
               "date,call_deadline_date\n");
    assert_string_equal(
        r.err.text,
        "The column \"project_start_date\" (or \"start_date\") is missing in the header.");
    done(&r);
}

static void test_a_column_named_twice_is_a_sentence(void **state)
{
    (void)state;
    struct result r;
    import(&r, "end_date," CORDIS);
    assert_string_equal(r.err.text, "The column \"end_date\" is in the header twice.");
    done(&r);
    import(&r, "what_we_do_not_read,what_we_do_not_read," CORDIS);
    assert_string_equal(r.err.text, "");
    done(&r);
}

static void test_a_line_of_the_structured_form_is_escaped(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf line = {.arena = &arena};
    const struct outgoing event = {STR("urn:x"), STR("a\"b"), EV_BUSINESS_DAY_STARTED,
                                   STR("business-day"), STR("{}")};
    outgoing_write(&line, &event);
    buf_char(&line, '\0');
    assert_string_equal(line.ptr, "{\"specversion\":\"1.0\",\"source\":\"urn:x\",\"id\":\"a\\\"b\","
                                  "\"type\":\"mosaic.business-day.started.v1\",\"data\":{}}\n");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_dashboard_export_becomes_three_events_for_a_lone_coordinator),
        cmocka_unit_test(test_the_cordis_table_needs_neither_titles_nor_deadlines_nor_costs),
        cmocka_unit_test(test_a_bad_row_costs_only_itself),
        cmocka_unit_test(test_a_project_nobody_can_apply_for_is_refused_not_dropped),
        cmocka_unit_test(test_a_sound_coordinator_row_goes_before_a_broken_one),
        cmocka_unit_test(
            test_an_organisation_joins_with_its_earliest_project_and_keeps_its_first_name),
        cmocka_unit_test(test_a_missing_column_is_a_sentence),
        cmocka_unit_test(test_a_column_named_twice_is_a_sentence),
        cmocka_unit_test(test_a_line_of_the_structured_form_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
