/* store: the register in PostgreSQL. All SQL of the service is in store.c.
 * A batch costs two round trips: claim, and settle together with the commit. */
#ifndef MOSAIC_INTAKE_STORE_H
#define MOSAIC_INTAKE_STORE_H

#include "common/io/pg.h"
#include "services/intake/core/ledger.h"

/* Takes the names of the batch's events in the register where they are free, and numbers for all of
 * them, as if all were to be accepted; reads the applications they name. Fills in the ledger. */
MUST_CHECK bool intake_claim(struct pg *pg, struct intake_ledger *l, struct err *err);
/* Queues what the decision made of it: what was claimed too much is given back. */
void intake_settle(struct pg *pg, const struct intake_ledger *l);

#endif
