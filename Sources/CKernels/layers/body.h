// The layers in C with vectors of LANES floats; a file for each set of instructions defines TARGET, LANES, ROWS (the rows
// of a tile) with EACH_ROW and CASES, and includes this once.
#include "../lanes.h"
#include "layers.h"

enum { tile_columns = 2 * LANES };

// `rows` rows by two vectors of columns, kept in registers.
INLINED void tile_of(const int rows, const float *x, int64_t x_stride, const float *panel, int64_t panel_stride,
                     int64_t inputs, const float *bias, int64_t width, float *y, int64_t y_stride) {
#define START(n) lanes a##n = {0}, b##n = {0};
  EACH_ROW(START)
  for (int64_t k = 0; k < inputs; k++) {
    const lanes left = LOADED(panel + k * panel_stride), right = LOADED(panel + k * panel_stride + LANES);
#define MULTIPLY(n)                             \
  if (n < rows) {                               \
    const lanes h = ALL(x[n * x_stride + k]);   \
    a##n += h * left;                           \
    b##n += h * right;                          \
  }
    EACH_ROW(MULTIPLY)
  }
#define SETTLE(n) SETTLED(a##n); SETTLED(b##n);
  EACH_ROW(SETTLE)
  lanes left = {0}, right = {0};
  if (bias != NULL && width >= tile_columns) {
    left = LOADED(bias);
    right = LOADED(bias + LANES);
  } else if (bias != NULL) {
    float padded[tile_columns] = {0};
    memcpy(padded, bias, sizeof(float) * (size_t)width);
    left = LOADED(padded);
    right = LOADED(padded + LANES);
  }
  if (width >= tile_columns) {
#define WRITE(n)                                \
  if (n < rows) {                               \
    STORE(y + n * y_stride, a##n + left);       \
    STORE(y + n * y_stride + LANES, b##n + right); \
  }
    EACH_ROW(WRITE)
  } else {
    float padded[tile_columns];
#define WRITE_PART(n)                                                      \
  if (n < rows) {                                                          \
    STORE(padded, a##n + left);                                            \
    STORE(padded + LANES, b##n + right);                                   \
    memcpy(y + n * y_stride, padded, sizeof(float) * (size_t)width);       \
  }
    EACH_ROW(WRITE_PART)
  }
}

TARGET static void product(const float *x, int64_t x_stride, int64_t rows, const float *panel, int64_t panel_stride,
                           int64_t inputs, const float *bias, int64_t width, float *y, int64_t y_stride) {
  // Tiles of nearly one height: a last tile of one row would cost nearly as much as a full one.
  const int64_t count = (rows + ROWS - 1) / ROWS;
  for (int64_t column = 0; column < width; column += tile_columns) {
    const int64_t own = width - column < tile_columns ? width - column : tile_columns;
    const float *offset = bias == NULL ? NULL : bias + column;
    for (int64_t tile = 0, row = 0; tile < count; tile++) {
      const int64_t height = rows / count + (tile < rows % count ? 1 : 0);
      const float *from = x + row * x_stride;
      float *to = y + row * y_stride + column;
      switch (height) {
#define CASE(n) \
  case n: tile_of(n, from, x_stride, panel + column, panel_stride, inputs, offset, own, to, y_stride); break;
        CASES(CASE)
      }
      row += height;
    }
  }
}

// 2^-126 <= e^x where x > -87; smaller ones become 2^-126 or so. The greatest relative error is about 2e-7. NaN stays NaN.
INLINED lanes exponential(const lanes power) {
  lanes x = CHOICE(power < -87.0f, ALL(-87.0f), power);
  x = CHOICE(x > 88.0f, ALL(88.0f), x);
  // e^x = 2^n e^r with |r| <= ln(2) / 2; adding 1.5 * 2^23 rounds to an integer.
  const float magic = 0x1.8p23f;
  const lanes shifted = x * 0x1.715476p+0f + magic, n = shifted - magic;
  lanes r = x - n * 0x1.62e4p-1f;
  r -= n * 0x1.7f7d1cp-20f;
  // Taylor's polynomial to the seventh power.
  lanes p = ALL(1.0f / 5040);
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1;
  p = p * r + 1;
  const integer_lanes exponent = ((integer_lanes)shifted - 0x4B400000) << 23;
  return CHOICE(power == power, (lanes)((integer_lanes)p + exponent), power);
}

// The error function, by a quotient of polynomials in x^2 that was fitted for |x| <= 3.92, where float32 reaches 1; the
// greatest error is 4e-7.
INLINED lanes error_function(lanes x) {
  const lanes t = x * x;
  lanes p = ALL(0x1.111c1ap-19f);
  p = p * t + 0x1.2d6f30p-12f;
  p = p * t + 0x1.faf87cp-9f;
  p = p * t + 0x1.b2a902p-5f;
  p = p * t + 0x1.8ac250p-3f;
  p = p * t + 0x1.20dd72p+0f;
  lanes q = ALL(0x1.3f5d16p-15f);
  q = q * t + 0x1.376ddep-10f;
  q = q * t + 0x1.f122eep-7f;
  q = q * t + 0x1.d75e64p-4f;
  q = q * t + 0x1.02209ap-1f;
  q = q * t + 1;
  lanes y = x * p / q;
  y = CHOICE(x <= -3.92f, ALL(-1), y);
  return CHOICE(x >= 3.92f, ALL(1), y);
}

INLINED lanes activated(parlance_activation_kind kind, lanes x) {
  if (kind == PARLANCE_GELU_ERF) return 0.5f * x * (1 + error_function(x * 0x1.6a09e6p-1f));
  // NaN stays NaN.
  if (kind == PARLANCE_RECTIFIED) return CHOICE(x < 0, ALL(0), x);
  // tanh(u) = 1 - 2 / (e^2u + 1)
  const lanes u = 0x1.988454p-1f * (x + 0.044715f * x * x * x);
  return x * (1 - 1 / (exponential(2 * u) + 1));
}

INLINED void activate_all(const parlance_activation_kind kind, float *x, int64_t count) {
  int64_t k = 0;
  for (; k + LANES <= count; k += LANES) STORE(x + k, activated(kind, LOADED(x + k)));
  if (k < count) {
    float padded[LANES] = {0};
    memcpy(padded, x + k, sizeof(float) * (size_t)(count - k));
    STORE(padded, activated(kind, LOADED(padded)));
    memcpy(x + k, padded, sizeof(float) * (size_t)(count - k));
  }
}

TARGET static void activate(parlance_activation_kind kind, float *x, int64_t count) {
  switch (kind) {
    case PARLANCE_GELU_ERF: activate_all(PARLANCE_GELU_ERF, x, count); break;
    case PARLANCE_GELU_BY_TANH: activate_all(PARLANCE_GELU_BY_TANH, x, count); break;
    case PARLANCE_RECTIFIED: activate_all(PARLANCE_RECTIFIED, x, count); break;
  }
}

INLINED float sum_of(const lanes *v) {
  float sums[LANES];
  STORE(sums, *v);
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) sums[i] += sums[i + half];
  }
  return sums[0];
}

TARGET static void layer_norm(float *x, const float *residual, int64_t width, const float *weight, const float *bias,
                              float epsilon) {
  const int64_t whole = width - width % LANES;
  lanes sums = {0};
  float rest = 0;
  if (residual != NULL) {
    for (int64_t k = 0; k < whole; k += LANES) STORE(x + k, LOADED(x + k) + LOADED(residual + k));
    for (int64_t k = whole; k < width; k++) x[k] += residual[k];
  }
  for (int64_t k = 0; k < whole; k += LANES) sums += LOADED(x + k);
  for (int64_t k = whole; k < width; k++) rest += x[k];
  const float mean = (sum_of(&sums) + rest) / (float)width;
  sums = (lanes){0};
  rest = 0;
  for (int64_t k = 0; k < whole; k += LANES) {
    const lanes away = LOADED(x + k) - mean;
    sums += away * away;
  }
  for (int64_t k = whole; k < width; k++) rest += (x[k] - mean) * (x[k] - mean);
  const float factor = 1 / sqrtf((sum_of(&sums) + rest) / (float)width + epsilon);
  for (int64_t k = 0; k < whole; k += LANES) {
    STORE(x + k, (LOADED(x + k) - mean) * factor * LOADED(weight + k) + LOADED(bias + k));
  }
  for (int64_t k = whole; k < width; k++) x[k] = (x[k] - mean) * factor * weight[k] + bias[k];
}

TARGET static float exponentials(float *x, int64_t count, float scale) {
  const int64_t whole = count - count % LANES;
  lanes most = ALL(-INFINITY);
  for (int64_t k = 0; k < whole; k += LANES) {
    const lanes v = LOADED(x + k);
    most = CHOICE(v > most, v, most);
  }
  float greatest = -INFINITY;
  for (int i = 0; i < LANES; i++) greatest = most[i] > greatest ? most[i] : greatest;
  for (int64_t k = whole; k < count; k++) greatest = x[k] > greatest ? x[k] : greatest;
  lanes sums = {0};
  for (int64_t k = 0; k < whole; k += LANES) {
    const lanes e = exponential((LOADED(x + k) - greatest) * scale);
    STORE(x + k, e);
    sums += e;
  }
  float sum = sum_of(&sums);
  if (whole < count) {
    float padded[LANES] = {0};
    memcpy(padded, x + whole, sizeof(float) * (size_t)(count - whole));
    STORE(padded, exponential((LOADED(padded) - greatest) * scale));
    memcpy(x + whole, padded, sizeof(float) * (size_t)(count - whole));
    for (int64_t k = whole; k < count; k++) sum += x[k];
  }
  return sum;
}

TARGET static void scale_all(float *x, int64_t count, float factor) {
  int64_t k = 0;
  for (; k + LANES <= count; k += LANES) STORE(x + k, LOADED(x + k) * factor);
  for (; k < count; k++) x[k] *= factor;
}

TARGET static int above(const float *x, int64_t rows, const float *bars) {
  integer_lanes any = {0};
  for (int column = 0; column < packed_columns; column += LANES) {
    const lanes bar = LOADED(bars + column);
    for (int64_t row = 0; row < rows; row++) any |= LOADED(x + row * packed_columns + column) > bar;
  }
  int found = 0;
  for (int i = 0; i < LANES; i++) found |= any[i];
  return found != 0;
}

TARGET static int all_finite(const float *x, int64_t count) {
  // Of a number that is not finite all bits of the exponent are set.
  integer_lanes any = {0};
  int64_t k = 0;
  for (; k + LANES <= count; k += LANES) {
    any |= ((integer_lanes)LOADED(x + k) & 0x7F800000) == 0x7F800000;
  }
  int found = 0;
  for (int i = 0; i < LANES; i++) found |= any[i];
  for (; k < count; k++) found |= !(x[k] - x[k] == 0);
  return found == 0;
}

#define LAYERS(title)                                                                                \
  {                                                                                                  \
    .name = title, .product = product, .activate = activate, .layer_norm = layer_norm,               \
    .exponentials = exponentials, .scale = scale_all, .above = above, .finite = all_finite             \
  }
