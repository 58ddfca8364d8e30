/* buf: bytes that grow at the end, for writers.
 * With an arena the memory is the arena's; without one it is the buf's own, freed by buf_done(). */
#ifndef MOSAIC_CORE_BUF_H
#define MOSAIC_CORE_BUF_H

#include "common/core/arena.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    struct arena *arena; /* NULL: heap */
};

void buf_done(struct buf *b); /* safe on a zeroed buf; does nothing to arena memory */
void buf_reset(struct buf *b);
char *buf_reserve(struct buf *b, size_t bytes); /* room at the end; add to len what was used */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_str(struct buf *b, struct str s);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, int64_t value); /* as decimal text */
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str buf_view(const struct buf *b); /* valid until the buf grows */

/* A JSON string with its quotes, escaped as RFC 8259 asks. */
void buf_json_str(struct buf *b, struct str s);

#endif
