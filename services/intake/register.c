/* register: check each event alone, claim names and numbers for the sound ones, decide in order, tell. */
#include "services/intake/register.h"

#include "gen/topics.h"
#include "services/intake/core/decide.h"
#include "services/intake/core/reject.h"
#include "services/intake/store.h"

static struct intake_origin origin_of(const struct message *m)
{
    return (struct intake_origin){m->topic, m->partition, m->offset, m->timestamp_ms, m->key};
}

static void reject(struct batch *b, size_t input, struct str organisation,
                   const struct faults *faults)
{
    const struct message *m = &b->messages[input];
    const struct intake_origin origin = origin_of(m);
    batch_emit(b, input,
               &(struct output){
                   .topic = &TOPIC_REJECTIONS,
                   .key = intake_rejection_key(&origin, organisation),
                   .type = ev_type_text(EV_EVENT_REJECTED),
                   .origin_source = m->event.source,
                   .origin_id = m->event.id,
                   .data = intake_rejection(b->arena, &origin, &m->event, organisation, faults),
               });
}

/* A key that names an organisation stands in where the data does not. */
static struct str organisation_of(const struct message *m, const struct intake_entry *entry)
{
    struct str organisation = STR_NONE;
    if (entry->type != EV_UNKNOWN)
        organisation = upstream_organisation(entry->type, &entry->data);
    return organisation.ptr == NULL && m->topic == &TOPIC_UPSTREAM_ORGANISATIONS ? m->key
                                                                                 : organisation;
}

/* True if the event is sound in itself; otherwise the answer to it is emitted. */
static bool check_message(struct batch *b, size_t input, struct intake_entry *ret)
{
    struct message *m = &b->messages[input];
    if (m->value.ptr == NULL) {
        batch_dead_letter(b, input,
                          "null_value: The record has no value; this topic is not compacted.");
        return false;
    }
    if (!m->enveloped) {
        batch_dead_letter(b, input, "%.*s", STR_ARG(intake_complaint(b->arena, &m->faults)));
        return false;
    }
    const struct intake_record record = {m->topic, m->key, &m->event};
    struct faults faults;
    faults_init(&faults, b->arena);
    for (size_t i = 0; i < m->faults.count; i++)
        fault_add(&faults, m->faults.items[i].code, m->faults.items[i].pointer, "%.*s",
                  STR_ARG(m->faults.items[i].message));
    if (intake_check(b->arena, &record, ret, &faults) && faults.count == 0)
        return true;
    reject(b, input, organisation_of(m, ret), &faults);
    return false;
}

/* `data` is used anew by each event, since batch_emit() copies. */
static void pass_on(struct batch *b, size_t input, const struct intake_case *c, struct buf *data)
{
    const struct message *m = &b->messages[input];
    buf_reset(data);
    ev_write(c->entry->type, data, &c->entry->data);
    batch_emit(b, input,
               &(struct output){
                   .topic = c->entry->to,
                   .key = m->key,
                   .type = m->event.type,
                   .subject = m->event.subject,
                   .origin_source = m->event.source,
                   .origin_id = m->event.id,
                   .number = c->number,
                   .data = buf_view(data),
               });
}

static void answer(struct batch *b, size_t input, const struct intake_case *c, struct buf *data)
{
    switch (c->verdict) {
    case INTAKE_ACCEPTED: pass_on(b, input, c, data); break;
    case INTAKE_REFUSED:
        reject(b, input, organisation_of(&b->messages[input], c->entry), &c->faults);
        break;
    case INTAKE_REPEATED: break;
    }
}

static bool handle(struct batch *b, struct pg *pg, struct err *err)
{
    struct intake_ledger ledger;
    struct buf data = {.arena = b->arena};
    struct intake_entry *entries = arena_array(b->arena, b->count, sizeof *entries);
    size_t *inputs = arena_array(b->arena, b->count, sizeof *inputs);

    ledger_init(&ledger, b->arena, b->count);
    for (size_t i = 0; i < b->count; i++)
        if (check_message(b, i, &entries[i]))
            inputs[ledger_enter(&ledger, &b->messages[i].event, &entries[i], b->messages[i].key)] =
                i;
    if (!intake_claim(pg, &ledger, err))
        return false;
    intake_decide(&ledger);
    for (size_t i = 0; i < ledger.case_count; i++)
        answer(b, inputs[i], &ledger.cases[i], &data);
    intake_settle(pg, &ledger);
    return true;
}

static const struct topic *const INPUTS[] = {&TOPIC_UPSTREAM_ORGANISATIONS,
                                             &TOPIC_UPSTREAM_PROJECTS, &TOPIC_UPSTREAM_REFERENCE,
                                             NULL};
static const struct topic *const OUTPUTS[] = {&TOPIC_ORGANISATIONS, &TOPIC_PROJECT_CHANGES,
                                              &TOPIC_REFERENCE, &TOPIC_REJECTIONS, NULL};

const struct stage INTAKE_REGISTER = {
    .name = "register",
    .inputs = INPUTS,
    .outputs = OUTPUTS,
    .own_envelope = true,
    .handle = handle,
};
