/* parse_name: where a name ends (DMN 1.5, 10.3.1.2, rules 25 to 28 and the note on names). The longest known name
 * wins. A name nobody knows is read as far as words go that are no operators: nothing else could stand there. */
#include "common/dmn/parse_private.h"

#include <string.h>

bool is_infix_word(const struct parser *p)
{
    static const char *const words[] = {"and",  "or",   "in",     "between",  "instance",
                                        "then", "else", "return", "satisfies"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (is_word(p, words[i]))
            return true;
    return false;
}

bool name_known(struct parser *p, uint32_t *ret_end, struct str *ret_name)
{
    struct str rest = str_skip(p->text->text, p->token.at), member;
    size_t bytes = names_longest(p->names, rest, false, ret_name);
    if (p->filters > 0) {
        size_t as_member = names_longest(p->names, rest, true, &member);
        if (as_member > bytes) {
            bytes = as_member;
            *ret_name = member;
        }
    }
    *ret_end = p->token.at + (uint32_t)bytes;
    return bytes > 0;
}

/* The text from one token's start to another's end, its blanks and comments each one blank. */
static struct str joined(struct parser *p, uint32_t from, uint32_t to)
{
    struct str text = slice(p, 0, to);
    struct buf b = {.arena = p->arena};
    for (uint32_t at = from; at < to;) {
        uint32_t next = lex_skip(text, at);
        if (next > at)
            buf_char(&b, ' ');
        else
            buf_char(&b, text.ptr[next++]);
        at = next;
    }
    return buf_view(&b);
}

static bool is_digits(const struct parser *p)
{
    for (uint32_t i = p->token.at; i < p->token.end; i++)
        if (p->text->text.ptr[i] < '0' || p->text->text.ptr[i] > '9')
            return false;
    return p->token.kind == T_NUMBER;
}

/* Takes the words that follow, which no operator parts from what was read; the end of the last. */
static uint32_t more_words(struct parser *p, uint32_t end)
{
    while ((p->token.kind == T_WORD && !is_infix_word(p)) || is_digits(p)) {
        end = p->token.end;
        advance(p);
    }
    return end;
}

/* At a word: the name from there, of which `known` bytes are known as `name`. */
static struct str name_from(struct parser *p, uint32_t known_end, struct str name)
{
    uint32_t at = p->token.at, end = known_end;
    if (end > at)
        move_to(p, end);
    else {
        end = p->token.end;
        advance(p);
    }
    uint32_t all = more_words(p, end);
    return all == known_end ? name : joined(p, at, all);
}

struct node *name_operand(struct parser *p)
{
    uint32_t at = p->token.at, end = at;
    struct str name = STR_NONE;
    bool known = name_known(p, &end, &name);
    if (!known && is_infix_word(p))
        return fail_expected(p, "a value, a name or '('");
    struct node *n = node_new(p->arena, NODE_NAME, at);
    n->text = p->text;
    n->name.text = name_from(p, known ? end : at, name);
    return n;
}

struct str member_name(struct parser *p)
{
    struct str name = STR_NONE;
    if (p->token.kind != T_WORD && !is_digits(p)) {
        (void)fail_expected(p, "a name after '.'");
        return STR_NONE;
    }
    size_t bytes = names_longest(p->names, str_skip(p->text->text, p->token.at), true, &name);
    return name_from(p, p->token.at + (uint32_t)bytes, name);
}

/* What a name may be made of after its first word: words, digits and the signs of rule 31. */
static bool is_name_part(const struct parser *p)
{
    switch ((int)p->token.kind) {
    case T_WORD:
    case T_NUMBER:
    case T_DOT:
    case T_SLASH:
    case T_MINUS:
    case T_APOSTROPHE:
    case T_PLUS:
    case T_STAR:
    case T_STAR_STAR: return true;
    default: return false;
    }
}

struct str new_name(struct parser *p, const char *what, const char *stop_word)
{
    uint32_t at = p->token.at, end;
    if (p->token.kind != T_WORD && !is_digits(p)) {
        (void)fail_expected(p, what);
        return STR_NONE;
    }
    do {
        end = p->token.end;
        advance(p);
    } while (is_name_part(p) && !is_word(p, stop_word));
    return joined(p, at, end);
}

bool named_argument_here(const struct parser *p)
{
    struct parser ahead = *p;
    if (p->token.kind != T_WORD)
        return false;
    while (is_name_part(&ahead))
        advance(&ahead);
    return ahead.token.kind == T_COLON;
}
