/* event: both modes are first brought into one table of attributes, then checked alike. */
#include "common/core/event.h"

#include <assert.h>
#include <string.h>

#include "common/core/date.h"
#include "common/core/json.h"

#define ATTRIBUTE_MAX 1000 /* bytes */
#define INDEX_MAX 999999   /* six digits of SEQUENCE_TEXT_LEN */

enum attribute {
    ID,
    SOURCE,
    TYPE,
    SPECVERSION,
    TIME,
    SUBJECT,
    SEQUENCE,
    NUMBER,
    TRACEPARENT,
    ORIGIN_SOURCE,
    ORIGIN_ID,
    DATA_SCHEMA,
    CONTENT_TYPE,
    ATTRIBUTE_COUNT,
};

static const struct str NAMES[ATTRIBUTE_COUNT] = {
    [ID] = {"id", 2},
    [SOURCE] = {"source", 6},
    [TYPE] = {"type", 4},
    [SPECVERSION] = {"specversion", 11},
    [TIME] = {"time", 4},
    [SUBJECT] = {"subject", 7},
    [SEQUENCE] = {"sequence", 8},
    [NUMBER] = {"number", 6},
    [TRACEPARENT] = {"traceparent", 11},
    [ORIGIN_SOURCE] = {"originsource", 12},
    [ORIGIN_ID] = {"originid", 8},
    [DATA_SCHEMA] = {"dataschema", 10},
    [CONTENT_TYPE] = {"datacontenttype", 15},
};

struct attributes {
    struct str at[ATTRIBUTE_COUNT]; /* as given; ptr NULL: absent */
};

static int find_attribute(struct str name)
{
    for (int i = 0; i < ATTRIBUTE_COUNT; i++)
        if (str_eq(NAMES[i], name))
            return i;
    return -1;
}

static void keep(struct attributes *attrs, int which, struct str value, struct faults *faults)
{
    if (which < 0 || value.ptr == NULL)
        return; /* extensions we do not know, and attributes that are there without a value */
    if (attrs->at[which].ptr != NULL)
        fault_add(faults, "repeated_key", STR(""), "attribute %.*s stands more than once",
                  STR_ARG(NAMES[which]));
    attrs->at[which] = value;
}

static bool is_in_any_case(struct str s, struct str wanted)
{
    return s.len == wanted.len && str_starts_in_any_case(s, wanted);
}

/* "application/json; charset=utf-8" -> "application/json" */
static struct str media_type(struct str content_type)
{
    const char *semicolon =
        content_type.len == 0 ? NULL : memchr(content_type.ptr, ';', content_type.len);
    struct str s = content_type;
    if (semicolon != NULL)
        s.len = (size_t)(semicolon - s.ptr);
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s = str_skip(s, 1);
    return s;
}

static bool media_is_json(struct str content_type)
{
    struct str media = media_type(content_type);
    if (is_in_any_case(media, STR("application/json")) || is_in_any_case(media, STR("text/json")))
        return true;
    return media.len > 5 && is_in_any_case(str_skip(media, media.len - 5), STR("+json"));
}

static bool is_plain_text(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
            return false;
    return str_is_utf8(s);
}

/* The attribute if it is sound, else STR_NONE with the fault told. */
static struct str text_of(const struct attributes *attrs, enum attribute which, bool required,
                          struct faults *faults)
{
    struct str s = attrs->at[which], name = NAMES[which];
    if (s.ptr == NULL) {
        if (required)
            fault_add(faults, "missing", STR(""), "attribute %.*s is missing", STR_ARG(name));
        return STR_NONE;
    }
    if (s.len == 0)
        fault_add(faults, "too_short", STR(""), "attribute %.*s must not be empty", STR_ARG(name));
    else if (s.len > ATTRIBUTE_MAX)
        fault_add(faults, "too_long", STR(""),
                  "attribute %.*s must not be longer than %d bytes; it has %zu", STR_ARG(name),
                  ATTRIBUTE_MAX, s.len);
    else if (memchr(s.ptr, '\0', s.len) != NULL)
        fault_add(faults, "nul_character", STR(""), "attribute %.*s must not hold a zero byte",
                  STR_ARG(name));
    else if (!is_plain_text(s))
        fault_add(faults, "not_utf8", STR(""),
                  "attribute %.*s must be UTF-8 text without control characters", STR_ARG(name));
    else
        return s;
    return STR_NONE;
}

