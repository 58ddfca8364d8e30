/* names: which names the parser knows, since FEEL's names may hold blanks and signs and only who knows them can tell
 * where one ends (DMN 1.5, 10.3.1.2). Scoped: what is added after a mark goes with names_pop. The longest name wins. */
#ifndef MOSAIC_DMN_NAMES_H
#define MOSAIC_DMN_NAMES_H

#include "common/core/map.h"

/* Longer names are not kept: the parser reads them as it reads any name nobody knows. */
#define NAME_BYTES_MAX 256

struct name_part;

/* Every beginning of a name that ends where one of its parts (a word, a sign) ends, so that looking a name up costs as
 * much as the name is long, however many there are. */
struct name_set {
    struct map beginnings; /* to their index in .parts */
    struct name_part *parts;
    size_t count, cap;
};

struct names {
    struct arena *arena;
    struct name_set known;
    struct name_set
        members;   /* names of components, for after a dot and inside filters; never popped */
    size_t *stack; /* of `known`, in the order they were added */
    size_t count, cap;
    uint32_t filters; /* boxed filters around the text: members count as in a filter */
};

void names_init(struct names *n, struct arena *a); /* knows the built-in functions already */
size_t names_mark(const struct names *n);
void names_pop(struct names *n, size_t mark);
void names_add(struct names *n, struct str name); /* the bytes must live as long as the table */
void names_add_member(struct names *n, struct str name);
/* Bytes of `text` that the longest known name covers from its beginning, blanks and comments between parts not
 * counting as different; 0 if none. *ret_name is the name as it was added. `members`: look among members first. */
size_t names_longest(const struct names *n, struct str text, bool members, struct str *ret_name);
/* Without blanks at the ends, each run of blanks one blank; the same bytes if it is so already. */
struct str name_normalise(struct arena *a, struct str name);

#endif
