/* finding: what the load checks say about a model, to the people who write rules. In the model's arena. */
#ifndef MOSAIC_DMN_FINDING_H
#define MOSAIC_DMN_FINDING_H

#include "common/core/arena.h"

enum severity { FINDING_ERROR, FINDING_WARNING }; /* a model with an error is not loaded */

struct finding {
    enum severity severity;
    struct str
        code; /* "syntax", "unknown_name", "type", "overlap", "gap", "unreachable", "cycle", "xml", "limit" ... */
    struct str place; /* "decision 'Discount', rule 3, input 'Age'" */
    uint32_t line;    /* in the XML file; 0 if not known */
    struct str
        sentence; /* for a rule author: what is wrong and, where it can be said, what to do */
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
