/* builtin_time: the calendar of a date (DMN 1.5, 10.3.4.8), and now (10.3.4.11), which the caller brings. */
#include "common/dmn/builtin_private.h"

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* The local day of a date or a date and time. */
static int64_t day_in(struct value v)
{
    return v.kind == VALUE_DATE ? v.day : v.moment->day;
}

/* 1 January is 1; years beyond what day_of knows cannot come from a date. */
static int64_t day_number(int64_t day)
{
    int64_t year, first = day;
    int month, dom;
    day_to_ymd(day, &year, &month, &dom);
    day_of(year, 1, 1, &first);
    return day - first + 1;
}

static struct value day_of_year(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_i64(day_number(day_in(args[0])));
}

static struct value day_of_week_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_string(str_of(weekdays[day_of_week(day_in(args[0])) - 1]));
}

static struct value month_of_year(struct eval *e, const struct value *args, size_t count)
{
    int64_t year;
    int month, dom;
    (void)e, (void)count;
    day_to_ymd(day_in(args[0]), &year, &month, &dom);
    return value_string(str_of(months[month - 1]));
}

/* ISO 8601: a week belongs to the year its Thursday lies in. */
static struct value week_of_year(struct eval *e, const struct value *args, size_t count)
{
    int64_t day = day_in(args[0]);
    (void)e, (void)count;
    return value_i64((day_number(day - day_of_week(day) + 4) - 1) / 7 + 1);
}

static struct value now_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)args, (void)count;
    if (e->now == NULL)
        return eval_note(e, 0, "now(): this evaluation was given no time");
    return value_moment(e->arena, VALUE_DATE_TIME, *e->now);
}

static struct value today_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)args, (void)count;
    if (e->now == NULL)
        return eval_note(e, 0, "today(): this evaluation was given no time");
    return value_date(e->now->day);
}

/* A date and a date and time each. */
#define ROWS(name, result, call, what)                                                             \
    FUNCTION(name, result, call, what, NEEDED("date", type_date)),                                 \
        FUNCTION(name, result, call, what, NEEDED("date", type_date_time))
/* What has no parameters asks the caller's clock. */
#define CLOCK(function, type, implementation, sentence)                                            \
    {                                                                                              \
        .name = (function), .result = &(type), .call = (implementation), .what = (sentence),       \
        .impure = true,                                                                            \
    }

const struct builtin builtin_time[] = {
    ROWS("day of year", type_number, day_of_year, "The day's number in its year; 1 January is 1."),
    ROWS("day of week", type_string, day_of_week_fn, "\"Monday\" to \"Sunday\"."),
    ROWS("month of year", type_string, month_of_year, "\"January\" to \"December\"."),
    ROWS("week of year", type_number, week_of_year, "The number of the day's week, by ISO 8601."),
    CLOCK("now", type_date_time, now_fn, "The date and time of the evaluation."),
    CLOCK("today", type_date, today_fn, "The date of the evaluation."),
    {0},
};
