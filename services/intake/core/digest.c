/* digest: SHA-256 (FIPS 180-4) of one short text, in one go. */
#include "services/intake/core/digest.h"

#include <assert.h>
#include <string.h>

#define BLOCK_BYTES 64
#define TEXT_MAX (2 * INTAKE_NAME_MAX_BYTES + 1)
#define PADDED_MAX ((TEXT_MAX + 9 + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES)

/* clang-format off */
static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t turn(uint32_t x, int bits)
{
    return (x >> bits) | (x << (32 - bits));
}

static uint32_t read_be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void expand(const unsigned char *block, uint32_t w[64])
{
    for (int i = 0; i < 16; i++)
        w[i] = read_be32(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >> 3);
        uint32_t s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

static void add_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    expand(block, w);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t first =
            h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i];
        uint32_t second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + second;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

struct intake_name intake_name_of(struct str source, struct str id)
{
    assert(source.len <= INTAKE_NAME_MAX_BYTES && id.len <= INTAKE_NAME_MAX_BYTES);
    unsigned char text[PADDED_MAX];
    size_t len = source.len + 1 + id.len;
    size_t padded = (len + 9 + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    memset(text + len, 0, padded - len);
    memcpy(text, source.ptr, source.len);
    text[source.len] = '\0';
    memcpy(text + source.len + 1, id.ptr, id.len);
    text[len] = 0x80;
    for (size_t i = 0, bits = len * 8; i < 4; i++)
        text[padded - 1 - i] = (unsigned char)(bits >> (8 * i));

    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (size_t at = 0; at < padded; at += BLOCK_BYTES)
        add_block(state, text + at);
    return (struct intake_name){
        .high = (int64_t)((uint64_t)state[0] << 32 | state[1]),
        .low = (int64_t)((uint64_t)state[2] << 32 | state[3]),
    };
}
