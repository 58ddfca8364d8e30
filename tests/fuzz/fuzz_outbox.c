/* Fuzzes the reading of an outbox payload: what can be read is written again and must read the same. */
#include <stdlib.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/outbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct str a, struct str b)
{
    return (a.ptr == NULL) == (b.ptr == NULL) && a.len == b.len &&
           (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool same_record(const struct outbox_record *a, const struct outbox_record *b)
{
    if (!same(a->topic, b->topic) || !same(a->key, b->key) || !same(a->value, b->value) ||
        a->header_count != b->header_count)
        return false;
    for (size_t i = 0; i < a->header_count; i++)
        if (!same(a->headers[i].name, b->headers[i].name) ||
            !same(a->headers[i].value, b->headers[i].value))
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct outbox_reader first, second;
    static struct arena arena;
    struct outbox_record record, again;
    struct outbox_writer writer;
    arena_reset(&arena);
    struct buf out = {.arena = &arena};
    struct str payload = {(const char *)data, size};
    if (!outbox_open(&first, payload))
        return 0;
    outbox_begin(&writer, &out);
    while (outbox_next(&first, &record) == OUTBOX_RECORD)
        outbox_add(&writer, &record);
    if (!outbox_open(&first, payload) || !outbox_open(&second, buf_view(&out)))
        abort();
    while (outbox_next(&first, &record) == OUTBOX_RECORD)
        if (outbox_next(&second, &again) != OUTBOX_RECORD || !same_record(&record, &again))
            abort();
    if (outbox_next(&second, &again) != OUTBOX_END)
        abort();
    return 0;
}
