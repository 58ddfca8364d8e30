/* tck: runs the test files of the DMN technology compatibility kit below a folder. */
#include <errno.h>
#include <libxml/parser.h>
#include <string.h>
#include <time.h>

#include "common/dmn/builtin.h"
#include "common/io/zoneinfo.h"
#include "tools/tck/file.h"
#include "tools/tck/folder.h"

enum { EXIT_PASSED, EXIT_FAILED, EXIT_MISUSED };

struct suite {
    struct surroundings around;
    struct report report;
};

static int complain(const char *what, const char *which)
{
    (void)fprintf(stderr, "tck: %s%s; `tck --help` tells more.\n", what, which);
    return EXIT_MISUSED;
}

static void print_help(void)
{
    (void)printf(
        "usage: tck [--csv FILE] FOLDER | --functions\n\n"
        "Runs every test file of the DMN technology compatibility kit below FOLDER: each *.xml "
        "with the\n"
        "kit's testCases, on the model it names, which lies next to it with those it imports.\n"
        "A line for each case that fails, then the totals. A case that cannot be run has failed.\n"
        "  --csv FILE  also every case as the kit's own results: folder, test file, case, result, "
        "message\n"
        "  --functions  the reference of FEEL's built-in functions instead, as Markdown\n"
        "Ends with 0 if all passed, 1 if not, 2 if there is nothing to run.\n");
}

static int print_functions(void)
{
    struct buf text = {0};
    builtin_document(&text);
    bool all = fwrite(text.ptr, 1, text.len, stdout) == text.len;
    buf_done(&text);
    return all ? EXIT_PASSED : EXIT_FAILED;
}

static int run_suite(struct suite *s, struct arena *a, const char *folder)
{
    struct paths files = {.arena = a};
    if (!folder_files(folder, ".xml", true, &files)) {
        (void)fprintf(stderr, "tck: the folder \"%s\" cannot be read: %s.\n", folder,
                      strerror(errno));
        return EXIT_MISUSED;
    }
    for (size_t i = 0; i < files.count; i++)
        file_run(&s->report, &s->around, files.items[i]);
    if (s->report.passed + s->report.failed == 0) {
        (void)fprintf(stderr, "tck: there are no test cases below \"%s\".\n", folder);
        return EXIT_MISUSED;
    }
    (void)printf("%zu passed, %zu failed\n", s->report.passed, s->report.failed);
    return s->report.failed > 0 ? EXIT_FAILED : EXIT_PASSED;
}

/* now() of all cases, in UTC. */
static struct moment moment_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (struct moment){.day = t.tv_sec / 86400,
                           .nanos = t.tv_sec % 86400 * NANOS_PER_SECOND + t.tv_nsec,
                           .zone_kind = ZONE_OFFSET};
}

static int start_suite(const char *folder, const char *csv)
{
    struct arena a = {0};
    struct zoneinfo zones;
    struct suite s = {.around = {.zones = &zones.zones, .now = moment_now()}};
    if (csv != NULL && (s.report.csv = fopen(csv, "w")) == NULL) {
        (void)fprintf(stderr, "tck: the file \"%s\" cannot be written: %s.\n", csv,
                      strerror(errno));
        arena_done(&a);
        return EXIT_MISUSED;
    }
    xmlInitParser();
    zoneinfo_init(&zones, NULL);
    int status = run_suite(&s, &a, folder);
    zoneinfo_done(&zones);
    xmlCleanupParser();
    if (s.report.csv != NULL && fclose(s.report.csv) != 0)
        status = complain("not all results could be written to ", csv);
    arena_done(&a);
    return status;
}

int main(int argc, char **argv)
{
    const char *folder = NULL, *csv = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help();
            return EXIT_PASSED;
        }
        if (strcmp(argv[i], "--functions") == 0)
            return print_functions();
        if (strcmp(argv[i], "--csv") == 0 && i + 1 < argc)
            csv = argv[++i];
        else if (argv[i][0] == '-')
            return complain("unknown or incomplete option ", argv[i]);
        else if (folder == NULL)
            folder = argv[i];
        else
            return complain("more than one folder: ", argv[i]);
    }
    if (folder == NULL || folder[0] == '\0')
        return complain("a folder is missing", "");
    return start_suite(folder, csv);
}
