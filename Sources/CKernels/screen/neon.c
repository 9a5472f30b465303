// NEON with the dot-product instructions of Armv8.2: sdot multiplies 16 bytes and adds fours of them to 4 sums.
#if defined(__aarch64__)
#include <arm_neon.h>

#if defined(__clang__)
#define TARGET __attribute__((target("dotprod")))
#else
#define TARGET __attribute__((target("+dotprod")))
#endif
#define LANES 4
#include "numbers.h"

// Four rows by half a panel: 16 accumulators, 4 vectors of weights, 1 of tokens.
INLINED void block_of_rows(const int count, const int8_t *tokens, int rows, const uint8_t *panel, int64_t steps,
                           const token_numbers *numbers, int32_t (*sums)[columns]) {
  for (int half = 0; half < 2; half++) {
    int32x4_t acc[4][4];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < 4; i++) acc[row][i] = vdupq_n_s32(numbers[row].start);
    }
    for (int64_t step = 0; step < steps; step++) {
      int8x16_t w[4], h[4];
      for (int i = 0; i < 4; i++) w[i] = vld1q_s8((const int8_t *)panel + 128 * step + 64 * half + 16 * i);
      for (int row = 0; row < count; row++) {
        int32_t four;
        memcpy(&four, tokens + 4 * (step * rows + row), 4);
        h[row] = vreinterpretq_s8_s32(vdupq_n_s32(four));
        for (int i = 0; i < 4; i++) acc[row][i] = vdotq_s32(acc[row][i], w[i], h[row]);
      }
    }
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < 4; i++) vst1q_s32(sums[row] + 16 * half + 4 * i, acc[row][i]);
    }
  }
}

TARGET static int tile(const int8_t *tokens, const uint8_t *panel, int64_t steps, int rows,
                       const token_numbers *numbers, const int32_t *thresholds, int32_t (*sums)[columns],
                       uint32_t *above) {
  int row = 0;
  for (; row + 4 <= rows; row += 4) {
    block_of_rows(4, tokens + 4 * row, rows, panel, steps, numbers + row, sums + row);
  }
  switch (rows - row) {
    case 1: block_of_rows(1, tokens + 4 * row, rows, panel, steps, numbers + row, sums + row); break;
    case 2: block_of_rows(2, tokens + 4 * row, rows, panel, steps, numbers + row, sums + row); break;
    case 3: block_of_rows(3, tokens + 4 * row, rows, panel, steps, numbers + row, sums + row); break;
  }
  uint32_t any = 0;
  for (int i = 0; i < rows; i++) {
    above[i] = 0;
    for (int column = 0; column < columns; column++) {
      above[i] |= (uint32_t)(sums[i][column] > thresholds[column]) << column;
    }
    any |= above[i];
  }
  return any != 0;
}

TARGET static float dot(const float *x, const float *y, int64_t width) {
  float32x4_t sums[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
  int64_t k = 0;
  for (; k + 16 <= width; k += 16) {
    for (int i = 0; i < 4; i++) sums[i] = vfmaq_f32(sums[i], vld1q_f32(x + k + 4 * i), vld1q_f32(y + k + 4 * i));
  }
  if (k < width) {
    float rest[2][16] = {{0}};
    memcpy(rest[0], x + k, sizeof(float) * (size_t)(width - k));
    memcpy(rest[1], y + k, sizeof(float) * (size_t)(width - k));
    for (int i = 0; i < 4; i++) sums[i] = vfmaq_f32(sums[i], vld1q_f32(rest[0] + 4 * i), vld1q_f32(rest[1] + 4 * i));
  }
  const float32x4_t four = vaddq_f32(vaddq_f32(sums[0], sums[2]), vaddq_f32(sums[1], sums[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

const parlance_screen_kernel parlance_screen_neon = {
    .name = "neon", .rows = 8, .weight_limit = 127, .weight_offset = 0, .token_limit = 127, .tile = tile,
    .thresholds = thresholds_of, .rotate = rotate, .round = round_to, .greatest = greatest, .length = length, .dot = dot};
#endif
