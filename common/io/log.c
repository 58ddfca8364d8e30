/* log: making one line and writing it with one call, so that lines of several threads never mix. */
#include "common/io/log.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "common/core/buf.h"
#include "common/core/date.h"

static struct {
    const char *service;
    enum log_level least;
} settings = {"", LOG_INFO};

void log_init(const char *service, enum log_level least)
{
    settings.service = service;
    settings.least = least;
}

static const char *level_text(enum log_level level)
{
    switch (level) {
    case LOG_DEBUG: return "debug";
    case LOG_INFO: return "info";
    case LOG_WARN: return "warn";
    case LOG_ERROR: return "error";
    }
    return "?";
}

static void add_now(struct buf *line)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    time_write(line, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

/* Texts of other programs may hold anything; a log line is UTF-8 all the same. */
static void add_text(struct buf *line, struct str s)
{
    if (str_is_utf8(s)) {
        buf_json_str(line, s);
        return;
    }
    struct buf cleaned = {0};
    for (size_t i = 0; i < s.len; i++)
        buf_char(&cleaned, (unsigned char)s.ptr[i] < 0x80 ? s.ptr[i] : '?');
    buf_json_str(line, buf_view(&cleaned));
    buf_done(&cleaned);
}

static void add_pair(struct buf *line, const char *name, struct str text)
{
    buf_str(line, STR(","));
    buf_json_str(line, str_of(name));
    buf_char(line, ':');
    add_text(line, text);
}

static void add_field(struct buf *line, const struct log_field *field)
{
    if (field->is_text) {
        add_pair(line, field->name, field->text);
        return;
    }
    buf_char(line, ',');
    buf_json_str(line, str_of(field->name));
    buf_char(line, ':');
    buf_i64(line, field->number);
}

static void write_all(struct str line)
{
    while (line.len > 0) {
        ssize_t written = write(STDERR_FILENO, line.ptr, line.len);
        if (written < 0 && errno != EINTR)
            return; /* nobody is left to be told */
        if (written > 0)
            line = str_skip(line, (size_t)written);
    }
}

void log_fields(enum log_level level, const char *part, const char *message,
                const struct log_field *fields)
{
    if (level < settings.least)
        return;
    struct buf line = {0};
    buf_str(&line, STR("{\"time\":\""));
    add_now(&line);
    buf_char(&line, '"');
    add_pair(&line, "level", str_of(level_text(level)));
    add_pair(&line, "service", str_of(settings.service));
    add_pair(&line, "part", str_of(part));
    add_pair(&line, "message", str_of(message));
    for (const struct log_field *field = fields; field->name != NULL; field++)
        add_field(&line, field);
    buf_str(&line, STR("}\n"));
    write_all(buf_view(&line));
    buf_done(&line);
}
