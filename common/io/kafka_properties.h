/* kafka_properties: fills a librdkafka configuration, which stays the caller's. */
#ifndef MOSAIC_IO_KAFKA_PROPERTIES_H
#define MOSAIC_IO_KAFKA_PROPERTIES_H

#include <librdkafka/rdkafka.h>

#include "common/io/stage_thread.h"

MUST_CHECK bool kafka_conf_fill(rd_kafka_conf_t *conf, bool consumer,
                                const struct stage_settings *s, struct err *err);
MUST_CHECK bool kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value,
                               struct err *err);

/* Why nobody may set a property, as the second half of a sentence; NULL: anybody may. */
const char *kafka_property_refusal(const char *name);

#endif
