/* temporal: the calendar, and moments counted through it. Days are counted by eras of 400 years, 146,097 days each,
 * that begin on the first of March, so that the leap day is the last of its year (Howard Hinnant, "chrono-compatible
 * low-level date algorithms"). */
#include "common/dmn/temporal.h"

#define ERA_YEARS 400
#define ERA_DAYS 146097
#define EPOCH_FROM_MARCH_0000 719468

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int64_t year, int64_t month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool day_of(int64_t year, int64_t month, int64_t day, int64_t *ret)
{
    if (year < -YEAR_MAX || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return false;
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, ERA_YEARS);
    int64_t year_of_era = y - era * ERA_YEARS;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *ret = era * ERA_DAYS + day_of_era - EPOCH_FROM_MARCH_0000;
    return true;
}

void day_to_ymd(int64_t day, int64_t *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = day + EPOCH_FROM_MARCH_0000;
    int64_t era = floor_div(z, ERA_DAYS);
    int day_of_era = (int)(z - era * ERA_DAYS);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *ret_year = year_of_era + era * ERA_YEARS + (*ret_month <= 2);
}

int day_of_week(int64_t day)
{
    int64_t from_monday = (day % 7 + 7 + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)from_monday + 1;
}

static bool day_fits(int64_t day)
{
    int64_t first, last;
    return day_of(-YEAR_MAX, 1, 1, &first) && day_of(YEAR_MAX, 12, 31, &last) && day >= first &&
           day <= last;
}

int64_t day_add_months(int64_t day, int64_t months, bool *ret_ok)
{
    int64_t year;
    int month, day_of_month;
    *ret_ok = false;
    if (months < -MONTHS_MAX || months > MONTHS_MAX)
        return day;
    day_to_ymd(day, &year, &month, &day_of_month);
    int64_t sum = year * 12 + (month - 1) + months;
    int64_t new_year = floor_div(sum, 12);
    int64_t new_month = sum - new_year * 12 + 1;
    int last = days_in_month(new_year, new_month);
    *ret_ok = day_of(new_year, new_month, day_of_month < last ? day_of_month : last, &day);
    return day;
}

bool days_duration_fits(nanos_t d)
{
    nanos_t most = (nanos_t)DAYS_MAX * NANOS_PER_DAY;
    return d >= -most && d <= most;
}

bool months_duration_fits(int64_t months)
{
    return months >= -MONTHS_MAX && months <= MONTHS_MAX;
}

static int64_t local_seconds(const struct moment *m)
{
    return m->day * 86400 + m->nanos / NANOS_PER_SECOND;
}

static nanos_t local_nanos(const struct moment *m)
{
    return (nanos_t)m->day * NANOS_PER_DAY + m->nanos;
}

int32_t moment_offset(const struct moment *m)
{
    switch (m->zone_kind) {
    case ZONE_NONE: return 0;
    case ZONE_OFFSET: return m->offset;
    case ZONE_NAMED: return zone_offset_local(m->zone, local_seconds(m));
    }
    return 0;
}

int32_t time_offset(const struct moment *t)
{
    return t->zone_kind == ZONE_NAMED ? zone_offset_standard(t->zone) : moment_offset(t);
}

nanos_t moment_instant(const struct moment *m)
{
    return local_nanos(m) - (nanos_t)moment_offset(m) * NANOS_PER_SECOND;
}

nanos_t time_instant(const struct moment *t)
{
    return t->nanos - (nanos_t)time_offset(t) * NANOS_PER_SECOND;
}

static struct moment at_local_nanos(struct moment m, nanos_t local)
{
    nanos_t day = local / NANOS_PER_DAY - (local % NANOS_PER_DAY < 0);
    m.day = (int64_t)day;
    m.nanos = (int64_t)(local - day * NANOS_PER_DAY);
    return m;
}

struct moment moment_add(struct moment m, nanos_t d, bool *ret_ok)
{
    struct moment sum;
    *ret_ok = false;
    if (!days_duration_fits(d))
        return m;
    if (m.zone_kind == ZONE_NAMED) {
        /* the clock of the zone may be moved in between: count in UTC */
        nanos_t utc = moment_instant(&m) + d;
        nanos_t seconds = utc / NANOS_PER_SECOND - (utc % NANOS_PER_SECOND < 0);
        int32_t offset = zone_offset_at(m.zone, (int64_t)seconds);
        sum = at_local_nanos(m, utc + (nanos_t)offset * NANOS_PER_SECOND);
    } else {
        sum = at_local_nanos(m, local_nanos(&m) + d);
    }
    *ret_ok = day_fits(sum.day);
    return *ret_ok ? sum : m;
}

struct moment time_add(struct moment t, nanos_t d)
{
    int64_t nanos = (int64_t)((t.nanos + d % NANOS_PER_DAY) % NANOS_PER_DAY);
    t.nanos = nanos < 0 ? nanos + NANOS_PER_DAY : nanos;
    return t;
}
