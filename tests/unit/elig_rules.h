/* elig_rules: the rule sets that the project carries, compiled once for a test program, which runs in the
 * project's folder. */
#ifndef MOSAIC_TEST_ELIG_RULES_H
#define MOSAIC_TEST_ELIG_RULES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "common/core/date.h"
#include "common/core/json.h"
#include "common/rules/rule_set.h"
#include "services/eligibility/core/rules.h"

#define ELIG_RULES_FOLDER "services/eligibility/rules/"

static inline struct str elig_read_file(struct arena *a, const char *path)
{
    struct buf text = {.arena = a};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot read %s", path);
    for (size_t got = 1; got > 0; text.len += got)
        got = fread(buf_reserve(&text, 65536), 1, 65536, file);
    assert_int_equal(fclose(file), 0);
    return buf_view(&text);
}

static inline const struct rule_set *elig_compile(struct arena *a, struct str xml)
{
    struct rule_set *set = arena_alloc(a, sizeof *set);
    struct findings findings;
    if (!rule_set_load(a, xml, set, &findings))
        fail_msg("%.*s: %.*s", STR_ARG(findings.items[0].place),
                 STR_ARG(findings.items[0].sentence));
    return set;
}

static inline struct elig_rule_set *elig_shipped(struct arena *a, const cJSON *entry)
{
    struct elig_rule_set *set = arena_alloc(a, sizeof *set);
    struct str file = json_text(cJSON_GetObjectItemCaseSensitive(entry, "file"));
    set->version = json_text(cJSON_GetObjectItemCaseSensitive(entry, "version"));
    assert_true(ev_measure_parse(json_text(cJSON_GetObjectItemCaseSensitive(entry, "measure")),
                                 &set->measure));
    assert_true(date_parse(json_text(cJSON_GetObjectItemCaseSensitive(entry, "valid_from")),
                           &set->valid_from));
    assert_true(
        date_parse(json_text(cJSON_GetObjectItemCaseSensitive(entry, "known_on")), &set->known_on));
    struct str path = arena_fmt(a, ELIG_RULES_FOLDER "%.*s", STR_ARG(file));
    set->rules = elig_compile(a, elig_read_file(a, path.ptr));
    return set;
}

/* Lives as long as the program. */
static inline const struct elig_rules *elig_shipped_rules(void)
{
    static struct arena arena, scratch;
    static struct elig_rules rules;
    if (rules.count > 0)
        return &rules;
    struct faults faults;
    faults_init(&faults, &arena);
    struct str list = elig_read_file(&arena, ELIG_RULES_FOLDER "rule-sets.json");
    const cJSON *root =
        json_parse(&arena, arena_fmt(&arena, "{\"sets\":%.*s}", STR_ARG(list)), &faults);
    const cJSON *sets = cJSON_GetObjectItemCaseSensitive(root, "sets"), *entry;
    const struct elig_rule_set **all =
        arena_array(&arena, (size_t)cJSON_GetArraySize(sets), sizeof(struct elig_rule_set *));
    size_t count = 0;
    cJSON_ArrayForEach(entry, sets) all[count++] = elig_shipped(&arena, entry);
    rules = (struct elig_rules){all, count, &scratch};
    return &rules;
}

#endif
