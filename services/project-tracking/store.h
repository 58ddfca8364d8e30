/* store: the projects in PostgreSQL, all keys of a batch at once.
 * What is loaded lives in the batch's arena; what is stored is queued for the stage's commit. */
#ifndef MOSAIC_TRACK_STORE_H
#define MOSAIC_TRACK_STORE_H

#include "common/io/pg.h"
#include "services/project-tracking/core/follow.h"

/* Locks every project that the batch's items name or that their applications opened, in order of
 * their names, and fills in what is known of them. */
MUST_CHECK bool store_load(struct pg *pg, struct follow *f, struct err *err);
void store_save(struct pg *pg, const struct follow *f);

#endif
