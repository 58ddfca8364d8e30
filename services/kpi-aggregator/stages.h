/* stages: the two stages of the service and what their handlers share.
 * Everything lives in the batch's arena. */
#ifndef MOSAIC_KPI_STAGES_H
#define MOSAIC_KPI_STAGES_H

#include "common/io/stage.h"

extern const struct stage KPI_CONTRIBUTE;
extern const struct stage KPI_AGGREGATE;

#define KPI_CONTRIBUTION_PARTS_MAX 1000

/* A batch by input partition. A sum over a partition's messages goes out under the last of them. */
struct input_group {
    const struct topic *topic;
    int32_t partition;
    size_t last; /* index in the batch */
};

struct input_groups {
    struct input_group *items;
    uint32_t count;
};

void input_groups_init(struct input_groups *groups, struct batch *b);
uint32_t input_group(struct input_groups *groups, const struct batch *b, size_t message);

#endif
