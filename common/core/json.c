/* json: cJSON inside an arena, and what decoders and faults need to know of a tree. */
#include "common/core/json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/buf.h"
#include "common/core/jsoncheck.h"

/* The arena of the json_parse() that runs on this thread. cJSON's hooks take no context. */
static _Thread_local struct arena *parsing;

static void *hook_alloc(size_t bytes)
{
    return parsing != NULL ? arena_alloc(parsing, bytes) : malloc(bytes);
}

static void hook_free(void *ptr)
{
    if (parsing == NULL)
        free(ptr);
}

/* Before main(), so that no two threads set the hooks at once. */
__attribute__((constructor)) static void set_hooks(void)
{
    cJSON_Hooks hooks = {.malloc_fn = hook_alloc, .free_fn = hook_free};
    cJSON_InitHooks(&hooks);
}

const cJSON *json_parse(struct arena *a, struct str text, struct faults *faults)
{
    if (!json_check(text, faults))
        return NULL;
    const char *end = NULL;
    parsing = a;
    const cJSON *tree = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, false);
    parsing = NULL;
    if (tree == NULL &&
        faults->count == 0) /* the checker lets nothing through that cJSON refuses */
        fault_add(faults, "not_json", STR(""), "is not JSON");
    assert(tree == NULL || end <= text.ptr + text.len);
    return tree;
}

struct str json_text(const cJSON *string)
{
    return str_of(string->valuestring);
}

bool json_is_int(const cJSON *number)
{
    double value = number->valuedouble;
    return cJSON_IsNumber(number) && fabs(value) <= (double)JSON_INT_MAX &&
           (double)(int64_t)value == value;
}

struct str json_member_text(struct str object, size_t member)
{
    const char *end = object.ptr + object.len;
    const char *p = (const char *)memchr(object.ptr, '{', object.len);
    assert(p != NULL);
    for (size_t i = 0;; i++) {
        p = json_skip_value(json_skip_space(p + 1, end), end);                /* the key */
        const char *from = json_skip_space(json_skip_space(p, end) + 1, end); /* behind its colon */
        p = json_skip_value(from, end);
        if (i == member)
            return (struct str){from, (size_t)(p - from)};
        p = json_skip_space(p, end);
        assert(p < end && *p == ',');
    }
}

static int by_key(const void *a, const void *b)
{
    const cJSON *const *x = a, *const *y = b;
    return strcmp((*x)->string, (*y)->string);
}

static void repeated(const cJSON *member, const struct json_path *path, struct faults *faults)
{
    const struct json_path at = {.up = path, .key = str_of(member->string)};
    fault_add(faults, "repeated_key", json_pointer(faults->arena, &at), "stands more than once");
}

/* Many members are compared in sorted order, so that a hostile object costs no square of its size. */
static void check_many(const cJSON *object, size_t count, const struct json_path *path,
                       struct faults *faults)
{
    const cJSON **members = arena_array(faults->arena, count, sizeof *members);
    size_t n = 0;
    for (const cJSON *m = object->child; m != NULL; m = m->next)
        members[n++] = m;
    qsort(members, n, sizeof *members, by_key);
    for (size_t i = 1; i < n; i++)
        if (strcmp(members[i - 1]->string, members[i]->string) == 0 &&
            (i == 1 || strcmp(members[i - 2]->string, members[i]->string) != 0))
            repeated(members[i], path, faults);
}

void json_check_object_keys(const cJSON *object, const struct json_path *path,
                            struct faults *faults)
{
    size_t count = 0;
    for (const cJSON *m = object->child; m != NULL; m = m->next)
        count++;
    if (count > 16) {
        check_many(object, count, path, faults);
        return;
    }
    for (const cJSON *m = object->child; m != NULL; m = m->next) {
        size_t same = 0;
        for (const cJSON *before = object->child; before != m; before = before->next)
            same += strcmp(before->string, m->string) == 0;
        if (same == 1)
            repeated(m, path, faults);
    }
}

void json_check_keys(const cJSON *at, const struct json_path *path, struct faults *faults)
{
    if (!cJSON_IsObject(at) && !cJSON_IsArray(at))
        return;
    if (cJSON_IsObject(at))
        json_check_object_keys(at, path, faults);
    size_t index = 0;
    for (const cJSON *m = at->child; m != NULL; m = m->next) {
        const struct json_path below = {.up = path, .key = str_of(m->string), .index = index++};
        json_check_keys(m, &below, faults);
    }
}

static void add_part(struct buf *b, const struct json_path *part)
{
    buf_char(b, '/');
    if (part->key.ptr == NULL) {
        buf_i64(b, (int64_t)part->index);
        return;
    }
    for (size_t i = 0; i < part->key.len && b->len <= JSON_POINTER_MAX; i++) {
        char c = part->key.ptr[i];
        if (c == '~' || c == '/')
            buf_str(b, c == '~' ? STR("~0") : STR("~1"));
        else
            buf_char(b, c);
    }
}

struct str json_pointer(struct arena *a, const struct json_path *path)
{
    const struct json_path *parts[JSON_DEPTH_MAX + 1];
    size_t count = 0;
    for (; path != NULL && count < COUNT(parts); path = path->up)
        parts[count++] = path;
    struct buf b = {.arena = a};
    while (count > 0) {
        size_t before = b.len;
        add_part(&b, parts[--count]);
        if (b.len > JSON_POINTER_MAX) {
            b.len = before; /* still true, only less exact */
            break;
        }
    }
    return buf_view(&b);
}

#define SHOWN_BYTES 60

static struct str shortened(struct arena *a, struct str s)
{
    if (s.len <= SHOWN_BYTES)
        return s;
    size_t len = SHOWN_BYTES;
    while (len > 0 && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
        len--;
    return arena_fmt(a, "%.*s...", (int)len, s.ptr);
}

const char *json_shown(struct arena *a, const cJSON *item)
{
    if (cJSON_IsString(item)) {
        struct buf b = {.arena = a};
        buf_json_str(&b, shortened(a, json_text(item)));
        buf_char(&b, '\0');
        return b.ptr;
    }
    if (json_is_int(item))
        return arena_fmt(a, "%lld", (long long)item->valuedouble).ptr;
    if (cJSON_IsNumber(item))
        return arena_fmt(a, "%.17g", item->valuedouble).ptr;
    if (cJSON_IsBool(item))
        return cJSON_IsTrue(item) ? "true" : "false";
    if (cJSON_IsNull(item))
        return "null";
    return cJSON_IsArray(item) ? "a list" : "an object";
}
