// The twin of the other kernels in plain C.
#define TARGET
#define LANES 4
#include "numbers.h"

static int tile(const int8_t *tokens, const uint8_t *panel, int64_t steps, int rows, const token_numbers *numbers,
                const int32_t *thresholds, int32_t (*sums)[columns], uint32_t *above) {
  uint32_t any = 0;
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) sums[row][column] = numbers[row].start;
    for (int64_t step = 0; step < steps; step++) {
      const int8_t *four = tokens + 4 * (step * rows + row);
      const uint8_t *weights = panel + 4 * columns * step;
      for (int column = 0; column < columns; column++) {
        for (int i = 0; i < 4; i++) sums[row][column] += four[i] * weights[4 * column + i];
      }
    }
    above[row] = 0;
    for (int column = 0; column < columns; column++) {
      above[row] |= (uint32_t)(sums[row][column] > thresholds[column]) << column;
    }
    any |= above[row];
  }
  return any != 0;
}

static float dot(const float *x, const float *y, int64_t width) {
  float sums[16] = {0};
  for (int64_t k = 0; k < width; k++) sums[k % 16] = fmaf(x[k], y[k], sums[k % 16]);
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) sums[i] += sums[i + half];
  }
  return sums[0];
}

const parlance_screen_kernel parlance_screen_scalar = {
    .name = "scalar", .rows = 8, .weight_limit = 127, .weight_offset = 128, .token_limit = 127, .tile = tile,
    .thresholds = thresholds_of, .rotate = rotate, .round = round_to, .greatest = greatest, .length = length, .dot = dot};
