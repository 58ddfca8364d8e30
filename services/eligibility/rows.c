/* rows: filling array parameters and reading texts back. */
#include "services/eligibility/rows.h"

#include <assert.h>

void rows_init(struct rows *r, struct arena *a, const char *types)
{
    *r = (struct rows){.arena = a};
    for (; types[r->count] != '\0'; r->count++) {
        enum pg_type type = PG_TEXT;
        switch (types[r->count]) {
        case 't': type = PG_TEXT; break;
        case 'j': type = PG_JSONB; break;
        case 'i': type = PG_INT4; break;
        case 'l': type = PG_INT8; break;
        case 'd': type = PG_DATE; break;
        case 'b': type = PG_BOOL; break;
        default: assert(false);
        }
        pg_array_init(&r->columns[r->count], a, type);
    }
}

static struct pg_array *next_column(struct rows *r)
{
    struct pg_array *column = &r->columns[r->at++];
    if (r->at == r->count) {
        r->at = 0;
        r->rows++;
    }
    return column;
}

void rows_text(struct rows *r, struct str s)
{
    pg_push_text(next_column(r), s);
}

void rows_i32(struct rows *r, int32_t v)
{
    pg_push_i32(next_column(r), v);
}

void rows_i64(struct rows *r, int64_t v)
{
    pg_push_i64(next_column(r), v);
}

void rows_date(struct rows *r, int32_t v)
{
    pg_push_date(next_column(r), v);
}

void rows_bool(struct rows *r, bool v)
{
    pg_push_bool(next_column(r), v);
}

void rows_null(struct rows *r)
{
    pg_push_null(next_column(r));
}

void rows_i64_if(struct rows *r, bool has, int64_t v)
{
    if (has)
        rows_i64(r, v);
    else
        rows_null(r);
}

void rows_date_if(struct rows *r, bool has, int32_t v)
{
    if (has)
        rows_date(r, v);
    else
        rows_null(r);
}

void rows_place(struct rows *r, const struct message *m)
{
    rows_text(r, m->topic->name);
    rows_i32(r, m->partition);
    rows_i64(r, m->offset);
}

void rows_findings(struct rows *r, const struct ev_finding *findings, size_t count)
{
    struct buf *json = &r->json;
    json->arena = r->arena;
    buf_reset(json);
    buf_char(json, '[');
    for (size_t i = 0; i < count; i++) {
        buf_str(json, i == 0 ? STR("{\"rule\":") : STR(",{\"rule\":"));
        buf_json_str(json, findings[i].rule);
        buf_str(json, findings[i].held ? STR(",\"held\":true,\"read\":")
                                       : STR(",\"held\":false,\"read\":"));
        buf_json_str(json, findings[i].read);
        if (findings[i].nearest.ptr != NULL) {
            buf_str(json, STR(",\"nearest\":"));
            buf_json_str(json, findings[i].nearest);
        }
        buf_char(json, '}');
    }
    buf_char(json, ']');
    rows_text(r, buf_view(json));
}

struct pg_call *rows_call(struct pg *pg, const struct pg_stmt *stmt, const struct rows *r)
{
    struct pg_params params;
    assert(r->at == 0);
    if (r->rows == 0)
        return NULL;
    pg_params_init(&params, r->arena);
    for (int i = 0; i < r->count; i++)
        pg_bind_array(&params, &r->columns[i]);
    return pg_call(pg, stmt, &params);
}

struct str rows_copy(struct arena *a, const struct pg_call *c, int row, int col)
{
    return pg_null(c, row, col) ? STR_NONE : arena_dup(a, pg_text(c, row, col));
}
