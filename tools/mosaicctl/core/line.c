/* line: read as CloudEvents' structured form. */
#include "tools/mosaicctl/core/line.h"

static const struct header STRUCTURED[] = {
    {{"content-type", 12}, {"application/cloudevents+json", 28}}};

bool line_read(struct arena *a, struct str line, struct line_event *ret, struct err *err)
{
    *ret = (struct line_event){.type = EV_UNKNOWN};
    faults_init(&ret->faults, a);
    if (!event_read(a, STRUCTURED, COUNT(STRUCTURED), line, &ret->event, &ret->faults))
        return err_set(err, ERR_REJECT, "%.*s",
                       STR_ARG(ret->faults.count > 0 ? ret->faults.items[0].message
                                                     : STR("it is no event")));
    ret->type = ev_type_of(ret->event.type);
    if (ret->type == EV_UNKNOWN || upstream_of(ret->type) == NULL)
        return err_set(err, ERR_REJECT, "the type %.*s is not one that comes from outside",
                       STR_ARG(ret->event.type));
    (void)ev_decode(ret->type, a, ret->event.data, &ret->data, &ret->faults);
    ret->key = upstream_key(a, ret->type, &ret->data);
    return true;
}
