/* builtin_conversion: from one kind of value to another (DMN 1.5, 10.3.4.1). */
#include "common/dmn/builtin_private.h"

#include <string.h>

static struct value unreadable(struct eval *e, const char *what, struct str s)
{
    if (s.len > 80)
        s.len = 80;
    return eval_note(e, 0, "\"%.*s\" is no %s", STR_ARG(s), what);
}

static struct value date_of_text(struct eval *e, const struct value *args, size_t count)
{
    int64_t day;
    (void)count;
    if (!date_text(args[0].string, &day))
        return unreadable(e, "date", args[0].string);
    return value_date(day);
}

static struct value date_of_date(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return args[0];
}

static struct value date_of_date_time(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_date(args[0].moment->day);
}

static struct value date_of_parts(struct eval *e, const struct value *args, size_t count)
{
    int64_t year, month, dom, day;
    (void)count;
    if (!number_to_i64(args[0].number, &year) || !number_to_i64(args[1].number, &month) ||
        !number_to_i64(args[2].number, &dom) || !day_of(year, month, dom, &day))
        return eval_note(e, 0, "date(): there is no such day");
    return value_date(day);
}

static struct value date_time_of_text(struct eval *e, const struct value *args, size_t count)
{
    struct moment m;
    int64_t day;
    (void)count;
    if (date_time_text(args[0].string, e->zones, &m))
        return value_moment(e->arena, VALUE_DATE_TIME, m);
    if (date_text(args[0].string, &day))
        return value_moment(e->arena, VALUE_DATE_TIME, (struct moment){.day = day});
    return unreadable(e, "date and time", args[0].string);
}

static struct value joined(struct eval *e, int64_t day, const struct moment *time)
{
    struct moment m = *time;
    m.day = day;
    return value_moment(e->arena, VALUE_DATE_TIME, m);
}

static struct value date_time_of_date(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return joined(e, args[0].day, args[1].moment);
}

static struct value date_time_of_date_time(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return joined(e, args[0].moment->day, args[1].moment);
}

static struct value time_of_text(struct eval *e, const struct value *args, size_t count)
{
    struct moment m;
    (void)count;
    if (!time_text(args[0].string, e->zones, &m))
        return unreadable(e, "time", args[0].string);
    return value_moment(e->arena, VALUE_TIME, m);
}

static struct value time_of_moment(struct eval *e, const struct value *args, size_t count)
{
    struct moment m = *args[0].moment;
    (void)count;
    m.day = 0;
    return value_moment(e->arena, VALUE_TIME, m);
}

/* Seconds may have a fraction; what is finer than a nanosecond is cut off. */
static bool nanos_of(struct number seconds, int64_t *ret)
{
    struct number nanos;
    return number_sign(seconds) >= 0 && number_cmp(seconds, number_of(60)) < 0 &&
           number_mul(seconds, number_of(NANOS_PER_SECOND), &nanos) && builtin_whole(nanos, ret);
}

enum { OFFSET_MAX = 14 * 3600 }; /* seconds, as in the texts of times */

static struct value time_of_parts(struct eval *e, const struct value *args, size_t count)
{
    struct moment m = {0};
    int64_t hour, minute, nanos;
    if (!number_to_i64(args[0].number, &hour) || hour < 0 || hour > 23 ||
        !number_to_i64(args[1].number, &minute) || minute < 0 || minute > 59 ||
        !nanos_of(args[2].number, &nanos))
        return eval_note(e, 0, "time(): there is no such time");
    m.nanos = (hour * 60 + minute) * 60 * NANOS_PER_SECOND + nanos;
    if (count > 3 && !is_null(args[3])) {
        nanos_t offset = args[3].days;
        if (offset % NANOS_PER_SECOND != 0 || offset > OFFSET_MAX * NANOS_PER_SECOND ||
            offset < -OFFSET_MAX * NANOS_PER_SECOND)
            return eval_note(e, 0, "time(): an offset is whole seconds, up to 14 hours");
        m.zone_kind = ZONE_OFFSET;
        m.offset = (int32_t)(offset / NANOS_PER_SECOND);
    }
    return value_moment(e->arena, VALUE_TIME, m);
}

static struct value number_of_text(struct eval *e, const struct value *args, size_t count)
{
    struct number n;
    (void)count;
    if (!number_parse(args[0].string, &n))
        return unreadable(e, "number", args[0].string);
    return value_number(n);
}

/* '\0': no separator; false: none that the standard allows. */
static bool separator(struct value v, const char *allowed, char *ret)
{
    *ret = '\0';
    if (is_null(v))
        return true;
    if (v.string.len != 1 || strchr(allowed, v.string.ptr[0]) == NULL || v.string.ptr[0] == '\0')
        return false;
    *ret = v.string.ptr[0];
    return true;
}

