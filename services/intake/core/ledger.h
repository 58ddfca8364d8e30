/* ledger: the events of one batch that passed their check, and the rows they touch: the register of
 * accepted events, the counters of the keys, the applications. The store fills in what the database
 * knows, intake_decide() goes through the events in order, the store writes down what came out.
 * Everything lives in the arena; texts are views into the events. */
#ifndef MOSAIC_INTAKE_LEDGER_H
#define MOSAIC_INTAKE_LEDGER_H

#include "common/core/map.h"
#include "services/intake/core/check.h"
#include "services/intake/core/digest.h"

enum intake_verdict { INTAKE_REFUSED, INTAKE_REPEATED, INTAKE_ACCEPTED };

/* One event that passed its check. */
struct intake_case {
    const struct intake_entry *entry;
    size_t name, subject, application; /* places in the ledger; application: SIZE_MAX if none */
    enum intake_verdict verdict;
    int64_t number;       /* accepted: the how-manieth event of its key */
    struct faults faults; /* refused: why */
};

/* A place in the register of accepted events. */
struct intake_place {
    struct intake_name name;
    bool is_free;  /* by the database: nobody was accepted under this name */
    bool is_taken; /* by an event of this batch */
};

/* Whatever a topic's key names; its events are counted. */
struct intake_subject {
    const struct topic *to;
    struct str key;
    int64_t offered;  /* events of this batch that may be accepted */
    int64_t reserved; /* by the database: its number with `offered` added; 0: it has no row yet */
    int64_t accepted;
};

struct intake_application {
    struct str application;
    struct str organisation; /* its applicant; ptr NULL: not registered */
    struct str measure;
    int32_t submitted_on;
    bool is_new; /* registered by this batch */
};

struct intake_ledger {
    struct arena *arena;
    struct intake_case *cases;
    struct intake_place *places;
    struct intake_subject *subjects;
    struct intake_application *applications;
    size_t case_count, place_count, subject_count, application_count;
    struct map by_name, by_application;
    struct map by_key[3]; /* one per topic */
};

/* Room for `cap` events. */
void ledger_init(struct intake_ledger *l, struct arena *a, size_t cap);
/* Enters an event without faults; its place in l->cases. */
size_t ledger_enter(struct intake_ledger *l, const struct event *event,
                    const struct intake_entry *entry, struct str key);
/* 0, 1 or 2 for organisations, project changes and reference. */
int ledger_kind(const struct topic *to);

#endif
