/* follow: the stage that opens projects from decisions and follows them to their end. Static data. */
#ifndef MOSAIC_TRACK_FOLLOW_STAGE_H
#define MOSAIC_TRACK_FOLLOW_STAGE_H

#include "common/io/stage.h"

extern const struct stage FOLLOW_STAGE;

#endif
