/* Fuzzes the decoder of one event type, FUZZ_TYPE; compiled once for each.
 * Whatever is taken must come back the same from what the writer makes of it. */
#include <stdlib.h>

#include "gen/events.h"

#ifndef FUZZ_TYPE /* a tool that only reads the source takes any one */
#define FUZZ_TYPE "mosaic.application.submitted.v1"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_faults(const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        must(faults->items[i].message.len > 0);
        must(str_is_utf8(faults->items[i].message) && str_is_utf8(faults->items[i].pointer));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    arena_reset(&arena);
    enum ev_type type = ev_type_of(STR(FUZZ_TYPE));
    struct faults faults;
    faults_init(&faults, &arena);
    union ev_any event, again;
    if (!ev_decode(type, &arena, (struct str){(const char *)data, size}, &event, &faults)) {
        must(faults.count > 0);
        check_faults(&faults);
        return 0;
    }
    must(faults.count == 0);
    struct buf first = {.arena = &arena}, second = {.arena = &arena};
    ev_write(type, &first, &event);
    must(ev_decode(type, &arena, buf_view(&first), &again, &faults));
    ev_write(type, &second, &again);
    must(str_eq(buf_view(&first), buf_view(&second)));
    return 0;
}
