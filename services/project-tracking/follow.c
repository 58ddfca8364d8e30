/* The stage's handler: read what came in, load what is known, apply, publish, store. */
#include "services/project-tracking/follow.h"

#include "gen/topics.h"
#include "services/project-tracking/core/follow.h"
#include "services/project-tracking/store.h"

static void read_message(struct batch *b, size_t input, struct follow *f)
{
    const struct message *m = &b->messages[input];
    struct follow_item item = {
        .input = input,
        .place = {m->topic->name, m->partition, m->offset},
        .origin_source = m->event.origin_source,
        .origin_id = m->event.origin_id,
        .time = m->event.time,
    };
    struct faults faults;

    faults_init(&faults, b->arena);
    if (!follow_read(b->arena, m->event.type, m->event.data, &item, &faults)) {
        batch_dead_letter_faults(b, input, &faults);
        return;
    }
    if (!follow_concerns(&item))
        return;
    follow_add(f, &item);
    if (item.project.ptr != NULL)
        (void)follow_project(f, item.project);
}

static void publish(struct batch *b, const struct follow_output *out)
{
    batch_emit(b, out->project->carrier->input,
               &(struct output){
                   .topic = &TOPIC_PROJECTS,
                   .key = out->project->id,
                   .type = ev_type_text(EV_PROJECT_CHANGED),
                   .time = out->cause->time,
                   .origin_source = out->cause->origin_source,
                   .origin_id = out->cause->origin_id,
                   .data = out->data,
               });
}

static bool follow_handle(struct batch *b, struct pg *pg, struct err *err)
{
    const struct follow_project *blocked;
    struct follow f;

    follow_init(&f, b->arena, b->count);
    for (size_t i = 0; i < b->count; i++)
        read_message(b, i, &f);
    if (f.items_count == 0)
        return true;

    if (!store_load(pg, &f, err))
        return false;
    blocked = follow_run(&f);
    if (blocked != NULL)
        return err_set(err, ERR_RETRY,
                       "the last revision of project %.*s, from %.*s/%d, is not acknowledged yet",
                       STR_ARG(blocked->id), STR_ARG(blocked->published.topic),
                       (int)blocked->published.partition);

    for (size_t i = 0; i < f.outputs_count; i++)
        publish(b, &f.outputs[i]);
    store_save(pg, &f);
    return true;
}

const struct stage FOLLOW_STAGE = {
    .name = "follow",
    .inputs = (const struct topic *const[]){&TOPIC_DECISIONS, &TOPIC_PROJECT_CHANGES, NULL},
    .outputs = (const struct topic *const[]){&TOPIC_PROJECTS, NULL},
    .handle = follow_handle,
};
