/* store_rules_sweep: which applications new rules may decide otherwise, some thousands at a time. */
#include "common/core/date.h"
#include "services/eligibility/rows.h"
#include "services/eligibility/store_rules_private.h"

/* A new rule set, or a business day, judges at most so many again; the rest goes with the next business day. */
#define SWEEP_MAX 20000

static const struct pg_stmt UNFINISHED = {
    "rules_unfinished",
    "select version, measure, valid_from, valid_until, judged_through_day, "
    "judged_through_application from rule_set where not judged_all order by id"};

static const struct pg_stmt SWEEP = {
    "rules_sweep",
    "select application, organisation, measure, submitted_on from application "
    "where measure = $1 and submitted_on between $2 and $3 and state in ('waiting', 'decided') "
    "and (submitted_on, application) > ($4, $5) order by submitted_on, application limit $6"};

static const struct pg_stmt SWEPT = {
    "rules_swept", "update rule_set set judged_through_day = $2, judged_through_application = $3, "
                   "judged_all = $4 where version = $1"};

static struct rules_sweep *sweep_add(struct rules_use *use)
{
    use->sweeps =
        arena_more(use->arena, use->sweeps, use->sweep_count, &use->sweep_cap, sizeof *use->sweeps);
    return &use->sweeps[use->sweep_count++];
}

static int32_t forever(void)
{
    return date_from_ymd(DATE_MAX_YEAR, 12, 31);
}

void rules_sweep_new(struct rules_use *use, size_t input, const struct elig_rule_set *set)
{
    *sweep_add(use) =
        (struct rules_sweep){.input = input,
                             .version = set->version,
                             .measure = set->measure,
                             .from = set->valid_from,
                             .until = set->has_valid_until ? set->valid_until : forever(),
                             .after_day = set->valid_from,
                             .after = STR("")};
}

bool store_rules_unfinished(struct pg *pg, struct rules_use *use, size_t input, struct err *err)
{
    const struct pg_call *c = pg_call(pg, &UNFINISHED, NULL);
    if (!pg_flush(pg, err))
        return false;
    for (int row = 0; row < pg_rows(c); row++) {
        struct rules_sweep sweep = {.input = input,
                                    .version = rows_copy(use->arena, c, row, 0),
                                    .from = pg_date(c, row, 2),
                                    .until = pg_null(c, row, 3) ? forever() : pg_date(c, row, 3),
                                    .after_day = pg_date(c, row, 4),
                                    .after = rows_copy(use->arena, c, row, 5)};
        if (!ev_measure_parse(pg_text(c, row, 1), &sweep.measure))
            return err_set(err, ERR_FATAL, "the stored rules %.*s are of an unknown measure",
                           STR_ARG(sweep.version));
        *sweep_add(use) = sweep;
    }
    return true;
}

static const struct pg_call *sweep_call(struct pg *pg, struct rules_use *use,
                                        const struct rules_sweep *sweep)
{
    struct pg_params params;
    pg_params_init(&params, use->arena);
    pg_bind_text(&params, ev_measure_text(sweep->measure));
    pg_bind_date(&params, sweep->from);
    pg_bind_date(&params, sweep->until);
    pg_bind_date(&params, sweep->after_day);
    pg_bind_text(&params, sweep->after);
    pg_bind_i64(&params, SWEEP_MAX);
    return pg_call(pg, &SWEEP, &params);
}

bool store_rules_sweep(struct pg *pg, struct rules_use *use, rules_found_fn fn, void *context,
                       struct err *err)
{
    for (size_t i = 0; i < use->sweep_count; i++) {
        struct rules_sweep *sweep = &use->sweeps[i];
        const struct pg_call *c = sweep_call(pg, use, sweep);
        if (!pg_flush(pg, err))
            return false;
        for (int row = 0; row < pg_rows(c); row++)
            fn(context, rows_copy(use->arena, c, row, 0), rows_copy(use->arena, c, row, 1),
               str_eq(pg_text(c, row, 2), ev_measure_text(EV_MEASURE_MEMBERSHIP)));
        sweep->all = pg_rows(c) < SWEEP_MAX;
        if (pg_rows(c) > 0) {
            sweep->after_day = pg_date(c, pg_rows(c) - 1, 3);
            sweep->after = rows_copy(use->arena, c, pg_rows(c) - 1, 0);
        }
    }
    return true;
}

void store_rules_swept(struct pg *pg, const struct rules_use *use)
{
    for (size_t i = 0; i < use->sweep_count; i++) {
        const struct rules_sweep *sweep = &use->sweeps[i];
        struct pg_params params;
        pg_params_init(&params, use->arena);
        pg_bind_text(&params, sweep->version);
        pg_bind_date(&params, sweep->after_day);
        pg_bind_text(&params, sweep->after);
        pg_bind_bool(&params, sweep->all);
        (void)pg_call(pg, &SWEPT, &params);
    }
}
