/* check: from the outside of an event to the inside. A rule that reads a field which is not sound
 * stays silent, so that one mistake is told once. */
#include "services/intake/core/check.h"

#include "common/core/orgid.h"
#include "services/intake/core/check_application.h"
#include "services/intake/core/check_rules.h"
#include "services/intake/core/text.h"

#define SHOWN_MAX_BYTES 100 /* of a stranger's words in a sentence */

/* The type, if it is one that may stand in this topic. */
static enum ev_type check_type(const struct intake_record *record, struct faults *faults)
{
    struct str name = record->event->type;
    enum ev_type type = ev_type_of(name);
    const struct upstream *upstream = type == EV_UNKNOWN ? NULL : upstream_of(type);
    if (upstream == NULL)
        fault_add(faults, "type_unknown", STR(""),
                  "The type \"%.*s\" is not one that is taken from outside.",
                  STR_ARG(intake_shown(name, SHOWN_MAX_BYTES)));
    else if (upstream->from != record->topic)
        fault_add(faults, "type_misplaced", STR(""),
                  "Events of type %.*s belong into the topic %.*s.", STR_ARG(name),
                  STR_ARG(upstream->from->name));
    return upstream == NULL ? EV_UNKNOWN : type;
}

bool intake_is_sound(const struct faults *faults, const char *pointer)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct str at = faults->items[i].pointer;
        if (str_eq(at, str_of(pointer)))
            return false;
    }
    return true;
}

/* In quotes, or as hexadecimal digits if it is no text. */
static struct str shown_key(struct arena *a, struct str key)
{
    struct str text = intake_shown(key, SHOWN_MAX_BYTES);
    if (text.ptr != NULL || key.len == 0)
        return arena_fmt(a, "\"%.*s\"", STR_ARG(text));
    struct buf hex = {.arena = a};
    for (size_t i = 0; i < key.len && i < SHOWN_MAX_BYTES / 2; i++)
        buf_fmt(&hex, "%02x", (unsigned char)key.ptr[i]);
    return arena_fmt(a, "no text (0x%.*s%s)", STR_ARG(buf_view(&hex)),
                     key.len > SHOWN_MAX_BYTES / 2 ? "..." : "");
}

static void check_key(struct arena *a, const struct intake_record *record,
                      const struct intake_entry *entry, struct faults *faults)
{
    if (entry->type == EV_BUDGET_SET && !intake_is_sound(faults, "/programme"))
        return;
    if (entry->type == EV_RULE_SET_PUBLISHED && !intake_is_sound(faults, "/measure"))
        return;
    struct str want = upstream_key(a, entry->type, &entry->data);
    if (want.ptr == NULL)
        return;
    if (record->key.ptr == NULL)
        fault_add(faults, "key_mismatch", STR(""), "The record has no key; it must be \"%.*s\".",
                  STR_ARG(want));
    else if (!str_eq(record->key, want))
        fault_add(faults, "key_mismatch", STR(""), "The record's key is %.*s; it must be \"%.*s\".",
                  STR_ARG(shown_key(a, record->key)), STR_ARG(want));
}

static const char *identifier_code(enum orgid_fault fault)
{
    switch (fault) {
    case ORGID_OK: break;
    case ORGID_NO_SCHEME: return "identifier_malformed";
    case ORGID_UNKNOWN_SCHEME: return "identifier_scheme_unknown";
    case ORGID_MALFORMED: return "identifier_malformed";
    case ORGID_CHECKSUM: return "identifier_checksum";
    }
    return "?";
}

void intake_check_identifier(struct str id, struct str pointer, struct faults *faults)
{
    if (id.ptr == NULL)
        return;
    enum orgid_fault fault = orgid_check(id);
    if (fault != ORGID_OK)
        fault_add(faults, identifier_code(fault), pointer, "\"%.*s\": %s", STR_ARG(id),
                  orgid_fault_text(fault));
}

static void check_dates_requested(const struct ev_project_dates_change_requested *e,
                                  struct faults *faults)
{
    if (intake_is_sound(faults, "/start_on") && intake_is_sound(faults, "/end_on") &&
        e->end_on < e->start_on)
        fault_add(faults, "dates_reversed", STR("/end_on"), "lies before start_on");
}

static void check_report(const struct ev_report_submitted *e, struct faults *faults)
{
    bool money = e->has_revenue || e->has_exports || e->has_taxes;
    if (money && e->currency.ptr == NULL && intake_is_sound(faults, "/currency"))
        fault_add(faults, "currency_missing", STR("/currency"),
                  "is needed where amounts are given");
}

/* What the fields say of each other, type by type. */
static void check_fields(struct arena *a, const struct intake_entry *entry, struct faults *faults)
{
    const union ev_any *e = &entry->data;
    intake_check_identifier(upstream_organisation(entry->type, e), STR("/organisation"), faults);
    if (entry->type == EV_APPLICATION_SUBMITTED || entry->type == EV_APPLICATION_AMENDED)
        intake_check_application(a, entry->type, e, faults);
    else if (entry->type == EV_PROJECT_PARTNER_JOIN_REQUESTED)
        intake_check_identifier(e->project_partner_join_requested.partner.organisation,
                                STR("/partner/organisation"), faults);
    else if (entry->type == EV_PROJECT_PARTNER_LEAVE_REQUESTED)
        intake_check_identifier(e->project_partner_leave_requested.organisation,
                                STR("/organisation"), faults);
    else if (entry->type == EV_PROJECT_COORDINATOR_CHANGE_REQUESTED)
        intake_check_identifier(e->project_coordinator_change_requested.organisation,
                                STR("/organisation"), faults);
    else if (entry->type == EV_PROJECT_DATES_CHANGE_REQUESTED)
        check_dates_requested(&e->project_dates_change_requested, faults);
    else if (entry->type == EV_REPORT_SUBMITTED)
        check_report(&e->report_submitted, faults);
    else if (entry->type == EV_RULE_SET_PUBLISHED)
        intake_check_rules(a, &e->rule_set_published, faults);
}

/* False: nothing of it could be read, so nothing more can be said. */
static bool decode(struct arena *a, struct str data, struct intake_entry *ret,
                   struct faults *faults)
{
    size_t before = faults->count;
    if (ev_decode(ret->type, a, data, &ret->data, faults))
        return true;
    for (size_t i = before; i < faults->count; i++)
        if (faults->items[i].pointer.len == 0)
            return false;
    return true;
}

bool intake_check(struct arena *a, const struct intake_record *record, struct intake_entry *ret,
                  struct faults *faults)
{
    size_t before = faults->count;
    ret->to = NULL;
    ret->type = check_type(record, faults);
    if (record->event->data.len > INTAKE_DATA_MAX_BYTES) {
        fault_add(faults, "too_large", STR(""), "The data has %zu bytes; at most %d are taken.",
                  record->event->data.len, INTAKE_DATA_MAX_BYTES);
        return false;
    }
    if (ret->type == EV_UNKNOWN)
        return false;
    ret->to = upstream_of(ret->type)->to;
    if (decode(a, record->event->data, ret, faults)) {
        check_key(a, record, ret, faults);
        check_fields(a, ret, faults);
    }
    return faults->count == before;
}
