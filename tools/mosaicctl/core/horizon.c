/* horizon: reading the table. */
#include "tools/mosaicctl/core/horizon.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "common/core/csv.h"
#include "common/core/date.h"
#include "common/core/map.h"
#include "common/core/money.h"

#define PROJECT_MAX_BYTES 90 /* "horizon:" in front makes an application's name of at most 100 */

/* What a row is read from. The first name is that of the dashboard's export, the second that of the
 * CORDIS table where it differs. */
enum column {
    PROJECT,
    PIC,
    ROLE,
    PARTNER_TYPE,
    NAME,
    SHORT_NAME,
    KIND,
    COUNTRY,
    GRANT,
    COST,
    SIGNATURE,
    DEADLINE,
    START,
    END,
    TITLE,
    ACRONYM,
    COLUMN_COUNT,
};

static const struct {
    const char *name, *other;
    bool required;
} COLUMNS[COLUMN_COUNT] = {
    [PROJECT] = {"project_id", NULL, true},
    [PIC] = {"pic", NULL, true},
    [ROLE] = {"partner_role", NULL, true},
    [PARTNER_TYPE] = {"partner_type", NULL, false},
    [NAME] = {"legal_name", NULL, true},
    [SHORT_NAME] = {"legal_short_name", NULL, false},
    [KIND] = {"legal_entity_type", NULL, true},
    [COUNTRY] = {"country_code", NULL, false},
    [GRANT] = {"eu_contribution", NULL, true},
    [COST] = {"h2020_total_cost", NULL, false},
    [SIGNATURE] = {"signature_date", NULL, true},
    [DEADLINE] = {"call_deadline_date", NULL, true},
    [START] = {"project_start_date", "start_date", true},
    [END] = {"project_end_date", "end_date", true},
    [TITLE] = {"project_title", NULL, false},
    [ACRONYM] = {"project_acronym", NULL, true},
};

/* Which of the two would be read is nobody's guess. */
static bool is_there_twice(const struct csv *csv, size_t place)
{
    for (size_t i = place + 1; i < csv->columns; i++)
        if (str_eq(csv->fields[i], csv->fields[place]))
            return true;
    return false;
}

static bool find_columns(const struct csv *csv, size_t places[COLUMN_COUNT], struct err *err)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        places[i] = csv_find(csv, COLUMNS[i].name);
        if (places[i] == SIZE_MAX && COLUMNS[i].other != NULL)
            places[i] = csv_find(csv, COLUMNS[i].other);
        if (places[i] != SIZE_MAX && is_there_twice(csv, places[i]))
            return err_set(err, ERR_REJECT, "The column \"%.*s\" is in the header twice.",
                           STR_ARG(csv->fields[places[i]]));
        if (places[i] != SIZE_MAX || !COLUMNS[i].required)
            continue;
        if (COLUMNS[i].other != NULL)
            return err_set(err, ERR_REJECT,
                           "The column \"%s\" (or \"%s\") is missing in the header.",
                           COLUMNS[i].name, COLUMNS[i].other);
        return err_set(err, ERR_REJECT, "The column \"%s\" is missing in the header.",
                       COLUMNS[i].name);
    }
    return true;
}

/* The tables write nothing, a dash or NA where they know nothing. */
static bool is_given(struct str s)
{
    return s.len > 0 && !str_eq(s, STR("-")) && !str_eq(s, STR("NA"));
}

static struct str first_given(struct str a, struct str b, struct str c)
{
    if (is_given(a))
        return a;
    return is_given(b) ? b : c;
}

/* 12, -12 or 12.5, however long. */
static bool is_decimal(struct str s)
{
    struct str rest = str_starts(s, STR("-")) ? str_skip(s, 1) : s;
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < rest.len; i++) {
        digits += rest.ptr[i] >= '0' && rest.ptr[i] <= '9';
        points += rest.ptr[i] == '.' && i > 0 && i + 1 < rest.len;
    }
    return digits > 0 && points <= 1 && digits + points == rest.len;
}

