/* hash: the two hash functions that must never change.
 * murmur2 places keys on partitions exactly as Kafka's Java client does; fingerprint
 * remembers a record so that a replaced log is noticed. */
#ifndef MOSAIC_CORE_HASH_H
#define MOSAIC_CORE_HASH_H

#include "common/core/str.h"

uint32_t hash_murmur2(struct str key);
int32_t hash_partition(struct str key, int32_t partitions); /* as Kafka's default partitioner */
/* 64-bit FNV-1a over key length, key and value. */
uint64_t hash_fingerprint(struct str key, struct str value);
uint64_t hash_str(struct str s); /* for maps */

#endif
