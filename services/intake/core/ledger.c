/* ledger: each row a batch touches stands in it once, however many events touch it. */
#include "services/intake/core/ledger.h"

#include <assert.h>

#include "gen/topics.h"

void ledger_init(struct intake_ledger *l, struct arena *a, size_t cap)
{
    *l = (struct intake_ledger){
        .arena = a,
        .cases = arena_array(a, cap, sizeof *l->cases),
        .places = arena_array(a, cap, sizeof *l->places),
        .subjects = arena_array(a, cap, sizeof *l->subjects),
        .applications = arena_array(a, cap, sizeof *l->applications),
    };
    map_init(&l->by_name, a, cap);
    map_init(&l->by_application, a, cap);
    map_init(&l->by_key[0], a, cap);
    map_init(&l->by_key[1], a, 0);
    map_init(&l->by_key[2], a, 0);
}

int ledger_kind(const struct topic *to)
{
    assert(to == &TOPIC_ORGANISATIONS || to == &TOPIC_PROJECT_CHANGES || to == &TOPIC_REFERENCE);
    return to == &TOPIC_ORGANISATIONS ? 0 : to == &TOPIC_PROJECT_CHANGES ? 1 : 2;
}

/* *ret_first: no earlier event of the batch has this name. */
static size_t enter_name(struct intake_ledger *l, struct intake_name name, bool *ret_first)
{
    struct intake_place *place = &l->places[l->place_count];
    place->name = name;
    size_t at = map_put(&l->by_name, (struct str){(const char *)&place->name, sizeof place->name},
                        l->place_count, ret_first);
    if (*ret_first)
        l->place_count++;
    return at;
}

static size_t enter_subject(struct intake_ledger *l, const struct topic *to, struct str key)
{
    bool is_new;
    size_t at = map_put(&l->by_key[ledger_kind(to)], key, l->subject_count, &is_new);
    if (is_new)
        l->subjects[l->subject_count++] = (struct intake_subject){.to = to, .key = key};
    return at;
}

static size_t enter_application(struct intake_ledger *l, struct str application)
{
    if (application.ptr == NULL)
        return SIZE_MAX;
    bool is_new;
    size_t at = map_put(&l->by_application, application, l->application_count, &is_new);
    if (is_new)
        l->applications[l->application_count++] =
            (struct intake_application){.application = application};
    return at;
}

size_t ledger_enter(struct intake_ledger *l, const struct event *event,
                    const struct intake_entry *entry, struct str key)
{
    bool first;
    struct intake_case *c = &l->cases[l->case_count];
    c->entry = entry;
    c->name = enter_name(l, intake_name_of(event->source, event->id), &first);
    c->subject = enter_subject(l, entry->to, key);
    c->application = enter_application(l, upstream_application(entry->type, &entry->data));
    l->subjects[c->subject].offered += first;
    return l->case_count++;
}
