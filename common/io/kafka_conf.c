/* kafka_conf: names from the environment, checked by librdkafka itself on a configuration that is thrown away. */
#include "common/io/kafka_conf.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>

#include "common/io/conf.h"
#include "common/io/kafka_properties.h"

#define NAME_MAX_BYTES 100
#define PROPERTIES_MAX 100

/* "SASL_USERNAME" to "sasl.username"; false if it can be no property. */
static bool property_name(struct str variable, char to[NAME_MAX_BYTES])
{
    if (variable.len == 0 || variable.len >= NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < variable.len; i++) {
        char c = variable.ptr[i];
        to[i] = c == '_' ? '.' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    to[variable.len] = '\0';
    return true;
}

static bool try_property(rd_kafka_conf_t *scratch, const char *variable, const char *name,
                         const char *value, struct err *err)
{
    char ignored[300]; /* it may quote the value */
    switch (rd_kafka_conf_set(scratch, name, value, ignored, sizeof ignored)) {
    case RD_KAFKA_CONF_OK: return true;
    case RD_KAFKA_CONF_UNKNOWN:
        return err_set(err, ERR_FATAL, "%s: librdkafka has no property %s", variable, name);
    case RD_KAFKA_CONF_INVALID: break;
    }
    return err_set(err, ERR_FATAL, "%s: librdkafka does not accept this value for %s", variable,
                   name);
}

static bool listed(const struct kafka_property *list, const char *name)
{
    for (; list->name != NULL; list++)
        if (strcmp(list->name, name) == 0)
            return true;
    return false;
}

/* As everywhere in conf.h, an empty variable is one that is not set. */
static bool is_set(const char *entry)
{
    return strncmp(entry, KAFKA_PROPERTY_PREFIX, sizeof KAFKA_PROPERTY_PREFIX - 1) == 0 &&
           entry[strcspn(entry, "=")] == '=' && entry[strcspn(entry, "=") + 1] != '\0';
}

/* Reads "NAME=value", which begins with the prefix. `name` is room for the property's, and stays. */
static bool load_one(const char *entry, rd_kafka_conf_t *scratch,
                     const struct kafka_property *before, char name[NAME_MAX_BYTES],
                     struct kafka_property *ret, struct err *err)
{
    char variable[sizeof KAFKA_PROPERTY_PREFIX + NAME_MAX_BYTES];
    size_t length = strcspn(entry, "=");
    struct str suffix = str_skip((struct str){entry, length}, sizeof KAFKA_PROPERTY_PREFIX - 1);
    bool by_file = str_ends(suffix, STR("_FILE"));
    if (by_file)
        suffix.len -= sizeof "_FILE" - 1;
    if (!property_name(suffix, name))
        return err_set(err, ERR_FATAL, "%.*s names no Kafka property",
                       (int)(length > 150 ? 150 : length), entry);
    (void)snprintf(variable, sizeof variable, "%.*s", (int)length, entry);
    const char *why = kafka_property_refusal(name);
    if (why != NULL)
        return err_set(err, ERR_FATAL, "%s: %s cannot be set, because %s", variable, name, why);
    if (listed(before, name))
        return err_set(err, ERR_FATAL, "%s: %s is set by another variable too; set one of them",
                       variable, name);
    const char *value = entry + length + 1;
    if (by_file && !conf_read_secret(variable, value, &value, err))
        return false;
    if (!try_property(scratch, variable, name, value, err))
        return false;
    *ret = (struct kafka_property){name, value};
    return true;
}

static bool load_all(char *const *environment, rd_kafka_conf_t *scratch,
                     struct kafka_property *list, struct err *err)
{
    static char names[PROPERTIES_MAX][NAME_MAX_BYTES];
    size_t count = 0;
    for (; *environment != NULL; environment++) {
        if (!is_set(*environment))
            continue;
        if (count == PROPERTIES_MAX)
            return err_set(err, ERR_FATAL,
                           "more than %d variables begin with " KAFKA_PROPERTY_PREFIX,
                           PROPERTIES_MAX);
        if (!load_one(*environment, scratch, list, names[count], &list[count], err))
            return false;
        count++;
    }
    return true;
}

bool kafka_conf_load(char *const *environment, const struct kafka_property **ret, struct err *err)
{
    static struct kafka_property list[PROPERTIES_MAX + 1];
    memset(list, 0, sizeof list);
    rd_kafka_conf_t *scratch = rd_kafka_conf_new();
    bool loaded = load_all(environment, scratch, list, err);
    rd_kafka_conf_destroy(scratch);
    if (loaded)
        *ret = list;
    return loaded;
}
