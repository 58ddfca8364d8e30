/* lex: FEEL's text as tokens (DMN 1.5, 10.3.1.2, rules 21 to 35). A token is asked for at a place, not taken from a
 * stream, since only the parser knows where a name with blanks ends. Reads UTF-8; makes no memory but for lex_unquote. */
#ifndef MOSAIC_DMN_LEX_H
#define MOSAIC_DMN_LEX_H

#include "common/core/arena.h"

enum token_kind {
    T_END,
    T_BAD, /* .complaint says what is wrong with it */
    T_NUMBER,
    T_STRING, /* with its quotes */
    T_WORD,   /* a keyword or a part of a name; also `?` */
    T_AT,
    T_DOT,
    T_DOT_DOT,
    T_COMMA,
    T_COLON,
    T_OPEN,
    T_CLOSE,
    T_OPEN_BRACKET,
    T_CLOSE_BRACKET,
    T_OPEN_BRACE,
    T_CLOSE_BRACE,
    T_PLUS,
    T_MINUS,
    T_STAR,
    T_STAR_STAR,
    T_SLASH,
    T_APOSTROPHE, /* only in names */
    T_ARROW,
    T_EQ,
    T_NE,
    T_LT,
    T_LE,
    T_GT,
    T_GE,
};

struct token {
    enum token_kind kind;
    uint32_t at, end;      /* bytes [at, end) of the text */
    const char *complaint; /* a whole sentence without its full stop; NULL if nothing is wrong */
};

struct token lex_next(struct str text, uint32_t from); /* blanks and comments are skipped first */
/* The first byte at or after `from` that is neither blank nor comment. An unclosed comment is not skipped. */
uint32_t lex_skip(struct str text, uint32_t from);
/* The end of the run of letters, digits and the like at `from`; `from` itself if there is none. */
uint32_t lex_word(struct str text, uint32_t from);
/* Bytes of the blank at `from`, 0 if it is none. */
uint32_t lex_blank(struct str text, uint32_t from);
/* What a string token (with its quotes) says. An escaped character that cannot be becomes U+FFFD; an escape the
 * grammar does not know stands for itself. */
struct str lex_unquote(struct arena *a, struct str token);

#endif
