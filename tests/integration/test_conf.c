/* conf and kafka_conf: every refusal is a sentence that names the variable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io/conf.h"
#include "common/io/kafka_conf.h"
#include "common/io/kafka_properties.h"

static const char *text, *needed, *secret, *needed_secret;
static int64_t number;
static int choice;

static const char *const COLOURS[] = {"red", "green", NULL};
static const struct conf_entry TABLE[] = {
    {.env = "T_TEXT", .type = CONF_TEXT, .target = &text, .fallback = "as is", .help = "a text"},
    {.env = "T_NEEDED", .type = CONF_TEXT, .target = &needed, .help = "a text that has no default"},
    {.env = "T_NUMBER",
     .type = CONF_INT,
     .target = &number,
     .fallback = "7",
     .min = -1,
     .max = 65535,
     .help = "a number"},
    {.env = "T_COLOUR",
     .type = CONF_ENUM,
     .target = &choice,
     .fallback = "green",
     .choices = COLOURS,
     .help = "a colour"},
    {.env = "T_SECRET", .type = CONF_SECRET, .target = &secret, .fallback = "", .help = "a secret"},
    {.env = NULL},
};
static const struct conf_entry NEEDS_SECRET[] = {
    {.env = "T_OTHER",
     .type = CONF_SECRET,
     .target = &needed_secret,
     .help = "a secret that has no default"},
    {.env = NULL},
};
static const struct conf_entry *const TABLES[] = {TABLE};

static char secret_file[] = "/tmp/mosaic-test-conf-XXXXXX";

static int set_up(void **state)
{
    static const char *const all[] = {"T_TEXT", "T_NUMBER", "T_COLOUR", "T_SECRET",
                                      "T_SECRET_FILE"};
    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        (void)unsetenv(all[i]);
    return setenv("T_NEEDED", "given", 1);
}

static void write_secret(const char *bytes, size_t len)
{
    FILE *file = fopen(secret_file, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void must_refuse(const char *name, const char *value, const char *sentence)
{
    struct err err = {0};
    assert_int_equal(setenv(name, value, 1), 0);
    assert_false(conf_load(TABLES, 1, &err));
    assert_int_equal(err.kind, ERR_FATAL);
    assert_string_equal(err.text, sentence);
    (void)unsetenv(name);
}

static void test_without_variables_the_defaults_hold(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(conf_load(TABLES, 1, &err));
    assert_string_equal(text, "as is");
    assert_string_equal(needed, "given");
    assert_true(number == 7 && choice == 1);
    assert_null(secret);
}

static void test_variables_are_read_by_their_types(void **state)
{
    struct err err = {0};
    (void)state;
    (void)setenv("T_TEXT", "other", 1);
    (void)setenv("T_NUMBER", "-1", 1);
    (void)setenv("T_COLOUR", "red", 1);
    (void)setenv("T_SECRET", "hush", 1);
    assert_true(conf_load(TABLES, 1, &err));
    assert_string_equal(text, "other");
    assert_true(number == -1 && choice == 0);
    assert_string_equal(secret, "hush");
}

static void test_an_empty_variable_is_one_that_is_not_set(void **state)
{
    struct err err = {0};
    (void)state;
    (void)setenv("T_NUMBER", "", 1);
    (void)setenv("T_SECRET_FILE", "", 1);
    assert_true(conf_load(TABLES, 1, &err));
    assert_true(number == 7);
    (void)setenv("T_NEEDED", "", 1);
    assert_false(conf_load(TABLES, 1, &err));
    assert_string_equal(err.text, "T_NEEDED must be set: a text that has no default");
}

static void test_a_wrong_value_is_refused_with_what_is_allowed(void **state)
{
    (void)state;
    must_refuse("T_NUMBER", "abc", "T_NUMBER: \"abc\" is not a whole number from -1 to 65535");
    must_refuse("T_NUMBER", "65536", "T_NUMBER: \"65536\" is not a whole number from -1 to 65535");
    must_refuse("T_NUMBER", "1.5", "T_NUMBER: \"1.5\" is not a whole number from -1 to 65535");
    must_refuse("T_COLOUR", "blue", "T_COLOUR: \"blue\" is not one of red, green");
}

static void test_a_secret_may_come_from_a_file(void **state)
{
    struct err err = {0};
    (void)state;
    write_secret("from a file\r\n", 13);
    (void)setenv("T_SECRET_FILE", secret_file, 1);
    assert_true(conf_load(TABLES, 1, &err));
    assert_string_equal(secret, "from a file");
    free((void *)(uintptr_t)secret);
}

static void test_a_secret_that_cannot_be_read_is_refused_without_naming_it(void **state)
{
    static char large[70000];
    struct err err = {0};
    const struct conf_entry *const needs[] = {NEEDS_SECRET};
    (void)state;
    must_refuse("T_SECRET_FILE", "/nonexistent/x",
                "T_SECRET_FILE: cannot read \"/nonexistent/x\": No such file or directory");
    (void)setenv("T_SECRET_FILE", secret_file, 1);
    write_secret("\n", 1);
    assert_false(conf_load(TABLES, 1, &err));
    assert_non_null(strstr(err.text, "is empty"));
    write_secret("hush\0hush", 9);
    assert_false(conf_load(TABLES, 1, &err));
    assert_non_null(strstr(err.text, "NUL"));
    memset(large, 'x', sizeof large);
    write_secret(large, sizeof large);
    assert_false(conf_load(TABLES, 1, &err));
    assert_non_null(strstr(err.text, "larger"));
    (void)setenv("T_SECRET", "hush", 1);
    assert_false(conf_load(TABLES, 1, &err));
    assert_null(strstr(err.text, "hush"));
    assert_non_null(strstr(err.text, "both set"));
    assert_false(conf_load(needs, 1, &err));
    assert_string_equal(err.text,
                        "T_OTHER or T_OTHER_FILE must be set: a secret that has no default");
}

static void test_kafka_properties_come_from_the_environment(void **state)
{
    char by_file[200];
    const struct kafka_property *list = NULL;
    struct err err = {0};
    (void)state;
    write_secret("pass\n", 5);
    (void)snprintf(by_file, sizeof by_file, "MOSAIC_KAFKA_PROPERTY_SASL_PASSWORD_FILE=%s",
                   secret_file);
    char *environment[] = {"HOME=/", "MOSAIC_KAFKA_PROPERTY_SASL_USERNAME=me", by_file,
                           "MOSAIC_KAFKA_PROPERTY_COMPRESSION_TYPE=lz4", NULL};
    if (!kafka_conf_load(environment, &list, &err))
        fail_msg("%s", err.text);
    assert_string_equal(list[0].name, "sasl.username");
    assert_string_equal(list[0].value, "me");
    assert_string_equal(list[1].name, "sasl.password");
    assert_string_equal(list[1].value, "pass");
    assert_string_equal(list[2].name, "compression.type");
    assert_null(list[3].name);
    free((void *)(uintptr_t)list[1].value);
}

static void test_an_empty_kafka_property_is_not_set_and_two_for_one_are_refused(void **state)
{
    char *environment[] = {"MOSAIC_KAFKA_PROPERTY_SASL_PASSWORD=",
                           "MOSAIC_KAFKA_PROPERTY_SASL_USERNAME_FILE=",
                           "MOSAIC_KAFKA_PROPERTY_SOCKET_TIMEOUT_MS=", NULL};
    char *twice[] = {"MOSAIC_KAFKA_PROPERTY_SASL_PASSWORD=hush",
                     "MOSAIC_KAFKA_PROPERTY_SASL_PASSWORD_FILE=/nonexistent/x", NULL};
    const struct kafka_property *list = NULL;
    struct err err = {0};
    (void)state;
    if (!kafka_conf_load(environment, &list, &err))
        fail_msg("%s", err.text);
    assert_null(list[0].name);
    assert_false(kafka_conf_load(twice, &list, &err));
    assert_non_null(strstr(err.text, "SASL_PASSWORD_FILE: sasl.password is set by another"));
    assert_null(strstr(err.text, "hush"));
}

static void must_refuse_property(char *entry, const char *part)
{
    char *environment[] = {entry, NULL};
    const struct kafka_property *list = NULL;
    struct err err = {0};
    if (kafka_conf_load(environment, &list, &err))
        fail_msg("%s was accepted", entry);
    assert_null(list);
    if (strstr(err.text, part) == NULL)
        fail_msg("%s: %s", entry, err.text);
}

static void test_kafka_properties_the_guarantee_rests_on_are_refused(void **state)
{
    static const char *const refused[] = {
        "enable.idempotence",
        "acks",
        "request.required.acks",
        "max.in.flight",
        "max.in.flight.requests.per.connection",
        "enable.gapless.guarantee",
        "message.timeout.ms",
        "delivery.timeout.ms",
        "enable.auto.commit",
        "auto.commit.enable",
        "auto.offset.reset",
        "group.id",
        "isolation.level",
        "partitioner",
        "transactional.id",
        "retries",
        "enable.auto.offset.store",
        "bootstrap.servers",
        "metadata.broker.list",
        "client.id",
        "test.mock.num.brokers",
        "partition.assignment.strategy",
        "message.max.bytes",
        "plugin.library.paths",
        "topic.blacklist",
        "log.queue",
        "batch.num.messages",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++)
        if (kafka_property_refusal(refused[i]) == NULL)
            fail_msg("%s is not refused", refused[i]);
    assert_null(kafka_property_refusal("sasl.mechanism"));
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_ACKS=1",
                         "acks cannot be set, because outputs must reach the log");
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_TOPIC_BLACKLIST=mosaic.*",
                         "topic.blacklist cannot be set");
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_GROUP_ID=x", "group.id cannot be set");
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_NO_SUCH_THING=x",
                         "librdkafka has no property no.such.thing");
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_SOCKET_TIMEOUT_MS=abc",
                         "does not accept this value for socket.timeout.ms");
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_=x", "names no Kafka property");
    must_refuse_property("MOSAIC_KAFKA_PROPERTY_SASL_PASSWORD_FILE=/nonexistent/x", "cannot read");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_without_variables_the_defaults_hold, set_up),
        cmocka_unit_test_setup(test_variables_are_read_by_their_types, set_up),
        cmocka_unit_test_setup(test_an_empty_variable_is_one_that_is_not_set, set_up),
        cmocka_unit_test_setup(test_a_wrong_value_is_refused_with_what_is_allowed, set_up),
        cmocka_unit_test_setup(test_a_secret_may_come_from_a_file, set_up),
        cmocka_unit_test_setup(test_a_secret_that_cannot_be_read_is_refused_without_naming_it,
                               set_up),
        cmocka_unit_test_setup(test_kafka_properties_come_from_the_environment, set_up),
        cmocka_unit_test_setup(test_an_empty_kafka_property_is_not_set_and_two_for_one_are_refused,
                               set_up),
        cmocka_unit_test_setup(test_kafka_properties_the_guarantee_rests_on_are_refused, set_up),
    };
    int file = mkstemp(secret_file);
    if (file < 0)
        return 1;
    (void)close(file);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(secret_file);
    return failed;
}
