/* cases: a test file of the DMN technology compatibility kit, read into values (its testCases.xsd). In an arena. */
#ifndef MOSAIC_TCK_CASES_H
#define MOSAIC_TCK_CASES_H

#include "common/dmn/value.h"

struct test_input {
    struct str name;
    struct str model_namespace; /* of the model it belongs to; empty: not said */
    struct value value;
};

struct test_result {
    struct str name;
    struct value expected;
};

struct test_case {
    struct str id;
    struct str type;      /* "decision", "bkm", "decisionService" */
    struct str invocable; /* of a bkm or service */
    struct test_input *inputs;
    struct test_result *results;
    size_t input_count, result_count;
    const char *broken; /* why it cannot be run; NULL: it can */
};

struct test_file {
    struct str model; /* file name, next to the test file */
    struct test_case *cases;
    size_t count;
};

enum cases_status { CASES_READ, CASES_OTHER, CASES_BROKEN };

/* CASES_OTHER: XML, but no test file. */
enum cases_status cases_read(struct arena *a, const struct zones *zones, struct str xml,
                             struct test_file *ret);

#endif
