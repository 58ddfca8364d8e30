/* service_schema: brings the schema up to date on a thread of its own, so that the process answers while
 * PostgreSQL is away. Embedded in its owner; everything is called from the loop's thread. */
#ifndef MOSAIC_IO_SERVICE_SCHEMA_H
#define MOSAIC_IO_SERVICE_SCHEMA_H

#include <stdatomic.h>
#include <uv.h>

#include "common/core/buf.h"
#include "common/io/service_conf.h"

enum schema_state { SCHEMA_WORKING, SCHEMA_READY, SCHEMA_FAILED };

struct service_schema {
    struct migrations migrations;
    const struct service_conf *conf;
    uv_async_t *wake; /* told when it has ended */
    uv_thread_t thread;
    bool running; /* not joined yet */
    _Atomic bool ended;
    _Atomic enum schema_state state;
    _Atomic bool stop;
    uv_mutex_t lock;
    struct err trouble; /* under lock: why it waits or failed */
};

void service_schema_start(struct service_schema *s, const struct service *svc,
                          const struct service_conf *conf, uv_async_t *wake);
enum schema_state service_schema_state(const struct service_schema *s);
void service_schema_stop(struct service_schema *s); /* ends after the statement under way; wakes */
void service_schema_join(struct service_schema *s); /* may be called again */
void service_schema_health(struct service_schema *s, struct buf *out);

#endif
