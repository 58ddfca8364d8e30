/* project: the life of one project as a state machine. A change gives a new full state or a reason
 * why not, and a refused change leaves the project as it was.
 * What a project points to lives in the arena it was applied with, or in the message. */
#ifndef MOSAIC_TRACK_PROJECT_H
#define MOSAIC_TRACK_PROJECT_H

#include "gen/events.h"

/* A project suspended is told to the world as stopped; but unlike one stopped by request, it goes on
 * when a later decision approves it again. */
#define TRACK_STATES(X)                                                                            \
    X(TRACK_AWAITED, "awaited") /* not decided yet; its changes wait for it */                     \
    X(TRACK_ACTIVE, "active")                                                                      \
    X(TRACK_SUSPENDED, "suspended") /* its approval was taken back */                              \
    X(TRACK_FINISHED, "finished")                                                                  \
    X(TRACK_STOPPED, "stopped") /* by request, for good */

/* What can happen to a project. */
#define TRACK_KINDS(X)                                                                             \
    X(TRACK_APPROVED, "approved")         /* a decision with a plan */                             \
    X(TRACK_NOT_APPROVED, "not-approved") /* refused, waitlisted or released */                    \
    X(TRACK_JOIN, "partner-join")                                                                  \
    X(TRACK_LEAVE, "partner-leave")                                                                \
    X(TRACK_DATES, "dates-change")                                                                 \
    X(TRACK_COORDINATOR, "coordinator-change")                                                     \
    X(TRACK_MILESTONE, "milestone")                                                                \
    X(TRACK_FINISH, "finish")                                                                      \
    X(TRACK_STOP, "stop")

/* What came of it. The first three are no refusals; the others are kept with their sentence. */
#define TRACK_RESULTS(X)                                                                           \
    X(TRACK_DONE, "done", "The change was made.")                                                  \
    X(TRACK_NOTHING, "nothing", "The decision changes nothing in this project.")                   \
    X(TRACK_WAITS, "waits", "The project is not open yet; the change waits for it.")               \
    X(TRACK_IS_FINISHED, "project_finished", "The project is finished.")                           \
    X(TRACK_IS_STOPPED, "project_stopped", "The project is stopped.")                              \
    X(TRACK_OTHER_APPLICATION, "other_application",                                                \
      "Another application has opened this project already.")                                      \
    X(TRACK_OLD_DECISION, "old_decision",                                                          \
      "A later decision on the same application has been followed already.")                       \
    X(TRACK_IS_PARTNER, "already_partner", "The organisation already has this role in it.")        \
    X(TRACK_NO_PARTNER, "not_a_partner", "The organisation is no partner of the project.")         \
    X(TRACK_SECOND_COORDINATOR, "second_coordinator",                                              \
      "A project has one coordinator; ask for a change of coordinator instead.")                   \
    X(TRACK_IS_COORDINATOR, "already_coordinator", "The organisation is the coordinator already.") \
    X(TRACK_COORDINATOR_STAYS, "coordinator_stays",                                                \
      "The coordinator cannot leave before another one is named.")                                 \
    X(TRACK_LAST_PARTNER, "last_partner", "A project keeps at least one partner.")                 \
    X(TRACK_TOO_MANY_PARTNERS, "too_many_partners", "The project has as many partners as fit.")    \
    X(TRACK_END_BEFORE_START, "end_before_start", "The project would end before it starts.")       \
    X(TRACK_SAME_DATES, "same_dates", "The project has these dates already.")                      \
    X(TRACK_MILESTONE_KNOWN, "milestone_known", "The milestone was reached before.")               \
    X(TRACK_NOT_STARTED, "not_started", "The project cannot finish before its start date.")

#define TRACK_ENUM(id, ...) id,
enum track_state { TRACK_STATES(TRACK_ENUM) TRACK_STATE_COUNT };
enum track_kind { TRACK_KINDS(TRACK_ENUM) TRACK_KIND_COUNT };
enum track_result { TRACK_RESULTS(TRACK_ENUM) TRACK_RESULT_COUNT };
#undef TRACK_ENUM

/* Rows of partners, those who left included; so many still fit into a record of 1 MiB. */
#define TRACK_PARTNERS_MAX 6000

struct track_change {
    enum track_kind kind;
    int32_t on; /* the day from which it holds */
    union {
        const struct ev_decision_made *decision; /* APPROVED, NOT_APPROVED */
        struct ev_partner partner;               /* JOIN */
        struct str organisation;                 /* LEAVE, COORDINATOR */
        struct str milestone;                    /* MILESTONE */
        struct {
            int32_t start_on, end_on;
        } dates; /* DATES */
    } as;
};

/* Zeroed: a project that nobody has decided on. */
struct track_project {
    enum track_state state;
    struct ev_project_changed now; /* the full state as last published */
    size_t partners_cap;
    int64_t decision_revision; /* of now.application */
    uint64_t plan_hash;        /* tells whether a later decision carries another plan */
    struct str *milestones;    /* reached ones, as far as they were loaded */
    size_t milestones_count, milestones_cap;
};

/* TRACK_DONE: project->now is the next revision, ready to be published. */
enum track_result track_apply(struct arena *a, struct track_project *project,
                              const struct track_change *change);
void track_add_milestone(struct arena *a, struct track_project *project, struct str milestone);

struct str track_state_text(enum track_state state);
bool track_state_parse(struct str text, enum track_state *ret);
struct str track_kind_text(enum track_kind kind);
struct str track_result_code(enum track_result result);
struct str track_result_text(enum track_result result); /* a sentence for whoever asked */
bool track_is_refusal(enum track_result result);

#endif
