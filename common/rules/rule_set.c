/* rule_set: the model's own faults first, then whether it fits what eligibility asks and gives. */
#include "common/rules/rule_set.h"

static void check_input(const struct element *e, uint32_t index, struct rule_set *set,
                        struct findings *findings)
{
    if (str_eq(e->name, STR("Application")))
        set->application = index;
    else if (str_eq(e->name, STR("Organisations")))
        set->organisations = index;
    else
        finding_add(findings, FINDING_ERROR, "unknown_input",
                    arena_fmt(findings->arena, "input '%.*s'", STR_ARG(e->name)), e->line,
                    "nothing is handed in under this name; rules read 'Application' and "
                    "'Organisations'");
}

bool rule_set_load(struct arena *a, struct str xml, struct rule_set *ret,
                   struct findings *ret_findings)
{
    const struct dmn_source source = {STR("model"), xml};
    *ret = (struct rule_set){.application = RULE_SET_NO_INPUT, .organisations = RULE_SET_NO_INPUT};
    *ret_findings = (struct findings){.arena = a};
    ret->model = dmn_load(a, &source, 1, ret_findings);
    if (ret->model == NULL)
        return false;
    for (uint32_t i = 0; i < ret->model->count; i++)
        if (ret->model->elements[i].kind == ELEMENT_INPUT)
            check_input(&ret->model->elements[i], i, ret, ret_findings);
    if (!dmn_find(ret->model, STR("Verdict"), &ret->verdict) ||
        ret->model->elements[ret->verdict].kind != ELEMENT_DECISION)
        finding_add(ret_findings, FINDING_ERROR, "no_verdict", STR("model"), 0,
                    "there is no decision named 'Verdict', which is what is asked of the rules");
    return ret_findings->errors == 0;
}
