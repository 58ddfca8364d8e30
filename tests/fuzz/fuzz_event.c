/* Fuzzes the reading of envelopes. The input is lines "name:value" for the headers, an empty line, and
 * the record's value; "name" alone is a header with a null value, "-" as the whole value a null value. */
#include <stdlib.h>
#include <string.h>

#include "common/core/event.h"

#define HEADERS_MAX 30

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes one line off the front. */
static struct str take_line(struct str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
    struct str line = {rest->ptr, end == NULL ? rest->len : (size_t)(end - rest->ptr)};
    *rest = str_skip(*rest, line.len + (end != NULL));
    return line;
}

static struct header header_of(struct str line)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    if (colon == NULL)
        return (struct header){.name = line};
    size_t name_len = (size_t)(colon - line.ptr);
    return (struct header){{line.ptr, name_len}, str_skip(line, name_len + 1)};
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    arena_reset(&arena);
    struct str rest = {(const char *)data, size};
    struct header headers[HEADERS_MAX];
    size_t count = 0;
    for (struct str line = take_line(&rest); line.len > 0 && count < HEADERS_MAX;
         line = take_line(&rest))
        headers[count++] = header_of(line);
    struct str value = str_eq(rest, STR("-")) ? STR_NONE : rest;

    struct event event;
    struct faults faults;
    faults_init(&faults, &arena);
    bool read = event_read(&arena, headers, count, value, &event, &faults);
    must(read || faults.count > 0);
    for (size_t i = 0; i < faults.count; i++)
        must(str_is_utf8(faults.items[i].message));
    if (!read)
        return 0;
    must(event.id.len > 0 && event.source.len > 0 && event.type.len > 0);
    must(str_is_utf8(event.id) && str_is_utf8(event.source) && str_is_utf8(event.type));
    char text[SEQUENCE_TEXT_LEN + 1];
    if (event.has_sequence)
        sequence_write(text, event.sequence);
    return 0;
}
