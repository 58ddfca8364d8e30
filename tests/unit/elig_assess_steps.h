/* elig_assess_steps: sending events to the assess core by name, and asking what came of them. The
 * registry of the running test is here; each test file has its own. */
#ifndef MOSAIC_TEST_ELIG_ASSESS_STEPS_H
#define MOSAIC_TEST_ELIG_ASSESS_STEPS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/core/date.h"
#include "services/eligibility/core/assess.h"
#include "tests/unit/elig_rules.h"

static struct arena mem;
static struct elig_assess s;
static size_t input;

static inline int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    elig_assess_init(&s, &mem, 8);
    s.rules = elig_shipped_rules();
    input = 0;
    return 0;
}

/* Days of the year 2021. */
static inline int32_t on(int month, int day)
{
    return date_from_ymd(2021, month, day);
}

static inline void described_as(const char *org, enum ev_category category, int32_t known_on)
{
    elig_on_described(&s, input++,
                      &(struct ev_organisation_described){.organisation = str_of(org),
                                                          .name = STR("Made up"),
                                                          .category = category,
                                                          .known_on = known_on});
}

static inline void described(const char *org)
{
    described_as(org, EV_CATEGORY_IT, on(1, 1));
}

static inline struct ev_application_submitted membership_form(const char *id, const char *org,
                                                              int32_t day)
{
    return (struct ev_application_submitted){.application = str_of(id),
                                             .organisation = str_of(org),
                                             .measure = EV_MEASURE_MEMBERSHIP,
                                             .submitted_on = day};
}

/* The form must live as long as the registry. */
static inline const char *submitted(struct ev_application_submitted form)
{
    struct ev_application_submitted *kept = arena_alloc(&mem, sizeof *kept);
    *kept = form;
    return elig_on_submitted(&s, input++, kept, STR("{}"));
}

static inline void member(const char *id, const char *org, int32_t day)
{
    assert_null(submitted(membership_form(id, org, day)));
}

/* Partners are one letter each; the first one applies. */
static inline struct ev_application_submitted project_form(const char *id, const char *orgs,
                                                           int32_t day)
{
    size_t count = strlen(orgs);
    struct ev_partner *partners = arena_array(&mem, count, sizeof *partners);
    for (size_t i = 0; i < count; i++)
        partners[i] =
            (struct ev_partner){.organisation = arena_dup(&mem, (struct str){orgs + i, 1}),
                                .role = i == 0 ? EV_ROLE_COORDINATOR : EV_ROLE_PARTNER};
    return (struct ev_application_submitted){.application = str_of(id),
                                             .organisation = partners[0].organisation,
                                             .measure = EV_MEASURE_JOINT_PROJECT,
                                             .submitted_on = day,
                                             .has_amount = true,
                                             .amount = 100,
                                             .currency = STR("RUB"),
                                             .has_plan = true,
                                             .plan = {.project = STR("p"),
                                                      .title = STR("t"),
                                                      .partners = partners,
                                                      .partners_count = count}};
}

static inline void project(const char *id, const char *orgs, int32_t day)
{
    assert_null(submitted(project_form(id, orgs, day)));
}

static inline struct ev_application_submitted grant_form(const char *id, const char *org,
                                                         int32_t day)
{
    return (struct ev_application_submitted){.application = str_of(id),
                                             .organisation = str_of(org),
                                             .measure = EV_MEASURE_EXPORT_GRANT,
                                             .submitted_on = day,
                                             .currency = STR("RUB"),
                                             .has_export = true,
                                             .export = {.contract_proceeds = 1000,
                                                        .taxes_last_year = 100000}};
}

static inline const char *amended(struct ev_application_submitted f, int32_t day)
{
    struct ev_application_amended event = {.application = f.application,
                                           .organisation = f.organisation,
                                           .measure = f.measure,
                                           .submitted_on = f.submitted_on,
                                           .amended_on = day,
                                           .has_amount = f.has_amount,
                                           .amount = f.amount,
                                           .currency = f.currency,
                                           .has_plan = f.has_plan,
                                           .plan = f.plan,
                                           .has_export = f.has_export,
                                           .export = f.export};
    return elig_on_amended(&s, input++, &event, STR("{}"));
}

static inline const char *withdrawn(const char *id, const char *org, int32_t day)
{
    return elig_on_withdrawn(&s, input++,
                             &(struct ev_application_withdrawn){.application = str_of(id),
                                                                .organisation = str_of(org),
                                                                .withdrawn_on = day});
}

static inline void ended(const char *org, int32_t day)
{
    elig_on_ended(&s, input++,
                  &(struct ev_membership_ended){.organisation = str_of(org), .ended_on = day});
}

static inline void business_day(int32_t day)
{
    elig_on_day(&s, input++, day);
}

static inline size_t steps_of(const char *id)
{
    size_t count = 0;
    for (size_t i = 0; i < s.step_count; i++)
        count += str_eq(s.steps[i].app->id, str_of(id));
    return count;
}

static inline const struct elig_step *last_step(const char *id)
{
    for (size_t i = s.step_count; i > 0; i--)
        if (str_eq(s.steps[i - 1].app->id, str_of(id)))
            return &s.steps[i - 1];
    fail_msg("no verdict on %s", id);
    return s.steps;
}

static inline void assert_step(const char *id, enum ev_verdict verdict, enum ev_cause cause,
                               int64_t revision)
{
    const struct elig_step *step = last_step(id);
    if (step->verdict != verdict || step->cause != cause || step->revision != revision)
        fail_msg("%s: got %.*s, %.*s, revision %lld", id, STR_ARG(ev_verdict_text(step->verdict)),
                 STR_ARG(ev_cause_text(step->cause)), (long long)step->revision);
}

static inline bool has_failed(const char *id, const char *rule)
{
    const struct elig_verdict *judged = last_step(id)->judged;
    for (size_t i = 0; i < judged->finding_count; i++)
        if (str_eq(judged->findings[i].rule, str_of(rule)))
            return !judged->findings[i].held;
    return false;
}

static inline const struct elig_org *org(const char *id)
{
    return elig_org(&s.registry, str_of(id));
}

#endif
