// AVX-512 with VNNI: vpdpbusd multiplies 64 bytes and adds fours of them to 16 sums.
#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define LANES 16
#include "numbers.h"

INLINED int tile_of(const int rows, const int8_t *tokens, const uint8_t *panel, int64_t steps,
                    const token_numbers *numbers, const int32_t *thresholds, int32_t (*sums)[columns],
                    uint32_t *above) {
#define START(n)                                                       \
  __m512i a##n = _mm512_set1_epi32(n < rows ? numbers[n].start : 0), b##n = a##n;
  ROWS_14(START)
  for (int64_t step = 0; step < steps; step++) {
    const __m512i left = _mm512_load_si512(panel + 128 * step), right = _mm512_load_si512(panel + 128 * step + 64);
    const int8_t *fours = tokens + 4 * step * rows;
#define MULTIPLY(n)                                                 \
  if (n < rows) {                                                   \
    const __m512i four = _mm512_set1_epi32(four_at(fours + 4 * n)); \
    a##n = _mm512_dpbusd_epi32(a##n, left, four);                   \
    b##n = _mm512_dpbusd_epi32(b##n, right, four);                  \
  }
    ROWS_14(MULTIPLY)
  }
#define SETTLE(n) SETTLED(a##n); SETTLED(b##n);
  ROWS_14(SETTLE)
  __m512i left = a0, right = b0;
#define GREATEST(n)                         \
  if (n < rows) {                           \
    left = _mm512_max_epi32(left, a##n);    \
    right = _mm512_max_epi32(right, b##n);  \
  }
  ROWS_14(GREATEST)
  const __m512i bar0 = _mm512_loadu_si512(thresholds), bar1 = _mm512_loadu_si512(thresholds + 16);
  if (__builtin_expect(!(_mm512_cmpgt_epi32_mask(left, bar0) | _mm512_cmpgt_epi32_mask(right, bar1)), 1)) return 0;
#define KEEP(n)                                                        \
  if (n < rows) {                                                      \
    _mm512_storeu_si512(sums[n], a##n);                                \
    _mm512_storeu_si512(sums[n] + 16, b##n);                           \
    above[n] = (uint32_t)_mm512_cmpgt_epi32_mask(a##n, bar0) |         \
               (uint32_t)_mm512_cmpgt_epi32_mask(b##n, bar1) << 16;    \
  }
  ROWS_14(KEEP)
  return 1;
}

TARGET static int tile(const int8_t *tokens, const uint8_t *panel, int64_t steps, int rows,
                       const token_numbers *numbers, const int32_t *thresholds, int32_t (*sums)[columns],
                       uint32_t *above) {
  switch (rows) {
#define CASE(n) \
  case n: return tile_of(n, tokens, panel, steps, numbers, thresholds, sums, above);
    CASES_14(CASE)
  }
  return 0;
}

TARGET static float dot(const float *x, const float *y, int64_t width) {
  __m512 sums = _mm512_setzero_ps();
  int64_t k = 0;
  for (; k + 16 <= width; k += 16) sums = _mm512_fmadd_ps(_mm512_loadu_ps(x + k), _mm512_loadu_ps(y + k), sums);
  if (k < width) {
    const __mmask16 rest = (__mmask16)((1u << (width - k)) - 1);
    sums = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(rest, x + k), _mm512_maskz_loadu_ps(rest, y + k), sums);
  }
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(sums), _mm512_extractf32x8_ps(sums, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

const parlance_screen_kernel parlance_screen_avx512vnni = {
    .name = "avx512vnni", .rows = 14, .weight_limit = 127, .weight_offset = 128, .token_limit = 127, .tile = tile,
    .thresholds = thresholds_of, .rotate = rotate, .round = round_to, .greatest = greatest, .length = length, .dot = dot};
#endif
