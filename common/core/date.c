/* date: counting days by eras of 400 years, each of 146,097 days beginning on the first of March,
 * so that the leap day is the last of its year (Howard Hinnant, "chrono-compatible date algorithms"). */
#include "common/core/date.h"

#include <assert.h>

#define ERA_DAYS 146097
#define EPOCH_FROM_MARCH_0000 719468
#define DAY_US INT64_C(86400000000)

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

int32_t date_from_ymd(int year, int month, int day)
{
    assert(year >= 0 && year <= 9999 && month >= 1 && month <= 12);
    assert(day >= 1 && day <= days_in_month(year, month));
    int y =
        month <= 2 ? year + 399 : year + 400; /* never negative; the extra era is taken off below */
    int era = y / 400;
    int year_of_era = y % 400;
    int month_from_march = (month + 9) % 12;
    int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (era - 1) * ERA_DAYS + day_of_era - EPOCH_FROM_MARCH_0000;
}

void date_to_ymd(int32_t days, int *ret_year, int *ret_month, int *ret_day)
{
    assert(days >= -719528 && days <= 2932896); /* years 0000 to 9999 */
    int z = days + EPOCH_FROM_MARCH_0000 + ERA_DAYS;
    int era = z / ERA_DAYS;
    int day_of_era = z % ERA_DAYS;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *ret_year = year_of_era + (era - 1) * 400 + (*ret_month <= 2 ? 1 : 0);
}

/* Exactly `len` digits at `at`, or false. */
static bool digits(struct str s, size_t at, size_t len, int *ret)
{
    int value = 0;
    if (s.len < at + len)
        return false;
    for (size_t i = at; i < at + len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        value = value * 10 + (s.ptr[i] - '0');
    }
    *ret = value;
    return true;
}

bool date_parse(struct str s, int32_t *ret_days)
{
    int year, month, day;
    if (s.len != DATE_TEXT_LEN || s.ptr[4] != '-' || s.ptr[7] != '-')
        return false;
    if (!digits(s, 0, 4, &year) || !digits(s, 5, 2, &month) || !digits(s, 8, 2, &day))
        return false;
    if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR || month < 1 || month > 12)
        return false;
    if (day < 1 || day > days_in_month(year, month))
        return false;
    *ret_days = date_from_ymd(year, month, day);
    return true;
}

static void put_digits(char *to, int len, int value)
{
    for (int i = len - 1; i >= 0; i--) {
        to[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void date_write(struct buf *b, int32_t days)
{
    int year, month, day;
    date_to_ymd(days, &year, &month, &day);
    char *to = buf_reserve(b, DATE_TEXT_LEN);
    put_digits(to, 4, year);
    to[4] = '-';
    put_digits(to + 5, 2, month);
    to[7] = '-';
    put_digits(to + 8, 2, day);
    b->len += DATE_TEXT_LEN;
}

int32_t date_month(int32_t days)
{
    int year, month, day;
    date_to_ymd(days, &year, &month, &day);
    return (year - 1970) * 12 + month - 1;
}

int date_year(int32_t days)
{
    int year, month, day;
    date_to_ymd(days, &year, &month, &day);
    return year;
}

int month_year(int32_t month)
{
    assert(month >= -1970 * 12);
    return (month + 1970 * 12) / 12;
}

static int month_of_year(int32_t month)
{
    return (month + 1970 * 12) % 12 + 1;
}

int32_t month_first_day(int32_t month)
{
    return date_from_ymd(month_year(month), month_of_year(month), 1);
}

void month_write(struct buf *b, int32_t month)
{
    char *to = buf_reserve(b, 7);
    put_digits(to, 4, month_year(month));
    to[4] = '-';
    put_digits(to + 5, 2, month_of_year(month));
    b->len += 7;
}

bool month_parse(struct str s, int32_t *ret_month)
{
    int year, month;
    if (s.len != 7 || s.ptr[4] != '-' || !digits(s, 0, 4, &year) || !digits(s, 5, 2, &month))
        return false;
    if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR || month < 1 || month > 12)
        return false;
    *ret_month = (year - 1970) * 12 + month - 1;
    return true;
}

/* The part behind the seconds: digits after a point. What is finer than a microsecond is cut off. */
static bool fraction_us(struct str *s, int64_t *ret_us)
{
    *ret_us = 0;
    if (s->len == 0 || s->ptr[0] != '.')
        return true;
    size_t i = 1;
    for (int64_t unit = 100000; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++, unit /= 10)
        *ret_us += unit * (s->ptr[i] - '0');
    *s = str_skip(*s, i);
    return i > 1;
}

/* "Z" or +hh:mm, as minutes east of UTC; nothing may follow. */
static bool zone_minutes(struct str s, int *ret)
{
    int hours, minutes;
    *ret = 0;
    if (s.len == 1)
        return s.ptr[0] == 'Z' || s.ptr[0] == 'z';
    if (s.len != 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':')
        return false;
    if (!digits(s, 1, 2, &hours) || !digits(s, 4, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret = (s.ptr[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

bool time_parse(struct str s, int64_t *ret_us)
{
    int32_t days;
    int hour, minute, second, zone;
    int64_t fraction;
    if (s.len < sizeof "2021-03-31T10:20:30Z" - 1 ||
        !date_parse((struct str){s.ptr, DATE_TEXT_LEN}, &days))
        return false;
    if ((s.ptr[10] != 'T' && s.ptr[10] != 't') || s.ptr[13] != ':' || s.ptr[16] != ':')
        return false;
    if (!digits(s, 11, 2, &hour) || !digits(s, 14, 2, &minute) || !digits(s, 17, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    s = str_skip(s, 19);
    if (!fraction_us(&s, &fraction) || !zone_minutes(s, &zone))
        return false;
    int64_t seconds = ((int64_t)hour * 60 + minute - zone) * 60 + second;
    *ret_us = days * DAY_US + seconds * 1000000 + fraction;
    return true;
}

void time_write(struct buf *b, int64_t us)
{
    int64_t days = us / DAY_US, rest = us % DAY_US;
    if (rest < 0) {
        rest += DAY_US;
        days--;
    }
    date_write(b, (int32_t)days);
    int seconds = (int)(rest / 1000000), fraction = (int)(rest % 1000000);
    char *to = buf_reserve(b, sizeof "T10:20:30.123456Z");
    to[0] = 'T';
    put_digits(to + 1, 2, seconds / 3600);
    to[3] = ':';
    put_digits(to + 4, 2, seconds / 60 % 60);
    to[6] = ':';
    put_digits(to + 7, 2, seconds % 60);
    b->len += 9;
    if (fraction != 0) {
        to[9] = '.';
        put_digits(to + 10, 6, fraction);
        b->len += 7;
        while (b->ptr[b->len - 1] == '0')
            b->len--;
    }
    buf_char(b, 'Z');
}
