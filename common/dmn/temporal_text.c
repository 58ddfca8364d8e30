/* temporal_text: dates, times and durations as XML Schema writes them, with FEEL's zone names after an @. */
#include "common/dmn/temporal.h"

#define FRACTION_DIGITS 9
#define OFFSET_MAX (14 * 3600)

struct reader {
    struct str s;
    size_t at;
};

static bool at_end(const struct reader *r)
{
    return r->at == r->s.len;
}

static bool take(struct reader *r, char c)
{
    if (at_end(r) || r->s.ptr[r->at] != c)
        return false;
    r->at++;
    return true;
}

static size_t digits_ahead(const struct reader *r)
{
    size_t n = 0;
    while (r->at + n < r->s.len && r->s.ptr[r->at + n] >= '0' && r->s.ptr[r->at + n] <= '9')
        n++;
    return n;
}

/* At most 18 digits. */
static bool take_digits(struct reader *r, size_t count, int64_t *ret)
{
    if (count == 0 || count > 18 || digits_ahead(r) < count)
        return false;
    int64_t value = 0;
    for (size_t end = r->at + count; r->at < end; r->at++)
        value = value * 10 + (r->s.ptr[r->at] - '0');
    *ret = value;
    return true;
}

static bool take_two(struct reader *r, int64_t most, int64_t *ret)
{
    return take_digits(r, 2, ret) && *ret <= most;
}

/* What follows a point, as nanoseconds; finer digits are cut off. No digit is 0. */
static int64_t take_fraction(struct reader *r)
{
    int64_t nanos = 0;
    size_t count = digits_ahead(r);
    for (size_t i = 0; i < FRACTION_DIGITS; i++)
        nanos = nanos * 10 + (i < count ? r->s.ptr[r->at + i] - '0' : 0);
    r->at += count;
    return nanos;
}

/* [-]YYYY-MM-DD; more digits only where they are needed. */
static bool take_date(struct reader *r, int64_t *ret_day)
{
    int64_t year, month, day;
    bool negative = take(r, '-');
    size_t count = digits_ahead(r);
    if (count < 4 || (count > 4 && r->s.ptr[r->at] == '0'))
        return false;
    if (!take_digits(r, count, &year) || !take(r, '-') || !take_digits(r, 2, &month) ||
        !take(r, '-') || !take_digits(r, 2, &day) || (negative && year == 0))
        return false;
    return day_of(negative ? -year : year, month, day, ret_day);
}

static bool take_offset(struct reader *r, int32_t *ret)
{
    int64_t hours, minutes, seconds = 0;
    bool west = !at_end(r) && r->s.ptr[r->at] == '-';
    r->at++;
    if (!take_two(r, 14, &hours) || !take(r, ':') || !take_two(r, 59, &minutes))
        return false;
    if (take(r, ':') && !take_two(r, 59, &seconds))
        return false;
    int64_t offset = hours * 3600 + minutes * 60 + seconds;
    *ret = (int32_t)(west ? -offset : offset);
    return offset <= OFFSET_MAX;
}

/* Nothing, Z, an offset or @ and a name; all that is left. */
static bool take_zone(struct reader *r, const struct zones *zones, struct moment *ret)
{
    ret->zone_kind = ZONE_NONE;
    if (at_end(r))
        return true;
    ret->zone_kind = ZONE_OFFSET;
    if (take(r, 'Z') || take(r, 'z')) /* the standard's own examples have "23:59:00z" */
        return at_end(r);
    if (take(r, '@')) {
        ret->zone_kind = ZONE_NAMED;
        ret->zone =
            zones != NULL && !at_end(r) ? zones->find(zones->context, str_skip(r->s, r->at)) : NULL;
        return ret->zone != NULL;
    }
    return (r->s.ptr[r->at] == '+' || r->s.ptr[r->at] == '-') && take_offset(r, &ret->offset) &&
           at_end(r);
}

/* hh:mm:ss with or without a fraction and a zone. 24:00:00 is the midnight that ends the day. */
static bool take_time(struct reader *r, const struct zones *zones, struct moment *ret)
{
    int64_t hour, minute, second, fraction = 0;
    if (!take_two(r, 24, &hour) || !take(r, ':') || !take_two(r, 59, &minute) || !take(r, ':') ||
        !take_two(r, 59, &second))
        return false;
    if (take(r, '.')) {
        if (digits_ahead(r) == 0)
            return false;
        fraction = take_fraction(r);
    }
    ret->nanos = (hour * 3600 + minute * 60 + second) * NANOS_PER_SECOND + fraction;
    return ret->nanos <= NANOS_PER_DAY && take_zone(r, zones, ret);
}

bool date_text(struct str s, int64_t *ret_day)
{
    struct reader r = {.s = s};
    return take_date(&r, ret_day) && at_end(&r);
}

bool time_text(struct str s, const struct zones *zones, struct moment *ret)
{
    struct reader r = {.s = s};
    struct moment t = {.day = 0};
    if (!take_time(&r, zones, &t))
        return false;
    t.nanos %= NANOS_PER_DAY;
    *ret = t;
    return true;
}

bool date_time_text(struct str s, const struct zones *zones, struct moment *ret)
{
    struct reader r = {.s = s};
    struct moment m = {.day = 0};
    if (!take_date(&r, &m.day) || !take(&r, 'T') || !take_time(&r, zones, &m))
        return false;
    bool ok = true;
    if (m.nanos == NANOS_PER_DAY) {
        int64_t year;
        int month, day;
        m.nanos = 0;
        day_to_ymd(++m.day, &year, &month, &day);
        ok = year <= YEAR_MAX;
    }
    *ret = m;
    return ok;
}

