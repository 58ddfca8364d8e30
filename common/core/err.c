/* err: filling in an error. */
#include "common/core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_write(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;
    err->kind = kind;
    err->code[0] = '\0';
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
}

void err_prefix(struct err *err, const char *words)
{
    size_t last = sizeof err->text - 1;
    size_t len = strnlen(words, last);
    memmove(err->text + len, err->text, last - len);
    memcpy(err->text, words, len);
    err->text[last] = '\0';
}

const char *err_kind_text(enum err_kind kind)
{
    switch (kind) {
    case ERR_NONE: return "NONE";
    case ERR_RETRY: return "RETRY";
    case ERR_REJECT: return "REJECT";
    case ERR_FATAL: return "FATAL";
    }
    return "?";
}