/* 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01; anything else is dropped, as W3C asks. */
static bool is_traceparent(struct str s)
{
    if (s.len != 55)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool dash = i == 2 || i == 35 || i == 52;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return !str_starts(s, STR("ff"));
}

static void check_version_and_type(const struct attributes *attrs, struct faults *faults)
{
    struct str version = text_of(attrs, SPECVERSION, true, faults);
    if (version.ptr != NULL && !str_eq(version, STR("1.0")))
        fault_add(faults, "unknown_value", STR(""), "attribute specversion must be 1.0; got %.*s",
                  STR_ARG(version));
    struct str content_type = text_of(attrs, CONTENT_TYPE, false, faults);
    if (content_type.ptr != NULL && !media_is_json(content_type))
        fault_add(faults, "unknown_value", STR(""),
                  "content type must be application/json; got %.*s", STR_ARG(content_type));
}

static void check_time(const struct attributes *attrs, struct event *ret, struct faults *faults)
{
    int64_t ignored;
    struct str time = text_of(attrs, TIME, false, faults);
    if (time.ptr == NULL)
        return;
    if (time_parse(time, &ignored))
        ret->time = time;
    else
        fault_add(faults, "date_unknown", STR(""),
                  "attribute time must be a time that exists, like 2021-03-31T12:00:00Z; got %.*s",
                  STR_ARG(time));
}

/* Extensions of ours. Strangers may use the same names for something else, so what does not look
 * like ours is taken as absent; whoever needs one sees that it is not there. */
static void read_extensions(const struct attributes *attrs, struct event *ret)
{
    uint64_t number;
    ret->has_sequence = sequence_parse(attrs->at[SEQUENCE], &ret->sequence);
    ret->has_number =
        str_to_u64(attrs->at[NUMBER], &number) && number > 0 && number <= (uint64_t)JSON_INT_MAX;
    if (ret->has_number)
        ret->number = (int64_t)number;
    if (is_traceparent(attrs->at[TRACEPARENT]))
        ret->traceparent = attrs->at[TRACEPARENT];
}

static bool check_attributes(const struct attributes *attrs, struct event *ret,
                             struct faults *faults)
{
    ret->id = text_of(attrs, ID, true, faults);
    ret->source = text_of(attrs, SOURCE, true, faults);
    ret->type = text_of(attrs, TYPE, true, faults);
    check_version_and_type(attrs, faults);
    check_time(attrs, ret, faults);
    ret->subject = text_of(attrs, SUBJECT, false, faults);
    (void)text_of(attrs, DATA_SCHEMA, false, faults);
    ret->origin_source = text_of(attrs, ORIGIN_SOURCE, false, faults);
    ret->origin_id = text_of(attrs, ORIGIN_ID, false, faults);
    read_extensions(attrs, ret);
    return ret->id.ptr != NULL && ret->source.ptr != NULL && ret->type.ptr != NULL;
}

static struct str content_type_of(const struct header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_in_any_case(headers[i].name, STR("content-type")))
            return headers[i].value;
    return STR_NONE;
}

static bool read_binary(const struct header *headers, size_t count, struct str value,
                        struct event *ret, struct faults *faults)
{
    struct attributes attrs = {0};
    struct str bare_traceparent = STR_NONE; /* from senders that trace without CloudEvents */
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        struct header h = headers[i];
        if (str_starts(h.name, STR("ce_"))) {
            any = true;
            int which = find_attribute(str_skip(h.name, 3));
            keep(&attrs, which == CONTENT_TYPE ? -1 : which, h.value, faults);
        } else if (is_in_any_case(h.name, STR("content-type"))) {
            keep(&attrs, CONTENT_TYPE, h.value, faults);
        } else if (str_eq(h.name, NAMES[TRACEPARENT])) {
            bare_traceparent = h.value;
        }
    }
    if (attrs.at[TRACEPARENT].ptr == NULL)
        attrs.at[TRACEPARENT] = bare_traceparent;
    if (!any) {
        fault_add(faults, "missing", STR(""),
                  "is no CloudEvent: it has neither ce_ headers nor the content type "
                  "application/cloudevents+json");
        return false;
    }
    ret->data = value;
    return check_attributes(&attrs, ret, faults);
}

