/* builtin_regex: matches(), replace(), split() (DMN 1.5, 10.3.4.3; XPath and XQuery Functions and Operators 3.1, 5.6).
 * PCRE2 runs the pattern that builtin_pattern.c has rewritten. Its memory is its own and given back before returning.
 * A pattern can ask for more work than time allows, so PCRE2 calls back at each of its items and the work is counted
 * as steps of the evaluation. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/dmn/builtin_private.h"

enum {
    PATTERN_BYTES_MAX = 20000,
    HEAP_KIB = 32 * 1024,   /* of one match */
    ITEMS_PER_STEP = 4,     /* of a pattern tried, for one step of the evaluation */
    BYTES_PER_ITEM = 16,    /* of the text passed over, for one item */
    MATCH_LIMIT = 100000000 /* never reached: steps are */
};

struct regex {
    struct eval *e;
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    bool literal;
    size_t position; /* where the last callback saw it */
    uint64_t items;
};

/* Called at every item of the pattern: non-zero gives the match up. */
static int count_work(pcre2_callout_block *block, void *object)
{
    struct regex *r = object;
    size_t at = block->current_position;
    size_t moved = at > r->position ? at - r->position : r->position - at;
    r->position = at;
    r->items += 1 + moved / BYTES_PER_ITEM;
    if (r->items < 64 * ITEMS_PER_STEP)
        return 0;
    bool go_on = eval_may_go_on(r->e, r->items / ITEMS_PER_STEP);
    r->items = 0;
    return go_on ? 0 : PCRE2_ERROR_CALLOUT;
}

static void regex_done(struct regex *r)
{
    pcre2_match_context_free(r->context);
    pcre2_match_data_free(r->match);
    pcre2_code_free(r->code);
}

static bool compile(struct regex *r, struct str pattern, uint32_t options)
{
    int error;
    PCRE2_SIZE at;
    r->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error, &at, NULL);
    if (r->code == NULL) {
        PCRE2_UCHAR why[120] = "";
        pcre2_get_error_message(error, why, sizeof why);
        eval_note(r->e, 0, "the pattern is not valid: %s", (const char *)why);
        return false;
    }
    r->match = pcre2_match_data_create_from_pattern(r->code, NULL);
    r->context = pcre2_match_context_create(NULL);
    if (r->match == NULL || r->context == NULL) {
        eval_note(r->e, 0, "no memory for the pattern");
        regex_done(r);
        return false;
    }
    pcre2_set_match_limit(r->context, MATCH_LIMIT);
    pcre2_set_heap_limit(r->context, HEAP_KIB);
    pcre2_set_callout(r->context, count_work, r);
    return true;
}

/* False, with a note: the pattern or its flags are not valid. Else regex_done is due. */
static bool regex_begin(struct eval *e, struct str pattern, struct str flags, struct regex *r)
{
    struct pattern p;
    *r = (struct regex){.e = e};
    if (pattern.len > PATTERN_BYTES_MAX || !eval_may_go_on(e, 50 + pattern.len)) {
        eval_note(e, 0, "a pattern of more than %d bytes", PATTERN_BYTES_MAX);
        return false;
    }
    if (!pattern_translate(e->arena, pattern, flags, &p)) {
        eval_note(e, 0, "the pattern is not valid: %s", p.why);
        return false;
    }
    r->literal = p.literal;
    return compile(r, p.text, p.options | PCRE2_UTF | PCRE2_AUTO_CALLOUT);
}

enum found { FOUND, FOUND_NOT, FOUND_LIMIT };

static enum found find(struct regex *r, struct str s, size_t from)
{
    const char *text = s.ptr != NULL ? s.ptr : "";
    r->position = from;
    if (!eval_may_go_on(r->e, 1))
        return FOUND_LIMIT;
    int rc = pcre2_match(r->code, (PCRE2_SPTR)text, s.len, from, from > 0 ? PCRE2_NO_UTF_CHECK : 0,
                         r->match, r->context);
    if (rc >= 0)
        return FOUND;
    if (rc == PCRE2_ERROR_NOMATCH)
        return FOUND_NOT;
    eval_note(r->e, 0, "matching the pattern takes too much work, or the string is no UTF-8");
    return FOUND_LIMIT;
}

/* replace() and split() refuse a pattern that matches nothing at all (F&O, FORX0003). */
static bool matches_nothing(struct regex *r)
{
    if (find(r, STR(""), 0) == FOUND_NOT)
        return false;
    eval_note(r->e, 0, "the pattern matches the empty string");
    return true;
}

static struct str flags_of(const struct value *args, size_t count, size_t at)
{
    return count > at && !is_null(args[at]) ? args[at].string : STR("");
}

static struct value matches_fn(struct eval *e, const struct value *args, size_t count)
{
    struct regex r;
    if (!regex_begin(e, args[1].string, flags_of(args, count, 2), &r))
        return NULL_VALUE;
    enum found found = find(&r, args[0].string, 0);
    regex_done(&r);
    return found == FOUND_LIMIT ? NULL_VALUE : value_bool(found == FOUND);
}

/* A replacement: text, and `$n` for what group n matched; "\$" and "\\" stand for themselves. */
static bool valid_replacement(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len ? s.ptr[i + 1] : '\0';
        if (s.ptr[i] == '$' && (next < '0' || next > '9'))
            return false;
        if (s.ptr[i] == '\\' && next != '$' && next != '\\')
            return false;
        if (s.ptr[i] == '\\')
            i++;
    }
    return true;
}

