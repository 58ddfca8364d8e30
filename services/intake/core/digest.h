/* digest: the name under which intake remembers an accepted event: the first 16 bytes of the SHA-256
 * of its source, a zero byte and its id. In SQL:
 * substring(sha256(convert_to(source, 'UTF8') || '\x00' || convert_to(id, 'UTF8')) for 16).
 * A short name keeps the register small; a strong hash lets no sender hide another's event. */
#ifndef MOSAIC_INTAKE_DIGEST_H
#define MOSAIC_INTAKE_DIGEST_H

#include "common/core/str.h"

struct intake_name {
    int64_t high; /* bytes 0 to 7 in network order, as PostgreSQL keeps a bigint */
    int64_t low;  /* bytes 8 to 15 */
};

#define INTAKE_NAME_MAX_BYTES 1000 /* of an id or a source; event_read() takes no longer ones */

/* Neither text may be longer than that: asserted. */
struct intake_name intake_name_of(struct str source, struct str id);

#endif
