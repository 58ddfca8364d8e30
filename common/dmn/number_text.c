/* number_text: numbers as FEEL writes them. */
#include <string.h>

#include "common/dmn/number_private.h"

#define KEPT_DIGITS 40 /* 34, and enough to round by */
#define PLAIN_MAX 60   /* digits and zeros before an exponent is written */

struct digits {
    char kept[KEPT_DIGITS + 1]; /* the first significant ones */
    size_t count;
    bool lost;        /* a digit other than 0 follows those kept */
    int64_t exponent; /* of the last one kept */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits from *at on; false if there is none. */
static bool read_digits(struct str s, size_t *at, bool fraction, struct digits *d)
{
    size_t start = *at;
    for (; *at < s.len && is_digit(s.ptr[*at]); (*at)++) {
        char c = s.ptr[*at];
        if (c == '0' && d->count == 0) {
            d->exponent -= fraction;
        } else if (d->count < KEPT_DIGITS) {
            d->kept[d->count++] = c;
            d->exponent -= fraction;
        } else {
            d->lost = d->lost || c != '0';
            d->exponent += !fraction;
        }
    }
    return *at > start;
}

static bool read_exponent(struct str s, size_t *at, int64_t *ret)
{
    bool negative = false;
    if (*at < s.len && (s.ptr[*at] == '+' || s.ptr[*at] == '-'))
        negative = s.ptr[(*at)++] == '-';
    size_t start = *at;
    int64_t e = 0;
    for (; *at < s.len && is_digit(s.ptr[*at]); (*at)++)
        if (e < INT32_MAX)
            e = e * 10 + (s.ptr[*at] - '0');
    *ret = negative ? -e : e;
    return *at > start;
}

static bool number_of_digits(bool negative, struct digits *d, struct number *ret)
{
    if (d->count <= 18 && d->exponent >= -NUMBER_BIAS && d->exponent <= NUMBER_EXPONENT_MAX) {
        uint64_t coefficient = 0;
        for (size_t i = 0; i < d->count; i++)
            coefficient = coefficient * 10 + (uint64_t)(d->kept[i] - '0');
        *ret = number_make(negative, coefficient, (int)d->exponent);
        return true;
    }
    if (d->count == 0) {
        *ret = number_of(0);
        return true;
    }
    if (d->exponent > 2 * NUMBER_BIAS)
        return false;
    if (d->lost) /* whatever it is, it only breaks a tie */
        d->kept[KEPT_DIGITS - 1] = d->kept[KEPT_DIGITS - 1] == '0' ? '1' : d->kept[KEPT_DIGITS - 1];
    char text[KEPT_DIGITS + 32] = "", exponent[24];
    size_t len = 0, n = sizeof exponent;
    uint64_t e = d->exponent < 0 ? (uint64_t)-d->exponent : (uint64_t)d->exponent;
    if (e > 2 * NUMBER_BIAS)
        e = 2 * NUMBER_BIAS; /* far below the smallest */
    if (negative)
        text[len++] = '-';
    memcpy(text + len, d->kept, d->count);
    len += d->count;
    text[len++] = 'E';
    text[len++] = d->exponent < 0 ? '-' : '+';
    do {
        exponent[--n] = (char)('0' + e % 10);
        e /= 10;
    } while (e > 0);
    memcpy(text + len, exponent + n, sizeof exponent - n);
    return number_from_digits(text, ret);
}

bool number_parse(struct str s, struct number *ret)
{
    struct digits d = {.count = 0};
    size_t at = 0;
    int64_t e = 0;
    bool negative = s.len > 0 && s.ptr[0] == '-';
    at += negative;
    bool any = read_digits(s, &at, false, &d);
    if (at < s.len && s.ptr[at] == '.') {
        at++;
        any = read_digits(s, &at, true, &d);
    }
    if (!any)
        return false;
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        at++;
        if (!read_exponent(s, &at, &e))
            return false;
    }
    d.exponent += e;
    return at == s.len && number_of_digits(negative, &d, ret);
}

struct number number_plain(struct number n)
{
    u128_t c = number_coefficient(n);
    int exponent = number_exponent(n);
    if (c == 0)
        return number_of(0);
    for (; exponent < 0 && c % 10 == 0; exponent++)
        c /= 10;
    for (; exponent > 0 && c < NUMBER_COEFFICIENT_END / 10; exponent--)
        c *= 10;
    return number_make(number_negative(n), c, exponent);
}

static void put_zeros(struct buf *b, int64_t count)
{
    for (; count > 0; count--)
        buf_char(b, '0');
}

/* The coefficient without its trailing zeros, as text at the end of `text`; they are added to the exponent. */
static const char *coefficient_text(struct number n, char *end, int *exponent)
{
    u128_t c = number_coefficient(n);
    *exponent = number_exponent(n);
    for (; c % 10 == 0; c /= 10)
        (*exponent)++;
    for (; c != 0; c /= 10)
        *--end = (char)('0' + (int)(c % 10));
    return end;
}

void number_write(struct buf *b, struct number n)
{
    char text[40], *end = text + sizeof text;
    int exponent;
    if (number_sign(n) == 0) {
        buf_char(b, '0');
        return;
    }
    const char *digits = coefficient_text(n, end, &exponent);
    int count = (int)(end - digits);
    int point = count + exponent; /* digits before the point */
    if (number_negative(n))
        buf_char(b, '-');
    if (point > PLAIN_MAX || point < -PLAIN_MAX) {
        buf_char(b, *digits);
        if (count > 1)
            buf_char(b, '.');
        buf_add(b, digits + 1, (size_t)(count - 1));
        buf_fmt(b, "E%+d", point - 1);
    } else if (exponent >= 0) {
        buf_add(b, digits, (size_t)count);
        put_zeros(b, exponent);
    } else if (point > 0) {
        buf_add(b, digits, (size_t)point);
        buf_char(b, '.');
        buf_add(b, digits + point, (size_t)(count - point));
    } else {
        buf_add(b, "0.", 2);
        put_zeros(b, -point);
        buf_add(b, digits, (size_t)count);
    }
}
