#include "parlance_crc32c.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

enum { lane_bytes = 2048 };

// tables[k][b]: the register after byte b and then k zero bytes. `shift` moves a register over one lane of zeros.
static uint32_t tables[8][256];
static uint32_t shift[4][256];

static uint32_t times_x(uint32_t crc) { return (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1))); }

__attribute__((constructor)) static void make_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = times_x(crc);
    tables[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++)
    for (int k = 1; k < 8; k++) tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 255];

  uint32_t basis[32];
  for (int bit = 0; bit < 32; bit++) {
    uint32_t crc = 1u << bit;
    for (int i = 0; i < lane_bytes; i++) crc = (crc >> 8) ^ tables[0][crc & 255];
    basis[bit] = crc;
  }
  for (int place = 0; place < 4; place++)
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = 0;
      for (int bit = 0; bit < 8; bit++)
        if (byte >> bit & 1) crc ^= basis[8 * place + bit];
      shift[place][byte] = crc;
    }
}

uint32_t parlance_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  crc = ~crc;
  for (; count >= 8; count -= 8, at += 8) {
    uint32_t low = crc ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
    crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^ tables[4][low >> 24] ^
          tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]];
  }
  while (count-- > 0) crc = (crc >> 8) ^ tables[0][(crc ^ *at++) & 255];
  return ~crc;
}

#if defined(__x86_64__) || (defined(__aarch64__) && defined(__ARM_FEATURE_CRC32))

#if defined(__x86_64__)
#define TARGET __attribute__((target("sse4.2")))
#define STEP8(crc, word) ((uint32_t)_mm_crc32_u64((crc), (word)))
#define STEP1(crc, byte) _mm_crc32_u8((crc), (byte))
#else
#define TARGET
#define STEP8(crc, word) __crc32cd((crc), (word))
#define STEP1(crc, byte) __crc32cb((crc), (byte))
#endif

static uint64_t word_at(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return word;
}

static uint32_t over_one_lane(uint32_t crc) {
  return shift[0][crc & 255] ^ shift[1][crc >> 8 & 255] ^ shift[2][crc >> 16 & 255] ^ shift[3][crc >> 24];
}

// The instruction takes three cycles and starts one a cycle, so three lanes run side by side; the CRC is linear, so
// moving a lane's register over the zeros of the lanes behind it joins them.
TARGET static uint32_t crc32c_instructions(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  crc = ~crc;
  while (count >= 3 * lane_bytes) {
    uint32_t a = crc, b = 0, c = 0;
    for (size_t i = 0; i < lane_bytes; i += 8) {
      a = STEP8(a, word_at(at + i));
      b = STEP8(b, word_at(at + lane_bytes + i));
      c = STEP8(c, word_at(at + 2 * lane_bytes + i));
    }
    crc = over_one_lane(over_one_lane(a) ^ b) ^ c;
    at += 3 * lane_bytes;
    count -= 3 * lane_bytes;
  }
  for (; count >= 8; count -= 8, at += 8) crc = STEP8(crc, word_at(at));
  while (count-- > 0) crc = STEP1(crc, *at++);
  return ~crc;
}
#endif

static int has_instructions(void) {
#if defined(__x86_64__)
  static atomic_int known = -1;
  int answer = atomic_load_explicit(&known, memory_order_relaxed);
  if (answer < 0) {
    __builtin_cpu_init();
    answer = __builtin_cpu_supports("sse4.2") ? 1 : 0;
    atomic_store_explicit(&known, answer, memory_order_relaxed);
  }
  return answer;
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
  return 1;
#else
  return 0;
#endif
}

uint32_t parlance_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__) || (defined(__aarch64__) && defined(__ARM_FEATURE_CRC32))
  if (has_instructions()) return crc32c_instructions(crc, bytes, count);
#endif
  return parlance_crc32c_portable(crc, bytes, count);
}

const char *parlance_crc32c_kind(void) {
  if (!has_instructions()) return "portable";
#if defined(__x86_64__)
  return "sse4.2";
#else
  return "armv8";
#endif
}
