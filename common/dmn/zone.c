/* zone: TZif files (RFC 8536): a table of changes, and a rule for the time after it. */
#include "common/dmn/zone.h"

#include <string.h>

#include "common/dmn/zone_private.h"

#define HEADER_BYTES 44
#define WINDOW (27 * 3600) /* no zone is further from UTC */

struct zone {
    struct str name;
    size_t count;
    const int64_t *times;   /* when a change happened, UTC, ascending */
    const int32_t *offsets; /* in force from then on */
    const bool *is_summer;
    int32_t first; /* before the first change */
    bool has_rule; /* after the last */
    struct zone_rule rule;
};

struct header {
    char version;
    uint32_t utc_count, std_count, leap_count, time_count, type_count, char_count;
};

static uint32_t be32(const char *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static int64_t be_time(const char *p, size_t bytes)
{
    if (bytes == 4)
        return (int32_t)be32(p);
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool header_read(struct str s, struct header *h)
{
    if (s.len < HEADER_BYTES || memcmp(s.ptr, "TZif", 4) != 0)
        return false;
    h->version = s.ptr[4];
    uint32_t *const fields[] = {&h->utc_count,  &h->std_count,  &h->leap_count,
                                &h->time_count, &h->type_count, &h->char_count};
    for (size_t i = 0; i < COUNT(fields); i++)
        *fields[i] = be32(s.ptr + 20 + 4 * i);
    return h->type_count > 0 && h->type_count <= 256;
}

static size_t data_bytes(const struct header *h, size_t time_bytes)
{
    return h->time_count * (time_bytes + 1) + (size_t)h->type_count * 6 + h->char_count +
           h->leap_count * (time_bytes + 4) + h->std_count + h->utc_count;
}

/* Changes must ascend and offsets be within a day and a bit. */
static bool data_read(struct arena *a, const struct header *h, const char *p, size_t time_bytes,
                      struct zone *z)
{
    const char *types = p + h->time_count * time_bytes, *infos = types + h->time_count;
    int64_t *times = arena_array(a, h->time_count, sizeof *times);
    int32_t *offsets = arena_array(a, h->time_count, sizeof *offsets);
    bool *is_summer = arena_array(a, h->time_count, sizeof *is_summer);
    for (size_t i = 0; i < h->type_count; i++) {
        int32_t offset = (int32_t)be32(infos + 6 * i);
        if (offset <= -WINDOW || offset >= WINDOW)
            return false;
    }
    for (size_t i = 0; i < h->time_count; i++) {
        unsigned char type = (unsigned char)types[i];
        times[i] = be_time(p + i * time_bytes, time_bytes);
        if (type >= h->type_count || (i > 0 && times[i] <= times[i - 1]))
            return false;
        offsets[i] = (int32_t)be32(infos + (size_t)6 * type);
        is_summer[i] = infos[(size_t)6 * type + 4] != 0;
    }
    z->count = h->time_count;
    z->times = times;
    z->offsets = offsets;
    z->is_summer = is_summer;
    z->first = (int32_t)be32(infos);
    return true;
}

/* The line after the data, between two line feeds; empty: no rule. */
static bool footer_read(struct str rest, struct zone *z)
{
    if (rest.len < 2 || rest.ptr[0] != '\n')
        return false;
    rest = str_skip(rest, 1);
    const char *end = memchr(rest.ptr, '\n', rest.len);
    if (end == NULL)
        return false;
    rest.len = (size_t)(end - rest.ptr);
    z->has_rule = rest.len > 0;
    return rest.len == 0 || zone_rule_parse(rest, &z->rule);
}

struct zone *zone_read(struct arena *a, struct str name, struct str tzif)
{
    struct header h;
    struct zone *z = arena_alloc(a, sizeof *z);
    z->name = arena_dup(a, name);
    if (!header_read(tzif, &h) || tzif.len - HEADER_BYTES < data_bytes(&h, 4))
        return NULL;
    if (h.version == '\0')
        return data_read(a, &h, tzif.ptr + HEADER_BYTES, 4, z) ? z : NULL;
    tzif = str_skip(tzif, HEADER_BYTES + data_bytes(&h, 4)); /* the 32-bit copy */
    if (!header_read(tzif, &h) || tzif.len - HEADER_BYTES < data_bytes(&h, 8))
        return NULL;
    if (!data_read(a, &h, tzif.ptr + HEADER_BYTES, 8, z))
        return NULL;
    return footer_read(str_skip(tzif, HEADER_BYTES + data_bytes(&h, 8)), z) ? z : NULL;
}

struct str zone_name(const struct zone *z)
{
    return z->name;
}

/* How many changes lie at or before the instant. */
static size_t changes_until(const struct zone *z, int64_t at)
{
    size_t low = 0, high = z->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->times[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int32_t zone_offset_at(const struct zone *z, int64_t utc_seconds)
{
    size_t n = changes_until(z, utc_seconds);
    if (n == z->count && z->has_rule)
        return zone_rule_offset(&z->rule, utc_seconds);
    return n == 0 ? z->first : z->offsets[n - 1];
}

int32_t zone_offset_standard(const struct zone *z)
{
    if (z->has_rule) /* Ireland's summer time is its standard, winter the exception */
        return z->rule.has_summer && z->rule.summer < z->rule.standard ? z->rule.summer
                                                                       : z->rule.standard;
    for (size_t i = z->count; i > 0; i--)
        if (!z->is_summer[i - 1])
            return z->offsets[i - 1];
    return z->first;
}

static bool next_change(const struct zone *z, int64_t after, int64_t *ret_at)
{
    size_t n = changes_until(z, after);
    if (n == z->count)
        return z->has_rule && zone_rule_next(&z->rule, after, ret_at);
    *ret_at = z->times[n];
    return true;
}

/* Walks through the changes round that time. Until a change is reached on the clock that runs before it, and in the
 * hour the clock jumps over, the offset before it holds. */
int32_t zone_offset_local(const struct zone *z, int64_t local_seconds)
{
    int64_t at = local_seconds - WINDOW;
    int32_t offset = zone_offset_at(z, at);
    while (next_change(z, at, &at) && at <= local_seconds + WINDOW) {
        int32_t later = zone_offset_at(z, at);
        if (local_seconds < at + (offset > later ? offset : later))
            return offset;
        offset = later;
    }
    return offset;
}
