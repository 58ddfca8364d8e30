/* pg_result: rows of a call, read from PostgreSQL's binary form. Asking for another type than the
 * column has is a bug of ours; the process ends with a line that names both. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/date.h"
#include "common/io/log.h"
#include "common/io/pg_private.h"

int pg_rows(const struct pg_call *c)
{
    assert(c->result != NULL); /* not flushed yet, or the flush failed */
    return PQntuples(c->result);
}

bool pg_null(const struct pg_call *c, int row, int col)
{
    return PQgetisnull(c->result, row, col) == 1;
}

static void must_be(const struct pg_call *c, int row, int col, bool type_fits, const char *wanted)
{
    if (type_fits && row < PQntuples(c->result))
        return;
    char text[200];
    (void)snprintf(text, sizeof text, "row %d column %d (type %u) was read as %s", row, col,
                   PQftype(c->result, col), wanted);
    log_line(LOG_ERROR, "postgresql", "a result is not what the program expects",
             LOG_S("statement", c->stmt->name), LOG_S("error", text), LOG_END);
    abort();
}

static bool is_text(Oid type)
{
    return type == OID_TEXT || type == OID_BYTEA || type == OID_JSONB || type == OID_VARCHAR ||
           type == OID_BPCHAR || type == OID_NAME;
}

struct str pg_text(const struct pg_call *c, int row, int col)
{
    Oid type = PQftype(c->result, col);
    must_be(c, row, col, is_text(type), "text");
    if (pg_null(c, row, col))
        return STR_NONE;
    struct str s = {PQgetvalue(c->result, row, col), (size_t)PQgetlength(c->result, row, col)};
    return type == OID_JSONB ? str_skip(s, 1) : s; /* its first byte is a version */
}

/* The value's bytes; a NULL must have been asked for with pg_null(). */
static const char *value(const struct pg_call *c, int row, int col, Oid type, const char *wanted)
{
    must_be(c, row, col, PQftype(c->result, col) == type, wanted);
    must_be(c, row, col, !pg_null(c, row, col), "a value, but it is NULL");
    return PQgetvalue(c->result, row, col);
}

static uint32_t be32(const char *from)
{
    uint32_t v;
    memcpy(&v, from, sizeof v);
    return __builtin_bswap32(v);
}

static uint64_t be64(const char *from)
{
    uint64_t v;
    memcpy(&v, from, sizeof v);
    return __builtin_bswap64(v);
}

int32_t pg_i32(const struct pg_call *c, int row, int col)
{
    return (int32_t)be32(value(c, row, col, OID_INT4, "integer"));
}

int64_t pg_i64(const struct pg_call *c, int row, int col)
{
    return (int64_t)be64(value(c, row, col, OID_INT8, "bigint"));
}

int32_t pg_date(const struct pg_call *c, int row, int col)
{
    return (int32_t)be32(value(c, row, col, OID_DATE, "date")) + PG_EPOCH_DAYS;
}

bool pg_bool(const struct pg_call *c, int row, int col)
{
    return *value(c, row, col, OID_BOOL, "boolean") != 0;
}
