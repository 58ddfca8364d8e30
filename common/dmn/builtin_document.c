/* builtin_document: the reference documentation, printed from the tables themselves. */
#include "common/dmn/builtin_private.h"

#include <string.h>

/* In the order of builtin_tables; NULL: under the title before. */
static const char *const titles[] = {
    "Conversion (DMN 1.5, 10.3.4.1)",
    NULL,
    "Boolean values (10.3.4.2, 10.3.4.6)",
    "Strings (10.3.4.3)",
    "Strings by regular expression (10.3.4.3)",
    "Lists (10.3.4.4)",
    "Lists as sets (10.3.4.4)",
    "Figures of a list (10.3.4.4)",
    "Numbers (10.3.4.5)",
    "Dates and times (10.3.4.8, 10.3.4.11)",
    "Points and ranges (10.3.4.7)",
    "Sorting (10.3.4.9)",
    "Contexts (10.3.4.10)",
};

static void put_parameter(struct buf *b, const struct builtin *row, size_t i)
{
    const struct builtin_parameter *p = &row->parameters[i];
    bool many = row->variadic && i + 1 == row->parameter_count;
    buf_fmt(b, "%s*%s%s*%s", i > 0 ? ", " : "", p->name, many && p->name[1] == '\0' ? "1" : "",
            many ? "..." : "");
    buf_str(b, STR(": "));
    type_write(b, p->type);
    if (p->optional)
        buf_str(b, STR(", optional"));
    if (p->nullable)
        buf_str(b, STR(" or null"));
}

static void put_row(struct buf *b, const struct builtin *row, bool same_sentence)
{
    buf_fmt(b, "- **%s**(", row->name);
    for (size_t i = 0; i < row->parameter_count; i++)
        put_parameter(b, row, i);
    buf_str(b, STR(") → "));
    type_write(b, row->result);
    if (!same_sentence)
        buf_fmt(b, "  \n  %s", row->what);
    buf_char(b, '\n');
}

void builtin_document(struct buf *b)
{
    buf_str(b, STR("# FEEL's built-in functions\n\n"
                   "Printed from the engine's own table. A function that is given what it does not "
                   "take gives null. "
                   "Arguments may be named; a list of one element stands for the element, and an "
                   "element for "
                   "a list of one.\n"));
    for (size_t t = 0; builtin_tables[t] != NULL; t++) {
        if (titles[t] != NULL)
            buf_fmt(b, "\n## %s\n\n", titles[t]);
        for (const struct builtin *row = builtin_tables[t]; row->name != NULL; row++)
            put_row(b, row, (row + 1)->name != NULL && strcmp(row->what, (row + 1)->what) == 0);
    }
}
