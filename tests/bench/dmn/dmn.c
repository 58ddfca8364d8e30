/* dmn: how fast decisions are, on one core: the 20-rule table of support.dmn with the result only and with the
 * explanation, beside the same table as a chain of ifs in C, then the models of the test files in the folders given.
 * Usage: dmn JSON_FILE SUPPORT.dmn FOLDER... Times are the thread's CPU time, so that a busy machine tells no lies;
 * each is the best of several rounds. A result that differs from what is expected ends it with 1. */
#include <errno.h>
#include <string.h>

#include "tests/bench/dmn/bench.h"
#include "tools/tck/folder.h"

static void put_text(FILE *f, struct str s)
{
    struct buf b = {0};
    buf_json_str(&b, s);
    (void)fwrite(b.ptr, 1, b.len, f);
    buf_done(&b);
}

void bench_report(struct bench *b, struct str what, double per_second, double bytes)
{
    (void)printf("%-58.*s %13.0f %10.0f\n", STR_ARG(what), per_second, bytes);
    (void)fputs("{\"bench\":\"dmn\",\"what\":", b->json);
    put_text(b->json, what);
    (void)fprintf(b->json, ",\"evaluations_per_second\":%.0f,\"bytes_per_evaluation\":%.0f}\n",
                  per_second, bytes);
}

double bench_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_measure(struct bench *b, struct str what, bench_fn run, void *context)
{
    size_t n = 1000, bytes = 0;
    double best = 0;
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        double from = bench_seconds();
        bytes = run(context, n);
        double took = bench_seconds() - from;
        if (took < BENCH_ROUND_SECONDS / 2) { /* too short to tell: not counted */
            n *= 2;
            round--;
            continue;
        }
        if ((double)n / took > best)
            best = (double)n / took;
    }
    b->last = best;
    bench_report(b, what, best, (double)bytes / (double)n);
}

const struct model *bench_load(struct bench *b, const char *path)
{
    static const struct dmn_options lenient = {.lenient =
                                                   true}; /* the kit's models are as they are */
    struct findings findings = {.arena = &b->arena};
    struct dmn_source source = {.name = str_of(path)};
    if (!folder_read(&b->arena, path, &source.xml)) {
        (void)fprintf(stderr, "bench: %s cannot be read: %s.\n", path, strerror(errno));
        return NULL;
    }
    const struct model *m = dmn_load_with(&b->arena, &source, 1, lenient, &findings);
    if (m == NULL && findings.count > 0)
        (void)fprintf(stderr, "bench: %s is refused: %.*s\n", path,
                      STR_ARG(findings.items[0].sentence));
    return m;
}

static bool run(struct bench *b, int argc, char **argv)
{
    (void)printf("%-58s %13s %10s\n", "decisions, one core", "evaluations/s", "bytes each");
    if (!bench_table(b, argv[2]))
        return false;
    for (int i = 3; i < argc; i++)
        if (!bench_folder(b, argv[i]))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    if (argc < 3) {
        (void)fputs("usage: dmn JSON_FILE SUPPORT.dmn FOLDER...\n", stderr);
        return 2;
    }
    b.json = fopen(argv[1], "w");
    if (b.json == NULL) {
        (void)fprintf(stderr, "bench: %s cannot be written: %s.\n", argv[1], strerror(errno));
        return 2;
    }
    bool ok = run(&b, argc, argv);
    if (fclose(b.json) != 0)
        ok = false;
    arena_done(&b.arena);
    return ok ? 0 : 1;
}