static struct horizon_amount read_amount(struct str text)
{
    struct horizon_amount amount = {.text = text};
    if (!is_given(text))
        return amount;
    if (money_parse(text, &amount.minor))
        amount.reading = HORIZON_READ;
    else
        amount.reading = is_decimal(text) ? HORIZON_TOO_LARGE : HORIZON_UNREADABLE;
    return amount;
}

/* 2021-03-31 or 31/03/2021 */
static struct horizon_date read_date(struct str text)
{
    struct horizon_date date = {.text = text};
    if (!is_given(text))
        return date;
    char iso[DATE_TEXT_LEN];
    struct str s = text;
    if (s.len == sizeof iso && s.ptr[2] == '/' && s.ptr[5] == '/') {
        memcpy(iso, s.ptr + 6, 4);
        memcpy(iso + 5, s.ptr + 3, 2);
        memcpy(iso + 8, s.ptr, 2);
        iso[4] = iso[7] = '-';
        s = (struct str){iso, sizeof iso};
    }
    date.reading = date_parse(s, &date.day) ? HORIZON_READ : HORIZON_UNREADABLE;
    return date;
}

static bool same_word(struct str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

/* The dashboard calls everybody but coordinators a participant, and says more in the partner's type. */
static bool read_role(struct str role, struct str partner_type, enum ev_role *ret)
{
    static const struct {
        const char *word;
        enum ev_role role;
    } words[] = {
        {"coordinator", EV_ROLE_COORDINATOR},       {"participant", EV_ROLE_PARTICIPANT},
        {"thirdparty", EV_ROLE_THIRD_PARTY},        {"partner", EV_ROLE_PARTNER},
        {"international_partner", EV_ROLE_PARTNER},
    };
    bool found = false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (same_word(role, words[i].word)) {
            *ret = words[i].role;
            found = true;
        }
    for (size_t i = 2; found && *ret == EV_ROLE_PARTICIPANT && i < COUNT(words); i++)
        if (same_word(partner_type, words[i].word))
            *ret = words[i].role;
    return found;
}

static bool is_pic(struct str s)
{
    uint64_t number;
    return s.len == 9 && str_to_u64(s, &number);
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_name(struct str s)
{
    if (s.len == 0 || s.len > PROJECT_MAX_BYTES || !is_letter_or_digit(s.ptr[0]))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!is_letter_or_digit(s.ptr[i]) && memchr("._:-", s.ptr[i], 4) == NULL)
            return false;
    return true;
}

static bool amount_is_sound(const struct horizon_amount *amount)
{
    return amount->reading == HORIZON_ABSENT ||
           (amount->reading == HORIZON_READ && amount->minor >= 0);
}

static bool row_is_sound(const struct horizon_row *r)
{
    return r->has_role && is_pic(r->pic) && is_name(r->project) && amount_is_sound(&r->grant) &&
           amount_is_sound(&r->cost) && r->deadline.reading != HORIZON_UNREADABLE &&
           r->signature.reading != HORIZON_UNREADABLE && r->start.reading != HORIZON_UNREADABLE &&
           r->end.reading != HORIZON_UNREADABLE;
}

static void read_row(const struct csv *csv, const size_t places[COLUMN_COUNT],
                     struct horizon_row *ret)
{
    struct str at[COLUMN_COUNT];
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        at[i] = places[i] == SIZE_MAX ? STR("") : csv->fields[places[i]];
    *ret = (struct horizon_row){
        .line = csv->row_line,
        .project = at[PROJECT],
        .pic = at[PIC],
        .name = first_given(at[NAME], at[SHORT_NAME], at[PIC]),
        .country = at[COUNTRY],
        .kind = at[KIND],
        .title = first_given(at[TITLE], at[ACRONYM], at[PROJECT]),
        .role_text = at[ROLE],
        .grant = read_amount(at[GRANT]),
        .cost = read_amount(at[COST]),
        .deadline = read_date(at[DEADLINE]),
        .signature = read_date(at[SIGNATURE]),
        .start = read_date(at[START]),
        .end = read_date(at[END]),
        .next_of_project = SIZE_MAX,
    };
    ret->has_role = read_role(at[ROLE], at[PARTNER_TYPE], &ret->role);
    ret->is_sound = row_is_sound(ret);
}

static void add_row(struct arena *a, struct horizon *h, size_t *cap, const struct horizon_row *row)
{
    h->rows = arena_more(a, h->rows, h->row_count, cap, sizeof *h->rows);
    h->rows[h->row_count++] = *row;
}

static bool read_rows(struct arena *a, struct csv *csv, struct horizon *h, struct err *err)
{
    size_t places[COLUMN_COUNT] = {0}, cap = 0;
    if (!find_columns(csv, places, err))
        return false;
    enum csv_step step;
    while ((step = csv_next(csv, err)) == CSV_ROW) {
        struct horizon_row row;
        read_row(csv, places, &row);
        add_row(a, h, &cap, &row);
    }
    return step == CSV_END;
}

static void link_projects(struct arena *a, struct horizon *h)
{
    struct map by_id;
    map_init(&by_id, a, h->row_count);
    h->projects = arena_array(a, h->row_count, sizeof *h->projects);
    for (size_t i = 0; i < h->row_count; i++) {
        bool is_new;
        size_t at = map_put(&by_id, h->rows[i].project, h->project_count, &is_new);
        struct horizon_project *p = &h->projects[at];
        if (is_new) {
            *p = (struct horizon_project){.id = h->rows[i].project,
                                          .first_row = i,
                                          .coordinator = SIZE_MAX};
            h->project_count++;
        } else {
            h->rows[p->last_row].next_of_project = i;
        }
        p->last_row = i;
        p->row_count++;
    }
}

static void take_date(struct horizon_date *to, const struct horizon_date *from)
{
    if (to->reading != HORIZON_READ)
        *to = *from;
}

struct dates {
    struct horizon_date deadline, signature, start, end;
};

static void take_dates(const struct horizon *h, const struct horizon_project *p, bool sound,
                       struct dates *to)
{
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project) {
        const struct horizon_row *r = &h->rows[i];
        if (r->is_sound != sound)
            continue;
        take_date(&to->deadline, &r->deadline);
        take_date(&to->signature, &r->signature);
        take_date(&to->start, &r->start);
        take_date(&to->end, &r->end);
    }
}

