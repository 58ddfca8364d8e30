/* horizon_events: the table as events. What is well-formed goes through the generated writers; the rest
 * is written by hand, since it has to carry what no writer would let through. */
#include "tools/mosaicctl/core/horizon.h"

#include "common/core/date.h"
#include "common/core/hash.h"
#include "common/core/map.h"
#include "common/core/money.h"

#define TEXT_MAX_CHARS 500

struct work {
    const struct horizon *h;
    outgoing_fn emit;
    void *context;
    struct arena kept;  /* of the whole run */
    struct arena event; /* of one event */
};

static bool send(struct work *w, enum ev_type type, struct str id, struct str key,
                 const struct buf *data, struct err *err)
{
    const struct outgoing event = {STR(HORIZON_SOURCE), id, type, key, buf_view(data)};
    bool sent = w->emit(w->context, &event, err);
    arena_reset(&w->event);
    return sent;
}

static struct str cut(struct str s)
{
    size_t chars = 0;
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] & 0xc0) != 0x80 && chars++ == TEXT_MAX_CHARS)
            return (struct str){s.ptr, i};
    return s;
}

static enum ev_category category_of(struct str kind)
{
    if (str_eq(kind, STR("PRC")))
        return EV_CATEGORY_COMPANY;
    if (str_eq(kind, STR("REC")))
        return EV_CATEGORY_RESEARCH;
    if (str_eq(kind, STR("HES")))
        return EV_CATEGORY_EDUCATION;
    return str_eq(kind, STR("PUB")) ? EV_CATEGORY_PUBLIC : EV_CATEGORY_OTHER;
}

/* NA means not given here, though it is also Namibia's code. */
static struct str country_of(struct str code)
{
    bool letters = code.len == 2 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z' &&
                   code.ptr[1] >= 'A' && code.ptr[1] <= 'Z';
    return letters && !str_eq(code, STR("NA")) ? code : STR_NONE;
}

struct member {
    const struct horizon_row *row; /* the first well-formed one decides name and category */
    int32_t since;
};

static bool send_member(struct work *w, const struct member *m, struct err *err)
{
    struct str organisation = arena_fmt(&w->event, "pic:%.*s", STR_ARG(m->row->pic));
    struct buf data = {.arena = &w->event};
    const struct ev_organisation_described facts = {
        .organisation = organisation,
        .name = cut(m->row->name),
        .category = category_of(m->row->kind),
        .country = country_of(m->row->country),
        .known_on = m->since,
    };
    ev_organisation_described_write(&data, &facts);
    if (!send(w, EV_ORGANISATION_DESCRIBED,
              arena_fmt(&w->event, "organisation:%.*s", STR_ARG(m->row->pic)), organisation, &data,
              err))
        return false;

    organisation = arena_fmt(&w->event, "pic:%.*s", STR_ARG(m->row->pic));
    const struct ev_application_submitted application = {
        .application = arena_fmt(&w->event, "membership:%.*s", STR_ARG(m->row->pic)),
        .organisation = organisation,
        .measure = EV_MEASURE_MEMBERSHIP,
        .submitted_on = m->since,
    };
    data = (struct buf){.arena = &w->event};
    ev_application_submitted_write(&data, &application);
    return send(w, EV_APPLICATION_SUBMITTED, application.application, organisation, &data, err);
}

