/* stages: the two stages of eligibility. Static data. */
#ifndef MOSAIC_ELIG_STAGES_H
#define MOSAIC_ELIG_STAGES_H

#include "common/io/stage.h"
#include "services/eligibility/core/registry.h"

extern const struct stage ASSESS_STAGE;
extern const struct stage ALLOCATE_STAGE;

/* An application takes some 15 kB until its batch is through; of more at a time no more are done. */
#define ELIG_BATCH_MAX 500

/* The input that is to carry the next revision of something whose revisions must stay in order: its own
 * cause, unless an earlier revision of this batch, or one that is not acknowledged yet, went out
 * with another input partition; then an input of that partition. Returns ELIG_NO_INPUT when there is
 * none in this batch, so that the batch has to be tried again later. *carrier is what this returned
 * last, in this batch. What a refused input carried would be lost with it. */
size_t stage_carrier(const struct batch *b, const bool *refused, size_t cause,
                     struct elig_published published, size_t *carrier);
/* Emits with that carrier in the name of `cause`. */
void stage_emit(struct batch *b, size_t carrier, size_t cause, struct output out);
MUST_CHECK bool stage_blocked(struct str application, struct elig_published published,
                              struct err *err); /* false */

#endif
