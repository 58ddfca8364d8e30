/* project-tracking: follows projects from approval to closing. See README.md. */
#include "common/io/service.h"
#include "services/project-tracking/follow.h"

extern const struct migration project_tracking_migrations[]; /* from migrations/ */

int main(int argc, char **argv)
{
    return service_run(argc, argv,
                       &(struct service){
                           .name = "project-tracking",
                           .schema = "project_tracking",
                           .about = "follows projects from approval to closing",
                           .stages = (const struct stage *const[]){&FOLLOW_STAGE, NULL},
                           .migrations = project_tracking_migrations,
                       });
}
