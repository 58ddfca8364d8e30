/* decode: one walk over the tree with the table beside it. Finds every fault, not just the first. */
#include "common/core/decode.h"

#include <assert.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/date.h"
#include "common/core/json.h"

/* The tree is several times the text and of no use once it is read. */
#define TREE_BLOCK_BYTES ((size_t)16 * 1024)

struct reader {
    struct arena *arena;
    struct faults *faults;
};

static void read_object(struct reader *r, const cJSON *item, const struct decode_object *object,
                        const struct json_path *path, char *ret);

bool decode_enum_parse(const struct decode_enum *enums, struct str text, unsigned *ret)
{
    for (unsigned i = 0; i < enums->count; i++)
        if (str_eq(enums->texts[i], text)) {
            *ret = i;
            return true;
        }
    return false;
}

bool decode_pattern_matches(const struct decode_pattern *pattern, struct str text)
{
    unsigned state = 1;
    for (size_t i = 0; i < text.len && state != 0; i++)
        state =
            pattern->next[state * pattern->width + pattern->classes[(unsigned char)text.ptr[i]]];
    return pattern->accepts[state] != 0;
}

static bool wrong_type(struct reader *r, const cJSON *item, const struct json_path *path,
                       const char *want)
{
    fault_add(r->faults, "wrong_type", json_pointer(r->arena, path), "must be %s; got %s", want,
              json_shown(r->arena, item));
    return false;
}

/* JSON Schema counts characters, not bytes; only texts near a bound need the count. */
static int64_t char_count(struct str s)
{
    int64_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return count;
}

static bool check_length(struct reader *r, struct str s, const struct decode_field *field,
                         const struct json_path *path)
{
    int64_t bytes = (int64_t)s.len;
    if (bytes <= field->max && bytes >= 4 * field->min)
        return true;
    int64_t chars = char_count(s);
    if (chars > field->max)
        fault_add(r->faults, "too_long", json_pointer(r->arena, path),
                  "must not be longer than %lld characters; it has %lld", (long long)field->max,
                  (long long)chars);
    else if (chars < field->min)
        fault_add(r->faults, "too_short", json_pointer(r->arena, path),
                  chars == 0 ? "must not be empty"
                             : "must have at least %lld characters; it has %lld",
                  (long long)field->min, (long long)chars);
    return chars <= field->max && chars >= field->min;
}

static bool read_str(struct reader *r, const cJSON *item, const struct decode_field *field,
                     const struct json_path *path, char *ret)
{
    if (!cJSON_IsString(item))
        return wrong_type(r, item, path, "a text");
    struct str s = json_text(item);
    if (!check_length(r, s, field, path))
        return false;
    if (field->pattern != NULL && !decode_pattern_matches(field->pattern, s)) {
        fault_add(r->faults, "pattern", json_pointer(r->arena, path), "must look like %s; got %s",
                  field->example, json_shown(r->arena, item));
        return false;
    }
    *(struct str *)(void *)ret = arena_dup(r->arena, s);
    return true;
}

static bool read_date(struct reader *r, const cJSON *item, const struct json_path *path, char *ret)
{
    int32_t days;
    if (!cJSON_IsString(item))
        return wrong_type(r, item, path, "a date like \"2021-03-31\"");
    if (!date_parse(json_text(item), &days)) {
        fault_add(r->faults, "date_unknown", json_pointer(r->arena, path),
                  "must be a date that exists, like 2021-03-31, from %d to %d; got %s",
                  DATE_MIN_YEAR, DATE_MAX_YEAR, json_shown(r->arena, item));
        return false;
    }
    memcpy(ret, &days, sizeof days);
    return true;
}

static bool read_time(struct reader *r, const cJSON *item, const struct json_path *path, char *ret)
{
    int64_t us;
    if (!cJSON_IsString(item))
        return wrong_type(r, item, path, "a time like \"2021-03-31T12:00:00Z\"");
    if (!time_parse(json_text(item), &us)) {
        fault_add(r->faults, "date_unknown", json_pointer(r->arena, path),
                  "must be a time that exists, like 2021-03-31T12:00:00Z; got %s",
                  json_shown(r->arena, item));
        return false;
    }
    memcpy(ret, &us, sizeof us);
    return true;
}

static bool read_int(struct reader *r, const cJSON *item, const struct decode_field *field,
                     const struct json_path *path, char *ret)
{
    if (!cJSON_IsNumber(item))
        return wrong_type(r, item, path, "a whole number");
    double number = item->valuedouble;
    if (number > (double)JSON_INT_MAX || number < -(double)JSON_INT_MAX)
        return false; /* json_parse() has said number_inexact */
    if (!json_is_int(item))
        return wrong_type(r, item, path, "a whole number");
    int64_t value = (int64_t)number;
    if (value < field->min || value > field->max) {
        fault_add(r->faults, "out_of_range", json_pointer(r->arena, path),
                  "must be from %lld to %lld; got %lld", (long long)field->min,
                  (long long)field->max, (long long)value);
        return false;
    }
    memcpy(ret, &value, sizeof value);
    return true;
}

static bool read_bool(struct reader *r, const cJSON *item, const struct json_path *path, char *ret)
{
    if (!cJSON_IsBool(item))
        return wrong_type(r, item, path, "true or false");
    bool value = cJSON_IsTrue(item);
    memcpy(ret, &value, sizeof value);
    return true;
}

static const char *choices(struct reader *r, const struct decode_enum *enums)
{
    struct buf b = {.arena = r->arena};
    for (unsigned i = 0; i < enums->count; i++) {
        if (i > 0)
            buf_str(&b, STR(", "));
        buf_str(&b, enums->texts[i]);
    }
    buf_char(&b, '\0');
    return b.ptr;
}

