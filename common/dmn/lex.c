/* lex: tokens, and complaints about what people write from the habit of other languages. */
#include "common/dmn/lex.h"

#include <string.h>

#include "common/dmn/lex_chars.h"

static char byte_at(struct str text, uint32_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

uint32_t lex_blank(struct str text, uint32_t from)
{
    uint32_t bytes, c = char_at(text, from, &bytes);
    return bytes > 0 && char_is_blank(c) ? bytes : 0;
}

/* The end of the comment at `from`; `from` if there is none or it never ends. */
static uint32_t comment_end(struct str text, uint32_t from)
{
    if (byte_at(text, from) != '/')
        return from;
    const char *end = NULL, *begin = text.ptr + from;
    if (byte_at(text, from + 1) == '/') {
        end = memchr(begin, '\n', text.len - from);
        return end == NULL ? (uint32_t)text.len : (uint32_t)(end - text.ptr);
    }
    if (byte_at(text, from + 1) == '*' && text.len - from >= 4)
        end = memmem(begin + 2, text.len - from - 2, "*/", 2);
    return end == NULL ? from : (uint32_t)(end - text.ptr) + 2;
}

uint32_t lex_skip(struct str text, uint32_t from)
{
    for (;;) {
        uint32_t blank = lex_blank(text, from);
        uint32_t end = blank > 0 ? from + blank : comment_end(text, from);
        if (end == from)
            return from;
        from = end;
    }
}

uint32_t lex_word(struct str text, uint32_t from)
{
    uint32_t bytes, c;
    while ((c = char_at(text, from, &bytes)), bytes > 0 && char_in_name(c))
        from += bytes;
    return from;
}

/* "1", "1.5", ".5", "1e10"; of "1..5" only the "1", of "1.e" too. */
static uint32_t number_end(struct str text, uint32_t at)
{
    while (is_digit(byte_at(text, at)))
        at++;
    if (byte_at(text, at) == '.' && is_digit(byte_at(text, at + 1)))
        for (at++; is_digit(byte_at(text, at));)
            at++;
    if (byte_at(text, at) == 'e' || byte_at(text, at) == 'E') {
        uint32_t digits = at + 1;
        if (byte_at(text, digits) == '+' || byte_at(text, digits) == '-')
            digits++;
        if (is_digit(byte_at(text, digits)))
            for (at = digits; is_digit(byte_at(text, at));)
                at++;
    }
    return at;
}

static struct token bad(uint32_t at, uint32_t bytes, const char *complaint)
{
    return (struct token){T_BAD, at, at + bytes, complaint};
}

static struct token string_token(struct str text, uint32_t at)
{
    for (uint32_t i = at + 1; i < text.len; i++) {
        if (text.ptr[i] == '"')
            return (struct token){T_STRING, at, i + 1, NULL};
        if (text.ptr[i] == '\\' && i + 1 < text.len)
            i++;
    }
    return bad(at, 1, "the text that begins with this quote never ends: a closing '\"' is missing");
}

static struct token symbol_token(struct str text, uint32_t at)
{
    static const struct {
        char text[3];
        enum token_kind kind;
        const char *complaint;
    } symbols[] = {
        {"/*", T_BAD, "the comment that begins here never ends: '*/' is missing"},
        {"==", T_BAD, "'==' is not FEEL: equality is a single '='"},
        {"&&", T_BAD, "'&&' is not FEEL: write 'and'"},
        {"||", T_BAD, "'||' is not FEEL: write 'or'"},
        {"=<", T_BAD, "'=<' is not FEEL: write '<='"},
        {"=>", T_BAD, "'=>' is not FEEL: write '>='"},
        {"..", T_DOT_DOT, NULL},
        {"**", T_STAR_STAR, NULL},
        {"->", T_ARROW, NULL},
        {"!=", T_NE, NULL},
        {"<=", T_LE, NULL},
        {">=", T_GE, NULL},
        {"@", T_AT, NULL},
        {".", T_DOT, NULL},
        {",", T_COMMA, NULL},
        {":", T_COLON, NULL},
        {"(", T_OPEN, NULL},
        {")", T_CLOSE, NULL},
        {"[", T_OPEN_BRACKET, NULL},
        {"]", T_CLOSE_BRACKET, NULL},
        {"{", T_OPEN_BRACE, NULL},
        {"}", T_CLOSE_BRACE, NULL},
        {"+", T_PLUS, NULL},
        {"-", T_MINUS, NULL},
        {"*", T_STAR, NULL},
        {"/", T_SLASH, NULL},
        {"'", T_APOSTROPHE, NULL},
        {"=", T_EQ, NULL},
        {"<", T_LT, NULL},
        {">", T_GT, NULL},
        {"!", T_BAD, "'!' is not FEEL: write 'not(...)', or '!=' for unequal"},
        {"%", T_BAD, "'%' is not FEEL: write 'modulo(a, b)' for a remainder, '/ 100' for per cent"},
        {"^", T_BAD, "'^' is not FEEL: a power is written '**'"},
        {";", T_BAD, "';' is not FEEL: parts are separated by ','"},
        {"&", T_BAD, "'&' is not FEEL: write 'and', or '+' to join texts"},
        {"|", T_BAD, "'|' is not FEEL: write 'or'"},
    };
    for (size_t i = 0; i < COUNT(symbols); i++) {
        uint32_t bytes = (uint32_t)strlen(symbols[i].text);
        if (bytes <= text.len - at && memcmp(text.ptr + at, symbols[i].text, bytes) == 0)
            return (struct token){symbols[i].kind, at, at + bytes, symbols[i].complaint};
    }
    uint32_t bytes, c = char_at(text, at, &bytes);
    if (c >= 0x2018 && c <= 0x201f)
        return bad(at, bytes, "texts stand in straight quotes (\"), not in typographic ones");
    if (c == 0x2264 || c == 0x2265 || c == 0x2260)
        return bad(at, bytes, "write '<=', '>=' and '!=' with two characters");
    if (c == 0x2212 || (c >= 0x2010 && c <= 0x2015))
        return bad(at, bytes, "this dash is not the minus sign '-'");
    return bad(at, bytes, "this character has no meaning in FEEL");
}

struct token lex_next(struct str text, uint32_t from)
{
    uint32_t at = lex_skip(text, from), bytes, c = char_at(text, at, &bytes);
    if (bytes == 0)
        return (struct token){T_END, at, at, NULL};
    if (is_digit((char)c) && c < 0x80)
        return (struct token){T_NUMBER, at, number_end(text, at), NULL};
    if (c == '.' && is_digit(byte_at(text, at + 1)))
        return (struct token){T_NUMBER, at, number_end(text, at), NULL};
    if (c == '"')
        return string_token(text, at);
    if (char_starts_name(c))
        return (struct token){T_WORD, at, lex_word(text, at), NULL};
    if (text.ptr[at] == '<' && byte_at(text, at + 1) == '>') /* function<>, never "unequal" */
        return (struct token){T_LT, at, at + 1, NULL};
    return symbol_token(text, at);
}

/* `digits` hexadecimal digits at `at`; false if there are fewer. */
static bool hex_at(struct str s, uint32_t at, uint32_t digits, uint32_t *ret)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < digits; i++) {
        char c = byte_at(s, at + i), lower = (char)(c | 0x20);
        if (!is_digit(c) && (lower < 'a' || lower > 'f'))
            return false;
        value = value * 16 + (uint32_t)(is_digit(c) ? c - '0' : lower - 'a' + 10);
    }
    *ret = value;
    return true;
}

