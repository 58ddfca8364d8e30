/* What both handlers need of a batch. */
#include "services/kpi-aggregator/stages.h"

#include "common/core/buf.h"

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

void dead_letter_faults(struct batch *b, size_t message, const struct faults *faults)
{
    struct buf text = {.arena = b->arena};

    for (size_t i = 0; i < faults->count && i < 5; i++)
        buf_fmt(&text, "%s%s at \"%.*s\": %.*s", i > 0 ? "; " : "", faults->items[i].code,
                STR_ARG(faults->items[i].pointer), STR_ARG(faults->items[i].message));
    if (faults->count > 5)
        buf_fmt(&text, "; and %zu more", faults->count - 5);
    batch_dead_letter(b, message, "%.*s", STR_ARG(buf_view(&text)));
}
