#include "common/io/zoneinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 64

static bool is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-';
}

/* Area/Location: no dot, no empty part, so that a name from a model never leaves the directory. */
static bool is_zone_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool slash = s.ptr[i] == '/';
        if (slash ? i == 0 || i + 1 == s.len || s.ptr[i - 1] == '/' : !is_name_char(s.ptr[i]))
            return false;
    }
    return s.len > 0 && s.len <= NAME_MAX_BYTES;
}

static bool read_all(int fd, char *bytes, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = read(fd, bytes + got, len - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    return true;
}

static const struct zone *zone_load(struct zoneinfo *z, struct str name)
{
    struct stat st;
    const struct zone *zone = NULL;
    char path[NAME_MAX_BYTES + 1] = "";
    memcpy(path, name.ptr, name.len);
    int fd = openat(z->directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        (size_t)st.st_size <= ZONEINFO_FILE_MAX) {
        size_t len = (size_t)st.st_size;
        char *bytes = malloc(len);
        if (bytes != NULL && read_all(fd, bytes, len))
            zone = zone_read(&z->arena, name, (struct str){bytes, len});
        free(bytes);
    }
    (void)close(fd);
    return zone;
}

static void keep(struct zoneinfo *z, const struct zone *zone)
{
    z->found = arena_more(&z->arena, z->found, z->count, &z->cap, sizeof *z->found);
    map_put(&z->known, zone_name(zone), z->count, NULL);
    z->found[z->count++] = zone;
}

/* Names that are not there are not remembered: a model could ask for any number of them. */
static const struct zone *find(void *context, struct str name)
{
    struct zoneinfo *z = context;
    if (z->directory < 0 || !is_zone_name(name))
        return NULL;
    size_t known = map_get(&z->known, name);
    if (known != MAP_ABSENT)
        return z->found[known];
    const struct zone *zone = zone_load(z, name);
    if (zone != NULL)
        keep(z, zone);
    return zone;
}

void zoneinfo_init(struct zoneinfo *z, const char *directory)
{
    if (directory == NULL)
        directory = getenv("TZDIR");
    if (directory == NULL || directory[0] == '\0')
        directory = ZONEINFO_DIRECTORY;
    *z = (struct zoneinfo){.zones = {.find = find, .context = z}};
    map_init(&z->known, &z->arena, 64);
    z->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void zoneinfo_done(struct zoneinfo *z)
{
    if (z->directory >= 0)
        (void)close(z->directory);
    arena_done(&z->arena);
    *z = (struct zoneinfo){.directory = -1};
}
