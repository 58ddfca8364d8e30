/* positions: the part of the command that changes something. */
#ifndef MOSAIC_CTL_POSITIONS_H
#define MOSAIC_CTL_POSITIONS_H

#include "tools/mosaicctl/stages.h"

struct resolve_order {
    const char *stage, *topic, *partition, *from;
    bool yes; /* otherwise only say what would be done */
};

/* Lets a halted partition go on. False: err says why not, and nothing was changed. */
MUST_CHECK bool positions_resolve(struct pg *pg, const struct resolve_order *order,
                                  struct err *err);

#endif
