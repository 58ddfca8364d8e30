/* log: one JSON object per line on standard error: time, level, service, part, message and fields.
 * Thread safe; a line is one write. Whoever handles a failure logs it, once. */
#ifndef MOSAIC_IO_LOG_H
#define MOSAIC_IO_LOG_H

#include "common/core/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Before it is called, lines of level INFO and up are written with an empty service. */
void log_init(const char *service, enum log_level least);

/* `message` is a fixed sentence; what varies are fields: log_line(LOG_WARN, "assess", "database is away",
 * LOG_S("error", err.text), LOG_I("attempt", n), LOG_END). */
struct log_field {
    const char *name; /* NULL ends */
    bool is_text;
    struct str text;
    int64_t number;
};
#define LOG_S(name, c_string) ((struct log_field){(name), true, str_of(c_string), 0})
#define LOG_V(name, view) ((struct log_field){(name), true, (view), 0})
#define LOG_I(name, value) ((struct log_field){(name), false, {NULL, 0}, (value)})
#define LOG_END ((struct log_field){NULL, false, {NULL, 0}, 0})
#define log_line(level, part, message, ...)                                                        \
    log_fields((level), (part), (message), (const struct log_field[]){__VA_ARGS__})
void log_fields(enum log_level level, const char *part, const char *message,
                const struct log_field *fields);

#endif
