/* migrate: one step is one transaction: take the lock, read what is there, apply the next file. */
#include "common/io/migrate.h"

#include "common/core/hash.h"

static const struct pg_stmt LOCK = {
    "migrate_lock",
    "select pg_advisory_xact_lock(hashtext('mosaic migration'), hashtext($1))::text"};
static const struct pg_stmt SCHEMA_EXISTS = {"migrate_schema_exists",
                                             "select to_regnamespace(quote_ident($1)) is not null"};
static const struct pg_stmt TABLE_EXISTS = {
    "migrate_table_exists", "select to_regclass(quote_ident($1) || '.schema_version') is not null"};
static const struct pg_stmt READ = {
    "migrate_read", "select kind, version, checksum from schema_version order by kind, version"};
static const struct pg_stmt REMEMBER = {
    "migrate_remember",
    "insert into schema_version(kind, version, name, checksum) values ($1, $2, $3, $4)"};

static const char CREATE_TABLE[] =
    "create table schema_version ("
    " kind       text        not null check (kind in ('common', 'own')),"
    " version    int         not null check (version > 0),"
    " name       text        not null,"
    " checksum   bigint      not null,"
    " applied_at timestamptz not null default now(),"
    " primary key (kind, version))";

/* Whoever works with the schema may read what it is, but only its owner may say so. Tables come with the
 * rights that the owner gives the working role by default, or that were given on all of them since. */
static const char READ_ONLY[] =
    "do $$"
    " declare other text;"
    " begin"
    "  for other in"
    "   select distinct case x.grantee when 0 then 'public' else "
    "quote_ident(pg_get_userbyid(x.grantee)) end"
    "   from pg_class c, aclexplode(c.relacl) x"
    "   where c.oid = 'schema_version'::regclass and x.grantee <> c.relowner"
    "    and x.privilege_type <> 'SELECT'"
    "  loop"
    "   execute 'revoke insert, update, delete, truncate, references, trigger on schema_version "
    "from ' || other;"
    "  end loop;"
    " end $$";

/* How many of a kind's files are in the schema. */
struct applied {
    int common, own;
};

static struct pg_call *ask(struct pg *pg, const struct pg_stmt *stmt, struct arena *a,
                           const char *text)
{
    struct pg_params params;
    pg_params_init(&params, a);
    pg_bind_text(&params, str_of(text));
    return pg_call(pg, stmt, &params);
}

static int64_t checksum(const struct migration *file)
{
    return (int64_t)hash_fingerprint(str_of(file->name), str_of(file->sql));
}

static int known(const struct migration *table)
{
    int count = 0;
    while (table[count].sql != NULL)
        count++;
    return count;
}

static bool accept_row(const struct migrations *m, const struct pg_call *rows, int row,
                       struct applied *seen, struct err *err)
{
    bool own = str_eq(pg_text(rows, row, 0), STR("own"));
    const struct migration *table = own ? m->own : m->common;
    int *count = own ? &seen->own : &seen->common;
    int version = pg_i32(rows, row, 1);
    if (version != *count + 1)
        return err_set(err, ERR_FATAL,
                       "schema %s: schema_version lacks row %d of its %s migrations", m->schema,
                       *count + 1, own ? "own" : "common");
    if (version > known(table))
        return err_set(
            err, ERR_FATAL,
            "schema %s is newer than this program: it has %s migration %d, the program knows %d; "
            "start the newer program",
            m->schema, own ? "own" : "common", version, known(table));
    if (pg_i64(rows, row, 2) != checksum(&table[version - 1]))
        return err_set(
            err, ERR_FATAL,
            "schema %s: %s was applied with another text than it has now; an applied migration "
            "must not be changed, add a new one",
            m->schema, table[version - 1].name);
    *count = version;
    return true;
}

