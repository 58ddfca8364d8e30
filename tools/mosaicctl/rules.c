/* rules: decision models are checked as intake will check them, and published as rule sets. A folder of rules has a
 * rule-sets.json that says of each model which measure it is for and when it holds; nothing is published unless all of
 * them are sound. A version is known by its name, so publishing again does no harm. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "common/core/date.h"
#include "common/core/json.h"
#include "common/rules/rule_set.h"
#include "tools/mosaicctl/broker.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/files.h"

#define RULE_SETS_MAX 1000

static void show_findings(const char *path, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        (void)fprintf(stderr, "%s", path);
        if (f->line > 0)
            (void)fprintf(stderr, ":%u", f->line);
        (void)fprintf(stderr, ": %s: %.*s: %.*s\n",
                      f->severity == FINDING_ERROR ? "error" : "warning", STR_ARG(f->place),
                      STR_ARG(f->sentence));
    }
    if (findings->errors + findings->warnings > findings->count)
        (void)fprintf(stderr, "%s: and %zu more\n", path,
                      findings->errors + findings->warnings - findings->count);
}

/* Reads a model and says what is wrong with it. *ret_xml is in the arena. */
static bool check_model(struct arena *a, const char *path, struct str *ret_xml, bool *ret_sound,
                        struct err *err)
{
    struct buf text = {0};
    struct rule_set set;
    struct findings findings;
    if (!file_read(path, &text, err)) {
        buf_done(&text);
        return false;
    }
    *ret_xml = arena_dup(a, buf_view(&text));
    buf_done(&text);
    *ret_sound = rule_set_load(a, *ret_xml, &set, &findings);
    show_findings(path, &findings);
    return true;
}

/* ptr NULL: it is not there, or no text. */
static struct str field_text(const cJSON *entry, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(entry, name);
    return cJSON_IsString(item) ? json_text(item) : STR_NONE;
}

static bool day_of_field(const cJSON *entry, const char *name, bool *ret_has, int32_t *ret)
{
    struct str text = field_text(entry, name);
    *ret_has = text.ptr != NULL;
    return text.ptr == NULL || date_parse(text, ret);
}

/* One entry of rule-sets.json, without its model. */
static bool read_entry(const cJSON *entry, struct ev_rule_set_published *ret, struct str *ret_file,
                       struct err *err)
{
    bool has_from = false, has_known = false;
    *ret = (struct ev_rule_set_published){.version = field_text(entry, "version"),
                                          .basis = field_text(entry, "basis")};
    *ret_file = field_text(entry, "file");
    struct str measure = field_text(entry, "measure");
    bool ok = ret->version.ptr != NULL && ret_file->ptr != NULL && measure.ptr != NULL &&
              ev_measure_parse(measure, &ret->measure) &&
              day_of_field(entry, "valid_from", &has_from, &ret->valid_from) &&
              day_of_field(entry, "known_on", &has_known, &ret->known_on) &&
              day_of_field(entry, "valid_until", &ret->has_valid_until, &ret->valid_until);
    return (ok && has_from && has_known) ||
           err_set(err, ERR_REJECT,
                   "rule-sets.json: an entry needs measure, version, valid_from, known_on and "
                   "file, and may have valid_until and basis (version %.*s)",
                   STR_ARG(ret->version.ptr != NULL ? ret->version : STR("missing")));
}

struct rule_files {
    struct arena arena;
    struct ev_rule_set_published *sets;
    size_t count, unsound;
};

static bool read_set(struct rule_files *files, const char *folder, const cJSON *entry,
                     struct err *err)
{
    struct str file;
    bool sound;
    struct ev_rule_set_published *set = &files->sets[files->count];
    if (!read_entry(entry, set, &file, err))
        return false;
    struct str path = arena_fmt(&files->arena, "%s/%.*s", folder, STR_ARG(file));
    if (!check_model(&files->arena, path.ptr, &set->model, &sound, err))
        return false;
    files->unsound += !sound;
    files->count++;
    return true;
}

