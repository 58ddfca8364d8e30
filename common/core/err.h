/* err: what to do about a failure of the world outside.
 * Lives on the caller's stack; whoever handles it logs it, once. A "no" by the rules is not an err. */
#ifndef MOSAIC_CORE_ERR_H
#define MOSAIC_CORE_ERR_H

#include "common/core/str.h"

#define MUST_CHECK __attribute__((warn_unused_result))

enum err_kind {
    ERR_NONE,
    ERR_RETRY,  /* passes by itself: wait and do it again */
    ERR_REJECT, /* this input will never succeed: dead letter */
    ERR_FATAL,  /* nothing here can go on */
};

struct err {
    enum err_kind kind;
    char code[6]; /* SQLSTATE where PostgreSQL said it, else empty */
    char text[400];
};

/* Sets the error and is false, so that a function can end in `return err_set(err, kind, format, ...)`.
 * A macro, so that every compiler and analyzer sees that it is false. */
#define err_set(...) (err_write(__VA_ARGS__), err_false())
void err_write(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts `words` in front of the text, which is cut at its end if there is no room. */
void err_prefix(struct err *err, const char *words);
static inline bool err_false(void)
{
    return false;
}
const char *err_kind_text(enum err_kind kind); /* "RETRY" ... */

#endif
