/* service_schema: try, and try again while PostgreSQL is away. */
#include "common/io/service_schema.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io/log.h"

#define FIRST_WAIT_MS 50
#define LONGEST_WAIT_MS 2000

static void set_trouble(struct service_schema *s, const struct err *err)
{
    uv_mutex_lock(&s->lock);
    bool is_new = strcmp(s->trouble.text, err->text) != 0;
    s->trouble = *err;
    uv_mutex_unlock(&s->lock);
    if (is_new) /* the same trouble is logged once */
        log_line(err->kind == ERR_RETRY ? LOG_WARN : LOG_ERROR, "schema",
                 err->kind == ERR_RETRY ? "waiting for the schema" : "the schema is not usable",
                 LOG_S("error", err->text), LOG_S("sqlstate", err->code), LOG_END);
}

static bool attempt(struct service_schema *s, struct pg *pg, bool may_migrate, struct err *err)
{
    int applied = 0;
    if (!pg_connect(pg, err))
        return false;
    if (!may_migrate)
        return migrate_check(pg, &s->migrations, err);
    bool done = migrate_up(pg, &s->migrations, &applied, err);
    if (applied > 0)
        log_line(LOG_INFO, "schema", "migrations applied", LOG_I("count", applied), LOG_END);
    return done;
}

static void wait_before_retry(const struct service_schema *s, int wait_ms)
{
    for (int waited = 0; waited < wait_ms && !atomic_load(&s->stop); waited += FIRST_WAIT_MS)
        (void)usleep(FIRST_WAIT_MS * 1000);
}

static void work(void *context)
{
    struct service_schema *s = context;
    bool may_migrate = s->conf->migrate_database[0] != '\0';
    struct pg *pg = pg_new(may_migrate ? s->conf->migrate_database : s->conf->database,
                           may_migrate ? s->conf->migrate_password : s->conf->database_password,
                           s->migrations.schema, "mosaic migration");
    enum schema_state state = SCHEMA_WORKING;
    for (int wait_ms = FIRST_WAIT_MS; state == SCHEMA_WORKING && !atomic_load(&s->stop);
         wait_ms *= 2) {
        struct err err = {0};
        if (attempt(s, pg, may_migrate, &err)) {
            state = SCHEMA_READY;
            break;
        }
        set_trouble(s, &err);
        pg_rollback(pg);
        if (err.kind != ERR_RETRY)
            state = SCHEMA_FAILED;
        else
            wait_before_retry(s, wait_ms = wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS);
    }
    pg_free(pg);
    atomic_store(&s->state, state);
    atomic_store(&s->ended, true);
    (void)uv_async_send(s->wake);
}

void service_schema_start(struct service_schema *s, const struct service *svc,
                          const struct service_conf *conf, uv_async_t *wake)
{
    s->migrations = (struct migrations){svc->schema, common_migrations, svc->migrations};
    s->conf = conf;
    s->wake = wake;
    s->running = true;
    if (uv_mutex_init(&s->lock) != 0 || uv_thread_create(&s->thread, work, s) != 0)
        abort();
}

enum schema_state service_schema_state(const struct service_schema *s)
{
    return atomic_load(&s->state);
}

void service_schema_stop(struct service_schema *s)
{
    atomic_store(&s->stop, true);
}

void service_schema_join(struct service_schema *s)
{
    if (!s->running)
        return;
    (void)uv_thread_join(&s->thread);
    s->running = false;
}

void service_schema_health(struct service_schema *s, struct buf *out)
{
    if (service_schema_state(s) == SCHEMA_READY) {
        buf_str(out, STR("schema: up to date\n"));
        return;
    }
    uv_mutex_lock(&s->lock);
    buf_fmt(out, "schema: %s\n",
            s->trouble.text[0] != '\0' ? s->trouble.text : "being brought up to date");
    uv_mutex_unlock(&s->lock);
}
