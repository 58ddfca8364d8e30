/* check_application: what the fields of an application, submitted or amended, say of each other.
 * Also the two questions it shares with the rest of the check. */
#ifndef MOSAIC_INTAKE_CHECK_APPLICATION_H
#define MOSAIC_INTAKE_CHECK_APPLICATION_H

#include "gen/events.h"

void intake_check_application(struct arena *a, enum ev_type type, const union ev_any *event,
                              struct faults *faults);

/* No fault names just this place. */
bool intake_is_sound(const struct faults *faults, const char *pointer);
/* Adds a fault unless the identifier is right or absent. */
void intake_check_identifier(struct str id, struct str pointer, struct faults *faults);

#endif