static bool read_enum(struct reader *r, const cJSON *item, const struct decode_field *field,
                      const struct json_path *path, char *ret)
{
    unsigned value;
    if (!cJSON_IsString(item))
        return wrong_type(r, item, path, "a text");
    if (!decode_enum_parse(field->enums, json_text(item), &value)) {
        fault_add(r->faults, "unknown_value", json_pointer(r->arena, path),
                  "must be one of %s; got %s", choices(r, field->enums),
                  json_shown(r->arena, item));
        return false;
    }
    memcpy(ret, &value, sizeof value);
    return true;
}

static bool read_array(struct reader *r, const cJSON *item, const struct decode_field *field,
                       const struct json_path *path, char *ret, char *ret_count)
{
    if (!cJSON_IsArray(item))
        return wrong_type(r, item, path, "a list");
    int64_t count = 0;
    for (const cJSON *i = item->child; i != NULL; i = i->next)
        count++;
    if (count < field->min || count > field->max) {
        bool many = count > field->max;
        fault_add(r->faults, many ? "too_many" : "too_short", json_pointer(r->arena, path),
                  "must have %s %lld items; it has %lld", many ? "at most" : "at least",
                  (long long)(many ? field->max : field->min), (long long)count);
        return false;
    }
    size_t size = field->object->size, index = 0;
    char *items = arena_array(r->arena, (size_t)count, size);
    for (const cJSON *i = item->child; i != NULL; i = i->next, index++) {
        const struct json_path at = {.up = path, .index = index};
        read_object(r, i, field->object, &at, items + index * size);
    }
    memcpy(ret, &items, sizeof items);
    memcpy(ret_count, &index, sizeof index);
    return true;
}

/* True if the value was stored and is sound in itself. */
static bool read_field(struct reader *r, const cJSON *item, const struct decode_field *field,
                       const struct json_path *path, char *ret)
{
    char *to = ret + field->offset;
    switch (field->kind) {
    case DECODE_STR: return read_str(r, item, field, path, to);
    case DECODE_DATE: return read_date(r, item, path, to);
    case DECODE_TIME: return read_time(r, item, path, to);
    case DECODE_INT: return read_int(r, item, field, path, to);
    case DECODE_BOOL: return read_bool(r, item, path, to);
    case DECODE_ENUM: return read_enum(r, item, field, path, to);
    case DECODE_OBJECT: read_object(r, item, field->object, path, to); return cJSON_IsObject(item);
    case DECODE_ARRAY: return read_array(r, item, field, path, to, ret + field->mark);
    }
    assert(false && "a field of a known kind");
    return false;
}

/* Members mostly come in the order of the schema, so the one after the last is tried first. */
static size_t find_field(const struct decode_object *object, const char *name, size_t guess)
{
    if (guess < object->count && strcmp(name, object->fields[guess].name) == 0)
        return guess;
    size_t len = strlen(name);
    for (size_t i = 0; i < object->count; i++)
        if (object->fields[i].name_len == len && memcmp(object->fields[i].name, name, len) == 0)
            return i;
    return SIZE_MAX;
}

static void read_member(struct reader *r, const cJSON *member, const struct decode_field *field,
                        const struct json_path *path, char *ret)
{
    const struct json_path at = {.up = path, .key = {field->name, field->name_len}};
    bool stored = read_field(r, member, field, &at, ret);
    if (stored && field->mark != 0 && field->kind != DECODE_ARRAY) {
        const bool yes = true;
        memcpy(ret + field->mark, &yes, sizeof yes);
    }
}

static void report_missing(struct reader *r, const struct decode_object *object, uint64_t seen,
                           const struct json_path *path)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct decode_field *field = &object->fields[i];
        if (!field->required || (seen >> i & 1) != 0)
            continue;
        const struct json_path at = {.up = path, .key = {field->name, field->name_len}};
        fault_add(r->faults, "missing", json_pointer(r->arena, &at), "is missing");
    }
}

static void read_object(struct reader *r, const cJSON *item, const struct decode_object *object,
                        const struct json_path *path, char *ret)
{
    if (!cJSON_IsObject(item)) {
        wrong_type(r, item, path, "an object");
        return;
    }
    uint64_t seen = 0;
    size_t next = 0;
    bool compare_keys = false;
    for (const cJSON *member = item->child; member != NULL; member = member->next) {
        size_t i = find_field(object, member->string, next);
        if (i == SIZE_MAX) { /* ignored, but not if it stands twice */
            const struct json_path at = {.up = path, .key = str_of(member->string)};
            json_check_keys(member, &at, r->faults);
            compare_keys = true;
        } else if ((seen >> i & 1) != 0) {
            compare_keys = true;
        } else {
            seen |= UINT64_C(1) << i;
            next = i + 1;
            read_member(r, member, &object->fields[i], path, ret);
        }
    }
    if (compare_keys)
        json_check_object_keys(item, path, r->faults);
    report_missing(r, object, seen, path);
}

bool decode_event(struct arena *a, struct str json, const struct decode_object *object, void *ret,
                  struct faults *faults)
{
    size_t before = faults->count;
    memset(ret, 0, object->size);
    struct arena scratch = {.block_bytes = TREE_BLOCK_BYTES};
    struct reader r = {a, faults};
    const cJSON *tree = json_parse(&scratch, json, faults);
    bool is_json = tree != NULL;
    if (is_json && cJSON_IsObject(tree))
        read_object(&r, tree, object, NULL, ret);
    else if (is_json)
        fault_add(faults, "not_object", STR(""), "must be a JSON object; got %s",
                  json_shown(a, tree));
    arena_done(&scratch);
    return is_json && faults->count == before &&
           before <= FAULTS_MAX; /* a full list takes no more */
}
