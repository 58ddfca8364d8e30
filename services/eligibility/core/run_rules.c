/* run_rules: facts to FEEL values, the model's verdict back to ours. */
#include "common/core/money.h"
#include "common/rules/rule_set.h"
#include "services/eligibility/core/rules_private.h"

#define VERDICT_STEPS 1000000
#define VERDICT_DEPTH 200
#define VERDICT_BYTES ((size_t)16 << 20)

#define SET(name, value) ((struct entry){STR(name), (value)})

static struct value text_or_null(struct str s)
{
    return s.ptr == NULL ? NULL_VALUE : value_string(s);
}

static struct value amount_or_null(bool has, int64_t amount)
{
    return has ? value_i64(amount) : NULL_VALUE;
}

static struct value partners_value(struct arena *a, const struct ev_plan *plan)
{
    struct value *items = arena_array(a, plan->partners_count, sizeof *items);
    for (size_t i = 0; i < plan->partners_count; i++) {
        const struct ev_partner *p = &plan->partners[i];
        const struct entry entries[] = {
            SET("organisation", value_string(p->organisation)),
            SET("grant", amount_or_null(p->has_grant, p->grant)),
        };
        items[i] = value_context(a, entries, COUNT(entries));
    }
    return value_list(a, items, plan->partners_count);
}

static struct value export_value(struct arena *a, const struct ev_export *e)
{
    const struct entry entries[] = {
        SET("contract proceeds", value_i64(e->contract_proceeds)),
        SET("contract closed on", value_date(e->contract_closed_on)),
        SET("contract finished",
            e->has_contract_finished ? value_bool(e->contract_finished) : NULL_VALUE),
        SET("exports last year", value_i64(e->exports_last_year)),
        SET("exports year before", value_i64(e->exports_year_before)),
        SET("first contract on",
            e->has_first_contract_on ? value_date(e->first_contract_on) : NULL_VALUE),
        SET("taxes last year", value_i64(e->taxes_last_year)),
    };
    return value_context(a, entries, COUNT(entries));
}

static struct value application_value(struct arena *a, const struct elig_facts *facts)
{
    static const struct ev_application_submitted NONE = {.currency = {NULL, 0}};
    const struct ev_application_submitted *form = facts->form != NULL ? facts->form : &NONE;
    const struct entry entries[] = {
        SET("submitted on", value_date(facts->submitted_on)),
        SET("amount", amount_or_null(form->has_amount, form->amount)),
        SET("currency", text_or_null(form->currency)),
        SET("partners", form->has_plan ? partners_value(a, &form->plan) : NULL_VALUE),
        SET("export", form->has_export ? export_value(a, &form->export) : NULL_VALUE),
    };
    return value_context(a, entries, COUNT(entries));
}

static struct str standing_text(enum elig_standing_kind kind)
{
    switch (kind) {
    case ELIG_UNDECIDED: return STR("undecided");
    case ELIG_MEMBER: return STR("participant");
    case ELIG_NEVER_MEMBER: return STR("refused");
    case ELIG_JOINED_LATER: return STR("joined later");
    case ELIG_LEFT_BEFORE: return STR("left");
    }
    return STR("?");
}

static bool has_day(enum elig_standing_kind kind)
{
    return kind == ELIG_MEMBER || kind == ELIG_JOINED_LATER || kind == ELIG_LEFT_BEFORE;
}

static struct value organisations_value(struct arena *a, const struct elig_facts *facts)
{
    struct value *items = arena_array(a, facts->standing_count, sizeof *items);
    for (size_t i = 0; i < facts->standing_count; i++) {
        const struct elig_standing *s = &facts->standings[i];
        const struct entry entries[] = {
            SET("organisation", value_string(s->organisation)),
            SET("standing", value_string(standing_text(s->kind))),
            SET("day", has_day(s->kind) ? value_date(s->day) : NULL_VALUE),
        };
        items[i] = value_context(a, entries, COUNT(entries));
    }
    return value_list(a, items, facts->standing_count);
}

static struct value part(const struct context *c, struct str name)
{
    const struct value *found = context_get(c, name);
    return found == NULL ? NULL_VALUE : *found;
}

/* True if it is a text, or null where that is allowed; ptr NULL then. Copied. */
static bool take_text(struct arena *a, struct value v, bool may_be_null, size_t max,
                      struct str *ret)
{
    *ret = STR_NONE;
    if (v.kind == VALUE_STRING)
        *ret = arena_dup(a, elig_clip(v.string, max));
    return v.kind == VALUE_STRING || (may_be_null && is_null(v));
}

