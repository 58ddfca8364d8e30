/* check_rules: a model that the decision engine would not run is refused here, with every reason, and changes nothing. */
#include "services/intake/core/check_rules.h"

#include "common/rules/rule_set.h"
#include "services/intake/core/check_application.h"

static void tell(const struct finding *f, struct faults *faults)
{
    if (f->line > 0)
        fault_add(faults, "rules_unsound", STR("/model"), "line %u, %.*s: %.*s", f->line,
                  STR_ARG(f->place), STR_ARG(f->sentence));
    else
        fault_add(faults, "rules_unsound", STR("/model"), "%.*s: %.*s", STR_ARG(f->place),
                  STR_ARG(f->sentence));
}

void intake_check_rules(struct arena *a, const struct ev_rule_set_published *event,
                        struct faults *faults)
{
    struct rule_set set;
    struct findings findings;
    if (intake_is_sound(faults, "/valid_from") && intake_is_sound(faults, "/valid_until") &&
        event->has_valid_until && event->valid_until < event->valid_from)
        fault_add(faults, "dates_reversed", STR("/valid_until"), "lies before valid_from");
    if (event->model.ptr == NULL || !intake_is_sound(faults, "/model"))
        return;
    if (rule_set_load(a, event->model, &set, &findings))
        return;
    for (size_t i = 0; i < findings.count; i++)
        if (findings.items[i].severity == FINDING_ERROR)
            tell(&findings.items[i], faults);
}
