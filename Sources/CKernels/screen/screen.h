// What the files of the screened product share: the two blocks and what differs by instruction set.
#pragma once

#include <math.h>
#include <string.h>

#include "../include/parlance_screen.h"

enum { columns = PARLANCE_SCREEN_COLUMNS, most_rows = 14 };

// A quantised row of the weight is scale * integers; the rest of these numbers bound what that leaves out.
typedef struct {
  float scale[columns];
  float inverse[columns];
  // |scale * integers|
  float norm[columns];
  // |row - scale * integers|, and all rounding that is proportional to |row|.
  float error[columns];
} panel_numbers;

// A quantised token is the sequence's scale * integers.
typedef struct {
  // -weight_offset times the sum of the integers.
  int32_t start;
  // |token - scale * integers|
  float error;
  // |token|
  float norm;
} token_numbers;

typedef struct {
  // Divided by the order of the rotation, as are the errors and norms.
  float scale;
  // The greatest of its tokens.
  float error, norm;
} sequence_numbers;

struct parlance_screen_kernel {
  const char *name;
  // The tallest tile.
  int rows;
  // Integers of the weight lie in -weight_limit ... weight_limit and are stored as bytes with weight_offset added; those
  // of tokens lie in -token_limit ... token_limit.
  int weight_limit, weight_offset, token_limit;
  // sums[row][column] = numbers[row].start + the integer product. Returns whether any is above its column's threshold;
  // only then are `sums` written, and `above` with a bit for each column of each row.
  int (*tile)(const int8_t *tokens, const uint8_t *panel, int64_t steps, int rows, const token_numbers *numbers,
              const int32_t *thresholds, int32_t (*sums)[columns], uint32_t *above);
  // For each column an integer below any product whose bound beats the column's bar.
  void (*thresholds)(const float *bars, const float *base, const panel_numbers *panel, const sequence_numbers *sequence,
                     int32_t *thresholds);
  // x - centre, turned by a matrix that is orthogonal but for a factor.
  void (*rotate)(const float *x, const float *centre, int64_t width, float *turned);
  // Rounds x / scale; `error` is |x - scale * integers|, `norm` is |scale * integers|, upper bounds.
  void (*round)(const float *x, int64_t width, float scale, int limit, int8_t *integers, float *error, float *norm);
  float (*greatest)(const float *x, int64_t width);
  float (*length)(const float *x, int64_t width);
  float (*dot)(const float *x, const float *y, int64_t width);
};

// Four bytes of a token and of a column are multiplied in one step.
static inline int64_t steps_of(int64_t width) { return (width + 3) / 4; }

// The order of the rotation's blocks: the largest power of two that divides the width, 1 where that is too small.
static inline int64_t order_of(int64_t width) {
  const int64_t order = width & -width;
  return order < 16 ? 1 : order;
}

static inline int64_t panels_of(int64_t vocabulary) { return (vocabulary + columns - 1) / columns; }

static inline size_t rounded_up(size_t bytes) { return (bytes + 63) / 64 * 64; }

// A weight block: the panels' numbers, then their bytes [panels][steps][columns][4].
static inline panel_numbers *numbers_of(void *block) { return block; }
static inline uint8_t *panel_of(void *block, int64_t panels, int64_t steps, int64_t panel) {
  return (uint8_t *)block + (size_t)panels * sizeof(panel_numbers) + (size_t)(panel * steps) * columns * 4;
}

// A token block: the sequences' numbers, the tokens' numbers, then their bytes, tile by tile [steps][rows][4].
static inline sequence_numbers *sequences_of(void *block) { return block; }
static inline token_numbers *tokens_of(void *block, int64_t sequences) {
  return (token_numbers *)((uint8_t *)block + rounded_up((size_t)sequences * sizeof(sequence_numbers)));
}
static inline int8_t *integers_of(void *block, int64_t sequences, int64_t tokens) {
  return (int8_t *)tokens_of(block, sequences) + rounded_up((size_t)tokens * sizeof(token_numbers));
}

// Tiles of nearly one height: a last tile of one row would cost nearly as much as a full one.
typedef struct {
  int32_t count, rows, taller;
} tiling;

static inline tiling tiling_of(int32_t length, int rows) {
  const int32_t count = (length + rows - 1) / rows;
  return count == 0 ? (tiling){0, 0, 0} : (tiling){count, length / count, length % count};
}

static inline int32_t height_of(tiling tiles, int32_t tile) { return tiles.rows + (tile < tiles.taller ? 1 : 0); }
