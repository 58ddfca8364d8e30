/* kafka_conf: librdkafka properties from the environment.
 * MOSAIC_KAFKA_PROPERTY_SASL_USERNAME=x sets sasl.username; with _FILE behind the name the value is read
 * from a file. Those that kafka_property_refusal() knows are refused. */
#ifndef MOSAIC_IO_KAFKA_CONF_H
#define MOSAIC_IO_KAFKA_CONF_H

#include "common/io/stage_thread.h"

#define KAFKA_PROPERTY_PREFIX "MOSAIC_KAFKA_PROPERTY_"

/* A list that lives as long as the process, ended by a NULL name. False: err says which variable and
 * why. Values are never part of an error, since they may be secrets. */
MUST_CHECK bool kafka_conf_load(char *const *environment, const struct kafka_property **ret,
                                struct err *err);

#endif
