/* property: what can be asked of a value by a dot (DMN 1.5, 10.3.2.3, Table 65): one row for each kind and name. */
#include "common/dmn/value.h"

enum property {
    YEAR,
    MONTH,
    DAY,
    WEEKDAY,
    HOUR,
    MINUTE,
    SECOND,
    OFFSET,
    ZONE,
    YEARS,
    MONTHS,
    DAYS,
    HOURS,
    MINUTES,
    SECONDS,
    START,
    END,
    START_INCLUDED,
    END_INCLUDED,
    VALUE
};

#define OF(kind) (1u << (kind))
#define OF_DATES (OF(VALUE_DATE) | OF(VALUE_DATE_TIME))
#define OF_TIMES (OF(VALUE_TIME) | OF(VALUE_DATE_TIME))
#define OF_ALL_TEMPORAL (OF_DATES | OF_TIMES | OF(VALUE_DAYS) | OF(VALUE_MONTHS))

#define NAME(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    struct str name;
    enum property property;
    unsigned kinds;
} properties[] = {
    {NAME("year"), YEAR, OF_DATES},
    {NAME("month"), MONTH, OF_DATES},
    {NAME("day"), DAY, OF_DATES},
    {NAME("weekday"), WEEKDAY, OF_DATES},
    {NAME("hour"), HOUR, OF_TIMES},
    {NAME("minute"), MINUTE, OF_TIMES},
    {NAME("second"), SECOND, OF_TIMES},
    {NAME("time offset"), OFFSET, OF_TIMES},
    {NAME("timezone"), ZONE, OF_TIMES},
    {NAME("years"), YEARS, OF(VALUE_MONTHS)},
    {NAME("months"), MONTHS, OF(VALUE_MONTHS)},
    {NAME("days"), DAYS, OF(VALUE_DAYS)},
    {NAME("hours"), HOURS, OF(VALUE_DAYS)},
    {NAME("minutes"), MINUTES, OF(VALUE_DAYS)},
    {NAME("seconds"), SECONDS, OF(VALUE_DAYS)},
    {NAME("start"), START, OF(VALUE_RANGE)},
    {NAME("end"), END, OF(VALUE_RANGE)},
    {NAME("start included"), START_INCLUDED, OF(VALUE_RANGE)},
    {NAME("end included"), END_INCLUDED, OF(VALUE_RANGE)},
    {NAME("value"), VALUE, OF_ALL_TEMPORAL},
};

static struct value seconds_of(nanos_t n)
{
    return value_i64((int64_t)(n / NANOS_PER_SECOND - (n % NANOS_PER_SECOND < 0)));
}

/* The one number a moment or a duration is compared by: seconds or months. */
static struct value value_of(struct value v)
{
    switch ((int)v.kind) {
    case VALUE_DATE: return value_i64(v.day * 86400);
    case VALUE_TIME: return seconds_of(v.moment->nanos);
    case VALUE_DATE_TIME: return seconds_of(moment_instant(v.moment));
    case VALUE_DAYS: return value_i64((int64_t)(v.days / NANOS_PER_SECOND));
    case VALUE_MONTHS: return value_i64(v.months);
    default: return NULL_VALUE;
    }
}

static struct value date_part(struct value v, enum property property)
{
    int64_t year, date = v.kind == VALUE_DATE ? v.day : v.moment->day;
    int month, day;
    day_to_ymd(date, &year, &month, &day);
    switch ((int)property) {
    case YEAR: return value_i64(year);
    case MONTH: return value_i64(month);
    case DAY: return value_i64(day);
    default: return value_i64(day_of_week(date));
    }
}

static struct value time_part(struct value v, enum property property)
{
    const struct moment *m = v.moment;
    int64_t seconds = m->nanos / NANOS_PER_SECOND;
    switch ((int)property) {
    case HOUR: return value_i64(seconds / 3600);
    case MINUTE: return value_i64(seconds / 60 % 60);
    case SECOND: return value_i64(seconds % 60);
    case ZONE: return m->zone_kind == ZONE_NAMED ? value_string(zone_name(m->zone)) : NULL_VALUE;
    default: break;
    }
    if (m->zone_kind == ZONE_NONE)
        return NULL_VALUE;
    int32_t offset = v.kind == VALUE_TIME ? time_offset(m) : moment_offset(m);
    return value_days((nanos_t)offset * NANOS_PER_SECOND);
}

/* The parts of a negative duration are negative. */
static struct value duration_part(struct value v, enum property property)
{
    int64_t seconds = v.kind == VALUE_DAYS ? (int64_t)(v.days / NANOS_PER_SECOND) : 0;
    switch ((int)property) {
    case YEARS: return value_i64(v.months / 12);
    case MONTHS: return value_i64(v.months % 12);
    case DAYS: return value_i64(seconds / 86400);
    case HOURS: return value_i64(seconds / 3600 % 24);
    case MINUTES: return value_i64(seconds / 60 % 60);
    default: return value_i64(seconds % 60);
    }
}

static struct value range_part(const struct range *r, enum property property)
{
    switch ((int)property) {
    case START: return r->low;
    case END: return r->high;
    case START_INCLUDED: return value_bool(r->low_closed);
    default: return value_bool(r->high_closed);
    }
}

static struct value part(struct value v, enum property property)
{
    switch (property) {
    case YEAR:
    case MONTH:
    case DAY:
    case WEEKDAY: return date_part(v, property);
    case HOUR:
    case MINUTE:
    case SECOND:
    case OFFSET:
    case ZONE: return time_part(v, property);
    case YEARS:
    case MONTHS:
    case DAYS:
    case HOURS:
    case MINUTES:
    case SECONDS: return duration_part(v, property);
    case START:
    case END:
    case START_INCLUDED:
    case END_INCLUDED: return range_part(v.range, property);
    case VALUE: return value_of(v);
    }
    return NULL_VALUE;
}

bool value_property(struct value v, struct str name, struct value *ret)
{
    for (size_t i = 0; i < COUNT(properties); i++)
        if ((properties[i].kinds & OF(v.kind)) != 0 && str_eq(properties[i].name, name)) {
            *ret = part(v, properties[i].property);
            return true;
        }
    return false;
}
