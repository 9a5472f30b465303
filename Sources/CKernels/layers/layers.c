// Choosing, packing, and attention, which is made of products.
#include "layers.h"

#include <string.h>

extern const parlance_layers parlance_layers_portable;
#if defined(__x86_64__)
extern const parlance_layers parlance_layers_avx512, parlance_layers_avx2;
#endif

const parlance_layers *parlance_layers_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (strcmp(name, "avx512") == 0) {
    return avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512dq")
               ? &parlance_layers_avx512
               : NULL;
  }
  if (strcmp(name, "avx2") == 0) return avx2 ? &parlance_layers_avx2 : NULL;
#endif
  return strcmp(name, "portable") == 0 ? &parlance_layers_portable : NULL;
}

const parlance_layers *parlance_layers_best(void) {
  const parlance_layers *best = parlance_layers_named("avx512");
  if (best == NULL) best = parlance_layers_named("avx2");
  return best == NULL ? &parlance_layers_portable : best;
}

const char *parlance_layers_name(const parlance_layers *layers) { return layers->name; }

static int64_t panels_of(int64_t outputs) { return (outputs + packed_columns - 1) / packed_columns; }

int64_t parlance_packed_floats(int64_t outputs, int64_t inputs) {
  return panels_of(outputs) * packed_columns * inputs;
}

void parlance_pack(const float *weight, int64_t stride, int64_t outputs, int64_t inputs, int64_t first, float *packed) {
  for (int64_t output = 0; output < outputs; output++) {
    const int64_t column = first + output;
    float *panel = packed + column / packed_columns * packed_columns * inputs + column % packed_columns;
    for (int64_t k = 0; k < inputs; k++) panel[k * packed_columns] = weight[output * stride + k];
  }
}

void parlance_linear(const parlance_layers *layers, const float *x, int64_t x_stride, int64_t rows,
                     const float *packed, const float *bias, int64_t outputs, int64_t inputs, float *y,
                     int64_t y_stride) {
  for (int64_t column = 0; column < outputs; column += packed_columns) {
    const int64_t width = outputs - column < packed_columns ? outputs - column : packed_columns;
    layers->product(x, x_stride, rows, packed + column * inputs, packed_columns, inputs,
                    bias == NULL ? NULL : bias + column, width, y + column, y_stride);
  }
}

void parlance_activate(const parlance_layers *layers, parlance_activation_kind kind, float *x, int64_t stride,
                       int64_t rows, int64_t width) {
  if (stride == width) {
    layers->activate(kind, x, rows * width);
  } else {
    for (int64_t row = 0; row < rows; row++) layers->activate(kind, x + row * stride, width);
  }
}

void parlance_layer_norm(const parlance_layers *layers, float *x, const float *residual, int64_t rows, int64_t width,
                         const float *weight, const float *bias, float epsilon) {
  for (int64_t row = 0; row < rows; row++) {
    layers->layer_norm(x + row * width, residual == NULL ? NULL : residual + row * width, width, weight, bias, epsilon);
  }
}

// Queries whose scores are in memory together: a few tiles of every height that there is.
enum { queries_at_once = 84 };

static int64_t padded(int64_t length) { return panels_of(length) * packed_columns; }

int64_t parlance_attention_floats(int64_t longest, int64_t head_width) {
  return padded(longest) * (2 * padded(head_width) + queries_at_once);
}

void parlance_attention(const parlance_layers *layers, const float *query, const float *key, const float *value,
                        int64_t stride, int64_t length, int64_t head_width, int64_t first, int64_t end, float *mixed,
                        int64_t mixed_stride, float *room) {
  const int64_t keys = padded(length), values = padded(head_width);
  float *packed_keys = room, *packed_values = packed_keys + keys * values, *scores = packed_values + keys * values;
  memset(packed_keys, 0, sizeof(float) * (size_t)(keys * head_width));
  parlance_pack(key, stride, length, head_width, 0, packed_keys);
  // [panels of values][tokens][packed_columns]
  memset(packed_values, 0, sizeof(float) * (size_t)(length * values));
  for (int64_t column = 0; column < head_width; column += packed_columns) {
    const int64_t width = head_width - column < packed_columns ? head_width - column : packed_columns;
    float *panel = packed_values + column * length;
    for (int64_t token = 0; token < length; token++) {
      memcpy(panel + token * packed_columns, value + token * stride + column, sizeof(float) * (size_t)width);
    }
  }
  const float scale = 1 / sqrtf((float)head_width);
  for (int64_t row = first; row < end; row += queries_at_once) {
    const int64_t rows = end - row < queries_at_once ? end - row : queries_at_once;
    parlance_linear(layers, query + row * stride, stride, rows, packed_keys, NULL, length, head_width, scores, keys);
    for (int64_t i = 0; i < rows; i++) {
      const float sum = layers->exponentials(scores + i * keys, length, scale);
      layers->scale(scores + i * keys, length, 1 / sum);
    }
    parlance_linear(layers, scores, keys, rows, packed_values, NULL, head_width, length, mixed + row * mixed_stride,
                    mixed_stride);
  }
}
