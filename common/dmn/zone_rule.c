/* zone_rule: a POSIX TZ string such as CET-1CEST,M3.5.0,M10.5.0/3 (POSIX 8.3, RFC 8536, 3.3.1). */
#include "common/dmn/temporal.h"
#include "common/dmn/zone_private.h"

#define DAY 86400

struct reader {
    const char *at, *end;
};

static bool take(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool take_number(struct reader *r, int most, int *ret)
{
    int value = 0;
    const char *start = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9' && value <= most; r->at++)
        value = value * 10 + (*r->at - '0');
    *ret = value;
    return r->at > start && value <= most;
}

/* [+-]hh[:mm[:ss]] as seconds */
static bool take_clock(struct reader *r, int most_hours, int32_t *ret)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = take(r, '-');
    if (!negative)
        take(r, '+');
    if (!take_number(r, most_hours, &hours))
        return false;
    if (take(r, ':')) {
        if (!take_number(r, 59, &minutes) || (take(r, ':') && !take_number(r, 59, &seconds)))
            return false;
    }
    int32_t total = hours * 3600 + minutes * 60 + seconds;
    *ret = negative ? -total : total;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* An abbreviation: three letters or more, or anything in <>. */
static bool skip_name(struct reader *r)
{
    const char *start = r->at;
    if (take(r, '<')) {
        while (r->at < r->end && *r->at != '>')
            r->at++;
        return take(r, '>');
    }
    while (r->at < r->end && is_letter(*r->at))
        r->at++;
    return r->at - start >= 3;
}

static bool take_day(struct reader *r, struct zone_day *ret)
{
    *ret = (struct zone_day){.seconds = 2 * 3600};
    if (take(r, 'M')) {
        ret->kind = DAY_MONTH;
        if (!take_number(r, 12, &ret->month) || ret->month < 1 || !take(r, '.') ||
            !take_number(r, 5, &ret->week) || ret->week < 1 || !take(r, '.') ||
            !take_number(r, 6, &ret->day))
            return false;
    } else {
        ret->kind = take(r, 'J') ? DAY_JULIAN : DAY_ZERO;
        if (!take_number(r, 365, &ret->day) || (ret->kind == DAY_JULIAN && ret->day < 1))
            return false;
    }
    return !take(r, '/') || take_clock(r, 167, &ret->seconds);
}

bool zone_rule_parse(struct str s, struct zone_rule *ret)
{
    struct reader r = {.at = s.ptr, .end = s.ptr + s.len};
    *ret = (struct zone_rule){.standard = 0};
    if (!skip_name(&r) || !take_clock(&r, 24, &ret->standard))
        return false;
    ret->standard = -ret->standard; /* POSIX counts westwards */
    if (r.at == r.end)
        return true;
    ret->has_summer = true;
    ret->summer = ret->standard + 3600;
    if (!skip_name(&r))
        return false;
    if (r.at < r.end && *r.at != ',') {
        if (!take_clock(&r, 24, &ret->summer))
            return false;
        ret->summer = -ret->summer;
    }
    return take(&r, ',') && take_day(&r, &ret->start) && take(&r, ',') && take_day(&r, &ret->end) &&
           r.at == r.end;
}

static bool leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The change's local time, in seconds since 1970, in that year. */
static int64_t change_of(const struct zone_day *d, int64_t year)
{
    int64_t day = 0;
    if (d->kind == DAY_MONTH) {
        (void)day_of(year, d->month, 1, &day);
        day += (d->day - day_of_week(day) % 7 + 7) % 7 + 7 * (d->week - 1);
        int64_t y;
        int month, day_of_month;
        day_to_ymd(day, &y, &month, &day_of_month);
        if (month != d->month)
            day -= 7; /* the fifth is the last there is */
    } else {
        (void)day_of(year, 1, 1, &day);
        day += d->kind == DAY_JULIAN ? d->day - 1 + (leap(year) && d->day > 59) : d->day;
    }
    return day * DAY + d->seconds;
}

/* With a year on either side that exists. */
static int64_t year_of(int64_t seconds)
{
    int64_t year;
    int month, day;
    day_to_ymd(seconds / DAY - (seconds % DAY < 0), &year, &month, &day);
    if (year < 1 - YEAR_MAX)
        return 1 - YEAR_MAX;
    return year > YEAR_MAX - 1 ? YEAR_MAX - 1 : year;
}

/* The latest change at or before the instant says what holds. The years beside it matter where a change lies outside
 * its own year. */
int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc_seconds)
{
    int64_t latest = INT64_MIN, year = year_of(utc_seconds);
    int32_t offset = r->standard;
    if (!r->has_summer)
        return offset;
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t end = change_of(&r->end, y) - r->summer;
        int64_t start = change_of(&r->start, y) - r->standard;
        if (end <= utc_seconds && end >= latest) {
            latest = end;
            offset = r->standard;
        }
        if (start <= utc_seconds && start >= latest) {
            latest = start;
            offset = r->summer;
        }
    }
    return offset;
}

bool zone_rule_next(const struct zone_rule *r, int64_t after, int64_t *ret_at)
{
    int64_t year = year_of(after);
    bool any = false;
    if (!r->has_summer)
        return false;
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t changes[] = {change_of(&r->start, y) - r->standard,
                             change_of(&r->end, y) - r->summer};
        for (size_t i = 0; i < COUNT(changes); i++)
            if (changes[i] > after && (!any || changes[i] < *ret_at)) {
                *ret_at = changes[i];
                any = true;
            }
    }
    return any;
}
