// AVX-512: a mask of 64 passages spreads 64 bytes of weights over their places in one instruction.
#if defined(__x86_64__)
#include <immintrin.h>

#include "postings.h"

#define TARGET \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,avx512vnni,popcnt,bmi,bmi2,f16c")))
#define INLINED TARGET static inline __attribute__((always_inline))

// Spreading out of a register: with its operand in memory the instruction for numbers of 32 bits takes three times as long
// on some processors, and the compiler would choose that.
INLINED __m512i loaded(const void *from) {
  __m512i bytes = _mm512_loadu_si512(from);
  __asm__("" : "+v"(bytes));
  return bytes;
}

INLINED __m512i spread(uint64_t mask, const uint8_t *weights) {
  return _mm512_maskz_expand_epi8(mask, loaded(weights));
}

// Two terms at a time: their bytes side by side are pairs of 16 bits, multiplied with a pair of factors and added up in
// one instruction. What interleaving does to the order of passages is undone when the sums are stored.
typedef struct {
  __m512i of[4];
} sums_of_64;

INLINED sums_of_64 added(sums_of_64 sums, __m512i a, __m512i b, __m512i factors) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i low = _mm512_unpacklo_epi8(a, b), high = _mm512_unpackhi_epi8(a, b);
  sums.of[0] = _mm512_dpwssd_epi32(sums.of[0], _mm512_unpacklo_epi8(low, zero), factors);
  sums.of[1] = _mm512_dpwssd_epi32(sums.of[1], _mm512_unpackhi_epi8(low, zero), factors);
  sums.of[2] = _mm512_dpwssd_epi32(sums.of[2], _mm512_unpacklo_epi8(high, zero), factors);
  sums.of[3] = _mm512_dpwssd_epi32(sums.of[3], _mm512_unpackhi_epi8(high, zero), factors);
  return sums;
}

INLINED void store(int32_t *to, sums_of_64 sums) {
  // of[i] has four passages of each quarter; a quarter of each makes sixteen that follow one another.
  const __m512i a = _mm512_shuffle_i32x4(sums.of[0], sums.of[1], 0x44), b = _mm512_shuffle_i32x4(sums.of[2], sums.of[3], 0x44);
  const __m512i c = _mm512_shuffle_i32x4(sums.of[0], sums.of[1], 0xee), d = _mm512_shuffle_i32x4(sums.of[2], sums.of[3], 0xee);
  _mm512_storeu_si512(to, _mm512_shuffle_i32x4(a, b, 0x88));
  _mm512_storeu_si512(to + 16, _mm512_shuffle_i32x4(a, b, 0xdd));
  _mm512_storeu_si512(to + 32, _mm512_shuffle_i32x4(c, d, 0x88));
  _mm512_storeu_si512(to + 48, _mm512_shuffle_i32x4(c, d, 0xdd));
}

// All rows for 128 passages, then the next 128: sums stay in registers. A row's next bytes are fetched while the other
// rows have their turn, since no processor foresees hundreds of streams.
TARGET static void bitmaps(row *rows, int64_t count, int64_t words, int32_t *sums) {
  for (int64_t word = 0; word < words; word += 2) {
    sums_of_64 left = {{_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()}};
    sums_of_64 right = left;
    for (int64_t index = 0; index < count; index += 2) {
      row *first = rows + index, *second = index + 1 < count ? first + 1 : first;
      const uint8_t *a = first->weights, *b = second->weights;
      const int32_t other = index + 1 < count ? second->factor : 0;
      const __m512i factors = _mm512_set1_epi32(first->factor | (int32_t)((uint32_t)other << 16));
      const uint64_t a0 = first->bits[word], a1 = first->bits[word + 1];
      const uint64_t b0 = second->bits[word], b1 = second->bits[word + 1];
      left = added(left, spread(a0, a), spread(b0, b), factors);
      a += _mm_popcnt_u64(a0);
      b += _mm_popcnt_u64(b0);
      right = added(right, spread(a1, a), spread(b1, b), factors);
      a += _mm_popcnt_u64(a1);
      b += _mm_popcnt_u64(b1);
      first->weights = a;
      second->weights = b;
      _mm_prefetch((const char *)a + 64, _MM_HINT_T0);
      _mm_prefetch((const char *)b + 64, _MM_HINT_T0);
      _mm_prefetch((const char *)a + 128, _MM_HINT_T0);
      _mm_prefetch((const char *)b + 128, _MM_HINT_T0);
      if (word % 8 == 0) {
        _mm_prefetch((const char *)(first->bits + word + 8), _MM_HINT_T0);
        _mm_prefetch((const char *)(second->bits + word + 8), _MM_HINT_T0);
      }
    }
    store(sums + 64 * word, left);
    store(sums + 64 * word + 64, right);
  }
}

