/* pg_params: values in PostgreSQL's binary form, single or as one-dimensional arrays. */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include "common/core/date.h"
#include "common/io/pg_private.h"

#define ARRAY_HEADER_BYTES ((size_t)20) /* dimensions, has null, type, length, lower bound */
#define ARRAY_EMPTY_BYTES ((size_t)12)
#define JSONB_VERSION 1

static void put_be32(char *to, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(to, &value, sizeof value);
}

static void put_be64(char *to, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(to, &value, sizeof value);
}

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "put_be* swap always");

void pg_params_init(struct pg_params *p, struct arena *a)
{
    p->arena = a;
    p->count = 0;
}

static void bind(struct pg_params *p, uint32_t type, const char *value, size_t len)
{
    assert(p->count < PG_PARAMS_MAX);
    assert(len <= INT_MAX);
    p->types[p->count] = type;
    p->values[p->count] = value;
    p->lengths[p->count] = (int)len;
    p->count++;
}

void pg_bind_text(struct pg_params *p, struct str s)
{
    bind(p, OID_TEXT, s.ptr, s.len);
}

static void bind_be32(struct pg_params *p, uint32_t type, uint32_t value)
{
    char *bytes = arena_alloc(p->arena, sizeof value);
    put_be32(bytes, value);
    bind(p, type, bytes, sizeof value);
}

static void bind_be64(struct pg_params *p, uint32_t type, uint64_t value)
{
    char *bytes = arena_alloc(p->arena, sizeof value);
    put_be64(bytes, value);
    bind(p, type, bytes, sizeof value);
}

void pg_bind_i32(struct pg_params *p, int32_t v)
{
    bind_be32(p, OID_INT4, (uint32_t)v);
}

void pg_bind_i64(struct pg_params *p, int64_t v)
{
    bind_be64(p, OID_INT8, (uint64_t)v);
}

void pg_bind_date(struct pg_params *p, int32_t days_since_1970)
{
    bind_be32(p, OID_DATE, (uint32_t)(days_since_1970 - PG_EPOCH_DAYS));
}

void pg_bind_bool(struct pg_params *p, bool v)
{
    bind(p, OID_BOOL, v ? "\1" : "\0", 1);
}

void pg_array_init(struct pg_array *x, struct arena *a, enum pg_type type)
{
    *x = (struct pg_array){.arena = a, .type = type, .len = ARRAY_HEADER_BYTES};
}

static char *room(struct pg_array *x, size_t bytes)
{
    if (x->bytes == NULL || x->cap - x->len < bytes) {
        size_t cap = x->cap == 0 ? 512 : x->cap * 2;
        while (cap < x->len + bytes)
            cap *= 2;
        x->bytes = arena_grow(x->arena, x->bytes, x->cap, cap);
        x->cap = cap;
    }
    char *at = x->bytes + x->len;
    x->len += bytes;
    x->count++;
    return at;
}

void pg_push_null(struct pg_array *x)
{
    x->has_null = true;
    put_be32(room(x, 4), UINT32_MAX);
}

void pg_push_text(struct pg_array *x, struct str s)
{
    assert(x->type == PG_TEXT || x->type == PG_BYTEA || x->type == PG_JSONB);
    if (s.ptr == NULL) {
        pg_push_null(x);
        return;
    }
    assert(s.len < INT_MAX);
    size_t prefix = x->type == PG_JSONB ? 1 : 0;
    char *at = room(x, 4 + prefix + s.len);
    put_be32(at, (uint32_t)(prefix + s.len));
    if (prefix != 0)
        at[4] = JSONB_VERSION;
    memcpy(at + 4 + prefix, s.ptr, s.len);
}

static void push_be32(struct pg_array *x, uint32_t value)
{
    char *at = room(x, 8);
    put_be32(at, 4);
    put_be32(at + 4, value);
}

static void push_be64(struct pg_array *x, uint64_t value)
{
    char *at = room(x, 12);
    put_be32(at, 8);
    put_be64(at + 4, value);
}

void pg_push_i32(struct pg_array *x, int32_t v)
{
    assert(x->type == PG_INT4);
    push_be32(x, (uint32_t)v);
}

void pg_push_i64(struct pg_array *x, int64_t v)
{
    assert(x->type == PG_INT8);
    push_be64(x, (uint64_t)v);
}

void pg_push_date(struct pg_array *x, int32_t days_since_1970)
{
    assert(x->type == PG_DATE);
    push_be32(x, (uint32_t)(days_since_1970 - PG_EPOCH_DAYS));
}

void pg_push_bool(struct pg_array *x, bool v)
{
    assert(x->type == PG_BOOL);
    char *at = room(x, 5);
    put_be32(at, 1);
    at[4] = v ? 1 : 0;
}

void pg_bind_array(struct pg_params *p, const struct pg_array *x)
{
    static const struct {
        uint32_t element, array;
    } types[] = {
        [PG_TEXT] = {OID_TEXT, 1009},   [PG_BYTEA] = {OID_BYTEA, 1001},
        [PG_INT4] = {OID_INT4, 1007},   [PG_INT8] = {OID_INT8, 1016},
        [PG_DATE] = {OID_DATE, 1182},   [PG_BOOL] = {OID_BOOL, 1000},
        [PG_JSONB] = {OID_JSONB, 3807},
    };
    char *header = x->count == 0 ? arena_alloc(p->arena, ARRAY_EMPTY_BYTES) : x->bytes;
    put_be32(header, x->count == 0 ? 0 : 1);
    put_be32(header + 4, x->has_null ? 1 : 0);
    put_be32(header + 8, types[x->type].element);
    if (x->count != 0) {
        put_be32(header + 12, (uint32_t)x->count);
        put_be32(header + 16, 1);
    }
    bind(p, types[x->type].array, header, x->count == 0 ? ARRAY_EMPTY_BYTES : x->len);
}
