/* finding: what loading a model and checking its tables has to say to the people who write rules. All text lives in
 * the arena of the findings, which the caller sets before the first one. */
#ifndef MOSAIC_DMN_FINDING_H
#define MOSAIC_DMN_FINDING_H

#include "common/core/arena.h"

enum severity { FINDING_ERROR, FINDING_WARNING }; /* a model with an error is not loaded */

struct finding {
    enum severity severity;
    struct str code;  /* stays as it is, for programs: "syntax", "unknown_name", "overlap" ... */
    struct str place; /* "decision 'Discount', rule 3, input 'Age'"; may be empty */
    uint32_t line;    /* in the XML file, from 1; 0 if not known */
    /* For a rule author: what is wrong and, where it can be said, what to do. Begins small and has no full stop at the
     * end, so that it may follow its place and a colon. */
    struct str sentence;
};

#define FINDINGS_MAX 200 /* more are counted, not kept */

struct findings {
    struct arena *arena;
    struct finding *items;
    size_t count, cap;
    size_t errors, warnings; /* all, kept or not */
};

struct text;
void finding_add(struct findings *f, enum severity severity, const char *code, struct str place,
                 uint32_t line, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* At an offset of a text: adds the excerpt and its column. */
void finding_at(struct findings *f, enum severity severity, const char *code,
                const struct text *text, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
