/* parse_type: types as written after `instance of`, in parameters and in a typeRef (rules 52 to 54). */
#include "common/dmn/parse_private.h"

#include <string.h>

/* '>' may stand directly before another sign: `list<list<number>>= x`. */
static bool close_angle(struct parser *p)
{
    if (p->token.kind != T_GT && p->token.kind != T_GE)
        return fail_expected(p, "'>' at the end of the type") != NULL;
    move_to(p, p->token.at + 1);
    return true;
}

struct part_list {
    struct type_syntax **types;
    struct str *names;
    size_t count, cap;
};

static bool add_part(struct parser *p, struct part_list *l, struct str name)
{
    struct type_syntax *type = type_syntax(p);
    if (type == NULL)
        return false;
    size_t cap = l->cap; /* both grow alike */
    l->names = arena_more(p->arena, l->names, l->count, &cap, sizeof *l->names);
    l->types = arena_more(p->arena, l->types, l->count, &l->cap, sizeof *l->types);
    l->names[l->count] = name;
    l->types[l->count++] = type;
    return true;
}

/* The parts between '<' and '>'; those of a context have names. */
static bool parts(struct parser *p, struct type_syntax *t, bool named)
{
    struct part_list l = {0};
    advance(p);
    if (p->token.kind != T_GT)
        do {
            struct str name = STR("");
            if (named) {
                name = new_name(p, "the name of an entry", "");
                if (name.ptr == NULL || !expect(p, T_COLON, "':' after the entry's name"))
                    return false;
            }
            if (!add_part(p, &l, name))
                return false;
        } while (take(p, T_COMMA));
    t->parts = l.types;
    t->fields = named ? l.names : NULL;
    t->count = l.count;
    return close_angle(p);
}

static bool generic(struct parser *p, struct type_syntax *t)
{
    if (str_eq(t->name, STR("context")))
        return parts(p, t, true);
    if (str_eq(t->name, STR("function"))) {
        if (!parts(p, t, false) || !expect(p, T_ARROW, "'->' and the function's result"))
            return false;
        t->result = type_syntax(p);
        return t->result != NULL;
    }
    uint32_t at = p->token.at;
    if (!parts(p, t, false))
        return false;
    return t->count == 1 || fail(p, at, "a %.*s has one type: %.*s<number>", STR_ARG(t->name),
                                 STR_ARG(t->name)) != NULL;
}

/* "date and time" and others hold the word `and`, at which a name nobody knows ends. */
static uint32_t builtin_end(const struct parser *p)
{
    static const char *const names[] = {"date and time", "days and time duration",
                                        "years and months duration"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct parser ahead = *p;
        const char *word = names[i];
        uint32_t end = 0;
        for (size_t length; *word != '\0'; word += length + (word[length] == ' ')) {
            const char *blank = strchr(word, ' ');
            length = blank != NULL ? (size_t)(blank - word) : strlen(word);
            if (!str_eq(slice(p, ahead.token.at, ahead.token.end), (struct str){word, length}))
                break;
            end = ahead.token.end;
            advance(&ahead);
        }
        if (*word == '\0')
            return end;
    }
    return 0;
}

/* A type's name, which may be qualified by an import's: "import.tPerson". */
static struct str type_name(struct parser *p)
{
    struct str rest = str_skip(p->text->text, p->token.at), known;
    uint32_t at = p->token.at, end = builtin_end(p);
    if (end == 0)
        end = at + (uint32_t)names_longest(p->names, rest, true, &known);
    if (end > at)
        move_to(p, end);
    while ((p->token.kind == T_WORD && !is_infix_word(p)) || p->token.kind == T_DOT ||
           (end > at && p->token.kind == T_NUMBER)) {
        end = p->token.end;
        advance(p);
    }
    return name_normalise(p->arena, slice(p, at, end));
}

struct type_syntax *type_syntax(struct parser *p)
{
    if (p->token.kind != T_WORD)
        return fail_expected(p, "a type");
    if (!enter(p))
        return NULL;
    struct type_syntax *t = arena_alloc(p->arena, sizeof *t);
    t->name = type_name(p);
    static const char *const generics[] = {"list", "range", "context", "function"};
    bool good = true;
    for (size_t i = 0; i < COUNT(generics); i++)
        if (p->token.kind == T_LT && str_eq(t->name, str_of(generics[i])))
            good = generic(p, t);
    leave(p);
    return good ? t : NULL;
}
