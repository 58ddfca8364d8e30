/* upstream: where an event from outside belongs: its topic, its key, and the topic that carries it on
 * once it is accepted. Views point into the event, or into the arena for keys that are put together. */
#ifndef MOSAIC_CORE_UPSTREAM_H
#define MOSAIC_CORE_UPSTREAM_H

#include "common/core/topic.h"
#include "gen/events.h"

struct upstream {
    const struct topic *from; /* where senders put it */
    const struct topic *to;   /* where intake puts it */
};

/* NULL: the type is not known or is none that comes from outside. */
const struct upstream *upstream_of(enum ev_type type);
/* The key its record must have; ptr NULL if a field it is made of is absent. */
struct str upstream_key(struct arena *a, enum ev_type type, const union ev_any *event);
/* The organisation it is about; ptr NULL if none. */
struct str upstream_organisation(enum ev_type type, const union ev_any *event);
/* The application it is about; ptr NULL if none. */
struct str upstream_application(enum ev_type type, const union ev_any *event);

#endif
