/* topics: see topics.h. What is missing is created, what exists gets the contract's settings, and a
 * topic with another number of partitions is refused: its keys would move between partitions. */
#include "tools/mosaicctl/topics.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/err.h"
#include "common/core/topic.h"
#include "gen/topics.h"
#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/ctl.h"

#define TOPIC_NAME_MAX 250
#define WAIT_MS 30000

/* One request to the broker and what came of it. */
struct admin {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
};

static void admin_done(struct admin *a)
{
    if (a->queue != NULL)
        rd_kafka_queue_destroy(a->queue);
    if (a->client != NULL)
        rd_kafka_destroy(a->client);
}

static bool admin_init(struct admin *a, struct err *err)
{
    if (!broker_admin(&a->client, err))
        return false;
    a->queue = rd_kafka_queue_new(a->client);
    return true;
}

static const char *topic_name(const struct topic *t, char out[TOPIC_NAME_MAX])
{
    (void)snprintf(out, TOPIC_NAME_MAX, "%.*s", STR_ARG(t->name));
    return out;
}

/* The settings of a topic, told to `set`, which either creates or alters. */
typedef rd_kafka_resp_err_t (*setting_fn)(void *target, const char *name, const char *value);

static void topic_settings(const struct topic *t, setting_fn set, void *target)
{
    char retention[24], message[16];
    (void)snprintf(retention, sizeof retention, "%lld", (long long)t->retention_ms);
    (void)snprintf(message, sizeof message, "%d", (int)t->max_message_bytes);
    const char *settings[][2] = {
        {"cleanup.policy", t->compacted ? "compact" : "delete"},
        {"retention.ms", retention},
        {"max.message.bytes", message},
        {"message.timestamp.type", t->log_append_time ? "LogAppendTime" : "CreateTime"},
    };
    for (size_t i = 0; i < COUNT(settings); i++)
        (void)set(target, settings[i][0], settings[i][1]);
}

static rd_kafka_resp_err_t set_on_new(void *target, const char *name, const char *value)
{
    return rd_kafka_NewTopic_set_config(target, name, value);
}

static rd_kafka_resp_err_t set_on_resource(void *target, const char *name, const char *value)
{
    return rd_kafka_ConfigResource_set_config(target, name, value);
}

static const rd_kafka_metadata_topic_t *find_topic(const rd_kafka_metadata_t *meta,
                                                   const struct topic *t)
{
    for (int i = 0; i < meta->topic_cnt; i++)
        if (str_eq(str_of(meta->topics[i].topic), t->name))
            return &meta->topics[i];
    return NULL;
}

static size_t topic_count(void)
{
    size_t n = 0;
    while (TOPICS[n] != NULL)
        n++;
    return n;
}

/* Waits for the answer to the request; NULL after an error. The event is the caller's. */
static rd_kafka_event_t *await_answer(struct admin *a, struct err *err)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(a->queue, WAIT_MS);
    if (event == NULL) {
        err_set(err, ERR_RETRY, "the broker did not answer within %d seconds", WAIT_MS / 1000);
        return NULL;
    }
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        err_set(err, ERR_RETRY, "%s", rd_kafka_event_error_string(event));
        rd_kafka_event_destroy(event);
        return NULL;
    }
    return event;
}

static bool topic_result(const rd_kafka_topic_result_t *r, struct err *err)
{
    switch ((int)rd_kafka_topic_result_error(r)) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        printf("created %s\n", rd_kafka_topic_result_name(r));
        return true;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: return true; /* another run was faster */
    default:
        return err_set(err, ERR_FATAL, "%s: %s", rd_kafka_topic_result_name(r),
                       rd_kafka_topic_result_error_string(r));
    }
}

static bool create_topics(struct admin *a, rd_kafka_NewTopic_t **topics, size_t count,
                          struct err *err)
{
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(a->client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    char text[200];
    (void)rd_kafka_AdminOptions_set_operation_timeout(options, WAIT_MS / 2, text, sizeof text);
    rd_kafka_CreateTopics(a->client, topics, count, options, a->queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_event_t *event = await_answer(a, err);
    if (event == NULL)
        return false;
    size_t results = 0;
    const rd_kafka_topic_result_t **result =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &results);
    bool ok = true;
    for (size_t i = 0; i < results; i++)
        ok = topic_result(result[i], err) && ok;
    rd_kafka_event_destroy(event);
    return ok;
}

static bool alter_topics(struct admin *a, rd_kafka_ConfigResource_t **topics, size_t count,
                         struct err *err)
{
    rd_kafka_AlterConfigs(a->client, topics, count, NULL, a->queue);
    rd_kafka_event_t *event = await_answer(a, err);
    if (event == NULL)
        return false;
    size_t results = 0;
    const rd_kafka_ConfigResource_t **result =
        rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &results);
    bool ok = true;
    for (size_t i = 0; i < results; i++)
        if (rd_kafka_ConfigResource_error(result[i]) != RD_KAFKA_RESP_ERR_NO_ERROR)
            ok = err_set(err, ERR_FATAL, "%s: %s", rd_kafka_ConfigResource_name(result[i]),
                         rd_kafka_ConfigResource_error_string(result[i]));
    rd_kafka_event_destroy(event);
    return ok;
}

