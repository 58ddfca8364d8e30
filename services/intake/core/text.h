/* text: a stranger's bytes, as far as they can be shown. */
#ifndef MOSAIC_INTAKE_TEXT_H
#define MOSAIC_INTAKE_TEXT_H

#include "common/core/str.h"

/* At most `max` bytes of it, whole characters only; absent if it is empty or no text that every
 * reader takes (not UTF-8, or with a NUL character). */
struct str intake_shown(struct str s, size_t max);

#endif
