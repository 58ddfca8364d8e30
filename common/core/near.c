/* near: Levenshtein's distance, one row at a time. */
#include "common/core/near.h"

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The number of bytes to change, add or leave out between two names, but for the case of letters. */
static size_t distance(struct str a, struct str b)
{
    size_t row[NEAR_MAX_BYTES + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + ((a.ptr[i - 1] | 0x20) != (b.ptr[j - 1] | 0x20));
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

struct near near_begin(struct str name)
{
    size_t most = name.len <= 2 ? 0 : name.len <= 4 ? 1 : name.len / 3 + 1;
    return (struct near){.name = name, .distance = most + 1};
}

static bool has_length(struct str name)
{
    return name.len > 0 && name.len <= NEAR_MAX_BYTES;
}

void near_try(struct near *n, struct str known)
{
    if (!has_length(n->name) || !has_length(known))
        return;
    size_t d = distance(n->name, known);
    if (d < n->distance) {
        n->distance = d;
        n->best = known;
    }
}
