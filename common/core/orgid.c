/* orgid: the schemes and their checks. */
#include "common/core/orgid.h"

#include <string.h>

static bool all_digits(struct str s, size_t len)
{
    if (s.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

static enum orgid_fault check_inn(struct str value)
{
    static const int weights[] = {2, 4, 10, 3, 5, 9, 4, 6, 8};
    if (!all_digits(value, 10))
        return ORGID_MALFORMED;
    int sum = 0;
    for (size_t i = 0; i < COUNT(weights); i++)
        sum += weights[i] * (value.ptr[i] - '0');
    return sum % 11 % 10 == value.ptr[9] - '0' ? ORGID_OK : ORGID_CHECKSUM;
}

static enum orgid_fault check_pic(struct str value)
{
    return all_digits(value, 9) ? ORGID_OK : ORGID_MALFORMED;
}

enum orgid_fault orgid_check(struct str id)
{
    const char *colon = id.len == 0 ? NULL : memchr(id.ptr, ':', id.len);
    if (colon == NULL || colon == id.ptr)
        return ORGID_NO_SCHEME;
    struct str scheme = {id.ptr, (size_t)(colon - id.ptr)};
    struct str value = str_skip(id, scheme.len + 1);
    if (str_eq(scheme, STR("inn")))
        return check_inn(value);
    if (str_eq(scheme, STR("pic")))
        return check_pic(value);
    return ORGID_UNKNOWN_SCHEME;
}

const char *orgid_fault_text(enum orgid_fault fault)
{
    switch (fault) {
    case ORGID_OK: return "The identifier is right.";
    case ORGID_NO_SCHEME:
        return "An organisation is named scheme:value, for example inn:7707083893.";
    case ORGID_UNKNOWN_SCHEME: return "The scheme is not known; known are inn and pic.";
    case ORGID_MALFORMED: return "After inn: stand exactly 10 digits, after pic: exactly 9.";
    case ORGID_CHECKSUM:
        return "The last digit of the INN does not fit the others; one digit is probably mistyped.";
    }
    return "?";
}
