/* progress: drawn ten times a second at most. */
#include "tools/mosaicctl/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define SHOW_EVERY_US 100000

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static long long rate(const struct progress *p, int64_t count, int64_t now)
{
    int64_t spent = now - p->began_us;
    return spent <= 0 ? 0 : (long long)((double)count * 1e6 / (double)spent);
}

void progress_begin(struct progress *p, const char *what, int64_t total)
{
    *p = (struct progress){.what = what,
                           .total = total,
                           .on_terminal = isatty(STDERR_FILENO) == 1,
                           .began_us = now_us()};
}

static void draw_bar(char bar[BAR_WIDTH + 1], int64_t done, int64_t total)
{
    int64_t filled = done >= total ? BAR_WIDTH : done * BAR_WIDTH / total;
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[BAR_WIDTH] = '\0';
}

void progress_show(struct progress *p, int64_t done, int64_t count)
{
    int64_t now = p->on_terminal ? now_us() : 0;
    if (!p->on_terminal || now - p->shown_us < SHOW_EVERY_US)
        return;
    p->shown_us = now;
    if (p->total > 0) {
        char bar[BAR_WIDTH + 1];
        draw_bar(bar, done, p->total);
        (void)fprintf(stderr, "\r[%s] %3lld %%", bar,
                      (long long)(done >= p->total ? 100 : done * 100 / p->total));
    } else {
        (void)fprintf(stderr, "\r");
    }
    (void)fprintf(stderr, " %lld %s, %lld/s ", (long long)count, p->what, rate(p, count, now));
    (void)fflush(stderr);
}

void progress_end(struct progress *p, int64_t count)
{
    int64_t now = now_us();
    (void)fprintf(stderr, "%s%lld %s in %.1f s, %lld/s\n", p->on_terminal ? "\r\033[K" : "",
                  (long long)count, p->what, (double)(now - p->began_us) / 1e6,
                  rate(p, count, now));
}