static rd_kafka_NewTopic_t *new_topic(const struct topic *t)
{
    char name[TOPIC_NAME_MAX], text[200];
    rd_kafka_NewTopic_t *made =
        rd_kafka_NewTopic_new(topic_name(t, name), t->partitions, -1, text, sizeof text);
    if (made != NULL)
        topic_settings(t, set_on_new, made);
    return made;
}

/* Never NULL: the type is known and the name is not empty. */
static rd_kafka_ConfigResource_t *known_topic(const struct topic *t)
{
    char name[TOPIC_NAME_MAX];
    rd_kafka_ConfigResource_t *made =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic_name(t, name));
    topic_settings(t, set_on_resource, made);
    return made;
}

/* What is to be done: both arrays have room for every topic of the table. */
struct plan {
    rd_kafka_NewTopic_t **missing;
    rd_kafka_ConfigResource_t **known;
    size_t missing_count, known_count;
};

static void plan_done(struct plan *p)
{
    if (p->missing != NULL)
        rd_kafka_NewTopic_destroy_array(p->missing, p->missing_count);
    if (p->known != NULL)
        rd_kafka_ConfigResource_destroy_array(p->known, p->known_count);
    free(p->missing);
    free(p->known);
}

static bool plan_topic(struct plan *p, const rd_kafka_metadata_t *meta, const struct topic *t,
                       struct err *err)
{
    const rd_kafka_metadata_topic_t *found = find_topic(meta, t);
    if (found == NULL) {
        rd_kafka_NewTopic_t *missing = new_topic(t);
        if (missing == NULL)
            return err_set(err, ERR_FATAL, "out of memory");
        p->missing[p->missing_count++] = missing;
        return true;
    }
    if (found->partition_cnt != t->partitions)
        return err_set(
            err, ERR_FATAL,
            "%.*s has %d partitions, the contract says %d; that cannot be changed in place",
            STR_ARG(t->name), found->partition_cnt, (int)t->partitions);
    p->known[p->known_count++] = known_topic(t);
    return true;
}

static bool plan_init(struct plan *p, struct admin *a, struct err *err)
{
    size_t room = topic_count() + 1; /* never zero, so that NULL means out of memory */
    p->missing = calloc(room, sizeof *p->missing);
    p->known = calloc(room, sizeof *p->known);
    if (p->missing == NULL || p->known == NULL)
        return err_set(err, ERR_FATAL, "out of memory");
    const rd_kafka_metadata_t *meta;
    rd_kafka_resp_err_t failed = rd_kafka_metadata(a->client, 1, NULL, &meta, WAIT_MS);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "Kafka at %s does not answer: %s",
                       getenv("MOSAIC_KAFKA_BROKERS"), rd_kafka_err2str(failed));
    bool ok = true;
    for (size_t i = 0; ok && TOPICS[i] != NULL; i++)
        ok = plan_topic(p, meta, TOPICS[i], err);
    rd_kafka_metadata_destroy(meta);
    return ok;
}

static bool create(struct err *err)
{
    struct admin admin = {0};
    struct plan plan = {0};
    bool ok =
        admin_init(&admin, err) && plan_init(&plan, &admin, err) &&
        (plan.missing_count == 0 || create_topics(&admin, plan.missing, plan.missing_count, err)) &&
        (plan.known_count == 0 || alter_topics(&admin, plan.known, plan.known_count, err));
    if (ok)
        printf("%zu topics: %zu created, %zu were there\n", topic_count(), plan.missing_count,
               plan.known_count);
    plan_done(&plan);
    admin_done(&admin);
    return ok;
}

static void list(void)
{
    printf("%-50s %10s %10s %12s\n", "topic", "partitions", "kept", "max. bytes");
    for (size_t i = 0; TOPICS[i] != NULL; i++) {
        const struct topic *t = TOPICS[i];
        char kept[24] = "forever";
        if (t->compacted)
            (void)snprintf(kept, sizeof kept, "compacted");
        else if (t->retention_ms >= 0)
            (void)snprintf(kept, sizeof kept, "%lld d", (long long)t->retention_ms / 86400000);
        printf("%-50.*s %10d %10s %12d\n", STR_ARG(t->name), (int)t->partitions, kept,
               (int)t->max_message_bytes);
    }
}

int ctl_topics(int argc, char **argv)
{
    const struct ctl_usage usage = {
        "topics create|list",
        "create  makes the topics of the contract that are missing, and gives those that are "
        "there\n"
        "        the contract's settings; another number of partitions is refused\n"
        "list    shows them",
        NULL,
        1,
        1,
    };
    int code;
    struct err err = {0};
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    bool is_list = strcmp(argv[1], "list") == 0;
    if (!is_list && strcmp(argv[1], "create") != 0) {
        (void)fprintf(stderr, "mosaicctl: topics can be created or listed, not \"%s\"\n", argv[1]);
        return CTL_MISUSED;
    }
    if (is_list)
        list();
    return is_list || create(&err) ? CTL_DONE : ctl_fail(&err);
}
