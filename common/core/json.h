/* json: strict JSON text in, a cJSON tree out, with every reason when it is not strict.
 * The tree lives in the arena and is never deleted; the text is not kept.
 *
 * cJSON alone loses digits beyond 2^53, cuts texts at \u0000, takes control characters, wild numbers
 * and half surrogates, and shows only the first of two equal keys. So the text is first read by a
 * checker of our own, which sees all of that at its place, and only then given to cJSON.
 *
 * Memory: cJSON's hooks are set once to functions that use the arena of the json_parse() running on
 * the calling thread, and the C library's heap when there is none, so that other users of cJSON in
 * the process notice nothing. */
#ifndef MOSAIC_CORE_JSON_H
#define MOSAIC_CORE_JSON_H

#include <cjson/cJSON.h>

#include "common/core/fault.h"

#define JSON_DEPTH_MAX 64
#define JSON_VALUES_MAX 100000 /* a text of a megabyte may hold half a million; no event does */
#define JSON_INT_MAX INT64_C(9007199254740991)
#define JSON_POINTER_MAX 500 /* bytes; a longer pointer stops at the last part that fits */

/* One step from the whole to a part; made on the stack of whoever walks down. */
struct json_path {
    const struct json_path *up; /* NULL: this is the whole */
    struct str key;             /* ptr NULL: an item of a list, by index */
    size_t index;
};

/* NULL when no tree can be made of it: not_json, not_utf8, too_deep, too_many. Otherwise the tree,
 * even if there are faults of the kinds number_inexact and nul_character. Repeated keys are left to
 * json_check_keys(). */
const cJSON *json_parse(struct arena *a, struct str text, struct faults *faults);

/* Adds repeated_key for every key that stands twice in one object, in the whole tree below `at`. */
void json_check_keys(const cJSON *at, const struct json_path *path, struct faults *faults);
void json_check_object_keys(const cJSON *object, const struct json_path *path,
                            struct faults *faults);

/* A number is a whole one within +-JSON_INT_MAX. Exact, if json_parse() found no number_inexact. */
bool json_is_int(const cJSON *number);
struct str json_text(const cJSON *string); /* a view of a string item */
/* The value of an object's member as it stands in the text; the text must have passed json_parse(). */
struct str json_member_text(struct str object, size_t member);

/* RFC 6901, in the arena. NULL is the whole. */
struct str json_pointer(struct arena *a, const struct json_path *path);
/* What stands there, for people: "abc" in quotes and shortened, 12.5, null, a list, an object. */
const char *json_shown(struct arena *a, const cJSON *item);

#endif
