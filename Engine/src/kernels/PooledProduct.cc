// A register-tiled matrix product whose epilogue is the maximum over the rows: the logits never leave the registers.
//
// A tile is `rows` tokens by two vectors of columns. Its column maxima are compared with the best so far of the
// sequence, which starts at -bias, the bar of a positive logit. Of a trained SPLADE's logits about one in ten thousand
// is positive, so almost every tile ends with that comparison; the others are stored and searched for the arg-max.
#include "../PooledProduct.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace parlance::KERNEL_NAME {
namespace {

#if defined(__AVX512F__)
constexpr int lanes = 16, maxRows = 14;
#elif defined(__AVX2__)
constexpr int lanes = 8, maxRows = 6;
#elif defined(__aarch64__)
constexpr int lanes = 4, maxRows = 12;
#else
constexpr int lanes = 4, maxRows = 6;
#endif
constexpr int tileColumns = 2 * lanes;
static_assert(panelColumns % tileColumns == 0);

typedef float Vector __attribute__((vector_size(4 * lanes)));
typedef float UnalignedVector __attribute__((vector_size(4 * lanes), aligned(4)));

inline Vector load(const float *from) { return *reinterpret_cast<const UnalignedVector *>(from); }
inline void store(float *to, Vector x) { *reinterpret_cast<UnalignedVector *>(to) = x; }

inline bool anyGreater(Vector a, Vector b) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ) != 0;
#elif defined(__AVX2__)
  return _mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_GT_OQ)) != 0;
#else
  int any = 0;
  for (int i = 0; i < lanes; i++) any |= a[i] > b[i];
  return any != 0;
#endif
}

/// The best products so far of one sequence and `tileColumns` columns.
struct Best {
  Vector product[2];
  int32_t token[tileColumns];
};

/// Where a tile lies.
struct Place {
  int32_t sequence, column, token;
  const float *bias;
};

/// What is done with a tile that has a product above the bar.
template <bool sums>
[[gnu::noinline]] void absorb(const float (*products)[tileColumns], int rows, const Place &place,
                              const PooledProductTask &task, Best &best, void *context) {
  float bar[tileColumns];
  store(bar, best.product[0]);
  store(bar + lanes, best.product[1]);
  for (int column = 0; column < tileColumns; column++) {
    for (int row = 0; row < rows; row++) {
      const float product = products[row][column];
      if (!(product > bar[column])) continue;
      if (sums) {
        task.emit(context, {place.sequence, place.column + column, place.token + row, product + place.bias[column]});
      } else {
        bar[column] = product;
        best.token[column] = place.token + row;
      }
    }
  }
  if (!sums) best.product[0] = load(bar), best.product[1] = load(bar + lanes);
}

template <bool sums, int rows>
void tile(const float *hidden, const float *panel, const Place &place, const PooledProductTask &task, Best &best,
          void *context) {
  const int64_t width = task.width;
  Vector sum[rows][2] = {};
  for (int64_t k = 0; k < width; k++) {
    const Vector w0 = load(panel + k * panelColumns), w1 = load(panel + k * panelColumns + lanes);
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      const Vector h = hidden[row * width + k] - Vector{};
      sum[row][0] += h * w0;
      sum[row][1] += h * w1;
    }
  }
  // Otherwise the compiler moves parts of what follows into the loop, where registers are short: half the speed.
#if defined(__x86_64__)
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++) asm("" : "+v"(sum[row][0]), "+v"(sum[row][1]));
#endif
  Vector greatest[2] = {sum[0][0], sum[0][1]};
#pragma GCC unroll 16
  for (int row = 1; row < rows; row++) {
    greatest[0] = sum[row][0] > greatest[0] ? sum[row][0] : greatest[0];
    greatest[1] = sum[row][1] > greatest[1] ? sum[row][1] : greatest[1];
  }
  if (__builtin_expect(anyGreater(greatest[0], best.product[0]) || anyGreater(greatest[1], best.product[1]), 0)) {
    float products[rows][tileColumns];
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      store(products[row], sum[row][0]);
      store(products[row] + lanes, sum[row][1]);
    }
    absorb<sums>(products, rows, place, task, best, context);
  }
}

using Tile = void (*)(const float *, const float *, const Place &, const PooledProductTask &, Best &, void *);

/// `tile` for each number of rows.
template <bool sums>
struct Tiles {
  Tile of[maxRows + 1] = {};
  template <int rows>
  constexpr void fill() {
    of[rows] = tile<sums, rows>;
    if constexpr (rows > 1) fill<rows - 1>();
  }
  constexpr Tiles() { fill<maxRows>(); }
};

template <bool sums>
void pool(const PooledProductTask &task, int32_t sequence, const float *panel, int64_t column, void *context) {
  static constexpr Tiles<sums> tiles;
  const float *bias = task.bias + column;
  Best best{{-load(bias), -load(bias + lanes)}, {}};
  const int32_t start = task.starts[sequence], length = task.starts[sequence + 1] - start;
  const int32_t count = (length + maxRows - 1) / maxRows;
  for (int32_t i = 0, token = 0; i < count; i++) {
    // Tiles of nearly one height: a last tile of one row would cost nearly as much as a full one.
    const int32_t rows = length / count + (i < length % count ? 1 : 0);
    const Place place{sequence, static_cast<int32_t>(column), token, bias};
    tiles.of[rows](task.hidden_TH + (start + token) * task.width, panel, place, task, best, context);
    token += rows;
  }
  if (sums) return;
  if (!anyGreater(best.product[0], -load(bias)) && !anyGreater(best.product[1], -load(bias + lanes))) return;
  for (int i = 0; i < tileColumns; i++) {
    const float product = best.product[i / lanes][i % lanes];
    if (product > -bias[i]) {
      task.emit(context, {sequence, static_cast<int32_t>(column + i), best.token[i], product + bias[i]});
    }
  }
}

void run(const PooledProductTask &task, int64_t firstPanel, int64_t endPanel, int32_t firstSequence,
         int32_t endSequence, void *context) {
  for (int64_t index = firstPanel; index < endPanel; index++) {
    const float *panel = task.panels + index * panelColumns * task.width;
    for (int offset = 0; offset < panelColumns; offset += tileColumns) {
      for (int32_t sequence = firstSequence; sequence < endSequence; sequence++) {
        (task.sums ? pool<true> : pool<false>)(task, sequence, panel + offset, index * panelColumns + offset, context);
      }
    }
  }
}

}  // namespace

#define PARLANCE_TEXT(name) #name
#define PARLANCE_QUOTED(name) PARLANCE_TEXT(name)
extern const PooledProductKernel kernel;
const PooledProductKernel kernel = {PARLANCE_QUOTED(KERNEL_NAME), run};

}  // namespace parlance::KERNEL_NAME