/* The longest number after `$` that is a group's; else its first digit, which then is nothing. */
static size_t group_number(struct str s, size_t *at, size_t groups)
{
    size_t group = (size_t)(s.ptr[(*at)++] - '0');
    while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9') {
        size_t longer = group * 10 + (size_t)(s.ptr[*at] - '0');
        if (longer > groups)
            break;
        group = longer;
        (*at)++;
    }
    return group;
}

static bool put_bytes(struct regex *r, struct buf *b, struct str s)
{
    if (b->cap - b->len < s.len && !builtin_room(r->e, b->cap + s.len))
        return false;
    if (s.len > 0)
        buf_str(b, s);
    return eval_may_go_on(r->e, s.len / 64);
}

static bool put_replacement(struct regex *r, struct buf *b, struct str subject, struct str with)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(r->match);
    size_t groups = pcre2_get_ovector_count(r->match) - 1;
    if (r->literal)
        return put_bytes(r, b, with);
    for (size_t i = 0; i < with.len;) {
        struct str piece = {with.ptr + i, 1};
        if (with.ptr[i] == '\\') {
            piece.ptr++;
            i += 2;
        } else if (with.ptr[i] == '$') {
            i++;
            size_t group = group_number(with, &i, groups);
            bool unset = group > groups || ends[2 * group] == PCRE2_UNSET;
            piece = unset ? STR("")
                          : (struct str){subject.ptr + ends[2 * group],
                                         ends[2 * group + 1] - ends[2 * group]};
        } else {
            i++;
        }
        if (!put_bytes(r, b, piece))
            return false;
    }
    return true;
}

static bool replace_all(struct regex *r, struct str s, struct str with, struct buf *b)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(r->match);
    enum found found;
    size_t from = 0;
    while ((found = find(r, s, from)) == FOUND && ends[1] > from) {
        if (!put_bytes(r, b, (struct str){s.ptr + from, ends[0] - from}) ||
            !put_replacement(r, b, s, with))
            return false;
        from = ends[1];
    }
    return found != FOUND_LIMIT && put_bytes(r, b, str_skip(s, from));
}

static struct value replace_fn(struct eval *e, const struct value *args, size_t count)
{
    struct regex r;
    struct buf b = {.arena = e->arena};
    if (!regex_begin(e, args[1].string, flags_of(args, count, 3), &r))
        return NULL_VALUE;
    bool done = false;
    if (!r.literal && !valid_replacement(args[2].string))
        eval_note(
            e, 0,
            "replace(): in a replacement `$` comes before a digit, and `\\` before `$` or `\\`");
    else
        done = !matches_nothing(&r) && replace_all(&r, args[0].string, args[2].string, &b);
    regex_done(&r);
    return done ? value_string(b.len > 0 ? buf_view(&b) : STR("")) : NULL_VALUE;
}

struct pieces {
    struct value *items;
    size_t count, cap;
};

static bool add_piece(struct eval *e, struct pieces *p, struct str s)
{
    if (p->count == p->cap) {
        size_t cap = p->cap == 0 ? 8 : p->cap * 2;
        if (!builtin_room(e, cap * sizeof *p->items))
            return false;
        p->items =
            arena_grow(e->arena, p->items, p->cap * sizeof *p->items, cap * sizeof *p->items);
        p->cap = cap;
    }
    p->items[p->count++] = value_string(s);
    return true;
}

static bool split_all(struct regex *r, struct str s, struct pieces *pieces)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(r->match);
    enum found found;
    size_t from = 0;
    while ((found = find(r, s, from)) == FOUND && ends[1] > from) {
        if (!add_piece(r->e, pieces, (struct str){s.ptr + from, ends[0] - from}))
            return false;
        from = ends[1];
    }
    return found != FOUND_LIMIT && add_piece(r->e, pieces, str_skip(s, from));
}

static struct value split_fn(struct eval *e, const struct value *args, size_t count)
{
    struct regex r;
    struct pieces pieces = {0};
    (void)count;
    if (!regex_begin(e, args[1].string, STR(""), &r))
        return NULL_VALUE;
    bool done = !matches_nothing(&r) && split_all(&r, args[0].string, &pieces);
    regex_done(&r);
    return done ? builtin_list_of(e, pieces.items, pieces.count) : NULL_VALUE;
}

#define INPUT NEEDED("input", type_string)
#define PATTERN NEEDED("pattern", type_string)
#define FLAGS OPTIONAL_NULLABLE("flags", type_string)

const struct builtin builtin_regex[] = {
    FUNCTION("matches", type_boolean, matches_fn,
             "Whether a part of the input matches the pattern. Flags: s, m, i, x, q, as in XPath.",
             INPUT, PATTERN, FLAGS),
    FUNCTION("replace", type_string, replace_fn,
             "The input with every match replaced; `$1` in the replacement stands for what the "
             "first group "
             "matched.",
             INPUT, PATTERN, NEEDED("replacement", type_string), FLAGS),
    FUNCTION("split", type_any_list, split_fn, "The parts between the matches of a pattern.",
             NEEDED("string", type_string), NEEDED("delimiter", type_string)),
    {0},
};