/* An attribute in the structured mode is a text, or for our `number` also a number. */
static struct str member_value(struct arena *a, const cJSON *member, int which,
                               struct faults *faults)
{
    if (cJSON_IsNull(member))
        return STR_NONE;
    if (cJSON_IsString(member))
        return json_text(member);
    if (which == NUMBER && json_is_int(member))
        return arena_fmt(a, "%lld", (long long)member->valuedouble);
    fault_add(faults, "wrong_type", STR(""), "attribute %.*s must be a text; got %s",
              STR_ARG(NAMES[which]), json_shown(a, member));
    return STR_NONE;
}

/* Faults inside the data are left to its own decoder, which tells them with its own pointers. */
static const cJSON *parse_envelope(struct arena *a, struct str value, struct faults *faults)
{
    struct faults all;
    faults_init(&all, a);
    const cJSON *tree = json_parse(a, value, &all);
    if (cJSON_IsObject(tree))
        json_check_object_keys(tree, NULL, &all);
    for (size_t i = 0; i < all.count; i++) {
        struct fault *f = &all.items[i];
        bool in_data = str_eq(f->pointer, STR("/data")) || str_starts(f->pointer, STR("/data/"));
        if (tree == NULL || !in_data || strcmp(f->code, "repeated_key") == 0)
            fault_add(faults, f->code, f->pointer, "%.*s", STR_ARG(f->message));
    }
    if (tree != NULL && !cJSON_IsObject(tree)) {
        fault_add(faults, "not_object", STR(""), "must be a JSON object; got %s",
                  json_shown(a, tree));
        return NULL;
    }
    return tree;
}

static bool read_structured(struct arena *a, struct str value, struct event *ret,
                            struct faults *faults)
{
    const cJSON *tree = parse_envelope(a, value, faults);
    if (tree == NULL)
        return false;
    struct attributes attrs = {0};
    size_t index = 0;
    for (const cJSON *m = tree->child; m != NULL; m = m->next, index++) {
        struct str name = str_of(m->string);
        int which = find_attribute(name);
        if (which >= 0) {
            attrs.at[which] =
                member_value(a, m, which, faults); /* repeated keys are told already */
        } else if (str_eq(name, STR("data"))) {
            ret->data = json_member_text(value, index);
        } else if (str_eq(name, STR("data_base64"))) {
            fault_add(faults, "wrong_type", STR(""),
                      "must carry JSON in data, not bytes in data_base64");
        }
    }
    return check_attributes(&attrs, ret, faults);
}

bool event_read(struct arena *a, const struct header *headers, size_t header_count,
                struct str value, struct event *ret, struct faults *faults)
{
    *ret = (struct event){0};
    struct str media = media_type(content_type_of(headers, header_count));
    if (!str_starts_in_any_case(media, STR("application/cloudevents")))
        return read_binary(headers, header_count, value, ret, faults);
    if (is_in_any_case(media, STR("application/cloudevents+json"))) {
        if (value.ptr == NULL) {
            fault_add(faults, "missing", STR(""), "has no value, so there is no CloudEvent in it");
            return false;
        }
        return read_structured(a, value, ret, faults);
    }
    fault_add(faults, "unknown_value", STR(""), "%s",
              str_starts_in_any_case(media, STR("application/cloudevents-batch"))
                  ? "is a batch of CloudEvents: send each event as a record of its own"
                  : "content type must be application/cloudevents+json, or application/json with "
                    "ce_ headers");
    return false;
}

static void digits(char *to, size_t count, uint64_t value)
{
    while (count > 0) {
        to[--count] = (char)('0' + value % 10);
        value /= 10;
    }
}

void sequence_write(char out[SEQUENCE_TEXT_LEN + 1], struct sequence s)
{
    assert(s.offset >= 0 && s.index >= 0 && s.index <= INDEX_MAX);
    digits(out, 20, (uint64_t)s.offset);
    out[20] = '.';
    digits(out + 21, 6, (uint64_t)s.index);
    out[SEQUENCE_TEXT_LEN] = '\0';
}

bool sequence_parse(struct str s, struct sequence *ret)
{
    uint64_t offset, index;
    if (s.len != SEQUENCE_TEXT_LEN || s.ptr[20] != '.')
        return false;
    if (!str_to_u64((struct str){s.ptr, 20}, &offset) || !str_to_u64(str_skip(s, 21), &index))
        return false;
    if (offset > INT64_MAX)
        return false;
    *ret = (struct sequence){(int64_t)offset, (int32_t)index};
    return true;
}

int sequence_cmp(struct sequence a, struct sequence b)
{
    if (a.offset != b.offset)
        return a.offset < b.offset ? -1 : 1;
    return (a.index > b.index) - (a.index < b.index);
}
