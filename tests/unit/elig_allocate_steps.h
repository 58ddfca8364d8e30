/* elig_allocate_steps: sending verdicts and budgets to the allocate core by name, and asking what came of
 * them. The allocation of the running test is here; each test file has its own. */
#ifndef MOSAIC_TEST_ELIG_ALLOCATE_STEPS_H
#define MOSAIC_TEST_ELIG_ALLOCATE_STEPS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/core/date.h"
#include "common/core/money.h"
#include "services/eligibility/core/allocate.h"

#define JOINT EV_MEASURE_JOINT_PROJECT
#define GRANT EV_MEASURE_EXPORT_GRANT
#define NO_CAP (-1)

static struct arena mem;
static struct elig_allocate s;
static size_t input;

static inline int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    elig_allocate_init(&s, &mem, 8);
    input = 0;
    return 0;
}

static inline int32_t on(int year, int month, int day)
{
    return date_from_ymd(year, month, day);
}

struct claim {
    const char *id, *org;
    enum ev_measure measure;
    enum ev_verdict verdict;
    int64_t amount, cap, revision;
    int32_t submitted_on, effective_on; /* 0: 2021-05-10, and the same */
    const char *currency;               /* NULL: RUB */
};

static inline void assessed(struct claim c)
{
    struct ev_application_assessed *event = arena_alloc(&mem, sizeof *event);
    *event =
        (struct ev_application_assessed){.application = str_of(c.id),
                                         .organisation = str_of(c.org != NULL ? c.org : "inn:1"),
                                         .category = EV_CATEGORY_IT,
                                         .measure = c.measure,
                                         .verdict = c.verdict,
                                         .revision = c.revision != 0 ? c.revision : 1,
                                         .has_amount_asked = true,
                                         .amount_asked = c.amount,
                                         .has_amount = c.verdict == EV_VERDICT_ELIGIBLE,
                                         .amount = c.amount,
                                         .has_yearly_cap = c.cap > 0,
                                         .yearly_cap = c.cap,
                                         .currency =
                                             str_of(c.currency != NULL ? c.currency : "RUB"),
                                         .rule_version = STR("r"),
                                         .engine_version = STR("e")};
    event->submitted_on = c.submitted_on != 0 ? c.submitted_on : on(2021, 5, 10);
    event->effective_on = c.effective_on != 0 ? c.effective_on : event->submitted_on;
    event->cause = event->revision == 1 ? EV_CAUSE_SUBMITTED : EV_CAUSE_AMENDED;
    elig_on_assessed(&s, input++, event, STR("{}"));
}

static inline void wants(const char *id, int64_t amount)
{
    assessed((struct claim){.id = id, .measure = JOINT, .amount = amount});
}

static inline void amends(const char *id, int64_t amount, int64_t revision)
{
    assessed((struct claim){.id = id, .measure = JOINT, .amount = amount, .revision = revision});
}

static inline void withdraws_on(const char *id, int64_t revision, int32_t day)
{
    assessed((struct claim){.id = id,
                            .measure = JOINT,
                            .verdict = EV_VERDICT_WITHDRAWN,
                            .revision = revision,
                            .effective_on = day});
}

static inline void withdraws(const char *id, int64_t revision)
{
    withdraws_on(id, revision, 0);
}

static inline void budget_in(enum ev_measure measure, int64_t amount, const char *currency)
{
    elig_on_budget(&s, input++,
                   &(struct ev_budget_set){.programme = measure,
                                           .year = 2021,
                                           .amount = amount,
                                           .currency = str_of(currency),
                                           .known_on = on(2021, 1, 15)});
}

static inline void budget(int64_t amount)
{
    budget_in(JOINT, amount, "RUB");
}

static inline const struct elig_decision *last(const char *id)
{
    for (size_t i = s.decision_count; i > 0; i--)
        if (str_eq(s.decisions[i - 1].award->application, str_of(id)))
            return &s.decisions[i - 1];
    fail_msg("no decision on %s", id);
    return s.decisions;
}

static inline void assert_decided(const char *id, enum ev_outcome outcome, int64_t amount,
                                  int64_t revision)
{
    const struct elig_decision *d = last(id);
    if (d->outcome != outcome || d->amount != amount || d->revision != revision)
        fail_msg("%s: got %.*s %lld, revision %lld", id, STR_ARG(ev_outcome_text(d->outcome)),
                 (long long)d->amount, (long long)d->revision);
}

static inline bool has_failed(const char *id, const char *rule)
{
    const struct elig_decision *d = last(id);
    for (size_t i = 0; i < d->finding_count; i++)
        if (str_eq(d->findings[i].rule, str_of(rule)))
            return !d->findings[i].held;
    return false;
}

static inline int64_t given(void)
{
    return elig_budget(&s, JOINT, 2021)->given;
}

static inline int64_t free_money(void)
{
    return elig_budget_free(elig_budget(&s, JOINT, 2021));
}

#endif
