/* service_health: /livez, /readyz and /metrics. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/io/metrics.h"
#include "common/io/service_private.h"

/* Alive is who can answer at all: the loop turns. */
static void livez(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    (void)request;
    buf_str(&response->body, STR("alive\n"));
}

static bool health(struct process *p, struct buf *out)
{
    bool ready = p->phase == PHASE_RUNNING;
    switch (p->phase) {
    case PHASE_STARTING: buf_str(out, STR("process: starting\n")); break;
    case PHASE_RUNNING: buf_str(out, STR("process: running\n")); break;
    case PHASE_STOPPING: buf_str(out, STR("process: stopping\n")); break;
    }
    service_schema_health(&p->schema, out);
    for (size_t i = 0; i < p->thread_count; i++)
        stage_health(p->threads[i], out, &ready);
    return ready;
}

static void readyz(void *context, const struct http_request *request,
                   struct http_response *response)
{
    struct buf parts = {0};
    bool ready = health(context, &parts);
    response->status = ready ? 200 : 503;
    buf_str(&response->body, ready ? STR("ready\n") : STR("not ready\n"));
    if (!ready || http_query(request, "verbose") != NULL)
        buf_str(&response->body, buf_view(&parts));
    buf_done(&parts);
}

static int64_t resident_bytes(void)
{
    char line[200];
    uint64_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r"); /* pages in all, pages in memory, ... */
    if (file == NULL)
        return 0;
    size_t len = fread(line, 1, sizeof line, file);
    (void)fclose(file);
    const char *blank = memchr(line, ' ', len);
    struct str rest =
        blank == NULL ? STR_NONE : str_skip((struct str){line, len}, (size_t)(blank - line) + 1);
    const char *end = rest.len == 0 ? NULL : memchr(rest.ptr, ' ', rest.len);
    if (end != NULL)
        (void)str_to_u64((struct str){rest.ptr, (size_t)(end - rest.ptr)}, &pages);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static void write_process(struct process *p, struct buf *out)
{
    struct rusage used;
    struct buf ignored = {0};
    (void)getrusage(RUSAGE_SELF, &used);
    int64_t cpu_us = ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                     used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    buf_fmt(out,
            "# HELP mosaic_build_info The program; always 1.\n# TYPE mosaic_build_info gauge\n"
            "mosaic_build_info{service=\"%s\",version=\"" MOSAIC_VERSION "\"} 1\n"
            "# HELP mosaic_ready 1 when /readyz says ready.\n# TYPE mosaic_ready "
            "gauge\nmosaic_ready %d\n",
            p->svc->name, health(p, &ignored) ? 1 : 0);
    buf_fmt(out,
            "# HELP process_cpu_seconds_total User and system time.\n# TYPE "
            "process_cpu_seconds_total counter\n"
            "process_cpu_seconds_total %lld.%06lld\n"
            "# HELP process_resident_memory_bytes Memory in use.\n# TYPE "
            "process_resident_memory_bytes gauge\n"
            "process_resident_memory_bytes %lld\n",
            (long long)(cpu_us / 1000000), (long long)(cpu_us % 1000000),
            (long long)resident_bytes());
    buf_done(&ignored);
}

static void metrics(void *context, const struct http_request *request,
                    struct http_response *response)
{
    (void)request;
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    write_process(context, &response->body);
    metrics_write(&response->body);
}

const struct http_route service_routes[] = {
    {"GET", "/livez", livez},
    {"GET", "/readyz", readyz},
    {"GET", "/metrics", metrics},
    {NULL, NULL, NULL},
};
