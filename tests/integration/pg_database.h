/* pg_database: which PostgreSQL the tests run on, named by MOSAIC_TEST_DATABASE (a conninfo of someone who may create
 * schemas). */
#ifndef MOSAIC_TEST_PG_DATABASE_H
#define MOSAIC_TEST_PG_DATABASE_H

#include <stdio.h>
#include <stdlib.h>

/* The database to test on; NULL, after a sentence, if nobody names one. */
static inline const char *pg_test_database(void)
{
    const char *named = getenv("MOSAIC_TEST_DATABASE");
    if (named == NULL)
        (void)fprintf(stderr,
                      "MOSAIC_TEST_DATABASE is not set: this test needs a real PostgreSQL.\n");
    return named;
}

#endif
