/* service_conf: the common table, what must hold between its values, and --help. */
#include "common/io/service_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/core/brokers.h"
#include "common/io/http.h"
#include "common/io/kafka_conf.h"
#include "common/io/log.h"

static struct service_conf conf;

static const char *const LEVELS[] = {"debug", "info", "warn", "error",
                                     NULL}; /* as enum log_level */

/* clang-format off */
static const struct conf_entry COMMON[] = {
    {.env = "MOSAIC_KAFKA_BROKERS", .type = CONF_TEXT, .target = &conf.brokers,
     .help = "where Kafka is: host:port, several with commas between"},
    {.env = "MOSAIC_DATABASE", .type = CONF_TEXT, .target = &conf.database,
     .help = "where PostgreSQL is, as libpq takes it, with the role that works: host=db dbname=mosaic user=..."},
    {.env = "MOSAIC_DATABASE_PASSWORD", .type = CONF_SECRET, .target = &conf.database_password, .fallback = "",
     .help = "that role's password, if it needs one"},
    {.env = "MOSAIC_MIGRATE_DATABASE", .type = CONF_TEXT, .target = &conf.migrate_database, .fallback = "",
     .help = "the same with the role that owns the schema and may change it; without it the service waits "
             "until somebody else has brought the schema up to date"},
    {.env = "MOSAIC_MIGRATE_PASSWORD", .type = CONF_SECRET, .target = &conf.migrate_password, .fallback = "",
     .help = "the owner's password, if it needs one"},
    {.env = "MOSAIC_HTTP_ADDRESS", .type = CONF_TEXT, .target = &conf.http_address, .fallback = "127.0.0.1",
     .help = "IP address for /livez, /readyz and /metrics"},
    {.env = "MOSAIC_HTTP_PORT", .type = CONF_INT, .target = &conf.http_port, .fallback = "0", .max = 65535,
     .help = "port for them; 0 takes a free one and logs it"},
    {.env = "MOSAIC_LOG_LEVEL", .type = CONF_ENUM, .target = &conf.log_level, .fallback = "info", .choices = LEVELS,
     .help = "least level that is logged"},
    {.env = "MOSAIC_THREADS", .type = CONF_INT, .target = &conf.threads, .fallback = "0", .max = 64,
     .help = "threads per stage; 0 shares the cores out among the stages of a service; never more than a stage's "
             "inputs have partitions"},
    {.env = "MOSAIC_BATCH_MAX", .type = CONF_INT, .target = &conf.batch_max, .fallback = "0", .max = 20000,
     .help = "messages in one transaction at most; 0 is what each stage finds best"},
    {.env = "MOSAIC_GATHER_MS", .type = CONF_INT, .target = &conf.gather_ms, .fallback = "10", .max = 1000,
     .help = "milliseconds from one batch of a stage to the next at least, unless a whole one is there; up to ten times as "
             "long while batches take long, and fifty times for the KPIs, but a second at most; an event after a quiet while "
             "never waits; 0 never waits at all, for more CPU"},
    {.env = "MOSAIC_INSTANCE", .type = CONF_TEXT, .target = &conf.instance, .fallback = "",
     .help = "name of this process among others of the same service; without it host name and process number"},
    {.env = NULL},
};
/* clang-format on */

static size_t tables_of(const struct service *svc, const struct conf_entry *ret[2])
{
    ret[0] = COMMON;
    ret[1] = svc->options;
    return svc->options != NULL ? 2 : 1;
}

static bool about(const char *variable, bool checked, struct err *err)
{
    if (checked)
        return true;
    err_prefix(err, ": ");
    err_prefix(err, variable);
    return false;
}

static bool check_address(const char *address, struct err *err)
{
    return http_is_address(address) ||
           err_set(err, ERR_FATAL, "\"%s\" is not an IP address", address);
}

/* What the tables cannot say. */
static bool check_values(struct err *err)
{
    return about("MOSAIC_KAFKA_BROKERS", brokers_check(str_of(conf.brokers), err), err) &&
           about("MOSAIC_DATABASE", pg_conninfo_check(conf.database, err), err) &&
           (conf.migrate_database[0] == '\0' ||
            about("MOSAIC_MIGRATE_DATABASE", pg_conninfo_check(conf.migrate_database, err), err)) &&
           about("MOSAIC_HTTP_ADDRESS", check_address(conf.http_address, err), err);
}

static const char *default_instance(void)
{
    static char name[100];
    char host[65] = "";
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(name, sizeof name, "%s-%ld", host, (long)getpid());
    return name;
}

bool service_conf_load(const struct service *svc, const struct service_conf **ret, struct err *err)
{
    const struct conf_entry *tables[2];
    size_t count = tables_of(svc, tables);
    if (!conf_load(tables, count, err) || !kafka_conf_load(environ, &conf.properties, err) ||
        !check_values(err))
        return false;
    if (conf.instance[0] == '\0')
        conf.instance = default_instance();
    *ret = &conf;
    return true;
}

void service_conf_log(const struct service *svc)
{
    const struct conf_entry *tables[2];
    size_t count = tables_of(svc, tables);
    conf_log(tables, count);
    conf_warn_unknown(tables, count, environ);
    for (const struct kafka_property *p = conf.properties; p->name != NULL; p++)
        log_line(LOG_INFO, "conf", "a Kafka property comes from the environment",
                 LOG_S("property", p->name), LOG_END);
}

void service_conf_help(const struct service *svc, bool markdown)
{
    const struct conf_entry *tables[2];
    size_t count = tables_of(svc, tables);
    if (markdown) {
        conf_print_markdown(tables, count);
        return;
    }
    (void)printf("%s: %s\n\nusage: %s [-h | --help | --help=markdown | --version]\n\n"
                 "Settings come from the environment:\n\n",
                 svc->name, svc->about, svc->name);
    conf_print_help(tables, count);
    (void)printf("  " KAFKA_PROPERTY_PREFIX "<NAME>, ..._FILE\n"
                 "      a librdkafka property, dots written as underscores (SASL_USERNAME for "
                 "sasl.username);\n"
                 "      those the delivery guarantee rests on are refused\n\n"
                 "A first SIGTERM or SIGINT finishes what is under way and leaves; a second one "
                 "ends at once.\n"
                 "Exit codes: 0 stopped as told, 1 failed, 2 wrong usage or settings.\n");
}