/* `count` units, if the next number stands before `unit`; false only where the number is too large. */
static bool take_part(struct reader *r, char unit, nanos_t nanos, nanos_t *total, bool *any)
{
    int64_t amount;
    struct reader ahead = *r;
    size_t count = digits_ahead(r);
    ahead.at += count;
    if (count == 0 || !take(&ahead, unit))
        return true;
    *any = true;
    while (count > 1 && r->s.ptr[r->at] == '0') {
        r->at++;
        count--;
    }
    if (!take_digits(r, count, &amount))
        return false;
    r->at++;
    *total += (nanos_t)amount * nanos;
    return true;
}

/* Seconds, which may have a fraction. */
static bool take_seconds(struct reader *r, nanos_t *total, bool *any)
{
    struct reader ahead = *r;
    size_t count = digits_ahead(r);
    ahead.at += count;
    if (count == 0 || !take(&ahead, '.'))
        return take_part(r, 'S', NANOS_PER_SECOND, total, any);
    int64_t seconds;
    while (count > 1 && r->s.ptr[r->at] == '0') {
        r->at++;
        count--;
    }
    if (!take_digits(r, count, &seconds) || !take(r, '.'))
        return false;
    *total += (nanos_t)seconds * NANOS_PER_SECOND + take_fraction(r);
    *any = true;
    return take(r, 'S');
}

bool days_duration_text(struct str s, nanos_t *ret)
{
    struct reader r = {.s = s};
    nanos_t total = 0;
    bool any = false, negative = take(&r, '-');
    if (!take(&r, 'P') || !take_part(&r, 'D', NANOS_PER_DAY, &total, &any))
        return false;
    if (take(&r, 'T')) {
        any = false;
        if (!take_part(&r, 'H', 3600 * NANOS_PER_SECOND, &total, &any) ||
            !take_part(&r, 'M', 60 * NANOS_PER_SECOND, &total, &any) ||
            !take_seconds(&r, &total, &any))
            return false;
    }
    *ret = negative ? -total : total;
    return any && at_end(&r) && days_duration_fits(total);
}

bool months_duration_text(struct str s, int64_t *ret_months)
{
    struct reader r = {.s = s};
    nanos_t total = 0;
    bool any = false, negative = take(&r, '-');
    if (!take(&r, 'P') || !take_part(&r, 'Y', 12, &total, &any) ||
        !take_part(&r, 'M', 1, &total, &any))
        return false;
    if (!any || !at_end(&r) || total > MONTHS_MAX)
        return false;
    *ret_months = (int64_t)(negative ? -total : total);
    return true;
}

/* The digits of a fraction without its trailing zeros, after a point; nothing for 0. */
static void fraction_put(struct buf *b, int64_t nanos)
{
    int width = FRACTION_DIGITS;
    if (nanos == 0)
        return;
    for (; nanos % 10 == 0; nanos /= 10)
        width--;
    buf_fmt(b, ".%0*lld", width, (long long)nanos);
}

void date_put(struct buf *b, int64_t day)
{
    int64_t year;
    int month, day_of_month;
    day_to_ymd(day, &year, &month, &day_of_month);
    buf_fmt(b, "%s%04lld-%02d-%02d", year < 0 ? "-" : "", (long long)(year < 0 ? -year : year),
            month, day_of_month);
}

static void zone_put(struct buf *b, const struct moment *m)
{
    if (m->zone_kind == ZONE_NAMED) {
        buf_char(b, '@');
        buf_str(b, zone_name(m->zone));
    } else if (m->zone_kind == ZONE_OFFSET && m->offset == 0) {
        buf_char(b, 'Z');
    } else if (m->zone_kind == ZONE_OFFSET) {
        int offset = m->offset < 0 ? -m->offset : m->offset;
        buf_fmt(b, "%c%02d:%02d", m->offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
        if (offset % 60 != 0)
            buf_fmt(b, ":%02d", offset % 60);
    }
}

void time_put(struct buf *b, const struct moment *t)
{
    int seconds = (int)(t->nanos / NANOS_PER_SECOND);
    buf_fmt(b, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    fraction_put(b, t->nanos % NANOS_PER_SECOND);
    zone_put(b, t);
}

void date_time_put(struct buf *b, const struct moment *m)
{
    date_put(b, m->day);
    buf_char(b, 'T');
    time_put(b, m);
}

static void part_put(struct buf *b, int64_t amount, char unit)
{
    if (amount == 0)
        return;
    buf_i64(b, amount);
    buf_char(b, unit);
}

void days_duration_put(struct buf *b, nanos_t d)
{
    if (d < 0)
        buf_char(b, '-');
    nanos_t left = d < 0 ? -d : d;
    int64_t days = (int64_t)(left / NANOS_PER_DAY), nanos = (int64_t)(left % NANOS_PER_DAY);
    int64_t seconds = nanos / NANOS_PER_SECOND, fraction = nanos % NANOS_PER_SECOND;
    buf_char(b, 'P');
    part_put(b, days, 'D');
    if (nanos != 0 || d == 0)
        buf_char(b, 'T');
    part_put(b, seconds / 3600, 'H');
    part_put(b, seconds / 60 % 60, 'M');
    if (seconds % 60 != 0 || fraction != 0 || d == 0) {
        buf_i64(b, seconds % 60);
        fraction_put(b, fraction);
        buf_char(b, 'S');
    }
}

void months_duration_put(struct buf *b, int64_t months)
{
    int64_t left = months < 0 ? -months : months;
    if (months < 0)
        buf_char(b, '-');
    buf_char(b, 'P');
    part_put(b, left / 12, 'Y');
    if (left == 0)
        buf_add(b, "0M", 2);
    else
        part_put(b, left % 12, 'M');
}
