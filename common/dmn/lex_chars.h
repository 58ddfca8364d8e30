/* lex_chars: the characters of FEEL (DMN 1.5, 10.3.1.2, rules 28 to 31 and 61 to 62). */
#ifndef MOSAIC_DMN_LEX_CHARS_H
#define MOSAIC_DMN_LEX_CHARS_H

#include "common/core/buf.h"

/* The character at `at` and its length in bytes; 0 bytes at the end, one byte and UINT32_MAX if it is not UTF-8. */
uint32_t char_at(struct str text, uint32_t at, uint32_t *ret_bytes);
bool char_is_blank(uint32_t c);
bool char_starts_name(uint32_t c);
bool char_in_name(uint32_t c);
void char_put(struct buf *b, uint32_t c); /* as UTF-8; what is no character as U+FFFD */

#endif
