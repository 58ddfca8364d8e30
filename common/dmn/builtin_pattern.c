/* builtin_pattern: XPath's regular expressions (Functions and Operators 3.1, 5.6.1, which builds on XML Schema Part 2,
 * appendix F) checked and rewritten as PCRE2's. What PCRE2 knows beyond them (look-around, possessive repetition, inline
 * options, its own escapes) is refused; what it does not know (class subtraction, blocks, \i and \c) is spelled out. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/dmn/builtin_private.h"

#include <string.h>

enum { GROUPS_MAX = 500, NESTING_MAX = 200, SUBTRACTIONS_MAX = 20, REPEATS_MAX = 65535 };

struct translator {
    struct arena *arena;
    struct str s;
    size_t at;
    struct buf out;
    bool dot_all, multiline;
    bool repeatable; /* the last thing written is one that may be repeated */
    size_t groups;   /* opened so far */
    bool closed[GROUPS_MAX + 1];
    size_t open[NESTING_MAX]; /* numbers of the groups around; 0: not a capturing one */
    size_t depth;
    const char *why;
};

static bool wrong(struct translator *t, const char *why)
{
    t->why = why;
    return false;
}

static char peek(const struct translator *t, size_t ahead)
{
    return t->at + ahead < t->s.len ? t->s.ptr[t->at + ahead] : '\0';
}

static bool at_end(const struct translator *t)
{
    return t->at >= t->s.len;
}

/* \p{...} after its letter, as the inside of a class. */
static bool put_property(struct translator *t, struct buf *b, bool negated)
{
    const char *end = peek(t, 0) == '{' ? memchr(t->s.ptr + t->at, '}', t->s.len - t->at) : NULL;
    if (end == NULL)
        return wrong(t, "\\p wants a name in braces");
    struct str name = {t->s.ptr + t->at + 1, (size_t)(end - t->s.ptr) - t->at - 1};
    t->at += name.len + 2;
    return charset_property(b, name, negated) ||
           wrong(t, "\\p names no Unicode category and no block");
}

/* An escape for a set of characters, after its backslash, as the inside of a class. False without a reason: it is
 * none such, and nothing was read. */
static bool put_set_escape(struct translator *t, struct buf *b)
{
    char c = peek(t, 0);
    if (c == 'p' || c == 'P') {
        t->at++;
        return put_property(t, b, c == 'P');
    }
    bool is_set = charset_escape(b, c);
    t->at += is_set;
    return is_set;
}

/* An escape for one character, after its backslash. */
static bool single_escape(struct translator *t, uint32_t *ret)
{
    char c = peek(t, 0);
    if (c == '\0' || strchr("nrt\\|.-^?*+{}$()[]", c) == NULL)
        return wrong(t, "an escape that is none of XPath's");
    *ret = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : (unsigned char)c;
    t->at++;
    return true;
}

/* One end of a range in a class. */
static bool class_character(struct translator *t, uint32_t *ret)
{
    if (at_end(t))
        return wrong(t, "a class is not closed");
    if (strchr("[]-", t->s.ptr[t->at]) != NULL && t->s.ptr[t->at] != '\0')
        return wrong(t, "in a class `[`, `]` and `-` within must be escaped");
    if (t->s.ptr[t->at] != '\\') {
        *ret = builtin_code_point(t->s, &t->at);
        return true;
    }
    t->at++;
    return single_escape(t, ret);
}

/* A `-` here would make a range, rather than stand for itself or begin a subtraction. */
static bool dash_joins(const struct translator *t)
{
    return peek(t, 0) == '-' && peek(t, 1) != ']' && peek(t, 1) != '[';
}

/* A character, a range, or an escape for a set. */
static bool put_class_item(struct translator *t, struct buf *set)
{
    uint32_t first, last;
    if (peek(t, 0) == '\\') {
        t->at++;
        if (put_set_escape(t, set))
            return !dash_joins(t) || wrong(t, "a set of characters cannot begin a range");
        if (t->why != NULL)
            return false;
        t->at--;
    }
    if (!class_character(t, &first))
        return false;
    last = first;
    if (dash_joins(t)) {
        t->at++;
        if (!class_character(t, &last))
            return false;
    }
    if (last < first)
        return wrong(t, "a range in a class runs backwards");
    charset_range(set, first, last);
    return true;
}

