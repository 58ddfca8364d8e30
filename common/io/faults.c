/* faults: empty unless built with -DMOSAIC_FAULTS. */
#include "common/io/faults.h"

#ifdef MOSAIC_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local const char *this_stage = "";

void faults_stage(const char *name)
{
    this_stage = name;
}

static bool starts_with(const char **text, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*text, word, len) != 0)
        return false;
    *text += len;
    return true;
}

/* `setting` is <point>[@<stage>][:n]. */
static bool is_point(const char *setting, const char *name, long *ret_passing)
{
    if (setting == NULL || !starts_with(&setting, name))
        return false;
    if (*setting == '@' && (++setting, !starts_with(&setting, this_stage)))
        return false;
    if (*setting != '\0' && *setting != ':')
        return false;
    *ret_passing = *setting == ':' ? strtol(setting + 1, NULL, 10) : 1;
    return true;
}

static bool due(const char *variable, const char *name, _Atomic long *passed)
{
    long passing;
    return is_point(getenv(variable), name, &passing) && atomic_fetch_add(passed, 1) + 1 == passing;
}

void crash_point(const char *name)
{
    static _Atomic long crash_passed, pause_passed; /* one point of each per process is enough */
    if (due("MOSAIC_PAUSE_AT", name, &pause_passed))
        (void)raise(SIGSTOP);
    if (due("MOSAIC_CRASH_AT", name, &crash_passed))
        (void)raise(SIGKILL);
}

bool planted_bug(const char *name)
{
    const char *setting = getenv("MOSAIC_BUG");
    return setting != NULL && strcmp(setting, name) == 0;
}

#else
typedef int faults_are_off; /* an empty file is no C */
#endif
