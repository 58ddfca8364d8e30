/* apart: a child that runs, a parent that reads what came of it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/tck/apart.h"

#define WHY_MAX ((size_t)64 * 1024) /* more is cut */

struct outcome { /* ahead of the bytes of `why` in the pipe */
    enum verdict verdict;
    size_t len;
};

static bool write_all(int fd, const void *bytes, size_t len)
{
    const char *p = bytes;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* False at the end, also in the middle. */
static bool read_all(int fd, void *bytes, size_t len)
{
    char *p = bytes;
    while (len > 0) {
        ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static void child(const struct apart_work *w, size_t from, size_t count, int fd)
{
    (void)alarm(APART_SECONDS);
    w->prepare(w->context);
    for (size_t i = from; i < count; i++) {
        struct str why = STR_NONE;
        (void)alarm(APART_SECONDS);
        struct outcome o = {.verdict = w->run(w->context, i, &why)};
        o.len = why.len < WHY_MAX ? why.len : WHY_MAX;
        if (!write_all(fd, &o, sizeof(o)) || !write_all(fd, why.ptr, o.len))
            break;
    }
    _exit(0);
}

/* Returns the first that was not told of. */
static size_t parent(struct arena *a, const struct apart_work *w, size_t from, size_t count, int fd)
{
    struct outcome o;
    size_t i = from;
    for (; i < count && read_all(fd, &o, sizeof(o)) && o.len <= WHY_MAX; i++) {
        char *why = arena_alloc(a, o.len + 1);
        if (!read_all(fd, why, o.len))
            break;
        w->tell(w->context, i, o.verdict, (struct str){why, o.len});
    }
    return i;
}

static struct str ending(struct arena *a, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return arena_fmt(a, "it did not end within %d s", APART_SECONDS);
    if (WIFSIGNALED(status))
        return arena_fmt(a, "the engine crashed: %s", strsignal(WTERMSIG(status)));
    return arena_fmt(a, "the engine ended with status %d", WEXITSTATUS(status));
}

/* Returns the first that is still to be run. */
static size_t run_some(struct arena *a, const struct apart_work *w, size_t from, size_t count)
{
    int fds[2], status = 0;
    (void)fflush(NULL); /* or the child would have a copy of what is not written yet */
    pid_t pid = pipe(fds) == 0 ? fork() : -1;
    if (pid < 0) {
        perror("tck");
        exit(2);
    }
    if (pid == 0) {
        (void)close(fds[0]);
        child(w, from, count, fds[1]);
    }
    (void)close(fds[1]);
    size_t next = parent(a, w, from, count, fds[0]);
    (void)close(fds[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (next < count)
        w->tell(w->context, next, VERDICT_ERROR, ending(a, status));
    return next + 1;
}

void apart_run(struct arena *a, const struct apart_work *w, size_t count)
{
    for (size_t next = 0; next < count;)
        next = run_some(a, w, next, count);
}
