/* conf_unknown: variables that look like settings and that nothing reads, most likely misspelt. */
#include <stdio.h>
#include <string.h>

#include "common/core/near.h"
#include "common/io/conf.h"
#include "common/io/kafka_conf.h"
#include "common/io/log.h"

#define PREFIX "MOSAIC_"
#define NAME_BYTES 128

/* What others know, whose environment a service may have been started from. */
static const char *const ELSEWHERE[] = {
    /* mosaicctl */
    "ADMIN_DATABASE", "ADMIN_DATABASE_PASSWORD", "ADMIN_DATABASE_PASSWORD_FILE",
    /* the local stack */
    "STATE", "BIN", "KAFKA_VERSION", "KAFKA_JIT", "KAFKA_PORT", "READY_SECONDS",
    /* containers */
    "DATABASE_SERVER", "SECRETS", "ROLE",
    /* tests, and what provokes faults */
    "TEST_DATABASE", "TEST_PATIENCE", "RELAY", "FAULTS", "CRASH_AT", "PAUSE_AT", "BUG"};

/* Where the services of the local stack are, as it tells tools and tests: MOSAIC_INTAKE_URL ... */
static const char *const SERVICES[] = {"INTAKE", "ELIGIBILITY", "PROJECT_TRACKING",
                                       "KPI_AGGREGATOR"};
static const char *const OF_A_SERVICE[] = {"_URL", "_DATABASE", "_DATABASE_PASSWORD_FILE"};

static bool is_one_of(struct str name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, str_of(list[i])))
            return true;
    return false;
}

static bool is_elsewhere(struct str name)
{
    for (size_t i = 0; i < COUNT(SERVICES); i++)
        if (str_starts(name, str_of(SERVICES[i])) &&
            is_one_of(str_skip(name, str_of(SERVICES[i]).len), OF_A_SERVICE, COUNT(OF_A_SERVICE)))
            return true;
    return is_one_of(name, ELSEWHERE, COUNT(ELSEWHERE));
}

/* Kubernetes tells every container of the services beside it: MOSAIC_X_SERVICE_HOST, MOSAIC_X_PORT ... */
static bool is_service_link(const char *name, const char *value)
{
    return strstr(name, "_SERVICE_HOST") != NULL || strstr(name, "_SERVICE_PORT") != NULL ||
           strstr(name, "_PORT_") != NULL || strncmp(value, "tcp://", 6) == 0;
}

/* The name without its prefix; false if it is of no concern. */
static bool name_of(const char *entry, char name[NAME_BYTES])
{
    size_t length = strcspn(entry, "=");
    if (strncmp(entry, PREFIX, sizeof PREFIX - 1) != 0 ||
        strncmp(entry, KAFKA_PROPERTY_PREFIX, sizeof KAFKA_PROPERTY_PREFIX - 1) == 0)
        return false;
    (void)snprintf(name, NAME_BYTES, "%.*s", (int)(length - (sizeof PREFIX - 1)),
                   entry + sizeof PREFIX - 1);
    return entry[length] == '=' && entry[length + 1] != '\0' &&
           !is_service_link(name, entry + length + 1);
}

/* The names that the tables know, without their prefix. */
struct known {
    char names[2 * CONF_ENTRIES_MAX][NAME_BYTES];
    size_t count;
};

static void add(struct known *k, const char *name, const char *behind)
{
    (void)snprintf(k->names[k->count++], NAME_BYTES, "%s%s", name + sizeof PREFIX - 1, behind);
}

static void list_known(const struct conf_entry *const *tables, size_t count, struct known *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < count; i++)
        for (const struct conf_entry *entry = tables[i]; entry->env != NULL; entry++) {
            add(ret, entry->env, "");
            if (entry->type == CONF_SECRET)
                add(ret, entry->env, "_FILE");
        }
}

static bool is_known(const struct known *k, struct str name)
{
    for (size_t i = 0; i < k->count; i++)
        if (str_eq(name, str_of(k->names[i])))
            return true;
    return is_elsewhere(name);
}

static void warn(struct str name, struct str nearest)
{
    char unknown[NAME_BYTES + sizeof PREFIX], meant[NAME_BYTES + sizeof PREFIX] = "";
    (void)snprintf(unknown, sizeof unknown, PREFIX "%.*s", STR_ARG(name));
    if (nearest.ptr != NULL)
        (void)snprintf(meant, sizeof meant, PREFIX "%.*s", STR_ARG(nearest));
    log_line(LOG_WARN, "conf", "a variable is no setting and is ignored",
             LOG_S("variable", unknown), LOG_S("nearest_setting", meant), LOG_END);
}

void conf_warn_unknown(const struct conf_entry *const *tables, size_t count,
                       char *const *environment)
{
    char name[NAME_BYTES];
    struct known known;
    list_known(tables, count, &known);
    for (; *environment != NULL; environment++) {
        if (!name_of(*environment, name) || is_known(&known, str_of(name)))
            continue;
        struct near n = near_begin(str_of(name));
        for (size_t i = 0; i < known.count; i++)
            near_try(&n, str_of(known.names[i]));
        warn(n.name, n.best);
    }
}