static bool send_members(struct work *w, struct err *err)
{
    const struct horizon *h = w->h;
    struct member *members = arena_array(&w->kept, h->row_count, sizeof *members);
    struct map by_pic;
    size_t count = 0;
    map_init(&by_pic, &w->kept, h->row_count);
    for (size_t p = 0; p < h->project_count; p++) {
        int32_t day = h->projects[p].submitted_on;
        for (size_t i = h->projects[p].first_row; i != SIZE_MAX; i = h->rows[i].next_of_project) {
            if (!h->rows[i].is_sound)
                continue;
            bool is_new;
            struct member *m = &members[map_put(&by_pic, h->rows[i].pic, count, &is_new)];
            count += is_new;
            if (is_new || h->rows[i].line < m->row->line)
                m->row = &h->rows[i];
            m->since = is_new || day < m->since ? day : m->since;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (!send_member(w, &members[i], err))
            return false;
    return true;
}

static void add_to(int64_t *sum, int64_t amount)
{
    if (!money_add(*sum, amount, sum))
        *sum = MONEY_MAX; /* no project is as dear as that */
}

static struct ev_plan plan_of(struct work *w, const struct horizon_project *p, int64_t *ret_grant,
                              bool *ret_has_grant)
{
    const struct horizon *h = w->h;
    struct ev_plan plan = {
        .project = p->id,
        .title = cut(h->rows[p->coordinator].title),
        .start_on = p->start_on,
        .end_on = p->end_on,
        .partners = arena_array(&w->event, p->row_count, sizeof *plan.partners),
    };
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project) {
        const struct horizon_row *r = &h->rows[i];
        if (!r->is_sound)
            continue;
        plan.partners[plan.partners_count++] = (struct ev_partner){
            .organisation = arena_fmt(&w->event, "pic:%.*s", STR_ARG(r->pic)),
            .role = r->role,
            .has_grant = r->grant.reading == HORIZON_READ,
            .grant = r->grant.minor,
            .has_cost = r->cost.reading == HORIZON_READ,
            .cost = r->cost.minor,
        };
        plan.has_cost |= r->cost.reading == HORIZON_READ;
        *ret_has_grant |= r->grant.reading == HORIZON_READ;
        add_to(&plan.cost, r->cost.minor);
        add_to(ret_grant, r->grant.minor);
    }
    return plan;
}

static bool send_project(struct work *w, const struct horizon_project *p, struct err *err)
{
    struct ev_application_submitted application = {
        .application = arena_fmt(&w->event, "horizon:%.*s", STR_ARG(p->id)),
        .organisation = arena_fmt(&w->event, "pic:%.*s", STR_ARG(w->h->rows[p->coordinator].pic)),
        .measure = EV_MEASURE_HORIZON_PROJECT,
        .submitted_on = p->submitted_on,
        .has_plan = true,
    };
    application.plan = plan_of(w, p, &application.amount, &application.has_amount);
    if (application.has_amount || application.plan.has_cost)
        application.currency = STR(HORIZON_CURRENCY);
    struct buf data = {.arena = &w->event};
    ev_application_submitted_write(&data, &application);
    return send(w, EV_APPLICATION_SUBMITTED, application.application, application.organisation,
                &data, err);
}

/* A decimal of any length in minor units, halves away from zero as money_parse() has them. */
static void write_minor_units(struct buf *b, struct arena *a, struct str decimal)
{
    struct str s = str_starts(decimal, STR("-")) ? str_skip(decimal, 1) : decimal;
    char *digits = arena_alloc(a, s.len + 3);
    size_t len = 1, whole = 0, first = 0;
    while (whole < s.len && s.ptr[whole] != '.')
        whole++;
    digits[0] = '0'; /* for what is carried */
    for (size_t i = 0; i < whole; i++)
        digits[len++] = s.ptr[i];
    for (size_t i = whole + 1; i < whole + 3; i++)
        digits[len++] = i < s.len ? s.ptr[i] : '0';
    size_t at = len;
    if (whole + 3 < s.len && s.ptr[whole + 3] >= '5') {
        while (digits[--at] == '9')
            digits[at] = '0';
        digits[at]++;
    }
    while (first + 1 < len && digits[first] == '0')
        first++;
    buf_str(b, s.len < decimal.len ? STR("-") : STR(""));
    buf_str(b, (struct str){digits + first, len - first});
}

static void write_found_amount(struct buf *b, struct arena *a, const char *name,
                               const struct horizon_amount *amount)
{
    if (amount->reading == HORIZON_ABSENT)
        return;
    buf_fmt(b, ",\"%s\":", name);
    if (amount->reading == HORIZON_READ)
        buf_i64(b, amount->minor);
    else if (amount->reading == HORIZON_TOO_LARGE)
        write_minor_units(b, a, amount->text);
    else
        buf_json_str(b, amount->text);
}

static void write_found_organisation(struct buf *b, struct arena *a, struct str pic)
{
    buf_str(b, STR("\"organisation\":"));
    buf_json_str(b, arena_fmt(a, "pic:%.*s", STR_ARG(pic)));
}

static void write_found_partner(struct buf *b, struct arena *a, const struct horizon_row *r)
{
    buf_char(b, '{');
    write_found_organisation(b, a, r->pic);
    buf_str(b, STR(",\"role\":"));
    buf_json_str(b, r->has_role ? ev_role_text(r->role) : r->role_text);
    write_found_amount(b, a, "grant", &r->grant);
    write_found_amount(b, a, "cost", &r->cost);
    buf_char(b, '}');
}

static void write_date(struct buf *b, const char *name, int32_t day)
{
    buf_fmt(b, ",\"%s\":\"", name);
    date_write(b, day);
    buf_char(b, '"');
}

/* The date that does not exist, if there is one, so that it is what gets refused. */
static void write_found_date(struct buf *b, const char *name, const struct horizon_row *r,
                             const struct horizon_project *p)
{
    const struct horizon_date *dates[] = {&r->deadline, &r->signature, &r->start, &r->end};
    for (size_t i = 0; i < COUNT(dates); i++)
        if (dates[i]->reading == HORIZON_UNREADABLE) {
            buf_fmt(b, ",\"%s\":", name);
            buf_json_str(b, dates[i]->text);
            return;
        }
    if (p->has_dates)
        write_date(b, name, p->submitted_on);
}

/* Who applies where there is no coordinator: then intake says that it should be one. */
static size_t speaker_of(const struct horizon *h, const struct horizon_project *p)
{
    if (p->coordinator != SIZE_MAX)
        return p->coordinator;
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project)
        if (h->rows[i].is_sound)
            return i;
    return p->first_row;
}

