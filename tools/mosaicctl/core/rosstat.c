/* rosstat: a value stays text from the table to the event. */
#include "tools/mosaicctl/core/rosstat.h"

#include <string.h>

#include "common/core/csv.h"

#define PLACES 10
#define WHOLE_MAX 20

static size_t digits(struct str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.len && s.ptr[from + n] >= '0' && s.ptr[from + n] <= '9')
        n++;
    return n;
}

/* Adds one to the last place of a number written as digits and a point; false: it grew by a digit. */
static bool count_up(char *text, size_t len)
{
    for (size_t i = len; i > 0; i--) {
        if (text[i - 1] == '.')
            continue;
        if (text[i - 1] < '9') {
            text[i - 1]++;
            return true;
        }
        text[i - 1] = '0';
    }
    return false;
}

static struct str without_zeros(struct str s)
{
    while (s.ptr[s.len - 1] == '0')
        s.len--;
    if (s.ptr[s.len - 1] == '.')
        s.len--;
    return s;
}

bool rosstat_decimal(struct arena *a, struct str text, struct str *ret)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    struct str s = negative ? str_skip(text, 1) : text;
    size_t whole = digits(s, 0);
    size_t places = whole < s.len && s.ptr[whole] == '.' ? digits(s, whole + 1) : 0;
    size_t len = places > 0 ? whole + 1 + places : whole;
    if (whole == 0 || whole > WHOLE_MAX || len != s.len)
        return false;
    *ret = text;
    if (places <= PLACES)
        return true;
    char *copy = arena_alloc(a, 2 + whole + 1 + PLACES);
    copy[0] = '-';
    copy[1] = '0'; /* room for a carry */
    memcpy(copy + 2, s.ptr, whole + 1 + PLACES);
    bool grew = s.ptr[whole + 1 + PLACES] >= '5' && !count_up(copy + 2, whole + 1 + PLACES);
    if (grew)
        copy[1] = '1';
    char *start = grew ? copy + 1 : copy + 2;
    if (negative)
        *--start = '-';
    *ret = without_zeros((struct str){start, (size_t)(copy + 2 + whole + 1 + PLACES - start)});
    return true;
}

struct work {
    struct csv csv;
    struct str *indicators; /* ptr NULL: not an indicator */
    size_t year, quarter;
    struct str vintage;
    outgoing_fn emit;
    void *context;
    struct arena event;
};

/* All columns but the first, which has no name, and the two that say when. */
static bool read_header(struct work *w, struct err *err)
{
    if (!csv_column(&w->csv, "year", &w->year, err) ||
        !csv_column(&w->csv, "qtr", &w->quarter, err))
        return false;
    w->indicators = arena_array(w->csv.arena, w->csv.columns, sizeof *w->indicators);
    for (size_t i = 0; i < w->csv.columns; i++)
        if (i != w->year && i != w->quarter && w->csv.fields[i].len > 0)
            w->indicators[i] = w->csv.fields[i];
    return true;
}

static bool is_quarter(struct str year, struct str quarter)
{
    uint64_t y, q;
    return year.len == 4 && quarter.len == 1 && str_to_u64(year, &y) && str_to_u64(quarter, &q) &&
           q >= 1 && q <= 4;
}

static bool send_value(struct work *w, struct str indicator, struct str period, struct str text,
                       struct err *err)
{
    struct buf data = {.arena = &w->event};
    struct ev_city_baseline_published e = {.indicator = indicator,
                                           .period = period,
                                           .vintage = w->vintage};
    if (!rosstat_decimal(&w->event, text, &e.value))
        return err_set(err, ERR_REJECT, "Line %lld: \"%.*s\" of %.*s is not a decimal number.",
                       (long long)w->csv.row_line, STR_ARG(text), STR_ARG(indicator));
    ev_city_baseline_published_write(&data, &e);
    const struct outgoing event = {
        .source = STR(ROSSTAT_SOURCE),
        .id = arena_fmt(&w->event, "%.*s:%.*s:%.*s", STR_ARG(indicator), STR_ARG(period),
                        STR_ARG(w->vintage)),
        .type = EV_CITY_BASELINE_PUBLISHED,
        .key = indicator,
        .data = buf_view(&data),
    };
    return w->emit(w->context, &event, err);
}

static bool send_row(struct work *w, struct err *err)
{
    const struct str *fields = w->csv.fields;
    if (!is_quarter(fields[w->year], fields[w->quarter]))
        return err_set(err, ERR_REJECT,
                       "Line %lld: \"%.*s\" and \"%.*s\" are not a year and a quarter.",
                       (long long)w->csv.row_line, STR_ARG(fields[w->year]),
                       STR_ARG(fields[w->quarter]));
    for (size_t i = 0; i < w->csv.columns; i++) {
        if (w->indicators[i].ptr == NULL || fields[i].len == 0)
            continue;
        struct str period = arena_fmt(&w->event, "%.*s-Q%.*s", STR_ARG(fields[w->year]),
                                      STR_ARG(fields[w->quarter]));
        if (!send_value(w, w->indicators[i], period, fields[i], err))
            return false;
        arena_reset(&w->event);
    }
    return true;
}

bool rosstat_events(struct str text, struct str vintage, outgoing_fn emit, void *context,
                    struct err *err)
{
    struct arena arena = {0};
    struct work w = {.vintage = vintage, .emit = emit, .context = context};
    bool ok = csv_open(&w.csv, &arena, text, err) && read_header(&w, err);
    enum csv_step step = CSV_END;
    while (ok && (step = csv_next(&w.csv, err)) == CSV_ROW)
        ok = send_row(&w, err);
    arena_done(&w.event);
    arena_done(&arena);
    return ok && step == CSV_END;
}
