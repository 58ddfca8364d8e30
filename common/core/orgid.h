/* orgid: names of organisations, `scheme:value`, each scheme with its own check.
 * inn: Russian tax number of a legal entity, 10 digits, the last a weighted checksum.
 * pic: European participant identification code, 9 digits. */
#ifndef MOSAIC_CORE_ORGID_H
#define MOSAIC_CORE_ORGID_H

#include "common/core/str.h"

enum orgid_fault {
    ORGID_OK,
    ORGID_NO_SCHEME,
    ORGID_UNKNOWN_SCHEME,
    ORGID_MALFORMED, /* wrong length or not digits */
    ORGID_CHECKSUM,  /* right form, wrong check digit */
};

enum orgid_fault orgid_check(struct str id);
const char *orgid_fault_text(enum orgid_fault fault); /* a sentence for the sender */

#endif