/* \uXXXX (two of them for a surrogate pair) or \UXXXXXX at `at`; the bytes read, 0 if it is none of them. */
static uint32_t unicode_escape(struct str s, uint32_t at, uint32_t *ret)
{
    if (byte_at(s, at + 1) == 'U')
        return hex_at(s, at + 2, 6, ret) ? 8 : 0;
    if (byte_at(s, at + 1) != 'u' || !hex_at(s, at + 2, 4, ret))
        return 0;
    uint32_t low;
    if (*ret >= 0xd800 && *ret <= 0xdbff && byte_at(s, at + 6) == '\\' &&
        byte_at(s, at + 7) == 'u' && hex_at(s, at + 8, 4, &low) && low >= 0xdc00 && low <= 0xdfff) {
        *ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
        return 12;
    }
    return 6;
}

static uint32_t put_escape(struct buf *b, struct str s, uint32_t at)
{
    static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";
    char c = byte_at(s, at + 1);
    const char *simple = c == '\0' ? NULL : strchr(from, c);
    if (simple != NULL) {
        buf_char(b, to[simple - from]);
        return 2;
    }
    uint32_t code, bytes = unicode_escape(s, at, &code);
    if (bytes == 0) {
        buf_char(b, '\\');
        return 1;
    }
    char_put(b, code);
    return bytes;
}

struct str lex_unquote(struct arena *a, struct str token)
{
    struct str inner = {token.ptr + 1, token.len - 2};
    if (memchr(inner.ptr, '\\', inner.len) == NULL)
        return inner;
    struct buf b = {.arena = a};
    for (uint32_t at = 0; at < inner.len;) {
        if (inner.ptr[at] == '\\')
            at += put_escape(&b, inner, at);
        else
            buf_char(&b, inner.ptr[at++]);
    }
    return buf_view(&b);
}
