/* import: real tables become events, published in the binary form or written to a file. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/core/horizon.h"
#include "tools/mosaicctl/core/rosstat.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/files.h"
#include "tools/mosaicctl/progress.h"

#define VINTAGES_MAX 10000

/* Where the events go: nowhere to check the table, a file if there is one, else the broker. */
struct import {
    bool check;
    const char *out_path;
    FILE *out;
    struct sender sender;
    struct buf line;
    struct progress progress;
    int64_t count;
};

static bool write_event(struct import *im, const struct outgoing *event, struct err *err)
{
    buf_reset(&im->line);
    outgoing_write(&im->line, event);
    return fwrite(im->line.ptr, 1, im->line.len, im->out) == im->line.len ||
           err_set(err, ERR_FATAL, "cannot write %s: %s", im->out_path, strerror(errno));
}

static bool take_event(void *context, const struct outgoing *event, struct err *err)
{
    struct import *im = context;
    if (ctl_interrupted())
        return err_set(err, ERR_FATAL,
                       "interrupted; what is missing can be sent by running this again");
    if (im->check)
        return true;
    if (!(im->out != NULL ? write_event(im, event, err)
                          : sender_send_event(&im->sender, event, err)))
        return false;
    im->count++;
    progress_show(&im->progress, 0, im->count);
    return true;
}

static bool import_open(struct import *im, struct err *err)
{
    if (im->check)
        return true;
    progress_begin(&im->progress, im->out_path != NULL ? "events written" : "events published", 0);
    if (im->out_path == NULL)
        return sender_open(&im->sender, err);
    im->out = fopen(im->out_path, "wb");
    return im->out != NULL ||
           err_set(err, ERR_FATAL, "cannot write %s: %s", im->out_path, strerror(errno));
}

static bool import_finish(struct import *im, struct err *err)
{
    if (im->check)
        return true;
    if (im->out == NULL && !sender_finish(&im->sender, err))
        return false;
    bool written = im->out == NULL || fclose(im->out) == 0;
    im->out = NULL;
    if (!written)
        return err_set(err, ERR_FATAL, "cannot write %s: %s", im->out_path, strerror(errno));
    progress_end(&im->progress, im->count);
    return true;
}

/* The whole table is read before the first event leaves: a file that is broken has no effect. */
static bool import_horizon(struct import *im, const char *path, struct err *err)
{
    struct buf text = {0};
    struct arena arena = {0};
    struct horizon h;
    bool ok = file_read(path, &text, err);
    if (ok && !horizon_read(&arena, buf_view(&text), &h, err))
        ok = file_blame(path, err);
    ok = ok && import_open(im, err) && horizon_events(&h, take_event, im, err) &&
         import_finish(im, err);
    arena_done(&arena);
    buf_done(&text);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A folder's entries that are numbers of so many digits, sorted. The names are in the arena. */
static bool list_numbers(struct arena *a, const char *path, size_t len, char **names,
                         size_t *ret_count, struct err *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return err_set(err, ERR_FATAL, "cannot read %s: %s", path, strerror(errno));
    const struct dirent *entry;
    *ret_count = 0;
    while ((entry = readdir(folder)) != NULL && *ret_count < VINTAGES_MAX) {
        uint64_t number;
        if (strlen(entry->d_name) == len && str_to_u64(str_of(entry->d_name), &number))
            names[(*ret_count)++] = (char *)(uintptr_t)arena_dup(a, str_of(entry->d_name)).ptr;
    }
    (void)closedir(folder);
    qsort(names, *ret_count, sizeof *names, by_name);
    return true;
}

static bool import_vintage(struct import *im, const char *folder, const char *year,
                           const char *month, struct err *err)
{
    char path[4096], vintage[16];
    struct buf text = {0};
    (void)snprintf(path, sizeof path, "%s/%s/%s/dfq.csv", folder, year, month);
    (void)snprintf(vintage, sizeof vintage, "%s-%s", year, month);
    bool ok = file_read(path, &text, err);
    if (ok && !rosstat_events(buf_view(&text), str_of(vintage), take_event, im, err))
        ok = file_blame(path, err);
    buf_done(&text);
    return ok;
}

static bool import_vintages(struct import *im, struct arena *a, const char *folder, struct err *err)
{
    char **years = arena_array(a, VINTAGES_MAX, sizeof *years);
    char **months = arena_array(a, VINTAGES_MAX, sizeof *months);
    size_t year_count, month_count, vintages = 0;
    if (!list_numbers(a, folder, 4, years, &year_count, err))
        return false;
    for (size_t y = 0; y < year_count; y++) {
        struct str path = arena_fmt(a, "%s/%s", folder, years[y]);
        if (!list_numbers(a, path.ptr, 2, months, &month_count, err))
            return false;
        for (size_t m = 0; m < month_count; m++, vintages++)
            if (!import_vintage(im, folder, years[y], months[m], err))
                return false;
    }
    return vintages > 0 ||
           err_set(err, ERR_REJECT, "%s holds no folders YYYY/MM with a dfq.csv", folder);
}

static bool import_rosstat(struct import *im, const char *folder, struct err *err)
{
    struct arena arena = {0};
    bool ok =
        import_open(im, err) && import_vintages(im, &arena, folder, err) && import_finish(im, err);
    arena_done(&arena);
    return ok;
}

int ctl_import(int argc, char **argv)
{
    struct import im = {.count = 0};
    const struct ctl_option options[] = {
        {.name = "--out",
         .type = CTL_TEXT,
         .target = &im.out_path,
         .value = "FILE",
         .help = "write the events to a file, one JSON object per line, for `publish`"},
        {.name = "--check",
         .type = CTL_FLAG,
         .target = &im.check,
         .help = "only read; nothing is sent or written, and Kafka need not be there"},
        {.name = NULL},
    };
    const struct ctl_usage usage = {
        "import horizon FILE | rosstat DIR [--out FILE] [--check]",
        "horizon  a table of Horizon participations (the dashboard's export or the CORDIS table): "
        "every\n"
        "         organisation is described and applies for membership, every project is applied "
        "for by\n"
        "         its coordinator. A row that is not well-formed is sent as found, and intake "
        "refuses it.\n"
        "rosstat  a folder of vintages YYYY/MM/dfq.csv: every value of every vintage as a city "
        "baseline.\n"
        "Importing the same file again has no effect.",
        options,
        2,
        2,
    };
    int code;
    struct err err = {0};
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    bool horizon = strcmp(argv[1], "horizon") == 0;
    if (!horizon && strcmp(argv[1], "rosstat") != 0) {
        (void)fprintf(stderr, "mosaicctl: \"%s\" cannot be imported; horizon and rosstat can\n",
                      argv[1]);
        return CTL_MISUSED;
    }
    ctl_catch_interrupts();
    bool ok = horizon ? import_horizon(&im, argv[2], &err) : import_rosstat(&im, argv[2], &err);
    if (im.out != NULL)
        (void)fclose(im.out);
    sender_done(&im.sender);
    buf_done(&im.line);
    return ok ? CTL_DONE : ctl_fail(&err);
}
