/* report: lines and rows. */
#include "tools/tck/report.h"
#include "tools/tck/folder.h"

/* The kit names a folder with the one above it: "compliance-level-3/0001-filter". */
static struct str folder_name(struct str path)
{
    struct str folder = path_folder(path);
    struct str above = path_folder(folder);
    return str_eq(above, STR("."))
               ? folder
               : str_skip(folder, folder.len - path_name(folder).len - path_name(above).len - 1);
}

static struct str without_ending(struct str name)
{
    return str_ends(name, STR(".xml")) ? (struct str){name.ptr, name.len - 4} : name;
}

static const char *verdict_text(enum verdict v)
{
    switch (v) {
    case VERDICT_SUCCESS: return "SUCCESS";
    case VERDICT_FAILURE: return "FAILURE";
    case VERDICT_ERROR: break;
    }
    return "ERROR";
}

static void put_field(FILE *f, struct str s, const char *after)
{
    (void)fputc('"', f);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            (void)fputc('"', f);
        (void)fputc(s.ptr[i] == '\n' || s.ptr[i] == '\r' ? ' ' : s.ptr[i], f);
    }
    (void)fprintf(f, "\"%s", after);
}

/* One line even where the reasons have line breaks in them. */
static void put_line(struct str folder, struct str name, struct str id, struct str why)
{
    (void)printf("%.*s %.*s %.*s: ", STR_ARG(folder), STR_ARG(name), STR_ARG(id));
    for (size_t i = 0; i < why.len; i++) {
        if (why.ptr[i] == '\n')
            (void)fputs("; ", stdout);
        else if (why.ptr[i] != '\r')
            (void)fputc(why.ptr[i], stdout);
    }
    (void)fputc('\n', stdout);
}

void report_case(struct report *r, struct str path, struct str id, enum verdict verdict,
                 struct str why)
{
    struct str folder = folder_name(path), name = without_ending(path_name(path));
    if (verdict == VERDICT_SUCCESS)
        r->passed++;
    else {
        r->failed++;
        put_line(folder, name, id, why);
    }
    if (r->csv == NULL)
        return;
    put_field(r->csv, folder, ",");
    put_field(r->csv, name, ",");
    put_field(r->csv, id, ",");
    put_field(r->csv, str_of(verdict_text(verdict)), ",");
    put_field(r->csv, why, "\n");
}
