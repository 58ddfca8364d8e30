/* store_rules: one list of compiled rule sets for the process, filled from the table. */
#include "services/eligibility/store_rules.h"

#include <pthread.h>

#include "common/core/hash.h"
#include "common/rules/rule_set.h"
#include "services/eligibility/rows.h"
#include "services/eligibility/store_rules_private.h"

#define RULES_LOCK INT64_C(0x6d6f73616963) /* any number that nothing else in the database locks */

static const struct pg_stmt LOCK_SHARED = {"rules_lock_shared",
                                           "select pg_advisory_xact_lock_shared($1)"};
static const struct pg_stmt LOCK_ALONE = {"rules_lock_alone", "select pg_advisory_xact_lock($1)"};

static const struct pg_stmt NEWS = {
    "rules_news", "select id, version, measure, valid_from, valid_until, known_on, digest, model "
                  "from rule_set where id > $1 order by id"};

static const struct pg_stmt SAVE = {
    "rules_save",
    "insert into rule_set (version, measure, valid_from, valid_until, known_on, basis, model, "
    "digest, judged_through_day, judged_through_application, judged_all, input_topic, "
    "input_partition, input_offset) select * from unnest($1::text[], $2::text[], $3::date[], "
    "$4::date[], $5::date[], $6::text[], $7::text[], $8::int8[], $9::date[], $10::text[], "
    "$11::bool[], $12::text[], $13::int[], $14::int8[])"};

/* The rule sets compiled so far, of all committed rows up to `last`. Only added to. */
static struct {
    pthread_mutex_t lock;
    struct arena arena;
    int64_t last;
    const struct elig_rule_set **sets;
    size_t count, cap;
} known = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct elig_rule_set **list_add(struct arena *a, const struct elig_rule_set **list,
                                             size_t *count, size_t *cap,
                                             const struct elig_rule_set *set)
{
    list = arena_more(a, list, *count, cap, sizeof(struct elig_rule_set *));
    list[(*count)++] = set;
    return list;
}

void store_rules_queue(struct pg *pg, struct rules_use *use, struct arena *a, bool adds)
{
    struct pg_params params;
    *use = (struct rules_use){.arena = a};
    pg_params_init(&params, a);
    pg_bind_i64(&params, RULES_LOCK);
    (void)pg_call(pg, adds ? &LOCK_ALONE : &LOCK_SHARED, &params);
    (void)pthread_mutex_lock(&known.lock);
    int64_t last = known.last;
    (void)pthread_mutex_unlock(&known.lock);
    pg_params_init(&params, a);
    pg_bind_i64(&params, last);
    use->news = pg_call(pg, &NEWS, &params);
}

static bool load_model(struct arena *a, struct str xml, struct elig_rule_set *set,
                       struct findings *findings)
{
    struct rule_set *rules = arena_alloc(a, sizeof *rules);
    set->rules = rules;
    return rule_set_load(a, xml, rules, findings);
}

/* All errors in one text; warnings refuse nothing. */
static struct str reasons(struct arena *a, const struct findings *findings)
{
    struct buf text = {.arena = a};
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        if (f->severity == FINDING_ERROR)
            buf_fmt(&text, "%s%.*s: %.*s", text.len > 0 ? "; " : "", STR_ARG(f->place),
                    STR_ARG(f->sentence));
    }
    return buf_view(&text);
}

