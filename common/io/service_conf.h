/* service_conf: the settings every service has, read once before anything starts. */
#ifndef MOSAIC_IO_SERVICE_CONF_H
#define MOSAIC_IO_SERVICE_CONF_H

#include "common/io/service.h"
#include "common/io/stage_thread.h"

struct service_conf {
    const char *brokers;
    const char *database, *database_password;
    const char *migrate_database, *migrate_password;
    const char *http_address;
    int64_t http_port;
    int log_level;
    int64_t threads;
    int64_t batch_max;
    int64_t gather_ms;
    const char *instance;
    const struct kafka_property *properties;
};

/* The values live as long as the process; there is one service in it. False: a sentence for the operator. */
MUST_CHECK bool service_conf_load(const struct service *svc, const struct service_conf **ret,
                                  struct err *err);
void service_conf_log(const struct service *svc);
void service_conf_help(const struct service *svc, bool markdown);

#endif
