/* rows: the rows of one statement as array parameters, one array per column.
 * Values are pushed row by row, column after column; everything lives in the batch's arena. */
#ifndef MOSAIC_ELIG_ROWS_H
#define MOSAIC_ELIG_ROWS_H

#include "common/io/pg.h"
#include "common/io/stage.h"
#include "services/eligibility/core/rules.h"

struct rows {
    struct arena *arena;
    struct pg_array columns[PG_PARAMS_MAX];
    int count; /* of columns */
    int at;    /* the column that comes next */
    size_t rows;
    struct buf json; /* of the findings pushed last */
};

/* One letter per column: t text, j jsonb, i int4, l int8, d date, b bool. */
void rows_init(struct rows *r, struct arena *a, const char *types);
void rows_text(struct rows *r, struct str s); /* ptr NULL is SQL NULL; for jsonb too */
void rows_i32(struct rows *r, int32_t v);
void rows_i64(struct rows *r, int64_t v);
void rows_date(struct rows *r, int32_t v);
void rows_bool(struct rows *r, bool v);
void rows_null(struct rows *r);
void rows_i64_if(struct rows *r, bool has, int64_t v); /* or NULL */
void rows_date_if(struct rows *r, bool has, int32_t v);
/* Three columns: where in the log an input stands. */
void rows_place(struct rows *r, const struct message *m);
/* One column: findings as a JSON list. */
void rows_findings(struct rows *r, const struct ev_finding *findings, size_t count);
/* Queues the statement, unless there are no rows. */
struct pg_call *rows_call(struct pg *pg, const struct pg_stmt *stmt, const struct rows *r);

/* A copy of a column's text in the arena; NULL is STR_NONE. */
struct str rows_copy(struct arena *a, const struct pg_call *c, int row, int col);

#endif