static bool compile(struct arena *a, const struct pg_call *c, int row, struct err *err)
{
    struct findings findings;
    struct elig_rule_set *set = arena_alloc(a, sizeof *set);
    set->version = rows_copy(a, c, row, 1);
    set->valid_from = pg_date(c, row, 3);
    set->has_valid_until = !pg_null(c, row, 4);
    set->valid_until = set->has_valid_until ? pg_date(c, row, 4) : 0;
    set->known_on = pg_date(c, row, 5);
    set->digest = pg_i64(c, row, 6);
    if (!ev_measure_parse(pg_text(c, row, 2), &set->measure))
        return err_set(err, ERR_FATAL, "the stored rules %.*s are of an unknown measure",
                       STR_ARG(set->version));
    if (!load_model(a, rows_copy(a, c, row, 7), set, &findings))
        return err_set(err, ERR_FATAL, "the stored rules %.*s cannot be read any more: %.*s",
                       STR_ARG(set->version), STR_ARG(reasons(a, &findings)));
    known.sets = list_add(a, known.sets, &known.count, &known.cap, set);
    known.last = pg_i64(c, row, 0);
    return true;
}

static bool compile_news(const struct pg_call *c, struct err *err)
{
    for (int row = 0; row < pg_rows(c); row++)
        if (pg_i64(c, row, 0) > known.last && !compile(&known.arena, c, row, err))
            return false;
    return true;
}

bool store_rules_take(struct rules_use *use, struct err *err)
{
    (void)pthread_mutex_lock(&known.lock);
    bool ok = compile_news(use->news, err);
    for (size_t i = 0; ok && i < known.count; i++)
        use->sets = list_add(use->arena, use->sets, &use->rules.count, &use->cap, known.sets[i]);
    (void)pthread_mutex_unlock(&known.lock);
    use->rules.sets = use->sets;
    use->rules.scratch = &use->scratch;
    return ok;
}

static const struct elig_rule_set *find_version(const struct rules_use *use, struct str version)
{
    for (size_t i = 0; i < use->rules.count; i++)
        if (str_eq(use->sets[i]->version, version))
            return use->sets[i];
    return NULL;
}

const struct elig_rule_set *store_rules_add(struct rules_use *use, size_t input,
                                            const struct ev_rule_set_published *event,
                                            struct str data, const char **ret_why)
{
    struct findings findings;
    struct elig_rule_set *set = arena_alloc(use->arena, sizeof *set);
    const struct elig_rule_set *before = find_version(use, event->version);
    *set = (struct elig_rule_set){.measure = event->measure,
                                  .version = event->version,
                                  .valid_from = event->valid_from,
                                  .known_on = event->known_on,
                                  .has_valid_until = event->has_valid_until,
                                  .valid_until = event->valid_until,
                                  .digest = (int64_t)hash_fingerprint(event->version, data)};
    *ret_why = NULL;
    if (before != NULL) {
        if (before->digest != set->digest)
            *ret_why = "rules of this version were published before with another content; a "
                       "version is never overwritten";
        return NULL;
    }
    if (!load_model(use->arena, event->model, set, &findings)) {
        *ret_why = arena_fmt(use->arena, "the model is refused: %.*s",
                             STR_ARG(reasons(use->arena, &findings)))
                       .ptr;
        return NULL;
    }
    use->sets = list_add(use->arena, use->sets, &use->rules.count, &use->cap, set);
    use->rules.sets = use->sets;
    rules_sweep_new(use, input, set);
    return set;
}

void store_rules_save(struct pg *pg, const struct rules_use *use,
                      const struct ev_rule_set_published *event, const struct elig_rule_set *set,
                      const struct message *from)
{
    struct rows row;
    rows_init(&row, use->arena, "ttdddttldtbtil");
    rows_text(&row, event->version);
    rows_text(&row, ev_measure_text(event->measure));
    rows_date(&row, event->valid_from);
    rows_date_if(&row, event->has_valid_until, event->valid_until);
    rows_date(&row, event->known_on);
    rows_text(&row, event->basis);
    rows_text(&row, event->model);
    rows_i64(&row, set->digest);
    rows_date(
        &row,
        set->valid_from); /* where its sweep begins; store_rules_swept() says how far it came */
    rows_text(&row, STR(""));
    rows_bool(&row, false);
    rows_place(&row, from);
    (void)rows_call(pg, &SAVE, &row);
}

void store_rules_done(struct rules_use *use)
{
    arena_done(&use->scratch);
}
