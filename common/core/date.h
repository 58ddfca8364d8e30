/* date: calendar days and instants as integers, proleptic Gregorian, UTC.
 * A day is int32_t days since 1970-01-01; an instant is int64_t microseconds since then;
 * a month is int32_t months since 1970-01 (year * 12 + month - 1970 * 12, January = 0). */
#ifndef MOSAIC_CORE_DATE_H
#define MOSAIC_CORE_DATE_H

#include "common/core/buf.h"

#define DATE_MIN_YEAR 1900
#define DATE_MAX_YEAR 2199
#define DATE_TEXT_LEN 10    /* 2021-03-31 */
#define PG_EPOCH_DAYS 10957 /* 2000-01-01, PostgreSQL's own zero */

bool date_parse(struct str s, int32_t *ret_days); /* exactly YYYY-MM-DD, a day that exists */
void date_write(struct buf *b, int32_t days);
int32_t date_from_ymd(int year, int month, int day); /* must exist: asserted */
void date_to_ymd(int32_t days, int *ret_year, int *ret_month, int *ret_day);
int32_t date_month(int32_t days); /* the month it lies in */
int date_year(int32_t days);
int32_t month_first_day(int32_t month);
int month_year(int32_t month);
void month_write(struct buf *b, int32_t month); /* 2021-03 */
bool month_parse(struct str s, int32_t *ret_month);

/* RFC 3339 with a zone ("Z" or +hh:mm); what is finer than a microsecond is cut off; leap seconds are
 * refused. */
bool time_parse(struct str s, int64_t *ret_us);
void time_write(struct buf *b, int64_t us); /* always "...Z", fraction only if there is one */

#endif
