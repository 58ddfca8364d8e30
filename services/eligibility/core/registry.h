/* registry: the organisations and applications one batch is about, as they stand in memory.
 * Everything lives in the batch's arena; pointers stay valid until it is reset. */
#ifndef MOSAIC_ELIG_REGISTRY_H
#define MOSAIC_ELIG_REGISTRY_H

#include "common/core/map.h"
#include "services/eligibility/core/rules.h"

/* One stay in the cluster, both days included. */
struct elig_period {
    int32_t joined_on;
    bool has_left_on;
    int32_t left_on;
    int32_t decided_on;
    struct str application; /* whose approval opened it */
};

struct elig_app;

struct elig_link {
    struct elig_app *app;
    struct elig_link *next;
};

struct elig_org {
    struct str id;
    bool described;
    struct str name;
    enum ev_category category;   /* "other" until described */
    int32_t known_on;            /* when it was first described */
    bool decided;                /* a membership application of it has been decided */
    int32_t decided_on;          /* the last one */
    int64_t revision;            /* of its participant.changed; 0: none yet */
    struct elig_period *periods; /* in order */
    size_t period_count, period_cap;
    bool has_end; /* an end of membership that came before the membership it ends */
    int32_t end_on;
    struct elig_link *links; /* applications that depend on it */
    bool changed;            /* to be stored */
};

enum elig_app_state {
    ELIG_APP_WAITING, /* no verdict yet, or none since it was amended */
    ELIG_APP_DECIDED,
    ELIG_APP_EXPIRED,   /* refused for good, unless it is amended */
    ELIG_APP_WITHDRAWN, /* for good */
};
#define ELIG_APP_STATES 4
struct str elig_app_state_text(enum elig_app_state state);
bool elig_app_state_parse(struct str text, enum elig_app_state *ret);

/* The input partition whose outbox carried the last revision: the next one must stay behind it. */
struct elig_published {
    struct str topic; /* ptr NULL: nothing is on its way */
    int32_t partition;
};

struct elig_app {
    struct str id;
    struct elig_org *org;
    enum ev_measure measure;
    int32_t submitted_on;
    int32_t dated_on; /* submitted or last amended on */
    enum elig_app_state state;
    int64_t revision;        /* 0: no verdict has been given */
    enum ev_verdict verdict; /* of that revision */
    bool has_amount;
    int64_t amount;
    const struct ev_application_submitted *form; /* as it stands; NULL for a membership */
    struct str data;                             /* the same as JSON */
    struct elig_published published;             /* set only while unacknowledged */
    bool is_new;                                 /* submitted in this batch */
    bool changed;                                /* to be stored */
    bool relinked;                               /* its links are to be stored too */
    size_t carrier;                              /* input that carries its outputs; ELIG_NO_INPUT */
    unsigned visit;
};
#define ELIG_NO_INPUT SIZE_MAX

struct elig_registry {
    struct arena *arena;
    struct map orgs_by_id, apps_by_id;
    struct elig_org **orgs;
    size_t org_count, org_cap;
    struct elig_app **apps;
    size_t app_count, app_cap;
    unsigned visit;
};

void elig_registry_init(struct elig_registry *r, struct arena *a, size_t expected);

struct elig_org *elig_org(struct elig_registry *r, struct str id);      /* made if it is new */
struct elig_org *elig_org_find(struct elig_registry *r, struct str id); /* NULL: not here */
struct elig_app *elig_app_find(struct elig_registry *r, struct str id); /* NULL: not here */
/* A copy of *app; its id must be new. */
struct elig_app *elig_app_add(struct elig_registry *r, const struct elig_app *app);
/* Links it to every organisation whose membership it depends on. */
void elig_app_link(struct elig_registry *r, struct elig_app *app);
/* Calls for each organisation it depends on, each at least once. */
typedef void (*elig_org_fn)(void *context, struct str organisation);
void elig_app_each_org(const struct elig_app *app, elig_org_fn fn, void *context);

/* Its linked applications, each once, in order of submitted_on and name. */
struct elig_app **elig_org_apps(struct elig_registry *r, struct elig_org *org, size_t *ret_count);
void elig_apps_sort(struct elig_app **apps, size_t count);

/* Standing on a day, and since when that is known (INT32_MIN: it is not). */
struct elig_standing elig_standing_on(const struct elig_org *org, int32_t day,
                                      int32_t *ret_known_on);
/* The stay that overlaps [from, to], not counting the application's own; NULL: none. */
const struct elig_period *elig_period_overlapping(const struct elig_org *org, int32_t from,
                                                  int32_t to, struct str own);
struct elig_period *elig_period_of(struct elig_org *org, struct str application); /* NULL: none */
struct elig_period *elig_period_add(struct elig_registry *r, struct elig_org *org,
                                    const struct elig_period *period);
void elig_periods_order(struct elig_org *org); /* after a change of dates */

#endif
