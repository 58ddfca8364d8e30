/* kpi-aggregator counts: what became of organisations, applications, projects and refused events,
 * by category, month and year. README.md lists the KPIs. */
#include "common/io/service.h"
#include "services/kpi-aggregator/stages.h"

extern const struct migration kpi_aggregator_migrations[];

int main(int argc, char **argv)
{
    static const struct stage *const stages[] = {&KPI_CONTRIBUTE, &KPI_AGGREGATE, NULL};

    return service_run(argc, argv,
                       &(struct service){
                           .name = "kpi-aggregator",
                           .schema = "kpi_aggregator",
                           .about = "counts participants, projects, support and rejections",
                           .stages = stages,
                           .migrations = kpi_aggregator_migrations,
                       });
}
