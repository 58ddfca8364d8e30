/* csv: reads comma-separated values as RFC 4180 has them: quotes, doubled quotes, line breaks inside
 * quotes, CRLF or LF, and a byte order mark in front. Fields are views into the text, or into the arena
 * where doubled quotes had to be undone; a row's field list is reused by the next one. */
#ifndef MOSAIC_CORE_CSV_H
#define MOSAIC_CORE_CSV_H

#include "common/core/arena.h"
#include "common/core/err.h"

#define CSV_FIELDS_MAX 500

struct csv {
    struct arena *arena;
    struct str rest;    /* what is not read yet */
    int64_t line;       /* of the next row, from 1 */
    struct str *fields; /* of the current row */
    size_t count;
    int64_t row_line; /* where the current row begins */
    size_t columns;   /* of the header */
};

enum csv_step { CSV_ROW, CSV_END, CSV_BROKEN };

/* Reads the header; false with a sentence if there is none or the text is not UTF-8. */
MUST_CHECK bool csv_open(struct csv *c, struct arena *a, struct str text, struct err *err);
/* The place of a column by its header name; false with a sentence naming it if it is missing. */
MUST_CHECK bool csv_column(const struct csv *c, const char *name, size_t *ret, struct err *err);
/* The place of a column, or SIZE_MAX. Only before the first csv_next(). */
size_t csv_find(const struct csv *c, const char *name);
/* The next row that is not an empty line. CSV_BROKEN: a quote that never closes, text after a closing
 * quote, another number of fields than the header has; err says in which line. */
enum csv_step csv_next(struct csv *c, struct err *err);

#endif