/* A class after its `[`. Its recursion is for subtractions, whose depth is limited. */
static bool put_class(struct translator *t, struct buf *out, int depth)
{
    struct buf set = {.arena = t->arena}, without = {.arena = t->arena};
    bool negated = peek(t, 0) == '^', first = true;
    if (depth > SUBTRACTIONS_MAX)
        return wrong(t, "too many classes in one another");
    t->at += negated;
    for (; peek(t, 0) != ']' || first; first = false) {
        if (at_end(t))
            return wrong(t, "a class is not closed");
        if (peek(t, 0) == '-' && peek(t, 1) == '[' && !first) {
            t->at += 2;
            if (!put_class(t, &without, depth + 1))
                return false;
            if (peek(t, 0) != ']')
                return wrong(t, "a subtraction must be the last thing in a class");
            break;
        }
        if (peek(t, 0) == '-' && (first || peek(t, 1) == ']')) {
            charset_range(&set, '-', '-');
            t->at++;
        } else if (!put_class_item(t, &set)) {
            return false;
        }
    }
    t->at++;
    struct str inside = set.len > 0 ? buf_view(&set) : STR("");
    if (without.len > 0)
        buf_fmt(out, "(?:(?!%.*s)", STR_ARG(buf_view(&without)));
    buf_fmt(out, "[%s%.*s]%s", negated ? "^" : "", STR_ARG(inside), without.len > 0 ? ")" : "");
    return true;
}

/* \1 and so on; of more digits as many as make the number of a group that is there. */
static bool put_back_reference(struct translator *t)
{
    size_t group = (size_t)(t->s.ptr[t->at++] - '0');
    while (peek(t, 0) >= '0' && peek(t, 0) <= '9' &&
           group * 10 + (size_t)(peek(t, 0) - '0') <= t->groups)
        group = group * 10 + (size_t)(t->s.ptr[t->at++] - '0');
    if (group == 0 || group > t->groups || !t->closed[group])
        return wrong(t, "a reference to a group that is not there, or not closed before it");
    buf_fmt(&t->out, "\\g{%zu}", group);
    return true;
}

static bool put_escape(struct translator *t)
{
    uint32_t c;
    if (peek(t, 0) >= '0' && peek(t, 0) <= '9')
        return put_back_reference(t);
    buf_char(&t->out, '[');
    if (put_set_escape(t, &t->out)) {
        buf_char(&t->out, ']');
        return true;
    }
    if (t->why != NULL || !single_escape(t, &c))
        return false;
    buf_fmt(&t->out, "\\x{%x}]", c);
    return true;
}

static bool put_group(struct translator *t)
{
    bool plain = peek(t, 0) == '?';
    if (plain && peek(t, 1) != ':')
        return wrong(t, "after `(?` only a colon may come");
    if (t->depth == NESTING_MAX || t->groups == GROUPS_MAX)
        return wrong(t, "too many groups");
    t->at += plain ? 2 : 0;
    t->open[t->depth++] = plain ? 0 : ++t->groups;
    buf_str(&t->out, plain ? STR("(?:") : STR("("));
    return true;
}

static bool close_group(struct translator *t)
{
    if (t->depth == 0)
        return wrong(t, "a `)` without its `(`");
    t->closed[t->open[--t->depth]] = true;
    buf_char(&t->out, ')');
    return true;
}

/* Digits; false if there are none or too many. */
static bool repeat_count(struct translator *t, uint32_t *ret)
{
    size_t from = t->at;
    *ret = 0;
    while (peek(t, 0) >= '0' && peek(t, 0) <= '9' && *ret <= REPEATS_MAX)
        *ret = *ret * 10 + (uint32_t)(t->s.ptr[t->at++] - '0');
    return t->at > from && *ret <= REPEATS_MAX;
}

