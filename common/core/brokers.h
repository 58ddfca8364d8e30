/* brokers: Kafka's addresses as an operator writes them, checked before anybody connects.
 * librdkafka takes nearly anything, even a port of 70000, and then tries for ever. */
#ifndef MOSAIC_CORE_BROKERS_H
#define MOSAIC_CORE_BROKERS_H

#include "common/core/err.h"

/* As librdkafka reads a list: host:port, host alone (9092 then) or [IPv6]:port, with commas or blanks
 * between; in front of each there may be a protocol it knows, such as ssl://. False: err (FATAL) quotes the
 * first that has no sense. */
MUST_CHECK bool brokers_check(struct str list, struct err *err);

#endif
