/* store_rules: the published rule sets, in the database and compiled in memory. A compiled rule set never changes, so all
 * threads of the process share it; they are kept as long as it lives.
 *
 * Who judges holds a shared lock on the rules from before it reads them until it commits; who adds a rule set holds it
 * alone. So every application is judged by the new rules, or is there to be judged again when they come. */
#ifndef MOSAIC_ELIG_STORE_RULES_H
#define MOSAIC_ELIG_STORE_RULES_H

#include "common/io/pg.h"
#include "common/io/stage.h"
#include "services/eligibility/core/rules.h"

/* A rule set whose time has applications that are to be judged again. */
struct rules_sweep {
    size_t input; /* what makes it go on */
    struct str version;
    enum ev_measure measure;
    int32_t from, until;
    int32_t after_day; /* how far it is */
    struct str after;
    bool all; /* nothing is left after this batch */
};

/* One batch's use of the rules. */
struct rules_use {
    struct arena *arena;
    struct arena scratch; /* store_rules_done() frees it */
    struct elig_rules rules;
    const struct elig_rule_set **sets;
    size_t cap;
    const struct pg_call *news;
    struct rules_sweep
        *sweeps; /* new rule sets, and on a business day what earlier ones left over */
    size_t sweep_count, sweep_cap;
};

/* Queues the lock and what is new in the table, before anything else of the transaction. */
void store_rules_queue(struct pg *pg, struct rules_use *use, struct arena *a, bool adds);
/* After the flush: compiles what is new. */
MUST_CHECK bool store_rules_take(struct rules_use *use, struct err *err);

/* Compiles a rule set that came in. NULL with *ret_why: it can never be taken in; NULL without: it was there before. */
const struct elig_rule_set *store_rules_add(struct rules_use *use, size_t input,
                                            const struct ev_rule_set_published *event,
                                            struct str data, const char **ret_why);
/* Queues it. */
void store_rules_save(struct pg *pg, const struct rules_use *use,
                      const struct ev_rule_set_published *event, const struct elig_rule_set *set,
                      const struct message *from);

/* Adds the sweeps that are not finished; `input` is the business day. */
MUST_CHECK bool store_rules_unfinished(struct pg *pg, struct rules_use *use, size_t input,
                                       struct err *err);
/* Which applications they are about, at most some thousands each: calls for each of them. */
typedef void (*rules_found_fn)(void *context, struct str application, struct str organisation,
                               bool is_membership);
MUST_CHECK bool store_rules_sweep(struct pg *pg, struct rules_use *use, rules_found_fn fn,
                                  void *context, struct err *err);
/* Queues how far the sweeps are. */
void store_rules_swept(struct pg *pg, const struct rules_use *use);

void store_rules_done(struct rules_use *use);

#endif
