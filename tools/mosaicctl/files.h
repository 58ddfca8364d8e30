/* files: reading a file whole, or line by line without trusting the length of a line. */
#ifndef MOSAIC_CTL_FILES_H
#define MOSAIC_CTL_FILES_H

#include <stdio.h>

#include "common/core/buf.h"
#include "common/core/err.h"

#define FILE_MAX_BYTES ((size_t)1 << 30)
#define LINE_MAX_BYTES ((size_t)4 << 20)

/* Into a heap buf, which the caller ends with buf_done(). */
MUST_CHECK bool file_read(const char *path, struct buf *ret, struct err *err);

/* Puts the file's name in front of what is wrong in it; false. */
bool file_blame(const char *path, struct err *err);

struct lines {
    FILE *file;
    const char *path;
    int64_t size;   /* of the file; 0: not known */
    int64_t number; /* of the current line, from 1 */
    int64_t read;   /* bytes so far */
    struct buf line;
};

/* Opens a file, or standard input for "-". Undo with lines_close(), also after a failure. */
MUST_CHECK bool lines_open(struct lines *l, const char *path, struct err *err);
/* The next line without its line break, valid until the next call; *ret is STR_NONE at the end.
 * False: the file cannot be read, or the line is too long. */
MUST_CHECK bool lines_next(struct lines *l, struct str *ret, struct err *err);
void lines_close(struct lines *l);

#endif
