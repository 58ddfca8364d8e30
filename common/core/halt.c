/* halt: names and decisions; who halts what is the stage's affair. */
#include "common/core/halt.h"

#include <stdio.h>
#include <string.h>

#define HAS " has "
#define HAD " partitions and had "

static const char *const NAMES[] = {
    [HALT_NONE] = "",
    [HALT_INPUT_EXPIRED] = "INPUT_EXPIRED",
    [HALT_INPUT_TRUNCATED] = "INPUT_TRUNCATED",
    [HALT_INPUT_DIVERGED] = "INPUT_DIVERGED",
    [HALT_PARTITIONS_CHANGED] = "PARTITIONS_CHANGED",
    [HALT_OUTPUT_REFUSED] = "OUTPUT_REFUSED",
    [HALT_OPERATOR] = "OPERATOR",
};

const char *halt_name(enum halt h)
{
    return NAMES[h];
}

enum halt halt_parse(struct str name)
{
    for (size_t i = 1; i < COUNT(NAMES); i++)
        if (str_eq(name, str_of(NAMES[i])))
            return (enum halt)i;
    return HALT_OPERATOR;
}

enum halt halt_of_range(int64_t next, int64_t low, int64_t high)
{
    if (next < low)
        return HALT_INPUT_EXPIRED;
    if (next > high)
        return HALT_INPUT_TRUNCATED;
    return HALT_NONE;
}

enum halt halt_of_record(int64_t next, uint64_t remembered, int64_t offset, uint64_t fingerprint,
                         bool compacted)
{
    if (offset == next - 1)
        return fingerprint == remembered ? HALT_NONE : HALT_INPUT_DIVERGED;
    return compacted ? HALT_NONE : HALT_INPUT_DIVERGED;
}

void halt_partitions_write(char to[HALT_DETAIL_BYTES], const struct halt_partitions *p)
{
    (void)snprintf(to, HALT_DETAIL_BYTES, "%.*s" HAS "%d" HAD "%d", STR_ARG(p->topic), p->now,
                   p->was);
}

static bool take_until(struct str *rest, struct str mark, struct str *ret)
{
    const char *at = rest->len == 0 ? NULL : memmem(rest->ptr, rest->len, mark.ptr, mark.len);
    if (at == NULL)
        return false;
    *ret = (struct str){rest->ptr, (size_t)(at - rest->ptr)};
    *rest = str_skip(*rest, ret->len + mark.len);
    return true;
}

bool halt_partitions_read(struct str detail, struct halt_partitions *ret)
{
    struct str rest = detail, topic, now;
    uint64_t partitions, was;
    if (!take_until(&rest, STR(HAS), &topic) || !take_until(&rest, STR(HAD), &now) ||
        topic.len == 0 || !str_to_u64(now, &partitions) || !str_to_u64(rest, &was) ||
        partitions > INT32_MAX || was > INT32_MAX)
        return false;
    *ret = (struct halt_partitions){topic, (int32_t)partitions, (int32_t)was};
    return true;
}
