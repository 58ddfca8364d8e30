/* show: see show.h. */
#include "tools/mosaicctl/show.h"

#include <string.h>

#include "common/core/date.h"
#include "gen/topics.h"
#include "tools/mosaicctl/broker.h"

#define LATEST_MS INT64_C(7258118399999) /* the last of 2199 */

void show_text(FILE *out, struct str s)
{
    bool text = str_is_utf8(s);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool c1 = text && c == 0xc2 && i + 1 < s.len &&
                  (unsigned char)s.ptr[i + 1] < 0xa0; /* U+0080 to U+009F */
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !text) || c1)
            (void)fprintf(out, "\\x%02x", c);
        else
            (void)putc(c, out);
        if (c1)
            (void)fprintf(out, "\\x%02x", (unsigned char)s.ptr[++i]);
    }
}

void show_json(struct buf *out, struct str s)
{
    if (s.ptr == NULL) {
        buf_str(out, STR("null"));
    } else if (str_is_utf8(s)) {
        buf_json_str(out, s);
    } else {
        buf_str(out, STR("{\"hex\":\""));
        for (size_t i = 0; i < s.len; i++)
            buf_fmt(out, "%02x", (unsigned char)s.ptr[i]);
        buf_str(out, STR("\"}"));
    }
}

void show_time(struct buf *out, int64_t timestamp_ms)
{
    if (timestamp_ms < 0 || timestamp_ms > LATEST_MS)
        buf_str(out, STR("-"));
    else
        time_write(out, timestamp_ms * 1000);
}

static bool header_at(const rd_kafka_message_t *record, size_t i, struct str *ret_name,
                      struct str *ret_value)
{
    rd_kafka_headers_t *headers;
    const char *name;
    const void *value;
    size_t len;
    if (rd_kafka_message_headers(record, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_all(headers, i, &name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    *ret_name = str_of(name);
    *ret_value = (struct str){value, len};
    return true;
}

void show_record_json(struct buf *out, const rd_kafka_message_t *record)
{
    rd_kafka_timestamp_type_t type;
    struct str name, value;
    buf_str(out, STR("{\"topic\":"));
    buf_json_str(out, str_of(rd_kafka_topic_name(record->rkt)));
    buf_fmt(out, ",\"partition\":%d,\"offset\":%lld,\"timestamp\":\"", (int)record->partition,
            (long long)record->offset);
    show_time(out, rd_kafka_message_timestamp(record, &type));
    buf_str(out, STR("\",\"key\":"));
    show_json(out, record_key(record));
    buf_str(out, STR(",\"headers\":["));
    for (size_t i = 0; header_at(record, i, &name, &value); i++) {
        buf_str(out, i > 0 ? STR(",[") : STR("["));
        show_json(out, name);
        buf_char(out, ',');
        show_json(out, value);
        buf_char(out, ']');
    }
    buf_str(out, STR("],\"value\":"));
    show_json(out, record_value(record));
    buf_str(out, STR("}\n"));
}

void show_record_text(FILE *out, const rd_kafka_message_t *record)
{
    rd_kafka_timestamp_type_t type;
    struct str name, value;
    struct buf line = {0};
    show_time(&line, rd_kafka_message_timestamp(record, &type));
    (void)fprintf(out, "%d/%lld  %.*s  key ", (int)record->partition, (long long)record->offset,
                  STR_ARG(buf_view(&line)));
    show_text(out, record->key == NULL ? STR("(none)") : record_key(record));
    for (size_t i = 0; header_at(record, i, &name, &value); i++) {
        (void)fprintf(out, "\n    ");
        show_text(out, name);
        (void)fprintf(out, ": ");
        show_text(out, value);
    }
    (void)fprintf(out, "\n    ");
    show_text(out, record->payload == NULL ? STR("(null value)") : record_value(record));
    (void)fprintf(out, "\n");
    buf_done(&line);
}

struct str topic_full_name(const char *said, char out[256])
{
    (void)snprintf(out, 256, "mosaic.%s.v1", said);
    if (topic_by_name(str_of(said)) != NULL || topic_by_name(str_of(out)) == NULL)
        (void)snprintf(out, 256, "%s", said);
    return str_of(out);
}
