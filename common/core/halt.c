/* halt: names and decisions; who halts what is the stage's affair. */
#include "common/core/halt.h"

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
