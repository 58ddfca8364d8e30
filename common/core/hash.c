/* hash: murmur2 as in org.apache.kafka.common.utils.Utils, FNV-1a, and a quick one for maps. */
#include "common/core/hash.h"

#include <assert.h>
#include <string.h>

uint32_t hash_murmur2(struct str key)
{
    const uint32_t m = 0x5bd1e995;
    const unsigned char *p = (const unsigned char *)key.ptr;
    size_t left = key.len;
    uint32_t h = UINT32_C(0x9747b28c) ^ (uint32_t)key.len;
    for (; left >= 4; p += 4, left -= 4) {
        uint32_t k =
            (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        k *= m;
        k ^= k >> 24;
        h = (h * m) ^ (k * m);
    }
    if (left == 3)
        h ^= (uint32_t)p[2] << 16;
    if (left >= 2)
        h ^= (uint32_t)p[1] << 8;
    if (left >= 1)
        h = (h ^ p[0]) * m;
    h ^= h >> 13;
    h *= m;
    return h ^ h >> 15;
}

int32_t hash_partition(struct str key, int32_t partitions)
{
    assert(partitions > 0);
    return (int32_t)(hash_murmur2(key) & 0x7fffffff) % partitions;
}

static uint64_t fnv1a(uint64_t h, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

uint64_t hash_fingerprint(struct str key, struct str value)
{
    /* The length keeps ("a","bc") from ("ab","c"), and a missing key from an empty one. */
    uint64_t length = key.ptr == NULL ? UINT64_MAX : key.len;
    unsigned char big_endian[8];
    for (int i = 0; i < 8; i++)
        big_endian[i] = (unsigned char)(length >> (8 * (7 - i)));
    uint64_t h = fnv1a(UINT64_C(0xcbf29ce484222325), big_endian, sizeof big_endian);
    h = fnv1a(h, key.ptr, key.len);
    return fnv1a(h, value.ptr, value.len);
}

uint64_t hash_str(struct str s)
{
    const uint64_t m = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = (s.len + 1) * m;
    size_t i = 0;
    for (; s.len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        h = (h ^ word) * m;
        h ^= h >> 32;
    }
    uint64_t rest = 0;
    if (s.len > i)
        memcpy(&rest, s.ptr + i, s.len - i);
    h = (h ^ rest) * m;
    return h ^ h >> 32;
}
