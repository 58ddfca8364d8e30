/* text: the one place that cuts. */
#include "services/intake/core/text.h"

#include <string.h>

struct str intake_shown(struct str s, size_t max)
{
    if (s.ptr == NULL || s.len == 0 || !str_is_utf8(s) || memchr(s.ptr, '\0', s.len) != NULL)
        return STR_NONE;
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xc0) == 0x80)
        max--;
    return (struct str){s.ptr, max};
}
