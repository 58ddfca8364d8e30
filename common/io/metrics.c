/* metrics: the registry and its text form, https://prometheus.io/docs/instrumenting/exposition_formats/. */
#include "common/io/metrics.h"

#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *first;

/* Metrics of one name stand together, as the format wants, in order of registration. */
void metrics_register(struct metric *m)
{
    (void)pthread_mutex_lock(&lock);
    struct metric **at = &first;
    bool seen = false;
    for (; *at != NULL; at = &(*at)->next) {
        bool same = strcmp((*at)->name, m->name) == 0;
        if (seen && !same)
            break;
        seen = seen || same;
    }
    m->next = *at;
    *at = m;
    (void)pthread_mutex_unlock(&lock);
}

static void write_head(struct buf *out, const struct metric *m)
{
    buf_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name,
            m->kind == METRIC_COUNTER ? "counter" : "gauge");
}

void metrics_write(struct buf *out)
{
    (void)pthread_mutex_lock(&lock);
    const char *name = "";
    for (struct metric *m = first; m != NULL; m = m->next) {
        if (strcmp(name, m->name) != 0)
            write_head(out, m);
        name = m->name;
        buf_str(out, str_of(m->name));
        if (m->labels[0] != '\0')
            buf_fmt(out, "{%s}", m->labels);
        buf_char(out, ' ');
        buf_i64(out, atomic_load_explicit(&m->value, memory_order_relaxed));
        buf_char(out, '\n');
    }
    (void)pthread_mutex_unlock(&lock);
}
