// The parts of a screening kernel that are the same C for every set of instructions. A kernel's file defines TARGET, the
// attribute that lets the compiler use its instructions, and LANES, the floats of a vector, and includes this once.
#include "../lanes.h"
#include "screen.h"

INLINED int32_t four_at(const int8_t *bytes) {
  int32_t four;
  memcpy(&four, bytes, 4);
  return four;
}

static const float unit = 0x1p-24f;

// Signs that look random, so that the rotation spreads a constant too: bit k of a repeated pattern.
static const uint64_t sign_bits[4] = {0x6A09E667F3BCC908u, 0xBB67AE8584CAA73Bu, 0x3C6EF372FE94F82Bu,
                                      0xA54FF53A5F1D36F1u};

INLINED float signed_by(int64_t k, float x) { return sign_bits[k >> 6 & 3] >> (k & 63) & 1 ? -x : x; }

#define M ((int32_t)0x80000000)
static const int32_t upper[4][16] = {{0, M, 0, M, 0, M, 0, M, 0, M, 0, M, 0, M, 0, M},
                                     {0, 0, M, M, 0, 0, M, M, 0, 0, M, M, 0, 0, M, M},
                                     {0, 0, 0, 0, M, M, M, M, 0, 0, 0, 0, M, M, M, M},
                                     {0, 0, 0, 0, 0, 0, 0, 0, M, M, M, M, M, M, M, M}};
#undef M

#if LANES == 16
#define EXCHANGED(v, s)                                                                                           \
  __builtin_shufflevector(v, v, 0 ^ s, 1 ^ s, 2 ^ s, 3 ^ s, 4 ^ s, 5 ^ s, 6 ^ s, 7 ^ s, 8 ^ s, 9 ^ s, 10 ^ s, 11 ^ s, \
                          12 ^ s, 13 ^ s, 14 ^ s, 15 ^ s)
#elif LANES == 8
#define EXCHANGED(v, s) __builtin_shufflevector(v, v, 0 ^ s, 1 ^ s, 2 ^ s, 3 ^ s, 4 ^ s, 5 ^ s, 6 ^ s, 7 ^ s)
#else
#define EXCHANGED(v, s) __builtin_shufflevector(v, v, 0 ^ s, 1 ^ s, 2 ^ s, 3 ^ s)
#endif

// Signs, then the Hadamard transform of each block, without the factor that would keep lengths.
TARGET static void rotate(const float *x, const float *centre, int64_t width, float *turned) {
  const int64_t order = order_of(width);
  if (centre == NULL) {
    for (int64_t k = 0; k < width; k++) turned[k] = signed_by(k, x[k]);
  } else {
    for (int64_t k = 0; k < width; k++) turned[k] = signed_by(k, x[k] - centre[k]);
  }
  if (order == 1) return;
  for (int64_t start = 0; start < width; start += LANES) {
    lanes v = LOADED(turned + start);
#define BUTTERFLY(stage) \
  v = (lanes)((integer_lanes)v ^ *(const integer_lanes *)upper[stage]) + EXCHANGED(v, (1 << stage));
    BUTTERFLY(0)
    BUTTERFLY(1)
#if LANES >= 8
    BUTTERFLY(2)
#endif
#if LANES >= 16
    BUTTERFLY(3)
#endif
    STORE(turned + start, v);
  }
  for (int64_t stride = LANES; stride < order; stride *= 2) {
    for (int64_t start = 0; start < width; start += 2 * stride) {
      for (int64_t k = start; k < start + stride; k += LANES) {
        const lanes a = LOADED(turned + k), b = LOADED(turned + k + stride);
        STORE(turned + k, a + b);
        STORE(turned + k + stride, a - b);
      }
    }
  }
}

// The greatest |x[k]|; NaN where there is one.
TARGET static float greatest(const float *x, int64_t width) {
  lanes most = {0};
  int64_t k = 0;
  for (; k + LANES <= width; k += LANES) {
    const lanes v = (lanes)((integer_lanes)LOADED(x + k) & 0x7FFFFFFF);
    // NaN is taken and stays, as no comparison with it is true.
    most = CHOICE((most < v) | (v != v), v, most);
  }
  float all = 0;
  for (int i = 0; i < LANES; i++) all = most[i] > all || most[i] != most[i] ? most[i] : all;
  for (; k < width; k++) all = fabsf(x[k]) > all || x[k] != x[k] ? fabsf(x[k]) : all;
  return all;
}

INLINED float root_above(float squares, int64_t width) { return sqrtf(squares) * (1 + (float)(width + 8) * unit); }

INLINED float sum_of(const lanes *v) {
  float sum = 0;
  for (int i = 0; i < LANES; i++) sum += (*v)[i];
  return sum;
}

// At least |x|, where the squares neither overflow nor vanish.
TARGET static float length(const float *x, int64_t width) {
  lanes sums = {0};
  int64_t k = 0;
  for (; k + LANES <= width; k += LANES) sums += LOADED(x + k) * LOADED(x + k);
  float sum = sum_of(&sums);
  for (; k < width; k++) sum += x[k] * x[k];
  return root_above(sum, width);
}

TARGET static void round_to(const float *x, int64_t width, float scale, int limit, int8_t *integers, float *error,
                            float *norm) {
  // Adding and subtracting 1.5 * 2^23 rounds to an integer; |x / scale| is at most 127 and a little.
  const float inverse = 1 / scale, magic = 0x1.8p23f, most = (float)limit;
  const lanes low = (lanes){0} - most, high = (lanes){0} + most;
  lanes errors = {0}, norms = {0};
  float error_sum = 0, norm_sum = 0;
  int64_t k = 0;
  for (; k + LANES <= width; k += LANES) {
    const lanes v = LOADED(x + k);
    lanes q = v * inverse + magic;
    q -= magic;
    q = CHOICE(q < low, low, q);
    q = CHOICE(q > high, high, q);
    *(byte_lanes *)(integers + k) = __builtin_convertvector(__builtin_convertvector(q, integer_lanes), byte_lanes);
    const lanes part = q * scale, rest = v - part;
    errors += rest * rest;
    norms += part * part;
  }
  for (; k < width; k++) {
    float q = x[k] * inverse + magic;
    q -= magic;
    q = q < -most ? -most : q > most ? most : q;
    integers[k] = (int8_t)q;
    const float part = q * scale, rest = x[k] - part;
    error_sum += rest * rest;
    norm_sum += part * part;
  }
  *norm = root_above(norm_sum + sum_of(&norms), width);
  *error = root_above(error_sum + sum_of(&errors), width);
  // q * scale and x - part are rounded.
  *error += 4 * unit * (*error + *norm);
}

// The integer product Q of a token that beats the bar has scale * Q > bar - base - the greatest errors; rounding makes
// what is subtracted larger.
TARGET static void thresholds_of(const float *bars, const float *base, const panel_numbers *panel,
                                 const sequence_numbers *sequence, int32_t *thresholds) {
  const float inverse = 1 / sequence->scale;
  for (int column = 0; column < columns; column++) {
    const float slack = sequence->error * panel->norm[column] + sequence->norm * panel->error[column];
    const float size = bars[column] + fabsf(base[column]) + slack;
    const float least = (bars[column] - base[column] - slack - 8 * unit * size) * (inverse * panel->inverse[column]);
    const float below = least - 2 - 8 * unit * fabsf(least);
    // Products are below 2^30. What an integer cannot hold on the other side, and NaN, becomes what everything exceeds.
    thresholds[column] = below >= 0x1p30f ? INT32_MAX : below > -0x1p30f ? (int32_t)below : INT32_MIN;
  }
}
