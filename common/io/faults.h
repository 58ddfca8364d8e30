/* faults: places where the kill tests end the process, and bugs they plant to show that they see them.
 * Only a build with -DMOSAIC_FAULTS has them. MOSAIC_CRASH_AT=<point>[@<stage>][:n] kills the process with
 * SIGKILL when it (or the stage named) passes the point for the n-th time; MOSAIC_PAUSE_AT stops it there
 * with SIGSTOP until somebody sends SIGCONT; MOSAIC_BUG names one planted bug. */
#ifndef MOSAIC_IO_FAULTS_H
#define MOSAIC_IO_FAULTS_H

#include <stdbool.h>

/* crash points: before_begin before_commit after_commit between_produce_and_ack during_republication before_ack_delete
 * planted bugs: skip_epoch delete_early ignore_sequence */
#ifdef MOSAIC_FAULTS
void faults_stage(const char *name); /* of the calling thread; it must outlive the thread */
void crash_point(const char *name);
bool planted_bug(const char *name);
#else
static inline void faults_stage(const char *name)
{
    (void)name;
}
static inline void crash_point(const char *name)
{
    (void)name;
}
static inline bool planted_bug(const char *name)
{
    (void)name;
    return false;
}
#endif

#endif
