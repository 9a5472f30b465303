// What the layers of all sets of instructions share.
#pragma once

#include <math.h>

#include "../include/parlance_layers.h"

enum { packed_columns = PARLANCE_PACKED_COLUMNS };

struct parlance_layers {
  const char *name;
  // y[row][column] = sum_k x[row][k] * panel[k][column] + bias, for `rows` rows and `width` columns, at most
  // packed_columns. Rows of the panel lie `panel_stride` floats apart and have packed_columns floats that may be read.
  void (*product)(const float *x, int64_t x_stride, int64_t rows, const float *panel, int64_t panel_stride,
                  int64_t inputs, const float *bias, int64_t width, float *y, int64_t y_stride);
  void (*activate)(parlance_activation_kind kind, float *x, int64_t count);
  void (*layer_norm)(float *x, const float *residual, int64_t width, const float *weight, const float *bias,
                     float epsilon);
  // x = exp(scale * (x - greatest)); returns the sum.
  float (*exponentials)(float *x, int64_t count, float scale);
  void (*scale)(float *x, int64_t count, float factor);
  // Whether a number of `rows` rows of packed_columns is above its column's bar.
  int (*above)(const float *x, int64_t rows, const float *bars);
  int (*finite)(const float *x, int64_t count);
};
