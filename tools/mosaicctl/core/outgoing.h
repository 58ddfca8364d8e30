/* outgoing: an event an importer made, on its way to a topic or a file. */
#ifndef MOSAIC_CTL_OUTGOING_H
#define MOSAIC_CTL_OUTGOING_H

#include "common/core/err.h"
#include "common/core/upstream.h"

struct outgoing {
    struct str source, id; /* the same file gives the same ones, so sending twice is harmless */
    enum ev_type type;
    struct str key;
    struct str data; /* JSON */
};

/* Takes one event; its texts are gone afterwards. False with err set: stop. */
typedef bool (*outgoing_fn)(void *context, const struct outgoing *event, struct err *err);

/* The event as a line of JSON, in CloudEvents' structured form; with the line break. */
void outgoing_write(struct buf *line, const struct outgoing *event);

#endif
