/* decode: fills a struct from JSON by a table that says what the schema says.
 * The tables are generated into build/gen/events.c; they are static and never change. What is decoded
 * lives in the arena. */
#ifndef MOSAIC_CORE_DECODE_H
#define MOSAIC_CORE_DECODE_H

#include "common/core/fault.h"

enum decode_kind {
    DECODE_STR,    /* struct str */
    DECODE_DATE,   /* int32_t, days */
    DECODE_TIME,   /* int64_t, microseconds */
    DECODE_INT,    /* int64_t */
    DECODE_BOOL,   /* bool */
    DECODE_ENUM,   /* an enumeration that starts at 0 */
    DECODE_OBJECT, /* a struct */
    DECODE_ARRAY,  /* a pointer to structs and, at `mark`, a size_t count */
};

/* A regular expression as a machine: state 0 refuses for good, 1 is the start, and
 * next[state * width + classes[byte]] comes after a byte. */
struct decode_pattern {
    const uint8_t *classes;
    const uint8_t *next;
    const uint8_t *accepts;
    unsigned width;
};

struct decode_enum {
    const struct str *texts; /* by value */
    unsigned count;
};

struct decode_object;

struct decode_field {
    const char *name;
    size_t name_len;
    enum decode_kind kind;
    bool required;
    size_t offset;
    size_t mark; /* where the count of an array or the has_x of an optional field is; 0: nowhere */
    int64_t min, max; /* value of an integer, characters of a text, items of an array */
    const struct decode_pattern *pattern; /* may be NULL */
    const char *example;                  /* of what the pattern takes, for the fault's message */
    const struct decode_enum *enums;
    const struct decode_object *object;
};

struct decode_object {
    const struct decode_field *fields; /* at most 64 */
    size_t count;
    size_t size; /* of the struct */
};

/* True iff no fault was added. *ret is written whole either way: what is sound, and zeroes. */
bool decode_event(struct arena *a, struct str json, const struct decode_object *object, void *ret,
                  struct faults *faults);

bool decode_enum_parse(const struct decode_enum *enums, struct str text, unsigned *ret);
bool decode_pattern_matches(const struct decode_pattern *pattern, struct str text);

#endif
