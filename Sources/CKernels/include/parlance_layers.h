#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parlance_screen.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

// The layers of a transformer in float32, over rows of numbers: one row a token. Rows lie `stride` floats apart.

// Output columns that lie together in a packed matrix.
#define PARLANCE_PACKED_COLUMNS 32

// The layers for one set of instructions.
typedef struct parlance_layers parlance_layers;

// The fastest that this machine runs.
const parlance_layers *parlance_layers_best(void);
// "avx512", "avx2" or "portable"; NULL where this machine cannot run it.
const parlance_layers *_Nullable parlance_layers_named(const char *name);
const char *parlance_layers_name(const parlance_layers *layers);

// A matrix of `outputs` rows by `inputs` columns in the order in which products read it, filled up with zeros.
int64_t parlance_packed_floats(int64_t outputs, int64_t inputs);
// `stride` is how far the rows of `weight` lie apart. The outputs are packed from column `first` of the packed matrix on.
void parlance_pack(const float *weight, int64_t stride, int64_t outputs, int64_t inputs, int64_t first, float *packed);

// y = x W^T + bias; `bias` may be NULL. `y` must have room for the outputs only.
void parlance_linear(const parlance_layers *layers, const float *x, int64_t x_stride, int64_t rows,
                     const float *packed, const float *_Nullable bias, int64_t outputs, int64_t inputs, float *y,
                     int64_t y_stride);

typedef enum parlance_activation_kind : int32_t {
  PARLANCE_GELU_ERF = 0,
  PARLANCE_GELU_BY_TANH = 1,
  PARLANCE_RECTIFIED = 2,
} parlance_activation_kind;

void parlance_activate(const parlance_layers *layers, parlance_activation_kind kind, float *x, int64_t stride,
                       int64_t rows, int64_t width);

// Normalises each row of x + residual to mean 0 and variance 1, then scales and shifts it; in place.
void parlance_layer_norm(const parlance_layers *layers, float *x, const float *_Nullable residual, int64_t rows,
                         int64_t width, const float *weight, const float *bias, float epsilon);

// How many floats of room `parlance_attention` needs for sequences of up to `longest` tokens.
int64_t parlance_attention_floats(int64_t longest, int64_t head_width);

// Scaled dot-product attention of one head inside one sequence (arXiv 1706.03762, eq. 1): for the queries of rows
// `first` ..< `end` of `length`. `query`, `key`, `value` and `mixed` are the head's columns of the sequence's rows.
void parlance_attention(const parlance_layers *layers, const float *query, const float *key, const float *value,
                        int64_t stride, int64_t length, int64_t head_width, int64_t first, int64_t end, float *mixed,
                        int64_t mixed_stride, float *room);

// Whether all numbers are finite.
int32_t parlance_all_finite(const parlance_layers *layers, const float *x, int64_t count);

// The vocabulary product of `parlance_screen_task` with every logit computed, by a packed weight of `vocabulary` outputs:
// for heads of which too much survives screening. `logits` has room for `parlance_pooled_floats()`.
typedef struct parlance_pooled_task {
  const parlance_layers *layers;
  const float *hidden_TH;
  const float *packed;
  const float *bias_V;
  int64_t vocabulary, width;
  const int32_t *starts;
  int32_t sums;
  void (*emit)(void *_Nullable context, parlance_screen_hit hit);
} parlance_pooled_task;

int64_t parlance_pooled_floats(void);

// Emits hits as `parlance_screen_run` does.
void parlance_pooled_run(const parlance_pooled_task *task, int64_t first_panel, int64_t end_panel,
                         int32_t first_sequence, int32_t end_sequence, float *logits, void *_Nullable context);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
