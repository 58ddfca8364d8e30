/* reject: a stranger's words are shortened and only repeated where they are text. */
#include "services/intake/core/reject.h"

#include "services/intake/core/text.h"

#define SHOWN_MAX_BYTES 1000
#define ORGANISATION_MAX_BYTES 100
#define LATEST_MS INT64_C(7258118399999) /* the last of 2199 */

static int64_t received_at(int64_t timestamp_ms)
{
    int64_t ms = timestamp_ms < 0 ? 0 : timestamp_ms;
    return (ms > LATEST_MS ? LATEST_MS : ms) * 1000;
}

static struct ev_reason *reasons_of(struct arena *a, const struct faults *faults)
{
    struct ev_reason *reasons = arena_array(a, faults->count, sizeof *reasons);
    for (size_t i = 0; i < faults->count; i++)
        reasons[i] = (struct ev_reason){
            .code = str_of(faults->items[i].code),
            .pointer = faults->items[i].pointer.ptr != NULL ? faults->items[i].pointer : STR(""),
            .message = faults->items[i].message,
        };
    return reasons;
}

struct str intake_rejection(struct arena *a, const struct intake_origin *origin,
                            const struct event *event, struct str organisation,
                            const struct faults *faults)
{
    const struct ev_event_rejected rejected = {
        .topic = origin->topic->name,
        .partition = origin->partition,
        .offset = origin->offset,
        .received_at = received_at(origin->timestamp_ms),
        .event_source = intake_shown(event->source, SHOWN_MAX_BYTES),
        .event_id = intake_shown(event->id, SHOWN_MAX_BYTES),
        .event_type = intake_shown(event->type, SHOWN_MAX_BYTES),
        .organisation = intake_shown(organisation, ORGANISATION_MAX_BYTES),
        .reasons = reasons_of(a, faults),
        .reasons_count = faults->count,
    };
    struct buf data = {.arena = a};
    ev_event_rejected_write(&data, &rejected);
    return buf_view(&data);
}

struct str intake_rejection_key(const struct intake_origin *origin, struct str organisation)
{
    struct str key = origin->key.ptr != NULL ? origin->key : organisation;
    if (key.ptr == NULL)
        return STR("unknown");
    return (struct str){key.ptr, key.len < SHOWN_MAX_BYTES ? key.len : SHOWN_MAX_BYTES};
}

struct str intake_complaint(struct arena *a, const struct faults *faults)
{
    struct buf text = {.arena = a};
    for (size_t i = 0; i < faults->count; i++)
        buf_fmt(&text, "%s%s: %.*s%s%.*s", i > 0 ? "; " : "", faults->items[i].code,
                STR_ARG(faults->items[i].pointer), faults->items[i].pointer.len > 0 ? " " : "",
                STR_ARG(faults->items[i].message));
    return buf_view(&text);
}
