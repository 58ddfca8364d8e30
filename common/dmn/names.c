/* names: known names by their beginnings. */
#include "common/dmn/names.h"

#include <string.h>

#include "common/core/buf.h"
#include "common/dmn/builtin.h"
#include "common/dmn/lex.h"
#include "common/dmn/lex_chars.h"

/* Bytes of the run of blanks at `at`. */
static uint32_t blanks(struct str s, uint32_t at)
{
    uint32_t from = at, bytes;
    while ((bytes = lex_blank(s, at)) > 0)
        at += bytes;
    return at - from;
}

static bool is_normal(struct str s)
{
    bool after_blank = true;
    for (uint32_t at = 0; at < s.len; at++) {
        bool blank = lex_blank(s, at) > 0;
        if (blank && (after_blank || s.ptr[at] != ' '))
            return false;
        after_blank = blank;
    }
    return s.len == 0 || !after_blank;
}

struct str name_normalise(struct arena *a, struct str name)
{
    struct buf b = {.arena = a};
    if (is_normal(name))
        return name;
    for (uint32_t at = blanks(name, 0), start = at; at < name.len; start = at) {
        while (at < name.len && lex_blank(name, at) == 0)
            at++;
        if (b.len > 0)
            buf_char(&b, ' ');
        buf_add(&b, name.ptr + start, at - start);
        at += blanks(name, at);
    }
    return buf_view(&b);
}

struct name_part {
    struct str name; /* the whole beginning */
    size_t holders;  /* how often it was added as a name of its own and not taken away */
};

/* The end of the part at `at`: a word, or one character that is in no word. */
static uint32_t part_end(struct str s, uint32_t at)
{
    uint32_t bytes, end = lex_word(s, at);
    if (end > at)
        return end;
    (void)char_at(s, at, &bytes);
    return at + bytes;
}

/* The index of a beginning; it is made if it is new. */
static size_t beginning(struct name_set *set, struct arena *a, struct str name)
{
    bool is_new = false;
    size_t index = map_put(&set->beginnings, name, set->count, &is_new);
    if (!is_new)
        return index;
    set->parts = arena_more(a, set->parts, set->count, &set->cap, sizeof *set->parts);
    set->parts[set->count] = (struct name_part){.name = name};
    return set->count++;
}

/* The name's index; SIZE_MAX if it is not kept. */
static size_t set_add(struct name_set *set, struct arena *a, struct str name)
{
    size_t index = SIZE_MAX;
    name = name_normalise(a, name);
    if (name.len > NAME_BYTES_MAX)
        return index;
    for (uint32_t at = 0; at < name.len;) {
        at = part_end(name, at + (name.ptr[at] == ' '));
        index = beginning(set, a, (struct str){name.ptr, at});
    }
    if (index != SIZE_MAX)
        set->parts[index].holders++;
    return index;
}

static size_t set_longest(const struct name_set *set, struct str text, struct str *ret_name)
{
    char normal[NAME_BYTES_MAX];
    size_t length = 0, longest = 0;
    for (uint32_t at = 0, end; at < text.len; at = end) {
        uint32_t from = lex_skip(text, at);
        end = part_end(text, from);
        size_t blank = from > at, part = end - from;
        if (part == 0 || (blank > 0 && length == 0) || part + blank > sizeof normal - length)
            break;
        memset(normal + length, ' ', blank);
        memcpy(normal + length + blank, text.ptr + from, part);
        length += blank + part;
        size_t index = map_get(&set->beginnings, (struct str){normal, length});
        if (index == MAP_ABSENT)
            break;
        if (set->parts[index].holders > 0) {
            longest = end;
            *ret_name = set->parts[index].name;
        }
    }
    return longest;
}

void names_init(struct names *n, struct arena *a)
{
    *n = (struct names){.arena = a};
    map_init(&n->known.beginnings, a, 256);
    map_init(&n->members.beginnings, a, 64);
    const char *last = "";
    for (const struct builtin *const *table = builtin_tables; *table != NULL; table++)
        for (const struct builtin *f = *table; f->name != NULL; last = f->name, f++)
            if (strcmp(last, f->name) != 0)
                names_add(n, str_of(f->name));
    /* The properties of ranges, times and dates whose names have blanks. */
    static const char *const properties[] = {"start included", "end included", "time offset"};
    for (size_t i = 0; i < COUNT(properties); i++)
        names_add_member(n, str_of(properties[i]));
}

size_t names_mark(const struct names *n)
{
    return n->count;
}

void names_pop(struct names *n, size_t mark)
{
    while (n->count > mark)
        n->known.parts[n->stack[--n->count]].holders--;
}

void names_add(struct names *n, struct str name)
{
    size_t index = set_add(&n->known, n->arena, name);
    if (index == SIZE_MAX)
        return;
    n->stack = arena_more(n->arena, n->stack, n->count, &n->cap, sizeof *n->stack);
    n->stack[n->count++] = index;
}

void names_add_member(struct names *n, struct str name)
{
    (void)set_add(&n->members, n->arena, name);
}

size_t names_longest(const struct names *n, struct str text, bool members, struct str *ret_name)
{
    size_t longest = members ? set_longest(&n->members, text, ret_name) : 0;
    return longest > 0 ? longest : set_longest(&n->known, text, ret_name);
}