/* {n}, {n,} or {n,m} after its brace. */
static bool put_counts(struct translator *t)
{
    uint32_t least, most;
    if (!repeat_count(t, &least))
        return wrong(t, "in braces stand one or two numbers up to 65535");
    buf_fmt(&t->out, "{%u", least);
    if (peek(t, 0) == ',') {
        t->at++;
        buf_char(&t->out, ',');
        if (peek(t, 0) != '}') {
            if (!repeat_count(t, &most) || most < least)
                return wrong(t,
                             "in braces stand one or two numbers up to 65535, the smaller first");
            buf_fmt(&t->out, "%u", most);
        }
    }
    if (peek(t, 0) != '}')
        return wrong(t, "a `{` is not closed");
    t->at++;
    buf_char(&t->out, '}');
    return true;
}

static bool put_repetition(struct translator *t, char c)
{
    if (!t->repeatable)
        return wrong(t, "there is nothing to repeat");
    if (c != '{')
        buf_char(&t->out, c);
    else if (!put_counts(t))
        return false;
    if (peek(t, 0) == '?') {
        t->at++;
        buf_char(&t->out, '?');
    }
    t->repeatable = false;
    return true;
}

/* The next thing of the pattern; t->repeatable says whether it may be repeated. */
static bool put_next(struct translator *t)
{
    char c = t->s.ptr[t->at];
    if (strchr("?*+{", c) != NULL && c != '\0') {
        t->at++;
        return put_repetition(t, c);
    }
    t->repeatable = c != '(' && c != '|';
    if (c == ']' || c == '}')
        return wrong(t, "a `]` or `}` without its beginning must be escaped");
    if (strchr("\\[().|^$", c) == NULL || c == '\0') {
        buf_fmt(&t->out, "\\x{%x}", builtin_code_point(t->s, &t->at));
        return true;
    }
    t->at++;
    switch (c) {
    case '\\': return put_escape(t);
    case '[': return put_class(t, &t->out, 0);
    case '(': return put_group(t);
    case ')': return close_group(t);
    case '|': buf_char(&t->out, '|'); return true;
    case '.': buf_str(&t->out, t->dot_all ? STR(".") : STR("[^\\n\\r]")); return true;
    case '^': buf_str(&t->out, t->multiline ? STR("(?:^)") : STR("(?:\\A)")); return true;
    default: buf_str(&t->out, t->multiline ? STR("(?:$)") : STR("(?:\\z)")); return true;
    }
}

/* Flag x: blanks go, except in classes. */
static struct str without_blanks(struct arena *a, struct str s)
{
    struct buf b = {.arena = a};
    bool escaped = false;
    int depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
            continue;
        if (!escaped && c == '[')
            depth++;
        else if (!escaped && c == ']' && depth > 0)
            depth--;
        escaped = !escaped && c == '\\';
        buf_char(&b, c);
    }
    return b.len > 0 ? buf_view(&b) : STR("");
}

static bool has_flag(struct str flags, char flag)
{
    return flags.len > 0 && memchr(flags.ptr, flag, flags.len) != NULL;
}

bool pattern_translate(struct arena *a, struct str regex, struct str flags, struct pattern *ret)
{
    struct translator t = {.arena = a, .s = regex, .out = {.arena = a}};
    *ret = (struct pattern){.options = has_flag(flags, 'i') ? PCRE2_CASELESS : 0,
                            .literal = has_flag(flags, 'q'),
                            .text = regex};
    for (size_t i = 0; i < flags.len; i++)
        if (flags.ptr[i] == '\0' || strchr("smixq", flags.ptr[i]) == NULL)
            return ret->why = "a flag that is none of s, m, i, x, q", false;
    if (ret->literal) {
        ret->options |= PCRE2_LITERAL;
        return true;
    }
    t.dot_all = has_flag(flags, 's');
    t.multiline = has_flag(flags, 'm');
    if (has_flag(flags, 'x'))
        t.s = without_blanks(a, regex);
    buf_str(&t.out, STR("(*LF)"));
    while (!at_end(&t))
        if (!put_next(&t))
            return ret->why = t.why, false;
    if (t.depth > 0)
        return ret->why = "a `(` is not closed", false;
    ret->options |= PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF;
    ret->options |= (t.dot_all ? PCRE2_DOTALL : 0) | (t.multiline ? PCRE2_MULTILINE : 0);
    ret->text = buf_view(&t.out);
    return true;
}