static bool take_amount(struct value v, bool *ret_has, int64_t *ret)
{
    *ret = 0;
    *ret_has = !is_null(v);
    return is_null(v) || (v.kind == VALUE_NUMBER && number_to_i64(v.number, ret) && *ret >= 0 &&
                          *ret <= MONEY_MAX);
}

#define RULE_NAME_MAX 100

static bool take_finding(struct arena *a, struct value item, struct ev_finding *ret)
{
    if (item.kind != VALUE_CONTEXT)
        return false;
    struct value held = part(item.context, STR("held"));
    *ret = (struct ev_finding){.held = is_true(held)};
    return held.kind == VALUE_BOOLEAN &&
           take_text(a, part(item.context, STR("rule")), false, RULE_NAME_MAX, &ret->rule) &&
           ret->rule.len > 0 &&
           take_text(a, part(item.context, STR("read")), false, ELIG_READ_MAX, &ret->read) &&
           take_text(a, part(item.context, STR("nearest")), true, ELIG_NEAREST_MAX, &ret->nearest);
}

static bool take_findings(struct arena *a, struct value findings, struct elig_verdict *v)
{
    if (findings.kind != VALUE_LIST || findings.list->count > ELIG_RULE_FINDINGS_MAX)
        return false;
    for (size_t i = 0; i < findings.list->count; i++)
        if (!take_finding(a, findings.list->items[i], &v->findings[v->finding_count++]))
            return false;
    return true;
}

static bool take_answer(struct value answer, enum elig_answer *ret)
{
    static const struct {
        struct str text;
        enum elig_answer answer;
    } ANSWERS[] = {{{"eligible", 8}, ELIG_ELIGIBLE},
                   {{"refused", 7}, ELIG_REFUSED},
                   {{"waits", 5}, ELIG_WAITS}};
    for (size_t i = 0; answer.kind == VALUE_STRING && i < COUNT(ANSWERS); i++)
        if (str_eq(answer.string, ANSWERS[i].text)) {
            *ret = ANSWERS[i].answer;
            return true;
        }
    return false;
}

/* NULL, or which part of the verdict is not sound. */
static const char *take_verdict(struct arena *a, struct value verdict, struct elig_verdict *v)
{
    if (verdict.kind != VALUE_CONTEXT)
        return "verdict";
    const struct context *c = verdict.context;
    if (!take_answer(part(c, STR("answer")), &v->answer))
        return "answer";
    if (!take_amount(part(c, STR("asked")), &v->has_asked, &v->asked))
        return "asked";
    if (!take_amount(part(c, STR("amount")), &v->has_amount, &v->amount))
        return "amount";
    if (!take_amount(part(c, STR("yearly cap")), &v->has_yearly_cap, &v->yearly_cap))
        return "yearly cap";
    if (!take_text(a, part(c, STR("currency")), true, 3, &v->currency))
        return "currency";
    return take_findings(a, part(c, STR("findings")), v) ? NULL : "findings";
}

static void verdict_failed(struct arena *a, const struct eval *e, const char *what, size_t kept,
                           struct elig_verdict *v)
{
    v->answer = ELIG_WAITS;
    v->has_asked = v->has_amount = v->has_yearly_cap = false;
    v->currency = STR_NONE;
    v->finding_count = kept;
    struct ev_finding *finding =
        elig_note(v, STR("rules_evaluated"), false,
                  e->stopped != STOP_NOT ? STR("the rules went beyond their limits")
                                         : arena_fmt(a, "unsound=%s", what));
    finding->nearest = STR("corrected rules are published");
}

void elig_run(struct arena *a, struct arena *scratch, const struct elig_rule_set *set,
              const struct elig_facts *facts, struct elig_verdict *v)
{
    struct eval e;
    struct value inputs[2], verdict;
    uint32_t indexes[2];
    size_t count = 0, kept = v->finding_count;
    arena_reset(scratch);
    if (set->rules->application != RULE_SET_NO_INPUT) {
        indexes[count] = set->rules->application;
        inputs[count++] = application_value(scratch, facts);
    }
    if (set->rules->organisations != RULE_SET_NO_INPUT) {
        indexes[count] = set->rules->organisations;
        inputs[count++] = organisations_value(scratch, facts);
    }
    eval_start(&e, scratch,
               (struct dmn_limits){.steps = VERDICT_STEPS,
                                   .depth = VERDICT_DEPTH,
                                   .memory_bytes = VERDICT_BYTES});
    enum dmn_status status = dmn_evaluate_at(&e, set->rules->model, set->rules->verdict, inputs,
                                             indexes, count, &verdict);
    const char *unsound = status == DMN_OK ? take_verdict(a, verdict, v) : "verdict";
    if (unsound != NULL)
        verdict_failed(a, &e, unsound, kept, v);
}
