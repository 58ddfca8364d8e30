/* folder: the files of a suite, in the order of their names. In an arena. */
#ifndef MOSAIC_TCK_FOLDER_H
#define MOSAIC_TCK_FOLDER_H

#include "common/core/arena.h"

struct paths {
    struct arena *arena;
    const char **items;
    size_t count, cap;
};

/* Every file below the folder (or right in it, if not `deep`) whose name ends so. False: it cannot be read; errno says
 * why. Links to folders are followed to a depth of 16. */
bool folder_files(const char *folder, const char *ending, bool deep, struct paths *ret);
/* A whole file; false: it cannot be read (errno), or is larger than 64 MiB (EFBIG). */
bool folder_read(struct arena *a, const char *path, struct str *ret);
struct str path_folder(struct str path); /* "a/b/c.xml": "a/b"; "c.xml": "." */
struct str path_name(struct str path);   /* "c.xml" */

#endif
