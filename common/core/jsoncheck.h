/* jsoncheck: is this text JSON as RFC 8259 has it, and can every reader read it alike (RFC 7493)?
 * Looks at the text alone, keeps nothing, allocates only for faults. */
#ifndef MOSAIC_CORE_JSONCHECK_H
#define MOSAIC_CORE_JSONCHECK_H

#include "common/core/fault.h"

/* False: no tree may be made of it (not_json, not_utf8, too_deep, too_many). True, perhaps with faults
 * added: well-formed, but number_inexact or nul_character at the places named. Keys are not compared. */
bool json_check(struct str text, struct faults *faults);

/* For texts that passed the check: past blanks, and past the value that starts at p. */
const char *json_skip_space(const char *p, const char *end);
const char *json_skip_value(const char *p, const char *end);

#endif
