/* folder: walking folders and reading files. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/tck/folder.h"

#define FOLDER_DEPTH_MAX 16
#define FILE_BYTES_MAX ((off_t)64 << 20)

static void keep(struct paths *p, const char *path)
{
    if (p->count == p->cap) {
        size_t cap = p->cap > 0 ? 2 * p->cap : 64;
        p->items =
            arena_grow(p->arena, p->items, p->cap * sizeof(*p->items), cap * sizeof(*p->items));
        p->cap = cap;
    }
    p->items[p->count++] = path;
}

static bool walk(const char *folder, const char *ending, int depth, struct paths *ret);

static void take_entry(const char *folder, const char *name, const char *ending, int depth,
                       struct paths *ret)
{
    struct stat s;
    const char *path = arena_fmt(ret->arena, "%s/%s", folder, name).ptr;
    if (name[0] == '.' || stat(path, &s) != 0)
        return;
    if (S_ISDIR(s.st_mode) && depth > 0)
        (void)walk(path, ending, depth - 1, ret);
    else if (S_ISREG(s.st_mode) && str_ends(str_of(name), str_of(ending)))
        keep(ret, path);
}

static bool walk(const char *folder, const char *ending, int depth, struct paths *ret)
{
    struct dirent **names;
    int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0)
        return false;
    for (int i = 0; i < n; i++) {
        take_entry(folder, names[i]->d_name, ending, depth, ret);
        free(names[i]);
    }
    free(names);
    return true;
}

bool folder_files(const char *folder, const char *ending, bool deep, struct paths *ret)
{
    return walk(folder, ending, deep ? FOLDER_DEPTH_MAX : 0, ret);
}

static bool read_open(struct arena *a, FILE *f, struct str *ret)
{
    struct stat s;
    if (fstat(fileno(f), &s) != 0)
        return false;
    if (s.st_size > FILE_BYTES_MAX) {
        errno = EFBIG;
        return false;
    }
    char *bytes = arena_alloc(a, (size_t)s.st_size + 1);
    *ret = (struct str){bytes, fread(bytes, 1, (size_t)s.st_size, f)};
    return ferror(f) == 0;
}

bool folder_read(struct arena *a, const char *path, struct str *ret)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    bool ok = read_open(a, f, ret);
    (void)fclose(f);
    return ok;
}

struct str path_folder(struct str path)
{
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/')
        len--;
    if (len == 0)
        return STR(".");
    return (struct str){path.ptr, len > 1 ? len - 1 : len};
}

struct str path_name(struct str path)
{
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    return str_skip(path, from);
}