static struct value number_with_separators(struct eval *e, const struct value *args, size_t count)
{
    struct str s = args[0].string;
    char grouping, point;
    struct number n;
    (void)count;
    if (!separator(args[1], " ,.", &grouping) || !separator(args[2], ",.", &point) ||
        (grouping != '\0' && grouping == point))
        return eval_note(e, 0,
                         "number(): a separator is a comma or a period (for groups also a space), "
                         "and the two differ");
    char *plain = builtin_bytes(e, s.len);
    size_t length = 0;
    if (plain == NULL)
        return NULL_VALUE;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == grouping && grouping != '\0')
            continue;
        if (s.ptr[i] == '.' && point == ',')
            return unreadable(e, "number with these separators", s);
        plain[length++] = s.ptr[i];
        if (s.ptr[i] == point && point != '\0')
            plain[length - 1] = '.';
    }
    if (!number_parse((struct str){plain, length}, &n))
        return unreadable(e, "number with these separators", s);
    return value_number(n);
}

static struct value string_fn(struct eval *e, const struct value *args, size_t count)
{
    struct buf b = {.arena = e->arena};
    (void)count;
    if (args[0].kind == VALUE_STRING)
        return args[0];
    bool whole = value_write_whole(&b, args[0]);
    if (!builtin_room(e, 0))
        return NULL_VALUE;
    if (!whole)
        return eval_note(e, 0, "string(): the value is too deep or too long for a text");
    return value_string(buf_view(&b));
}

static struct value duration_fn(struct eval *e, const struct value *args, size_t count)
{
    nanos_t days;
    int64_t months;
    (void)count;
    if (days_duration_text(args[0].string, &days))
        return value_days(days);
    if (months_duration_text(args[0].string, &months))
        return value_months(months);
    return unreadable(e, "duration", args[0].string);
}

static int64_t day_in(struct value v)
{
    return v.kind == VALUE_DATE ? v.day : v.moment->day;
}

/* Whole months from the earlier to the later day. */
static int64_t months_between(int64_t from, int64_t to)
{
    int64_t from_year, to_year;
    int from_month, to_month, from_day, to_day;
    day_to_ymd(from, &from_year, &from_month, &from_day);
    day_to_ymd(to, &to_year, &to_month, &to_day);
    return (to_year - from_year) * 12 + (to_month - from_month) - (to_day < from_day ? 1 : 0);
}

static struct value months_duration_fn(struct eval *e, const struct value *args, size_t count)
{
    int64_t from = day_in(args[0]), to = day_in(args[1]);
    (void)e, (void)count;
    return value_months(from <= to ? months_between(from, to) : -months_between(to, from));
}

#define FROM(type) NEEDED("from", type)
#define DATE                                                                                       \
    "A date from its text (\"2024-02-29\"), from a date and time, or from year, month and day."
#define DATE_TIME                                                                                  \
    "A date and time from its text, or from a date (or the date of a date and time) and a time."
#define TIME                                                                                       \
    "A time from its text (\"08:30:00@Europe/Moscow\"), from a date and time, or from its parts."
#define NUMBER                                                                                     \
    "A number from its text; the separators of groups and of decimals may be given, null for "     \
    "none."
#define MONTHS "The whole years and months between two days; negative if `to` is earlier."
#define TO(type) NEEDED("to", type)
#define MONTHS_ROW(a, b)                                                                           \
    FUNCTION("years and months duration", type_months, months_duration_fn, MONTHS, FROM(a), TO(b))

const struct builtin builtin_conversion[] = {
    FUNCTION("date", type_date, date_of_text, DATE, FROM(type_string)),
    FUNCTION("date", type_date, date_of_date, DATE, FROM(type_date)),
    FUNCTION("date", type_date, date_of_date_time, DATE, FROM(type_date_time)),
    FUNCTION("date", type_date, date_of_parts, DATE, NEEDED("year", type_number),
             NEEDED("month", type_number), NEEDED("day", type_number)),
    FUNCTION("date and time", type_date_time, date_time_of_text, DATE_TIME, FROM(type_string)),
    FUNCTION("date and time", type_date_time, date_time_of_date, DATE_TIME,
             NEEDED("date", type_date), NEEDED("time", type_time)),
    FUNCTION("date and time", type_date_time, date_time_of_date_time, DATE_TIME,
             NEEDED("date", type_date_time), NEEDED("time", type_time)),
    FUNCTION("time", type_time, time_of_text, TIME, FROM(type_string)),
    FUNCTION("time", type_time, time_of_moment, TIME, FROM(type_time)),
    FUNCTION("time", type_time, time_of_moment, TIME, FROM(type_date_time)),
    FUNCTION("time", type_time, time_of_parts, TIME, NEEDED("hour", type_number),
             NEEDED("minute", type_number), NEEDED("second", type_number),
             OPTIONAL_NULLABLE("offset", type_days)),
    FUNCTION("number", type_number, number_of_text, NUMBER, FROM(type_string)),
    FUNCTION("number", type_number, number_with_separators, NUMBER, FROM(type_string),
             NULLABLE("grouping separator", type_string),
             NULLABLE("decimal separator", type_string)),
    FUNCTION("string", type_string, string_fn, "The value as text; a string stays as it is.",
             FROM(type_any)),
    FUNCTION(
        "duration", type_any, duration_fn,
        "A duration from its text: days and time (\"P1DT2H\") or years and months (\"P1Y2M\").",
        FROM(type_string)),
    MONTHS_ROW(type_date, type_date),
    MONTHS_ROW(type_date_time, type_date_time),
    MONTHS_ROW(type_date, type_date_time),
    MONTHS_ROW(type_date_time, type_date),
    {0},
};
