/* intake: the only door. Checks, numbers and registers what upstream systems send, each event once. */
#include "common/io/service.h"
#include "services/intake/register.h"

extern const struct migration intake_migrations[];

int main(int argc, char **argv)
{
    static const struct stage *const stages[] = {&INTAKE_REGISTER, NULL};
    return service_run(
        argc, argv,
        &(struct service){
            .name = "intake",
            .schema = "intake",
            .about = "Checks, numbers and registers what upstream systems send, each event once.",
            .stages = stages,
            .migrations = intake_migrations,
        });
}
