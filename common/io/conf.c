/* conf: reading the tables. */
#include "common/io/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/log.h"

#define SECRET_MAX_BYTES 65536

/* An empty variable is one that is not set: compose files pass those. */
static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* What is wrong with `len` bytes read as a secret, or NULL. */
static const char *secret_fault(const char *text, size_t len)
{
    if (len > SECRET_MAX_BYTES)
        return "is larger than 64 KiB";
    if (memchr(text, '\0', len) != NULL)
        return "holds a NUL character";
    return len == 0 ? "is empty" : NULL;
}

static size_t without_line_ends(const char *text, size_t len)
{
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    return len;
}

bool conf_read_secret(const char *variable, const char *path, const char **ret, struct err *err)
{
    char text[SECRET_MAX_BYTES + 1];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return err_set(err, ERR_FATAL, "%s: cannot read \"%s\": %s", variable, path,
                       strerror(errno));
    size_t len = without_line_ends(text, fread(text, 1, sizeof text, file));
    const char *fault = ferror(file) != 0 ? "cannot be read" : secret_fault(text, len);
    (void)fclose(file);
    if (fault != NULL)
        return err_set(err, ERR_FATAL, "%s: \"%s\" %s", variable, path, fault);
    *ret = strndup(text, len);
    if (*ret == NULL)
        abort();
    return true;
}

static bool load_secret(const struct conf_entry *entry, struct err *err)
{
    char variable[128];
    const char **target = entry->target;
    (void)snprintf(variable, sizeof variable, "%s_FILE", entry->env);
    const char *value = from_environment(entry->env), *path = from_environment(variable);
    if (value != NULL && path != NULL)
        return err_set(err, ERR_FATAL, "%s and %s are both set; set one of them", entry->env,
                       variable);
    if (path != NULL)
        return conf_read_secret(variable, path, target, err);
    if (value == NULL && entry->fallback == NULL)
        return err_set(err, ERR_FATAL, "%s or %s must be set: %s", entry->env, variable,
                       entry->help);
    *target = value;
    return true;
}

static bool load_int(const struct conf_entry *entry, const char *value, struct err *err)
{
    int64_t number;
    if (!str_to_i64(str_of(value), &number) || number < entry->min || number > entry->max)
        return err_set(err, ERR_FATAL, "%s: \"%s\" is not a whole number from %lld to %lld",
                       entry->env, value, (long long)entry->min, (long long)entry->max);
    *(int64_t *)entry->target = number;
    return true;
}

static void list_choices(const struct conf_entry *entry, char *to, size_t size)
{
    size_t len = 0;
    to[0] = '\0';
    for (size_t i = 0; entry->choices[i] != NULL && len < size; i++)
        len +=
            (size_t)snprintf(to + len, size - len, "%s%s", i == 0 ? "" : ", ", entry->choices[i]);
}

static bool load_enum(const struct conf_entry *entry, const char *value, struct err *err)
{
    char all[200];
    for (int i = 0; entry->choices[i] != NULL; i++)
        if (strcmp(entry->choices[i], value) == 0) {
            *(int *)entry->target = i;
            return true;
        }
    list_choices(entry, all, sizeof all);
    return err_set(err, ERR_FATAL, "%s: \"%s\" is not one of %s", entry->env, value, all);
}

static bool load_entry(const struct conf_entry *entry, struct err *err)
{
    if (entry->type == CONF_SECRET)
        return load_secret(entry, err);
    const char *value = from_environment(entry->env);
    if (value == NULL)
        value = entry->fallback;
    if (value == NULL)
        return err_set(err, ERR_FATAL, "%s must be set: %s", entry->env, entry->help);
    switch (entry->type) {
    case CONF_INT: return load_int(entry, value, err);
    case CONF_ENUM: return load_enum(entry, value, err);
    case CONF_TEXT:
    case CONF_SECRET: break;
    }
    *(const char **)entry->target = value;
    return true;
}

bool conf_load(const struct conf_entry *const *tables, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        for (const struct conf_entry *entry = tables[i]; entry->env != NULL; entry++)
            if (!load_entry(entry, err))
                return false;
    return true;
}

static struct log_field field_of(const struct conf_entry *entry)
{
    switch (entry->type) {
    case CONF_SECRET:
        return LOG_S(entry->env, *(const char **)entry->target != NULL ? "(given)" : "(not given)");
    case CONF_TEXT: return LOG_S(entry->env, *(const char **)entry->target);
    case CONF_INT: return LOG_I(entry->env, *(int64_t *)entry->target);
    case CONF_ENUM: return LOG_S(entry->env, entry->choices[*(int *)entry->target]);
    }
    return LOG_END;
}

void conf_log(const struct conf_entry *const *tables, size_t count)
{
    struct log_field fields[CONF_ENTRIES_MAX + 1];
    size_t filled = 0;
    for (size_t i = 0; i < count; i++)
        for (const struct conf_entry *entry = tables[i]; entry->env != NULL; entry++) {
            assert(filled < CONF_ENTRIES_MAX);
            fields[filled++] = field_of(entry);
        }
    fields[filled] = LOG_END;
    log_fields(LOG_INFO, "conf", "the settings", fields);
}

/* "whole number from 0 to 65535" */
static void describe_type(const struct conf_entry *entry, char *to, size_t size)
{
    char all[200];
    switch (entry->type) {
    case CONF_TEXT: (void)snprintf(to, size, "text"); return;
    case CONF_SECRET: (void)snprintf(to, size, "secret, also by file"); return;
    case CONF_INT:
        (void)snprintf(to, size, "%lld to %lld", (long long)entry->min, (long long)entry->max);
        return;
    case CONF_ENUM:
        list_choices(entry, all, sizeof all);
        (void)snprintf(to, size, "one of %s", all);
        return;
    }
}

static const char *describe_default(const struct conf_entry *entry)
{
    return entry->fallback == NULL      ? "must be set"
           : entry->fallback[0] == '\0' ? "none"
                                        : entry->fallback;
}

void conf_print_help(const struct conf_entry *const *tables, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (const struct conf_entry *entry = tables[i]; entry->env != NULL; entry++) {
            char type[256];
            describe_type(entry, type, sizeof type);
            (void)printf("  %s%s\n      %s\n      %s; default: %s\n", entry->env,
                         entry->type == CONF_SECRET ? " or ..._FILE" : "", entry->help, type,
                         describe_default(entry));
        }
}

void conf_print_markdown(const struct conf_entry *const *tables, size_t count)
{
    (void)printf("| variable | value | default | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        for (const struct conf_entry *entry = tables[i]; entry->env != NULL; entry++) {
            char type[256];
            describe_type(entry, type, sizeof type);
            (void)printf("| `%s`%s | %s | %s | %s |\n", entry->env,
                         entry->type == CONF_SECRET ? ", `..._FILE`" : "", type,
                         describe_default(entry), entry->help);
        }
}
