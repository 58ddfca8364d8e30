/* service: the life of the process. The loop starts first, so that it can be asked how it is; then the
 * schema is brought up to date; then the stages run until a signal or a failure ends them all. */
#include "common/io/service.h"

#include <assert.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io/log.h"
#include "common/io/service_private.h"

/* glibc keeps a heap per core for threads and gives little back; a service has a dozen threads and
 * few of them allocate, so two heaps and an early return keep it small. */
static void keep_memory_small(void)
{
    (void)mallopt(M_ARENA_MAX, 2);
    (void)mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    (void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

static void close_handles(struct process *p)
{
    http_close(p->http);
    p->http = NULL;
    uv_close((uv_handle_t *)&p->on_term, NULL);
    uv_close((uv_handle_t *)&p->on_interrupt, NULL);
    uv_close((uv_handle_t *)&p->wake, NULL);
}

/* Everything has ended; the loop runs out. */
static void finish(struct process *p)
{
    service_schema_join(&p->schema);
    for (size_t i = 0; i < p->thread_count; i++)
        stage_join(p->threads[i]);
    p->thread_count = 0;
    close_handles(p);
    log_line(p->exit_code == 0 ? LOG_INFO : LOG_ERROR, "service", "ended",
             LOG_I("exit_code", p->exit_code), LOG_END);
}

static size_t ended_threads(const struct process *p)
{
    size_t ended = 0;
    for (size_t i = 0; i < p->thread_count; i++)
        ended += stage_done(p->threads[i]) ? 1 : 0;
    return ended;
}

static bool may_finish(const struct process *p)
{
    bool schema_ended = !p->schema.running || p->schema.ended;
    return p->phase == PHASE_STOPPING && schema_ended && ended_threads(p) == p->thread_count;
}

/* Asks all parts to end; they wake the loop when they have. */
static void stop(struct process *p, int exit_code)
{
    if (p->exit_code == 0)
        p->exit_code = exit_code;
    p->phase = PHASE_STOPPING;
    service_schema_stop(&p->schema);
    for (size_t i = 0; i < p->thread_count; i++)
        stage_stop(p->threads[i]);
}

/* Runs on a stage's thread. */
static void on_stage_done(void *context)
{
    struct process *p = context;
    (void)uv_async_send(&p->wake);
}

static struct stage_settings settings_of(struct process *p)
{
    return (struct stage_settings){
        .service = p->svc->name,
        .schema = p->svc->schema,
        .brokers = p->conf->brokers,
        .properties = p->conf->properties,
        .database = p->conf->database,
        .password = p->conf->database_password,
        .instance = p->conf->instance,
        .batch_max = (size_t)p->conf->batch_max,
        .gather_ms = p->conf->gather_ms,
        .on_done = on_stage_done,
        .context = p,
    };
}

static size_t stages_of(const struct service *svc)
{
    size_t count = 0;
    while (svc->stages[count] != NULL)
        count++;
    return count;
}

static void start_stage(struct process *p, const struct stage *stage)
{
    int count = stage_thread_count(stage, p->conf->threads, stages_of(p->svc));
    assert(p->thread_count + (size_t)count <= COUNT(p->threads));
    for (int number = 0; number < count && p->phase == PHASE_RUNNING; number++) {
        struct err err = {0};
        if (stage_start(stage, &p->settings, number, &p->threads[p->thread_count], &err)) {
            p->thread_count++;
        } else {
            log_line(LOG_ERROR, stage->name, "the stage cannot start", LOG_S("error", err.text),
                     LOG_END);
            stop(p, 1);
        }
    }
}

static void start_stages(struct process *p)
{
    p->settings = settings_of(p);
    p->phase = PHASE_RUNNING;
    for (const struct stage *const *stage = p->svc->stages; *stage != NULL; stage++)
        start_stage(p, *stage);
}

static void on_schema_ended(struct process *p)
{
    service_schema_join(&p->schema);
    if (p->phase != PHASE_STARTING)
        return;
    if (service_schema_state(&p->schema) == SCHEMA_READY)
        start_stages(p);
    else
        stop(p, 1); /* what is wrong has been logged */
}

static void on_wake(uv_async_t *wake)
{
    struct process *p = wake->data;
    if (p->schema.running && p->schema.ended)
        on_schema_ended(p);
    if (p->phase == PHASE_RUNNING && ended_threads(p) > 0) {
        log_line(LOG_ERROR, "service", "a stage has ended by itself; the others are stopped",
                 LOG_END);
        stop(p, 1);
    }
    if (may_finish(p))
        finish(p);
}

static void on_signal(uv_signal_t *handle, int signal_number)
{
    struct process *p = handle->data;
    if (p->phase == PHASE_STOPPING) {
        log_line(LOG_ERROR, "service", "told twice to stop: ending at once",
                 LOG_I("signal", signal_number), LOG_END);
        _exit(1);
    }
    log_line(LOG_INFO, "service", "stopping: finishing what is under way",
             LOG_I("signal", signal_number), LOG_END);
    stop(p, 0);
    (void)uv_async_send(&p->wake);
}

static void watch_signal(struct process *p, uv_signal_t *handle, int signal_number)
{
    (void)uv_signal_init(&p->loop, handle);
    handle->data = p;
    if (uv_signal_start(handle, on_signal, signal_number) != 0)
        abort();
}

static bool open_process(struct process *p)
{
    struct err err = {0};
    if (uv_loop_init(&p->loop) != 0 || uv_async_init(&p->loop, &p->wake, on_wake) != 0)
        abort();
    p->wake.data = p;
    watch_signal(p, &p->on_term, SIGTERM);
    watch_signal(p, &p->on_interrupt, SIGINT);
    if (!http_open(&p->loop, p->conf->http_address, (uint16_t)p->conf->http_port, service_routes, p,
                   &p->http, &err)) {
        log_line(LOG_ERROR, "http", "the service cannot listen", LOG_S("error", err.text), LOG_END);
        return false;
    }
    log_line(LOG_INFO, "http", "listening", LOG_S("address", p->conf->http_address),
             LOG_I("port", http_port(p->http)), LOG_END);
    return true;
}

static int run(const struct service *svc, const struct service_conf *conf)
{
    struct process *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->svc = svc;
    p->conf = conf;
    log_init(svc->name, (enum log_level)conf->log_level);
    service_conf_log(svc);
    if (open_process(p)) {
        service_schema_start(&p->schema, svc, conf, &p->wake);
    } else {
        p->exit_code = 1;
        close_handles(p);
    }
    (void)uv_run(&p->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&p->loop);
    int exit_code = p->exit_code;
    free(p);
    return exit_code;
}

/* -1: go on and run. */
static int handle_arguments(int argc, char **argv, const struct service *svc)
{
    if (argc <= 1)
        return -1;
    bool markdown = argc == 2 && strcmp(argv[1], "--help=markdown") == 0;
    if (markdown || (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))) {
        service_conf_help(svc, markdown);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        (void)printf("%s %s\n", svc->name, MOSAIC_VERSION);
        return 0;
    }
    (void)fprintf(stderr, "%s: \"%s\" is not an argument it knows; try --help\n", svc->name,
                  argv[argc == 2 ? 1 : 2]);
    return 2;
}

int service_run(int argc, char **argv, const struct service *svc)
{
    struct err err = {0};
    const struct service_conf *conf = NULL;
    int exit_code = handle_arguments(argc, argv, svc);
    if (exit_code >= 0)
        return exit_code;
    keep_memory_small();
    (void)signal(SIGPIPE, SIG_IGN);
    if (!service_conf_load(svc, &conf, &err)) {
        (void)fprintf(stderr, "%s: %s\n", svc->name, err.text);
        return 2;
    }
    return run(svc, conf);
}
