/* allocate_private: what allocate.c (who gets what), line.c (who waits) and purse.c (the money) share. */
#ifndef MOSAIC_ELIG_ALLOCATE_PRIVATE_H
#define MOSAIC_ELIG_ALLOCATE_PRIVATE_H

#include "services/eligibility/core/allocate.h"

/* What its organisation may still be given this year, the award's own share not counted. */
int64_t elig_cap_left(struct elig_allocate *s, const struct elig_award *award);
/* The amount must be free. */
void elig_give(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
               int64_t amount);
void elig_take_back(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                    int64_t amount);

void elig_line_join(struct elig_allocate *s, struct elig_budget *b,
                    struct elig_award *award); /* at its end */
void elig_line_leave(struct elig_budget *b,
                     struct elig_award *award); /* nothing if it is not in it */
/* Who is next, or NULL: nobody, or nobody that is in memory. */
struct elig_award *elig_line_first(struct elig_budget *b);

#endif