/* Rows of one project may know different dates of it; the first that knows one decides, and
 * well-formed rows go before others. */
static void find_dates(const struct horizon *h, struct horizon_project *p)
{
    struct dates d = {{0}, {0}, {0}, {0}};
    take_dates(h, p, true, &d);
    take_dates(h, p, false, &d);
    p->has_dates = d.start.reading == HORIZON_READ && d.end.reading == HORIZON_READ;
    p->start_on = d.start.day;
    p->end_on = d.end.day;
    p->submitted_on = d.deadline.reading == HORIZON_READ    ? d.deadline.day
                      : d.signature.reading == HORIZON_READ ? d.signature.day
                                                            : d.start.day;
}

static void find_coordinator(const struct horizon *h, struct horizon_project *p)
{
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project) {
        const struct horizon_row *r = &h->rows[i];
        bool is_better =
            p->coordinator == SIZE_MAX || (r->is_sound && !h->rows[p->coordinator].is_sound);
        if (r->has_role && r->role == EV_ROLE_COORDINATOR && is_better)
            p->coordinator = i;
    }
}

bool horizon_read(struct arena *a, struct str text, struct horizon *ret, struct err *err)
{
    struct csv csv;
    struct horizon h = {0};
    if (!csv_open(&csv, a, text, err) || !read_rows(a, &csv, &h, err))
        return false;
    link_projects(a, &h);
    for (size_t i = 0; i < h.project_count; i++) {
        struct horizon_project *p = &h.projects[i];
        find_dates(&h, p);
        for (size_t row = p->first_row; row != SIZE_MAX && !p->has_dates;
             row = h.rows[row].next_of_project)
            h.rows[row].is_sound = false;
        find_coordinator(&h, p);
    }
    *ret = h;
    return true;
}

bool horizon_travels_alone(const struct horizon *h, const struct horizon_project *p, size_t row)
{
    return !h->rows[row].is_sound && row != p->coordinator;
}
