/* outbox: one byte of version, then records: topic, key, value, number of headers, headers.
 * A number is a base-128 varint. A string is a number whose lowest two bits say what the rest means:
 *   0  no string: 0 is null, 1 is "as the value of the header before"
 *   1  that many bytes follow
 *   2  that many bytes follow and are remembered
 *   3  the string with that number: first the fixed names below, then the remembered ones in order */
#include "common/core/outbox.h"

#include <assert.h>

#include "common/core/buf.h"

#define VERSION 1

enum tag { TAG_NONE, TAG_BYTES, TAG_REMEMBERED, TAG_SHARED };
#define NONE_NULL 0
#define NONE_AS_BEFORE 1

/* Part of the format: only ever add at the end, and then raise VERSION. */
#define NAME(text)                                                                                 \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
static const struct fixed_name {
    struct str name;
    bool value_repeats; /* the header's value is likely the same in the next record */
} FIXED[] = {
    // clang-format off
    {NAME("ce_specversion"),  true},
    {NAME("ce_id"),           false},
    {NAME("ce_source"),       true},
    {NAME("ce_type"),         true},
    {NAME("ce_time"),         false},
    {NAME("ce_subject"),      false},
    {NAME("ce_sequence"),     false},
    {NAME("ce_originsource"), true},
    {NAME("ce_originid"),     false},
    {NAME("ce_number"),       false},
    {NAME("traceparent"),     false},
    {NAME("content-type"),    true},
    // clang-format on
};

void outbox_begin(struct outbox_writer *w, struct buf *out)
{
    *w = (struct outbox_writer){.out = out};
    buf_char(out, VERSION);
}

static void put_number(struct buf *out, uint64_t n)
{
    while (n >= 0x80) {
        buf_char(out, (char)(n | 0x80));
        n >>= 7;
    }
    buf_char(out, (char)n);
}

static void put_tagged(struct buf *out, uint64_t n, enum tag tag)
{
    put_number(out, n << 2 | (uint64_t)tag);
}

static void put_plain(struct outbox_writer *w, struct str s)
{
    if (s.ptr == NULL) {
        put_tagged(w->out, NONE_NULL, TAG_NONE);
        return;
    }
    put_tagged(w->out, s.len, TAG_BYTES);
    buf_str(w->out, s);
}

static void put_repeating(struct outbox_writer *w, struct str s)
{
    if (s.ptr == NULL || w->shared_count == OUTBOX_SHARED_MAX) {
        put_plain(w, s);
        return;
    }
    for (size_t i = 0; i < w->shared_count; i++) {
        if (str_eq(w->shared[i], s)) {
            put_tagged(w->out, COUNT(FIXED) + i, TAG_SHARED);
            return;
        }
    }
    w->shared[w->shared_count++] = s;
    put_tagged(w->out, s.len, TAG_REMEMBERED);
    buf_str(w->out, s);
}

static const struct fixed_name *fixed_find(struct str name)
{
    for (size_t i = 0; i < COUNT(FIXED); i++)
        if (str_eq(FIXED[i].name, name))
            return &FIXED[i];
    return NULL;
}

static void put_header(struct outbox_writer *w, const struct header *h, const struct header *before)
{
    const struct fixed_name *fixed = fixed_find(h->name);
    if (fixed == NULL)
        put_repeating(w, h->name);
    else
        put_tagged(w->out, (uint64_t)(fixed - FIXED), TAG_SHARED);

    if (fixed != NULL && fixed->value_repeats)
        put_repeating(w, h->value);
    else if (before != NULL && before->value.ptr != NULL && h->value.ptr != NULL &&
             str_eq(before->value, h->value))
        put_tagged(w->out, NONE_AS_BEFORE, TAG_NONE);
    else
        put_plain(w, h->value);
}

void outbox_add(struct outbox_writer *w, const struct outbox_record *record)
{
    assert(record->header_count <= OUTBOX_HEADERS_MAX);
    put_repeating(w, record->topic);
    put_plain(w, record->key);
    put_plain(w, record->value);
    put_number(w->out, record->header_count);
    const struct header *before = NULL;
    for (size_t i = 0; i < record->header_count; before = &record->headers[i], i++)
        put_header(w, &record->headers[i], before);
    w->records++;
}

bool outbox_open(struct outbox_reader *r, struct str payload)
{
    r->shared_count = 0;
    if (payload.len == 0 || payload.ptr[0] != VERSION)
        return false;
    r->left = str_skip(payload, 1);
    return true;
}

static bool get_number(struct outbox_reader *r, uint64_t *ret)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 63 && r->left.len > 0; shift += 7) {
        uint8_t byte = (uint8_t)r->left.ptr[0];
        r->left = str_skip(r->left, 1);
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret = n;
            return true;
        }
    }
    return false;
}

static bool get_bytes(struct outbox_reader *r, uint64_t len, struct str *ret)
{
    if (len > r->left.len)
        return false;
    *ret = (struct str){r->left.ptr, (size_t)len};
    r->left = str_skip(r->left, (size_t)len);
    return true;
}

static bool get_shared(const struct outbox_reader *r, uint64_t number, struct str *ret)
{
    if (number < COUNT(FIXED)) {
        *ret = FIXED[number].name;
        return true;
    }
    if (number - COUNT(FIXED) >= r->shared_count)
        return false;
    *ret = r->shared[number - COUNT(FIXED)];
    return true;
}

static bool get_none(uint64_t n, const struct str *before, struct str *ret)
{
    if (n == NONE_AS_BEFORE && before != NULL)
        *ret = *before;
    else if (n == NONE_NULL)
        *ret = STR_NONE;
    else
        return false;
    return true;
}

static bool get_string(struct outbox_reader *r, const struct str *before, struct str *ret)
{
    uint64_t n;
    if (!get_number(r, &n))
        return false;
    switch ((enum tag)(n & 3)) {
    case TAG_NONE: return get_none(n >> 2, before, ret);
    case TAG_BYTES: return get_bytes(r, n >> 2, ret);
    case TAG_REMEMBERED:
        if (r->shared_count == OUTBOX_SHARED_MAX || !get_bytes(r, n >> 2, ret))
            return false;
        r->shared[r->shared_count++] = *ret;
        return true;
    case TAG_SHARED: return get_shared(r, n >> 2, ret);
    }
    return false;
}

static bool get_headers(struct outbox_reader *r, uint64_t count)
{
    if (count > OUTBOX_HEADERS_MAX)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        const struct str *before = i > 0 ? &r->headers[i - 1].value : NULL;
        if (!get_string(r, NULL, &r->headers[i].name) || r->headers[i].name.ptr == NULL ||
            !get_string(r, before, &r->headers[i].value))
            return false;
    }
    return true;
}

enum outbox_step outbox_next(struct outbox_reader *r, struct outbox_record *ret)
{
    struct outbox_record record = {.headers = r->headers};
    uint64_t count;
    if (r->left.len == 0)
        return OUTBOX_END;
    if (!get_string(r, NULL, &record.topic) || record.topic.ptr == NULL ||
        !get_string(r, NULL, &record.key) || !get_string(r, NULL, &record.value) ||
        !get_number(r, &count) || !get_headers(r, count))
        return OUTBOX_CORRUPT;
    record.header_count = (size_t)count;
    *ret = record;
    return OUTBOX_RECORD;
}