INLINED void add_floats(float *sums, __m512 weights, __m512 factor) {
  _mm512_storeu_ps(sums, _mm512_add_ps(_mm512_loadu_ps(sums), _mm512_mul_ps(weights, factor)));
}

TARGET static void bitmap_of_floats(const row *row, int64_t words, float *sums) {
  const float *weights = row->weights;
  const __m512 factor = _mm512_set1_ps(factor_of(row));
  for (int64_t word = 0; word < words; word++) {
    uint64_t bits = row->bits[word];
    for (int quarter = 0; quarter < 4; quarter++, bits >>= 16) {
      const __mmask16 mask = (__mmask16)bits;
      add_floats(sums + 64 * word + 16 * quarter, _mm512_maskz_expand_ps(mask, _mm512_castsi512_ps(loaded(weights))), factor);
      weights += _mm_popcnt_u32(mask);
    }
  }
}

TARGET static void bitmap_of_halves(const row *row, int64_t words, float *sums) {
  const uint16_t *weights = row->weights;
  const __m512 factor = _mm512_set1_ps(factor_of(row));
  for (int64_t word = 0; word < words; word++) {
    uint64_t bits = row->bits[word];
    for (int part = 0; part < 2; part++, bits >>= 32) {
      const __mmask32 mask = (__mmask32)bits;
      const __m512i halves = _mm512_maskz_expand_epi16(mask, loaded(weights));
      float *own = sums + 64 * word + 32 * part;
      add_floats(own, _mm512_cvtph_ps(_mm512_castsi512_si256(halves)), factor);
      add_floats(own + 16, _mm512_cvtph_ps(_mm512_extracti64x4_epi64(halves, 1)), factor);
      weights += _mm_popcnt_u32(mask);
    }
  }
}

INLINED uint64_t mask(const int32_t *sums, int32_t limit) {
  const __m512i all = _mm512_set1_epi32(limit);
  return (uint64_t)_mm512_cmpgt_epi32_mask(_mm512_loadu_si512(sums), all) |
         (uint64_t)_mm512_cmpgt_epi32_mask(_mm512_loadu_si512(sums + 16), all) << 16 |
         (uint64_t)_mm512_cmpgt_epi32_mask(_mm512_loadu_si512(sums + 32), all) << 32 |
         (uint64_t)_mm512_cmpgt_epi32_mask(_mm512_loadu_si512(sums + 48), all) << 48;
}

TARGET static int64_t above(const int32_t *sums, int64_t count, int32_t limit, uint16_t *places) { ABOVE(mask) }

TARGET static int32_t maxima_of(const int32_t *sums, int64_t stride, int64_t times, int32_t *maxima) { MAXIMA }

TARGET static void keep(uint64_t bits, int32_t *sums) {
  for (int part = 0; part < 4; part++, bits >>= 16) {
    _mm512_storeu_si512(sums + 16 * part, _mm512_maskz_loadu_epi32((__mmask16)bits, sums + 16 * part));
  }
}

TARGET static void ranks_of(const uint64_t *bits, const uint16_t *places, int64_t count, int32_t *ranks) { RANKS }

const parlance_postings_kernel parlance_postings_avx512 = {
    .name = "avx512", .bitmaps = bitmaps, .bitmap_of_halves = bitmap_of_halves, .bitmap_of_floats = bitmap_of_floats,
    .above = above, .maxima = maxima_of, .keep = keep, .ranks = ranks_of};
#endif