static bool read_sets(struct rule_files *files, const char *folder, struct err *err)
{
    struct buf text = {0};
    struct faults faults;
    struct str path = arena_fmt(&files->arena, "%s/rule-sets.json", folder);
    bool ok = file_read(path.ptr, &text, err);
    struct str json = ok ? arena_dup(&files->arena, buf_view(&text)) : STR_NONE;
    buf_done(&text);
    if (!ok)
        return false;
    faults_init(&faults, &files->arena);
    /* The strict reader takes objects only. */
    struct str wrapped = arena_fmt(&files->arena, "{\"sets\":%.*s}", STR_ARG(json));
    const cJSON *root = json_parse(&files->arena, wrapped, &faults), *entry;
    const cJSON *sets = root == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(root, "sets");
    if (!cJSON_IsArray(sets) || cJSON_GetArraySize(sets) > RULE_SETS_MAX)
        return err_set(err, ERR_REJECT, "%s is no JSON list of at most %d rule sets", path.ptr,
                       RULE_SETS_MAX);
    files->sets = arena_array(&files->arena, (size_t)cJSON_GetArraySize(sets), sizeof *files->sets);
    cJSON_ArrayForEach(entry, sets)
    {
        if (!read_set(files, folder, entry, err))
            return false;
    }
    return true;
}

static bool send_sets(struct rule_files *files, struct err *err)
{
    struct sender sender = {.sent = 0};
    bool ok = sender_open(&sender, err);
    for (size_t i = 0; ok && i < files->count; i++) {
        union ev_any any = {.rule_set_published = files->sets[i]};
        struct buf data = {.arena = &files->arena};
        ev_rule_set_published_write(&data, &files->sets[i]);
        struct outgoing event = {.source = STR("urn:mosaic:rules"),
                                 .id = files->sets[i].version,
                                 .type = EV_RULE_SET_PUBLISHED,
                                 .key = upstream_key(&files->arena, EV_RULE_SET_PUBLISHED, &any),
                                 .data = buf_view(&data)};
        ok = sender_send_event(&sender, &event, err);
    }
    ok = ok && sender_finish(&sender, err);
    sender_done(&sender);
    return ok;
}

static bool publish_folder(const char *folder, struct err *err)
{
    struct rule_files files = {.count = 0};
    bool ok = read_sets(&files, folder, err);
    if (ok && files.unsound > 0)
        ok = err_set(err, ERR_REJECT, "%zu of %zu rule sets are unsound; nothing was published",
                     files.unsound, files.count);
    ok = ok && send_sets(&files, err);
    if (ok)
        (void)fprintf(stderr, "%zu rule sets published\n", files.count);
    arena_done(&files.arena);
    return ok;
}

static bool check_files(int count, char **paths, struct err *err)
{
    int unsound = 0;
    bool ok = true;
    for (int i = 0; ok && i < count; i++) {
        struct arena arena = {0};
        struct str xml;
        bool sound;
        ok = check_model(&arena, paths[i], &xml, &sound, err);
        if (ok)
            (void)printf("%s: %s\n", paths[i], sound ? "sound" : "unsound");
        unsound += ok && !sound;
        arena_done(&arena);
    }
    return ok && (unsound == 0 ||
                  err_set(err, ERR_REJECT, "%d of %d models are unsound", unsound, count));
}

int ctl_rules(int argc, char **argv)
{
    static const struct ctl_option none[] = {{.name = NULL}};
    const struct ctl_usage usage = {
        "rules check FILE... | publish FOLDER",
        "check: says what intake would say of a decision model (DMN) as rules of a measure.\n"
        "publish: publishes the rule sets of a folder, as its rule-sets.json lists them, if all of "
        "them are\nsound. Publishing again does no harm: a version is published once.",
        none,
        2,
        1000,
    };
    int code;
    struct err err = {0};
    if (!ctl_begin(&usage, &argc, argv, &code))
        return code;
    bool ok;
    if (strcmp(argv[1], "check") == 0) {
        ok = check_files(argc - 2, argv + 2, &err);
    } else if (strcmp(argv[1], "publish") == 0 && argc == 3) {
        ok = publish_folder(argv[2], &err);
    } else {
        (void)fprintf(stderr, "mosaicctl rules: check FILE... or publish FOLDER\n");
        return CTL_MISUSED;
    }
    return ok ? CTL_DONE : ctl_fail(&err);
}
