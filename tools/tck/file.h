/* file: one test file of the kit with the model it names. */
#ifndef MOSAIC_TCK_FILE_H
#define MOSAIC_TCK_FILE_H

#include "tools/tck/report.h"

/* Reports every case; of a file that is XML, but no test file, nothing. */
void file_run(struct report *r, const struct surroundings *s, const char *path);

#endif
