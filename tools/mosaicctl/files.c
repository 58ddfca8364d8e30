/* files: see files.h. */
#include "tools/mosaicctl/files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool cannot(const char *path, struct err *err)
{
    return err_set(err, ERR_FATAL, "cannot read %s: %s", path, strerror(errno));
}

bool file_read(const char *path, struct buf *ret, struct err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return cannot(path, err);
    size_t got = 1;
    while (got > 0 && ret->len <= FILE_MAX_BYTES) {
        got = fread(buf_reserve(ret, 1 << 16), 1, 1 << 16, file);
        ret->len += got;
    }
    bool failed = ferror(file) != 0;
    if (failed)
        (void)cannot(path, err);
    (void)fclose(file);
    if (failed)
        return false;
    return ret->len <= FILE_MAX_BYTES ||
           err_set(err, ERR_REJECT, "%s is larger than %zu MiB", path, FILE_MAX_BYTES >> 20);
}

bool file_blame(const char *path, struct err *err)
{
    err_prefix(err, ": ");
    err_prefix(err, path);
    return false;
}

bool lines_open(struct lines *l, const char *path, struct err *err)
{
    struct stat info;
    bool standard = strcmp(path, "-") == 0;
    *l = (struct lines){.path = standard ? "standard input" : path};
    l->file = standard ? stdin : fopen(path, "rb");
    if (l->file == NULL)
        return cannot(l->path, err);
    if (fstat(fileno(l->file), &info) != 0)
        return cannot(l->path, err);
    if (S_ISDIR(info.st_mode))
        return err_set(err, ERR_REJECT, "%s is a folder", l->path);
    l->size = S_ISREG(info.st_mode) ? info.st_size : 0;
    return true;
}

bool lines_next(struct lines *l, struct str *ret, struct err *err)
{
    int c;
    buf_reset(&l->line);
    *ret = STR_NONE;
    while ((c = getc_unlocked(l->file)) != EOF && c != '\n') {
        if (l->line.len == LINE_MAX_BYTES)
            return err_set(err, ERR_REJECT, "%s: line %lld is longer than %zu MiB", l->path,
                           (long long)l->number + 1, LINE_MAX_BYTES >> 20);
        buf_char(&l->line, (char)c);
    }
    if (ferror(l->file) != 0)
        return cannot(l->path, err);
    if (c == EOF && l->line.len == 0)
        return true;
    l->number++;
    l->read += (int64_t)l->line.len + 1;
    if (l->line.len > 0 && l->line.ptr[l->line.len - 1] == '\r')
        l->line.len--;
    *ret = l->line.len == 0 ? STR("") : buf_view(&l->line);
    return true;
}

void lines_close(struct lines *l)
{
    if (l->file != NULL && l->file != stdin)
        (void)fclose(l->file);
    buf_done(&l->line);
    l->file = NULL;
}
