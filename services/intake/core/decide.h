/* decide: which events of a batch are accepted, which are repeats, which are refused for what is
 * registered already. Pure: the ledger holds all it reads. */
#ifndef MOSAIC_INTAKE_DECIDE_H
#define MOSAIC_INTAKE_DECIDE_H

#include "services/intake/core/ledger.h"

/* Sets every case's verdict, number and faults, and what the ledger's rows become. */
void intake_decide(struct intake_ledger *l);

#endif
