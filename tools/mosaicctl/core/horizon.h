/* horizon: a table of Horizon participations, as the European Commission publishes it in two column
 * sets, and the events it becomes: every organisation is described and applies for membership, every
 * project is applied for by its coordinator with its partners. Everything lives in the arena.
 *
 * A row that is not well-formed (its PIC is not nine digits, an amount is no number, below zero or beyond all
 * bounds, the role is unknown, a date does not exist, its project has no usable name or dates) travels alone, as
 * found, so that intake refuses it with its reasons and it costs only itself. */
#ifndef MOSAIC_CTL_HORIZON_H
#define MOSAIC_CTL_HORIZON_H

#include "tools/mosaicctl/core/outgoing.h"

#define HORIZON_SOURCE "urn:mosaic:import:horizon"
#define HORIZON_CURRENCY "EUR"

/* A date or an amount: not given, read, given but unreadable, or a number that is too large for an amount. */
enum horizon_reading { HORIZON_ABSENT, HORIZON_READ, HORIZON_UNREADABLE, HORIZON_TOO_LARGE };

struct horizon_date {
    enum horizon_reading reading;
    int32_t day;
    struct str text;
};

struct horizon_amount {
    enum horizon_reading reading;
    int64_t minor; /* may be below zero */
    struct str text;
};

struct horizon_row {
    int64_t line;
    struct str project, pic, name, country, kind, title, role_text;
    bool has_role;
    enum ev_role role;
    struct horizon_amount grant, cost;
    struct horizon_date deadline, signature, start, end;
    bool is_sound;
    size_t next_of_project; /* SIZE_MAX ends */
};

struct horizon_project {
    struct str id;
    size_t first_row, last_row, row_count;
    size_t
        coordinator; /* its first well-formed coordinator row, else its first such row, else SIZE_MAX */
    bool has_dates;
    int32_t submitted_on, start_on, end_on;
};

struct horizon {
    struct horizon_row *rows;
    size_t row_count;
    struct horizon_project *projects; /* in order of appearance */
    size_t project_count;
};

/* False: err says in a sentence what is wrong with the file. */
MUST_CHECK bool horizon_read(struct arena *a, struct str text, struct horizon *ret,
                             struct err *err);
/* Hands out all events: organisations, then projects, then rows that are not well-formed. */
MUST_CHECK bool horizon_events(const struct horizon *h, outgoing_fn emit, void *context,
                               struct err *err);
/* Not well-formed, and not the row that applies for its project. */
bool horizon_travels_alone(const struct horizon *h, const struct horizon_project *p, size_t row);

#endif
