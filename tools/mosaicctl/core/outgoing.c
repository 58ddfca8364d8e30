/* outgoing: the structured form, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
#include "tools/mosaicctl/core/outgoing.h"

void outgoing_write(struct buf *line, const struct outgoing *event)
{
    buf_str(line, STR("{\"specversion\":\"1.0\",\"source\":"));
    buf_json_str(line, event->source);
    buf_str(line, STR(",\"id\":"));
    buf_json_str(line, event->id);
    buf_str(line, STR(",\"type\":"));
    buf_json_str(line, ev_type_text(event->type));
    buf_str(line, STR(",\"data\":"));
    buf_str(line, event->data);
    buf_str(line, STR("}\n"));
}
