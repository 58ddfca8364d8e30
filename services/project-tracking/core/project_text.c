/* The names of a project's states, changes and results, in the database and for people. */
#include <assert.h>

#include "services/project-tracking/core/project.h"

#define NAME(id, name) [id] = {name, sizeof(name) - 1},
#define CODE(id, code, sentence) [id] = {code, sizeof(code) - 1},
#define SENTENCE(id, code, sentence) [id] = {sentence, sizeof(sentence) - 1},
static const struct str STATES[] = {TRACK_STATES(NAME)};
static const struct str KINDS[] = {TRACK_KINDS(NAME)};
static const struct str CODES[] = {TRACK_RESULTS(CODE)};
static const struct str SENTENCES[] = {TRACK_RESULTS(SENTENCE)};

struct str track_state_text(enum track_state state)
{
    assert(state < TRACK_STATE_COUNT);
    return STATES[state];
}

bool track_state_parse(struct str text, enum track_state *ret)
{
    for (size_t i = 0; i < COUNT(STATES); i++) {
        if (!str_eq(text, STATES[i]))
            continue;
        *ret = (enum track_state)i;
        return true;
    }
    return false;
}

struct str track_kind_text(enum track_kind kind)
{
    assert(kind < TRACK_KIND_COUNT);
    return KINDS[kind];
}

struct str track_result_code(enum track_result result)
{
    assert(result < TRACK_RESULT_COUNT);
    return CODES[result];
}

struct str track_result_text(enum track_result result)
{
    assert(result < TRACK_RESULT_COUNT);
    return SENTENCES[result];
}

bool track_is_refusal(enum track_result result)
{
    return result != TRACK_DONE && result != TRACK_NOTHING && result != TRACK_WAITS;
}
