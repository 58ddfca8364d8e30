/* service_private: the process, shared by service.c (its life) and service_health.c (what it answers). */
#ifndef MOSAIC_IO_SERVICE_PRIVATE_H
#define MOSAIC_IO_SERVICE_PRIVATE_H

#include <uv.h>

#include "common/io/http.h"
#include "common/io/service_conf.h"
#include "common/io/service_schema.h"
#include "common/io/stage_thread.h"

#define STAGE_THREADS_MAX 256 /* 64 for each of four stages */

enum phase { PHASE_STARTING, PHASE_RUNNING, PHASE_STOPPING };

struct process {
    const struct service *svc;
    const struct service_conf *conf;
    enum phase phase;
    int exit_code;
    uv_loop_t loop;
    uv_signal_t on_term, on_interrupt;
    uv_async_t wake; /* a stage thread or the schema's thread has ended */
    struct http *http;
    struct service_schema schema;
    struct stage_settings settings;
    struct stage_thread *threads[STAGE_THREADS_MAX];
    size_t thread_count;
};

extern const struct http_route service_routes[]; /* context: struct process * */

#endif
