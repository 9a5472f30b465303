// A register-tiled matrix product: 14 rows by 32 columns are summed in 28 vectors of AVX-512 over the whole depth.
#include "../Product.h"

#include <immintrin.h>

namespace parlance::avx512 {
namespace {

constexpr int lanes = 16;
static_assert(productColumns == 2 * lanes);

template <bool transposed, int rows>
void tile(const ProductTask &task, const float *left, const float *panel, const float *bias, float *out) {
  const int64_t stride = task.left.stride, outStride = task.outStride;
  __m512 sum[rows][2];
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++) {
    const float *start = task.adds ? out + row * outStride : bias;
    sum[row][0] = start == nullptr ? _mm512_setzero_ps() : _mm512_loadu_ps(start);
    sum[row][1] = start == nullptr ? _mm512_setzero_ps() : _mm512_loadu_ps(start + lanes);
  }
  for (int64_t k = 0; k < task.depth; k++) {
    const __m512 w0 = _mm512_loadu_ps(panel + k * productColumns);
    const __m512 w1 = _mm512_loadu_ps(panel + k * productColumns + lanes);
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      const __m512 x = _mm512_set1_ps(transposed ? left[k * stride + row] : left[row * stride + k]);
      sum[row][0] = _mm512_fmadd_ps(x, w0, sum[row][0]);
      sum[row][1] = _mm512_fmadd_ps(x, w1, sum[row][1]);
    }
  }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++) {
    _mm512_storeu_ps(out + row * outStride, sum[row][0]);
    _mm512_storeu_ps(out + row * outStride + lanes, sum[row][1]);
  }
}

using Tile = void (*)(const ProductTask &, const float *, const float *, const float *, float *);

/// `tile` for each number of rows.
template <bool transposed>
struct Tiles {
  Tile of[productRows + 1] = {};
  template <int rows>
  constexpr void fill() {
    of[rows] = tile<transposed, rows>;
    if constexpr (rows > 1) fill<rows - 1>();
  }
  constexpr Tiles() { fill<productRows>(); }
};

// With all of the mask's bits: the headers of GCC 12 warn of the plain forms' undefined operand.
inline __m512 low(__m512 x, __m512 y) { return _mm512_maskz_unpacklo_ps(0xffff, x, y); }
inline __m512 high(__m512 x, __m512 y) { return _mm512_maskz_unpackhi_ps(0xffff, x, y); }
inline __m512 lowPair(__m512 x, __m512 y) { return (__m512)_mm512_maskz_unpacklo_pd(0xff, (__m512d)x, (__m512d)y); }
inline __m512 highPair(__m512 x, __m512 y) { return (__m512)_mm512_maskz_unpackhi_pd(0xff, (__m512d)x, (__m512d)y); }
inline __m512 evenQuarters(__m512 x, __m512 y) { return _mm512_maskz_shuffle_f32x4(0xffff, x, y, 0x88); }
inline __m512 oddQuarters(__m512 x, __m512 y) { return _mm512_maskz_shuffle_f32x4(0xffff, x, y, 0xdd); }

/// to[j * productColumns + i] = from[i * stride + j] for 16 x 16 numbers.
void transpose(const float *from, int64_t stride, float *to) {
  __m512 a[16], b[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) a[i] = _mm512_loadu_ps(from + i * stride);
  // Pairs of rows, then fours, interleaved inside each quarter; then the quarters.
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    b[i] = low(a[i], a[i + 1]);
    b[i + 1] = high(a[i], a[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    a[i] = lowPair(b[i], b[i + 2]);
    a[i + 1] = highPair(b[i], b[i + 2]);
    a[i + 2] = lowPair(b[i + 1], b[i + 3]);
    a[i + 3] = highPair(b[i + 1], b[i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    b[i] = evenQuarters(a[i], a[i + 4]);
    b[i + 4] = oddQuarters(a[i], a[i + 4]);
    b[i + 8] = evenQuarters(a[i + 8], a[i + 12]);
    b[i + 12] = oddQuarters(a[i + 8], a[i + 12]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    _mm512_storeu_ps(to + i * productColumns, evenQuarters(b[i], b[i + 8]));
    _mm512_storeu_ps(to + (i + 4) * productColumns, evenQuarters(b[i + 4], b[i + 12]));
    _mm512_storeu_ps(to + (i + 8) * productColumns, oddQuarters(b[i], b[i + 8]));
    _mm512_storeu_ps(to + (i + 12) * productColumns, oddQuarters(b[i + 4], b[i + 12]));
  }
}

}  // namespace

void product(const ProductTask &task, int64_t firstRow, int64_t endRow, int64_t firstPanel, int64_t endPanel) {
  static constexpr Tiles<false> plain;
  static constexpr Tiles<true> transposed;
  const Tile *tiles = task.left.transposed ? transposed.of : plain.of;
  const int64_t length = endRow - firstRow, count = (length + productRows - 1) / productRows;
  for (int64_t panel = firstPanel; panel < endPanel; panel++) {
    const int64_t column = panel * productColumns;
    const float *bias = task.bias == nullptr ? nullptr : task.bias + column;
    for (int64_t i = 0, row = firstRow; i < count; i++) {
      // Tiles of nearly one height: a last tile of one row would cost nearly as much as a full one.
      const int64_t rows = length / count + (i < length % count ? 1 : 0);
      const float *left = task.left.numbers + (task.left.transposed ? row : row * task.left.stride);
      tiles[rows](task, left, task.panels + panel * task.panelStride, bias, task.out + row * task.outStride + column);
      row += rows;
    }
  }
}

void pack(const ProductFactor &right, int64_t depth, int64_t columns, int64_t firstDepth, int64_t endDepth,
          float *panels) {
  for (int64_t column = 0; column < columns; column += productColumns) {
    float *panel = panels + column * depth;
    const int64_t own = columns - column < productColumns ? columns - column : productColumns;
    const float *from = right.numbers + (right.transposed ? column * right.stride : column);
    int64_t k = firstDepth;
    if (own == productColumns && right.transposed) {
      for (; k + 16 <= endDepth; k += 16) {
        transpose(from + k, right.stride, panel + k * productColumns);
        transpose(from + 16 * right.stride + k, right.stride, panel + k * productColumns + 16);
      }
    } else if (own == productColumns) {
      for (; k < endDepth; k++) {
        _mm512_storeu_ps(panel + k * productColumns, _mm512_loadu_ps(from + k * right.stride));
        _mm512_storeu_ps(panel + k * productColumns + lanes, _mm512_loadu_ps(from + k * right.stride + lanes));
      }
    }
    for (; k < endDepth; k++) {
      for (int64_t i = 0; i < own; i++) {
        panel[k * productColumns + i] = right.transposed ? from[i * right.stride + k] : from[k * right.stride + i];
      }
      for (int64_t i = own; i < productColumns; i++) panel[k * productColumns + i] = 0;
    }
  }
}

}  // namespace parlance::avx512