static bool read_applied(struct pg *pg, const struct migrations *m, struct applied *ret,
                         struct err *err)
{
    struct applied seen = {0, 0};
    const struct pg_call *rows = pg_call(pg, &READ, NULL);
    if (!pg_flush(pg, err))
        return false;
    for (int row = 0; row < pg_rows(rows); row++)
        if (!accept_row(m, rows, row, &seen, err))
            return false;
    *ret = seen;
    return true;
}

/* The schema is made by whoever made the roles; it is made here where we may, as in a test. */
static bool make_place(struct pg *pg, const struct migrations *m, struct arena *a, struct err *err)
{
    struct pg_call *schema = ask(pg, &SCHEMA_EXISTS, a, m->schema);
    struct pg_call *table = ask(pg, &TABLE_EXISTS, a, m->schema);
    if (!pg_flush(pg, err))
        return false;
    if (!pg_bool(schema, 0, 0)) {
        struct str sql = arena_fmt(a, "create schema \"%s\"", m->schema);
        if (!pg_run(pg, sql.ptr, err))
            return false;
    }
    return pg_bool(table, 0, 0) || pg_run(pg, CREATE_TABLE, err);
}

static bool apply(struct pg *pg, const char *kind, const struct migration *file, struct arena *a,
                  struct err *err)
{
    if (!pg_run(pg, "set local statement_timeout = 0", err))
        return false;
    if (!pg_run(pg, file->sql, err)) {
        err_prefix(err, ": ");
        err_prefix(err, file->name);
        return false;
    }
    struct pg_params params;
    pg_params_init(&params, a);
    pg_bind_text(&params, str_of(kind));
    pg_bind_i32(&params, file->version);
    pg_bind_text(&params, str_of(file->name));
    pg_bind_i64(&params, checksum(file));
    (void)pg_call(pg, &REMEMBER, &params);
    return true;
}

/* *ret_more: something was applied, so there may be more. */
static bool step(struct pg *pg, const struct migrations *m, struct arena *a, bool *ret_more,
                 struct err *err)
{
    struct applied applied;
    pg_begin(pg);
    (void)ask(pg, &LOCK, a, m->schema);
    if (!make_place(pg, m, a, err) || !read_applied(pg, m, &applied, err))
        return false;
    *ret_more = true;
    if (applied.common < known(m->common)) {
        if (!apply(pg, "common", &m->common[applied.common], a, err))
            return false;
    } else if (applied.own < known(m->own)) {
        if (!apply(pg, "own", &m->own[applied.own], a, err))
            return false;
    } else {
        *ret_more = false;
        if (!pg_run(pg, READ_ONLY, err))
            return false;
    }
    return pg_commit(pg, err);
}

bool migrate_up(struct pg *pg, const struct migrations *m, int *ret_applied, struct err *err)
{
    struct arena arena = {.block_bytes = 4096};
    bool more = true, done = true;
    *ret_applied = 0;
    while (done && more) {
        done = step(pg, m, &arena, &more, err);
        *ret_applied += done && more;
    }
    pg_rollback(pg);
    arena_done(&arena);
    return done;
}

static bool check(struct pg *pg, const struct migrations *m, struct arena *a, struct err *err)
{
    struct applied applied = {0, 0};
    const struct pg_call *table = ask(pg, &TABLE_EXISTS, a, m->schema);
    if (!pg_flush(pg, err))
        return false;
    if (!pg_bool(table, 0, 0))
        return err_set(err, ERR_RETRY, "schema %s has not been migrated yet", m->schema);
    if (!read_applied(pg, m, &applied, err))
        return false;
    if (applied.common < known(m->common) || applied.own < known(m->own))
        return err_set(err, ERR_RETRY, "schema %s lacks %d migrations of this program", m->schema,
                       known(m->common) - applied.common + known(m->own) - applied.own);
    return true;
}

bool migrate_check(struct pg *pg, const struct migrations *m, struct err *err)
{
    struct arena arena = {.block_bytes = 4096};
    bool done = check(pg, m, &arena, err);
    pg_rollback(pg);
    arena_done(&arena);
    return done;
}
