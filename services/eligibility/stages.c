/* stages: what both handlers do with their outputs. */
#include "services/eligibility/stages.h"

/* The last input of a partition in the batch, so that what it carries comes after everything else of
 * that partition. */
static size_t last_input_of(const struct batch *b, const bool *refused, struct str topic,
                            int32_t partition)
{
    for (size_t i = b->count; i > 0; i--) {
        const struct message *m = &b->messages[i - 1];
        if (!refused[i - 1] && m->partition == partition && str_eq(m->topic->name, topic))
            return i - 1;
    }
    return ELIG_NO_INPUT;
}

size_t stage_carrier(const struct batch *b, const bool *refused, size_t cause,
                     struct elig_published published, size_t *carrier)
{
    const struct message *m = &b->messages[cause];
    struct elig_published before = published;
    if (*carrier != ELIG_NO_INPUT)
        before = (struct elig_published){b->messages[*carrier].topic->name,
                                         b->messages[*carrier].partition};
    size_t found = cause;
    if (before.topic.ptr != NULL &&
        !(m->partition == before.partition && str_eq(m->topic->name, before.topic)))
        found = last_input_of(b, refused, before.topic, before.partition);
    else if (*carrier != ELIG_NO_INPUT && *carrier > cause)
        found = *carrier;
    *carrier = found;
    return found;
}

void stage_emit(struct batch *b, size_t carrier, size_t cause, struct output out)
{
    const struct event *event = &b->messages[cause].event;
    out.time = event->time;
    out.origin_source = event->origin_source;
    out.origin_id = event->origin_id;
    batch_emit(b, carrier, &out);
}

bool stage_blocked(struct str application, struct elig_published published, struct err *err)
{
    return err_set(err, ERR_RETRY,
                   "the last revision of application %.*s, from %.*s/%d, is not acknowledged yet",
                   STR_ARG(application), STR_ARG(published.topic), (int)published.partition);
}
