/* eligibility: decides who is eligible and who gets how much. See README.md. */
#include "common/io/service.h"
#include "services/eligibility/stages.h"

extern const struct migration eligibility_migrations[]; /* from migrations/ */

int main(int argc, char **argv)
{
    return service_run(argc, argv,
                       &(struct service){
                           .name = "eligibility",
                           .schema = "eligibility",
                           .about = "decides applications: the rules first, then the money",
                           .stages =
                               (const struct stage *const[]){&ASSESS_STAGE, &ALLOCATE_STAGE, NULL},
                           .migrations = eligibility_migrations,
                       });
}
