// Plain C, what the other kernels are compared with.
#include "postings.h"

static void bitmaps(row *rows, int64_t count, int64_t words, int32_t *sums) {
  memset(sums, 0, (size_t)words * 64 * 4);
  for (int64_t index = 0; index < count; index++) add_bits_of_bytes(rows + index, words, sums);
}

static void bitmap_of_halves(const row *row, int64_t words, float *sums) {
  const uint16_t *weights = row->weights;
  const float factor = factor_of(row);
  EACH_BIT(row, words, sums[place] += half(weights[posting]) * factor)
}

static void bitmap_of_floats(const row *row, int64_t words, float *sums) {
  const float *weights = row->weights;
  const float factor = factor_of(row);
  EACH_BIT(row, words, sums[place] += weights[posting] * factor)
}

static inline uint64_t mask(const int32_t *sums, int32_t limit) {
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) mask |= (uint64_t)(sums[i] > limit) << i;
  return mask;
}

static int64_t above(const int32_t *sums, int64_t count, int32_t limit, uint16_t *places) { ABOVE(mask) }

static int32_t maxima_of(const int32_t *sums, int64_t stride, int64_t times, int32_t *maxima) { MAXIMA }

static void keep(uint64_t bits, int32_t *sums) {
  for (int i = 0; i < 64; i++) sums[i] &= -(int32_t)(bits >> i & 1);
}

static void ranks_of(const uint64_t *bits, const uint16_t *places, int64_t count, int32_t *ranks) { RANKS }

const parlance_postings_kernel parlance_postings_scalar = {
    .name = "scalar", .bitmaps = bitmaps, .bitmap_of_halves = bitmap_of_halves, .bitmap_of_floats = bitmap_of_floats,
    .above = above, .maxima = maxima_of, .keep = keep, .ranks = ranks_of};
