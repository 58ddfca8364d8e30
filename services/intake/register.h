/* register: the stage that reads what strangers send. Accepted events go on numbered, refused ones
 * become event.rejected, what is no event at all becomes a dead letter, repeats become nothing. */
#ifndef MOSAIC_INTAKE_REGISTER_H
#define MOSAIC_INTAKE_REGISTER_H

#include "common/io/stage.h"

extern const struct stage INTAKE_REGISTER;

#endif
