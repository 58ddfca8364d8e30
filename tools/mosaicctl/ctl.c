/* ctl: one way to read arguments and to fail, for all commands. */
#include "tools/mosaicctl/ctl.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io/conf.h"
#include "common/io/kafka_conf.h"

static volatile sig_atomic_t interrupted;
static bool misconfigured; /* a setting is missing or wrong */

static void on_signal(int number)
{
    interrupted = 1;
    (void)signal(number, SIG_DFL);
}

bool ctl_interrupted(void)
{
    return interrupted != 0;
}

void ctl_catch_interrupts(void)
{
    const struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static void print_help(const struct ctl_usage *usage)
{
    (void)printf("usage: mosaicctl %s\n\n%s\n", usage->synopsis, usage->about);
    for (const struct ctl_option *o = usage->options; o != NULL && o->name != NULL; o++) {
        char left[60];
        (void)snprintf(left, sizeof left, "%s%s%s", o->name, o->type == CTL_FLAG ? "" : " ",
                       o->type == CTL_FLAG ? "" : o->value);
        (void)printf("%s  %-24s %s\n", o == usage->options ? "\n" : "", left, o->help);
    }
}

static bool misuse(const struct ctl_usage *usage, int *ret, const char *why, const char *what)
{
    (void)fprintf(stderr, "mosaicctl: %s%s\nusage: mosaicctl %s\n", why, what, usage->synopsis);
    *ret = CTL_MISUSED;
    return false;
}

static bool take_number(const struct ctl_option *o, const char *value)
{
    int64_t number;
    if (!str_to_i64(str_of(value), &number) || number < o->min || number > o->max)
        return false;
    *(int64_t *)o->target = number;
    return true;
}

static const struct ctl_option *find_option(const struct ctl_usage *usage, struct str name)
{
    for (const struct ctl_option *o = usage->options; o != NULL && o->name != NULL; o++)
        if (str_eq(str_of(o->name), name))
            return o;
    return NULL;
}

/* Takes argv[*at], which begins with --, and its value, which may stand behind a = or in the next one. */
static bool take_option(const struct ctl_usage *usage, int argc, char **argv, int *at, int *ret)
{
    const char *arg = argv[*at], *equals = strchr(arg, '=');
    struct str name = {arg, equals != NULL ? (size_t)(equals - arg) : strlen(arg)};
    const struct ctl_option *o = find_option(usage, name);
    if (o == NULL)
        return misuse(usage, ret, "there is no option ", arg);
    if (o->type == CTL_FLAG) {
        if (equals != NULL)
            return misuse(usage, ret, "no value belongs to ", o->name);
        *(bool *)o->target = true;
        return true;
    }
    const char *value = equals != NULL ? equals + 1 : *at + 1 < argc ? argv[++*at] : NULL;
    if (value == NULL)
        return misuse(usage, ret, "a value is missing after ", o->name);
    if (o->type == CTL_TEXT)
        *(const char **)o->target = value;
    else if (!take_number(o, value))
        return misuse(usage, ret, "not a number that is allowed for ", o->name);
    return true;
}

bool ctl_begin(const struct ctl_usage *usage, int *argc, char **argv, int *ret)
{
    int plain = 1;
    bool options = true;
    for (int i = 1; i < *argc; i++) {
        if (options && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            print_help(usage);
            *ret = CTL_DONE;
            return false;
        }
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(usage, *argc, argv, &i, ret))
                return false;
        } else
            argv[plain++] = argv[i];
    }
    *argc = plain;
    if (plain - 1 < usage->least)
        return misuse(usage, ret, "an argument is missing", "");
    if (plain - 1 > usage->most)
        return misuse(usage, ret, "too many arguments: ", argv[usage->most + 1]);
    return true;
}

int ctl_fail(const struct err *err)
{
    (void)fprintf(stderr, "mosaicctl: %s\n", err->text);
    return misconfigured ? CTL_MISUSED : CTL_FAILED;
}

static bool settled(bool ok)
{
    misconfigured = misconfigured || !ok;
    return ok;
}

bool ctl_load_brokers(struct ctl_settings *ret, struct err *err)
{
    const struct conf_entry table[] = {
        {.env = "MOSAIC_KAFKA_BROKERS",
         .type = CONF_TEXT,
         .target = &ret->brokers,
         .help = "host:port of Kafka's brokers"},
        {.env = NULL},
    };
    const struct conf_entry *const tables[] = {table};
    return settled(conf_load(tables, COUNT(tables), err));
}

bool ctl_load_properties(const struct kafka_property **ret, struct err *err)
{
    return settled(kafka_conf_load(environ, ret, err));
}

bool ctl_load_database(struct ctl_settings *ret, struct err *err)
{
    const struct conf_entry table[] = {
        {.env = "MOSAIC_ADMIN_DATABASE",
         .type = CONF_TEXT,
         .target = &ret->database,
         .help = "connection string of a role that may read all four schemas, without a password"},
        {.env = "MOSAIC_ADMIN_DATABASE_PASSWORD",
         .type = CONF_SECRET,
         .target = &ret->password,
         .fallback = "",
         .help = "its password, if it needs one"},
        {.env = NULL},
    };
    const struct conf_entry *const tables[] = {table};
    return settled(conf_load(tables, COUNT(tables), err));
}
