/* follow: one batch of decisions and requested changes, applied to the projects they are about.
 * The caller adds what came in, fills in what the database knows, runs it, and publishes and stores
 * what came of it. Everything lives in the batch's arena. */
#ifndef MOSAIC_TRACK_FOLLOW_H
#define MOSAIC_TRACK_FOLLOW_H

#include "common/core/map.h"
#include "services/project-tracking/core/project.h"

#define FOLLOW_NO_INPUT SIZE_MAX

/* Where in the log something stands. */
struct follow_place {
    struct str topic;
    int32_t partition;
    int64_t offset;
};

/* One decision or requested change, from this batch or from those that waited. */
struct follow_item {
    size_t input; /* its index in the batch; FOLLOW_NO_INPUT: it waited */
    struct follow_place place;
    struct str project; /* ptr NULL: a decision that names none */
    struct track_change change;
    struct str origin_source, origin_id, time; /* of the event, for what is published */
    struct str type, data;                     /* as received, to be kept while it waits */
};

struct follow_project {
    struct str id;
    struct track_project track;
    /* From the database: */
    struct follow_place published; /* which input the last revision went out with */
    bool unacknowledged;           /* and the broker has not confirmed it yet */
    struct follow_item *waiting;   /* early changes, in their order */
    size_t waiting_count;
    /* What came of the batch: */
    const struct follow_item *carrier; /* what all its outputs go out with; NULL: it has none */
    bool touched;                      /* to be stored */
    bool opened;                       /* its early changes are used up */
    struct str data;                   /* the full state as JSON; ptr NULL: as it was */
};

struct follow_output {
    const struct follow_project *project;
    const struct follow_item *cause;
    struct str data;
};

struct follow_refusal {
    const struct follow_item *item;
    struct str project;
    int64_t revision; /* what the project stood at; 0: it was never open */
    enum track_result result;
};

struct follow_milestone {
    const struct follow_item *item;
    struct str project;
};

struct follow {
    struct arena *arena;
    size_t inputs; /* messages in the batch */
    struct follow_item *items;
    size_t items_count;
    struct follow_project *projects;
    size_t projects_count, projects_cap;
    struct map by_id;
    /* Results; the arrays grow as needed. Outputs are in order of their inputs. */
    struct follow_output *outputs;
    size_t outputs_count, outputs_cap;
    const struct follow_item **early; /* to be kept until their project opens */
    size_t early_count;
    struct follow_refusal *refusals;
    size_t refusals_count, refusals_cap;
    struct follow_milestone *milestones;
    size_t milestones_count, milestones_cap;
};

void follow_init(struct follow *f, struct arena *a, size_t inputs);
/* At most one per input. */
void follow_add(struct follow *f, const struct follow_item *item);
/* Made if it is new, which moves the others: all are to be known before the run. */
struct follow_project *follow_project(struct follow *f, struct str id);

/* Reads the data of a decision or a requested change into the item: project, change, type and data.
 * False: it cannot be decoded, see faults, or `type` is none of ours (then there are no faults). */
bool follow_read(struct arena *a, struct str type, struct str data, struct follow_item *item,
                 struct faults *faults);
/* Whether a decision or change can concern a project at all. */
bool follow_concerns(const struct follow_item *item);
/* Whether this item may be the first that is heard of a project. */
bool follow_may_begin(const struct follow_item *item);
/* Whether a project may have been opened by an earlier revision of the same decision. */
bool follow_has_history(const struct follow_item *item);

/* Decisions first, so that a change of the same batch need not wait. NULL, or a project that must not
 * go on yet: its last revision came from another input partition and is not acknowledged, so the new
 * one could overtake it. Then no result may be used. */
const struct follow_project *follow_run(struct follow *f);

#endif