/* A project nobody can apply for is applied for all the same, with what the table gives. */
static bool send_found_project(struct work *w, const struct horizon_project *p, struct err *err)
{
    const struct horizon *h = w->h;
    const struct horizon_row *speaker = &h->rows[speaker_of(h, p)];
    struct buf b = {.arena = &w->event};
    buf_str(&b, STR("{\"application\":"));
    buf_json_str(&b, arena_fmt(&w->event, "horizon:%.*s", STR_ARG(p->id)));
    buf_char(&b, ',');
    write_found_organisation(&b, &w->event, speaker->pic);
    buf_str(&b, STR(",\"measure\":"));
    buf_json_str(&b, ev_measure_text(EV_MEASURE_HORIZON_PROJECT));
    write_found_date(&b, "submitted_on", speaker, p);
    buf_str(&b, STR(",\"currency\":\"" HORIZON_CURRENCY "\",\"plan\":{\"project\":"));
    buf_json_str(&b, p->id);
    buf_str(&b, STR(",\"title\":"));
    buf_json_str(&b, cut(speaker->title));
    if (p->has_dates) {
        write_date(&b, "start_on", p->start_on);
        write_date(&b, "end_on", p->end_on);
    }
    buf_str(&b, STR(",\"partners\":["));
    const char *between = "";
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project) {
        if (horizon_travels_alone(h, p, i))
            continue;
        buf_fmt(&b, "%s", between);
        write_found_partner(&b, &w->event, &h->rows[i]);
        between = ",";
    }
    buf_str(&b, STR("]}}"));
    return send(w, EV_APPLICATION_SUBMITTED, arena_fmt(&w->event, "horizon:%.*s", STR_ARG(p->id)),
                arena_fmt(&w->event, "pic:%.*s", STR_ARG(speaker->pic)), &b, err);
}

static bool send_found_row(struct work *w, const struct horizon_project *p,
                           const struct horizon_row *r, struct err *err)
{
    struct buf b = {.arena = &w->event};
    buf_str(&b, STR("{\"project\":"));
    buf_json_str(&b, r->project);
    write_found_date(&b, "requested_on", r, p);
    buf_str(&b, STR(",\"partner\":"));
    write_found_partner(&b, &w->event, r);
    buf_char(&b, '}');
    uint64_t content = hash_str(buf_view(&b));
    struct str id =
        arena_fmt(&w->event, "row:%lld:%016llx", (long long)r->line, (unsigned long long)content);
    return send(w, EV_PROJECT_PARTNER_JOIN_REQUESTED, id, r->project, &b, err);
}

static bool send_projects(struct work *w, struct err *err)
{
    for (size_t i = 0; i < w->h->project_count; i++) {
        const struct horizon_project *p = &w->h->projects[i];
        bool can_apply = p->coordinator != SIZE_MAX && w->h->rows[p->coordinator].is_sound;
        if (!(can_apply ? send_project(w, p, err) : send_found_project(w, p, err)))
            return false;
    }
    return true;
}

static bool send_found_rows(struct work *w, struct err *err)
{
    for (size_t i = 0; i < w->h->project_count; i++) {
        const struct horizon_project *p = &w->h->projects[i];
        for (size_t row = p->first_row; row != SIZE_MAX; row = w->h->rows[row].next_of_project)
            if (horizon_travels_alone(w->h, p, row) && !send_found_row(w, p, &w->h->rows[row], err))
                return false;
    }
    return true;
}

bool horizon_events(const struct horizon *h, outgoing_fn emit, void *context, struct err *err)
{
    struct work w = {.h = h, .emit = emit, .context = context};
    bool sent = send_members(&w, err) && send_projects(&w, err) && send_found_rows(&w, err);
    arena_done(&w.kept);
    arena_done(&w.event);
    return sent;
}
