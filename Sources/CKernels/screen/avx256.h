// What the two kernels of 8 lanes share: half a panel at a time, 6 rows. A kernel's file defines STEPS_AT_ONCE, the steps
// between two visits to the sums of 32 bits; ENTERED, the part that begins them; ADDED, a part and one product; LEFT, a sum
// and its part.

INLINED int half_of(const int rows, const int8_t *tokens, const uint8_t *panel, int64_t steps,
                    const token_numbers *numbers, int half, const int32_t *thresholds, int32_t (*sums)[columns],
                    uint32_t *above) {
#define START(n) __m256i a##n = _mm256_set1_epi32(n < rows ? numbers[n].start : 0), b##n = a##n;
  ROWS_6(START)
  for (int64_t first = 0; first < steps; first += STEPS_AT_ONCE) {
    const int64_t end = first + STEPS_AT_ONCE < steps ? first + STEPS_AT_ONCE : steps;
#define ENTER(n) __m256i c##n = ENTERED(a##n), d##n = ENTERED(b##n);
    ROWS_6(ENTER)
    for (int64_t step = first; step < end; step++) {
      const __m256i left = _mm256_load_si256((const __m256i *)(panel + 128 * step + 64 * half)),
                    right = _mm256_load_si256((const __m256i *)(panel + 128 * step + 64 * half + 32));
      const int8_t *fours = tokens + 4 * step * rows;
#define MULTIPLY(n)                                                 \
  if (n < rows) {                                                   \
    const __m256i four = _mm256_set1_epi32(four_at(fours + 4 * n)); \
    c##n = ADDED(c##n, left, four);                                 \
    d##n = ADDED(d##n, right, four);                                \
  }
      ROWS_6(MULTIPLY)
    }
#define SETTLE(n) SETTLED(c##n); SETTLED(d##n);
    ROWS_6(SETTLE)
#define LEAVE(n)          \
  a##n = LEFT(a##n, c##n); \
  b##n = LEFT(b##n, d##n);
    ROWS_6(LEAVE)
  }
  __m256i left = a0, right = b0;
#define GREATEST(n)                        \
  if (n < rows) {                          \
    left = _mm256_max_epi32(left, a##n);   \
    right = _mm256_max_epi32(right, b##n); \
  }
  ROWS_6(GREATEST)
  const __m256i bar0 = _mm256_loadu_si256((const __m256i *)(thresholds + 16 * half)),
                bar1 = _mm256_loadu_si256((const __m256i *)(thresholds + 16 * half + 8));
  const __m256i any = _mm256_or_si256(_mm256_cmpgt_epi32(left, bar0), _mm256_cmpgt_epi32(right, bar1));
  if (__builtin_expect(_mm256_testz_si256(any, any), 1)) return 0;
#define KEEP(n)                                                                                         \
  if (n < rows) {                                                                                       \
    _mm256_storeu_si256((__m256i *)(sums[n] + 16 * half), a##n);                                        \
    _mm256_storeu_si256((__m256i *)(sums[n] + 16 * half + 8), b##n);                                    \
    const int low = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(a##n, bar0))),            \
              high = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(b##n, bar1)));           \
    above[n] |= (uint32_t)(low | high << 8) << 16 * half;                                               \
  }
  ROWS_6(KEEP)
  return 1;
}

INLINED int tile_of(const int rows, const int8_t *tokens, const uint8_t *panel, int64_t steps,
                    const token_numbers *numbers, const int32_t *thresholds, int32_t (*sums)[columns],
                    uint32_t *above) {
  const int any = half_of(rows, tokens, panel, steps, numbers, 0, thresholds, sums, above);
  return half_of(rows, tokens, panel, steps, numbers, 1, thresholds, sums, above) || any;
}

TARGET static int tile(const int8_t *tokens, const uint8_t *panel, int64_t steps, int rows,
                       const token_numbers *numbers, const int32_t *thresholds, int32_t (*sums)[columns],
                       uint32_t *above) {
  memset(above, 0, sizeof *above * (size_t)rows);
  switch (rows) {
#define CASE(n) \
  case n: return tile_of(n, tokens, panel, steps, numbers, thresholds, sums, above);
    CASES_6(CASE)
  }
  return 0;
}

TARGET static float dot(const float *x, const float *y, int64_t width) {
  __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
  int64_t k = 0;
  for (; k + 16 <= width; k += 16) {
    low = _mm256_fmadd_ps(_mm256_loadu_ps(x + k), _mm256_loadu_ps(y + k), low);
    high = _mm256_fmadd_ps(_mm256_loadu_ps(x + k + 8), _mm256_loadu_ps(y + k + 8), high);
  }
  if (k < width) {
    float rest[2][16] = {{0}};
    memcpy(rest[0], x + k, sizeof(float) * (size_t)(width - k));
    memcpy(rest[1], y + k, sizeof(float) * (size_t)(width - k));
    low = _mm256_fmadd_ps(_mm256_loadu_ps(rest[0]), _mm256_loadu_ps(rest[1]), low);
    high = _mm256_fmadd_ps(_mm256_loadu_ps(rest[0] + 8), _mm256_loadu_ps(rest[1] + 8), high);
  }
  const __m256 eight = _mm256_add_ps(low, high);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
