// AVX2: a table of 256 shuffles spreads eight bytes of weights over the places that a byte of the bitmap names.
#if defined(__x86_64__)
#include <immintrin.h>

#include "postings.h"

#define TARGET __attribute__((target("avx2,popcnt,bmi,bmi2,f16c")))
#define INLINED TARGET static inline __attribute__((always_inline))

// For each byte of a bitmap: which weight goes to which of eight places; 128 for none.
#define PLACE(byte, place) \
  ((byte) >> (place) & 1 ? (uint64_t)__builtin_popcount((byte) & ((1 << (place)) - 1)) << (8 * (place)) \
                         : UINT64_C(128) << (8 * (place)))
#define SHUFFLE(byte)                                                                                       \
  PLACE(byte, 0) | PLACE(byte, 1) | PLACE(byte, 2) | PLACE(byte, 3) | PLACE(byte, 4) | PLACE(byte, 5) | \
      PLACE(byte, 6) | PLACE(byte, 7)
#define SHUFFLES_4(byte) SHUFFLE(byte), SHUFFLE(byte + 1), SHUFFLE(byte + 2), SHUFFLE(byte + 3)
#define SHUFFLES_16(byte) SHUFFLES_4(byte), SHUFFLES_4(byte + 4), SHUFFLES_4(byte + 8), SHUFFLES_4(byte + 12)
#define SHUFFLES_64(byte) SHUFFLES_16(byte), SHUFFLES_16(byte + 16), SHUFFLES_16(byte + 32), SHUFFLES_16(byte + 48)
static const uint64_t shuffles[256] = {SHUFFLES_64(0), SHUFFLES_64(64), SHUFFLES_64(128), SHUFFLES_64(192)};

INLINED __m128i spread(unsigned byte, const uint8_t *weights) {
  return _mm_shuffle_epi8(_mm_loadl_epi64((const __m128i *)weights), _mm_loadl_epi64((const __m128i *)(shuffles + byte)));
}

// Two terms at a time, as with AVX-512.
INLINED void add_pair(row *first, row *second, int32_t factors, int64_t word, __m256i *sums) {
  const __m256i all = _mm256_set1_epi32(factors);
  const uint8_t *a = first->weights, *b = second->weights;
  uint64_t a_bits = first->bits[word], b_bits = second->bits[word];
#pragma clang loop unroll(full)
  for (int part = 0; part < 8; part++, a_bits >>= 8, b_bits >>= 8) {
    const unsigned a_byte = a_bits & 255, b_byte = b_bits & 255;
    const __m128i both = _mm_unpacklo_epi8(spread(a_byte, a), spread(b_byte, b));
    sums[part] = _mm256_add_epi32(sums[part], _mm256_madd_epi16(_mm256_cvtepu8_epi16(both), all));
    a += _mm_popcnt_u32(a_byte);
    b += _mm_popcnt_u32(b_byte);
  }
  first->weights = a;
  second->weights = b;
  _mm_prefetch((const char *)a + 64, _MM_HINT_T0);
  _mm_prefetch((const char *)b + 64, _MM_HINT_T0);
  if (word % 8 == 0) {
    _mm_prefetch((const char *)(first->bits + word + 8), _MM_HINT_T0);
    _mm_prefetch((const char *)(second->bits + word + 8), _MM_HINT_T0);
  }
}

TARGET static void bitmaps(row *rows, int64_t count, int64_t words, int32_t *sums) {
  // Of rows with few bits the bits are followed one by one: they come last.
  int64_t dense = 0;
  for (int64_t index = 0; index < count; index++) {
    if (rows[index].count * INT64_C(8) < words * 64) continue;
    const row moved = rows[index];
    rows[index] = rows[dense];
    rows[dense++] = moved;
  }
  for (int64_t word = 0; word < words; word++) {
    __m256i own[8];
    for (int part = 0; part < 8; part++) own[part] = _mm256_setzero_si256();
    for (int64_t index = 0; index < dense; index += 2) {
      row *first = rows + index;
      if (index + 1 < dense) {
        add_pair(first, first + 1, first->factor | (int32_t)((uint32_t)first[1].factor << 16), word, own);
      } else {
        add_pair(first, first, first->factor, word, own);
      }
    }
    for (int part = 0; part < 8; part++) _mm256_storeu_si256((__m256i *)(sums + 64 * word + 8 * part), own[part]);
  }
  for (int64_t index = dense; index < count; index++) add_bits_of_bytes(rows + index, words, sums);
}

TARGET static void bitmap_of_halves(const row *row, int64_t words, float *sums) {
  const uint16_t *weights = row->weights;
  const float factor = factor_of(row);
  EACH_BIT(row, words, sums[place] += half(weights[posting]) * factor)
}

TARGET static void bitmap_of_floats(const row *row, int64_t words, float *sums) {
  const float *weights = row->weights;
  const float factor = factor_of(row);
  EACH_BIT(row, words, sums[place] += weights[posting] * factor)
}

INLINED uint64_t mask(const int32_t *sums, int32_t limit) {
  const __m256i all = _mm256_set1_epi32(limit);
  uint64_t mask = 0;
#pragma clang loop unroll(full)
  for (int part = 0; part < 8; part++) {
    const __m256i greater = _mm256_cmpgt_epi32(_mm256_loadu_si256((const __m256i *)(sums + 8 * part)), all);
    mask |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(greater)) << (8 * part);
  }
  return mask;
}

TARGET static int64_t above(const int32_t *sums, int64_t count, int32_t limit, uint16_t *places) { ABOVE(mask) }

TARGET static int32_t maxima_of(const int32_t *sums, int64_t stride, int64_t times, int32_t *maxima) { MAXIMA }

TARGET static void keep(uint64_t bits, int32_t *sums) {
  const __m256i places = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  for (int part = 0; part < 8; part++, bits >>= 8) {
    const __m256i own = _mm256_and_si256(_mm256_set1_epi32((int)(bits & 255)), places);
    __m256i *at = (__m256i *)(sums + 8 * part);
    _mm256_storeu_si256(at, _mm256_and_si256(_mm256_loadu_si256(at), _mm256_cmpeq_epi32(own, places)));
  }
}

TARGET static void ranks_of(const uint64_t *bits, const uint16_t *places, int64_t count, int32_t *ranks) { RANKS }

const parlance_postings_kernel parlance_postings_avx2 = {
    .name = "avx2", .bitmaps = bitmaps, .bitmap_of_halves = bitmap_of_halves, .bitmap_of_floats = bitmap_of_floats,
    .above = above, .maxima = maxima_of, .keep = keep, .ranks = ranks_of};
#endif
