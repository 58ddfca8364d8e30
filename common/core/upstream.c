/* upstream: one row per type that comes from outside. */
#include "common/core/upstream.h"

#include <assert.h>
#include <stddef.h>

#include "gen/topics.h"

/* What a record's key is made of. */
enum key_kind { KEY_NONE, KEY_FIELD, KEY_BUDGET, KEY_BUSINESS_DAY, KEY_RULES };

struct row {
    struct upstream topics;
    enum key_kind key;
    size_t key_at;          /* of the field, for KEY_FIELD */
    size_t organisation_at; /* SIZE_MAX: it has none */
    size_t application_at;  /* SIZE_MAX: it has none */
};

#define NOWHERE SIZE_MAX
#define AT(type, field) offsetof(struct type, field)
#define ORGANISATIONS {&TOPIC_UPSTREAM_ORGANISATIONS, &TOPIC_ORGANISATIONS}, KEY_FIELD
#define PROJECTS {&TOPIC_UPSTREAM_PROJECTS, &TOPIC_PROJECT_CHANGES}, KEY_FIELD
#define REFERENCE                                                                                  \
    {                                                                                              \
        &TOPIC_UPSTREAM_REFERENCE, &TOPIC_REFERENCE                                                \
    }
#define ABOUT_ORGANISATION(type)                                                                   \
    {                                                                                              \
        ORGANISATIONS, AT(type, organisation), AT(type, organisation), NOWHERE                     \
    }
#define ABOUT_APPLICATION(type)                                                                    \
    {                                                                                              \
        ORGANISATIONS, AT(type, organisation), AT(type, organisation), AT(type, application)       \
    }
#define ABOUT_PROJECT(type)                                                                        \
    {                                                                                              \
        PROJECTS, AT(type, project), NOWHERE, NOWHERE                                              \
    }

static const struct row ROWS[EV_TYPE_COUNT] = {
    [EV_ORGANISATION_DESCRIBED] = ABOUT_ORGANISATION(ev_organisation_described),
    [EV_MEMBERSHIP_ENDED] = ABOUT_ORGANISATION(ev_membership_ended),
    [EV_REPORT_SUBMITTED] = ABOUT_ORGANISATION(ev_report_submitted),
    [EV_APPLICATION_SUBMITTED] = ABOUT_APPLICATION(ev_application_submitted),
    [EV_APPLICATION_AMENDED] = ABOUT_APPLICATION(ev_application_amended),
    [EV_APPLICATION_WITHDRAWN] = ABOUT_APPLICATION(ev_application_withdrawn),
    [EV_APPEAL_LODGED] = ABOUT_APPLICATION(ev_appeal_lodged),
    [EV_PROJECT_PARTNER_JOIN_REQUESTED] = ABOUT_PROJECT(ev_project_partner_join_requested),
    [EV_PROJECT_PARTNER_LEAVE_REQUESTED] = ABOUT_PROJECT(ev_project_partner_leave_requested),
    [EV_PROJECT_DATES_CHANGE_REQUESTED] = ABOUT_PROJECT(ev_project_dates_change_requested),
    [EV_PROJECT_COORDINATOR_CHANGE_REQUESTED] =
        ABOUT_PROJECT(ev_project_coordinator_change_requested),
    [EV_PROJECT_MILESTONE_REACHED] = ABOUT_PROJECT(ev_project_milestone_reached),
    [EV_PROJECT_FINISH_REQUESTED] = ABOUT_PROJECT(ev_project_finish_requested),
    [EV_PROJECT_STOP_REQUESTED] = ABOUT_PROJECT(ev_project_stop_requested),
    [EV_BUDGET_SET] = {REFERENCE, KEY_BUDGET, NOWHERE, NOWHERE, NOWHERE},
    [EV_BUSINESS_DAY_STARTED] = {REFERENCE, KEY_BUSINESS_DAY, NOWHERE, NOWHERE, NOWHERE},
    [EV_RULE_SET_PUBLISHED] = {REFERENCE, KEY_RULES, NOWHERE, NOWHERE, NOWHERE},
    [EV_CITY_BASELINE_PUBLISHED] = {REFERENCE, KEY_FIELD, AT(ev_city_baseline_published, indicator),
                                    NOWHERE, NOWHERE},
};

static struct str text_at(const union ev_any *event, size_t at)
{
    return at == NOWHERE ? STR_NONE : *(const struct str *)((const char *)event + at);
}

const struct upstream *upstream_of(enum ev_type type)
{
    return ROWS[type].key == KEY_NONE ? NULL : &ROWS[type].topics;
}

struct str upstream_key(struct arena *a, enum ev_type type, const union ev_any *event)
{
    switch (ROWS[type].key) {
    case KEY_NONE: return STR_NONE;
    case KEY_FIELD: return text_at(event, ROWS[type].key_at);
    case KEY_BUSINESS_DAY: return STR("business-day");
    case KEY_RULES:
        return arena_fmt(a, "rules:%.*s",
                         STR_ARG(ev_measure_text(event->rule_set_published.measure)));
    case KEY_BUDGET:
        if (event->budget_set.year == 0)
            return STR_NONE; /* the year was not sound */
        return arena_fmt(a, "budget:%.*s:%d", STR_ARG(ev_measure_text(event->budget_set.programme)),
                         (int)event->budget_set.year);
    }
    return STR_NONE;
}

struct str upstream_organisation(enum ev_type type, const union ev_any *event)
{
    return ROWS[type].key == KEY_NONE ? STR_NONE : text_at(event, ROWS[type].organisation_at);
}

struct str upstream_application(enum ev_type type, const union ev_any *event)
{
    return ROWS[type].key == KEY_NONE ? STR_NONE : text_at(event, ROWS[type].application_at);
}
