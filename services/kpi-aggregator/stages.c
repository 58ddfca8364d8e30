/* What both handlers need of a batch. */
#include "services/kpi-aggregator/stages.h"

void input_groups_init(struct input_groups *groups, struct batch *b)
{
    groups->items = arena_array(b->arena, b->count, sizeof *groups->items);
    groups->count = 0;
}

uint32_t input_group(struct input_groups *groups, const struct batch *b, size_t message)
{
    const struct message *m = &b->messages[message];
    uint32_t i = 0;

    while (i < groups->count &&
           (groups->items[i].topic != m->topic || groups->items[i].partition != m->partition))
        i++;
    if (i == groups->count)
        groups->items[groups->count++] = (struct input_group){m->topic, m->partition, message};
    groups->items[i].last = message;
    return i;
}
