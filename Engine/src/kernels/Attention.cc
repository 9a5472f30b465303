// One head of one sequence: its scores are made, normalised, dropped out and used while they are in the cache. The
// backward pass makes them again instead of keeping them.
#include "../Attention.h"

#include <immintrin.h>

#include "../Product.h"

namespace parlance::avx512 {
namespace {

constexpr int64_t lanes = 16;

int64_t padded(int64_t length) { return (length + productColumns - 1) / productColumns * productColumns; }

/// e^x to a few units in the last place; NaN stays NaN.
inline __m512 exponential(__m512 x) {
  x = _mm512_maskz_max_ps(0xffff, _mm512_set1_ps(-87), x);
  const __m512 n = _mm512_maskz_roundscale_ps(0xffff, x * _mm512_set1_ps(1.44269504f), 0);
  // ln 2 in two parts, so that the rest is exact.
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693145752f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(1.42860677e-6f), r);
  // The series up to r^7, |r| < 0.35.
  constexpr float factors[] = {1.f / 720, 1.f / 120, 1.f / 24, 1.f / 6, 0.5f, 1.f, 1.f};
  __m512 sum = _mm512_set1_ps(1.f / 5040);
  for (const float factor : factors) sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(factor));
  return _mm512_maskz_scalef_ps(0xffff, sum, n);
}

inline __mmask16 lanesLeft(int64_t count) {
  return count >= lanes ? 0xffff : static_cast<__mmask16>((1u << (count < 0 ? 0 : count)) - 1);
}

inline float sumOf(__m512 x) {
  float parts[lanes], sum = 0;
  _mm512_storeu_ps(parts, x);
  for (const float part : parts) sum += part;
  return sum;
}

inline float maximumOf(__m512 x) {
  float parts[lanes], maximum;
  _mm512_storeu_ps(parts, x);
  maximum = parts[0];
  for (const float part : parts) maximum = part > maximum ? part : maximum;
  return maximum;
}

/// A row of scores becomes softmax(scale * row); the columns that fill the last panel become 0.
void softmax(float *row, int64_t length, float scale) {
  const __m512 lowest = _mm512_set1_ps(-__builtin_inff());
  __m512 greatest = lowest, total = _mm512_setzero_ps();
  for (int64_t i = 0; i < length; i += lanes) {
    const __mmask16 here = lanesLeft(length - i);
    greatest = _mm512_maskz_max_ps(0xffff, greatest, _mm512_mask_loadu_ps(lowest, here, row + i));
  }
  const __m512 peak = _mm512_set1_ps(maximumOf(greatest)), factor = _mm512_set1_ps(scale);
  for (int64_t i = 0; i < padded(length); i += lanes) {
    const __mmask16 here = lanesLeft(length - i);
    const __m512 power = _mm512_maskz_mov_ps(here, exponential((_mm512_loadu_ps(row + i) - peak) * factor));
    total += power;
    _mm512_storeu_ps(row + i, power);
  }
  const __m512 share = _mm512_set1_ps(1 / sumOf(total));
  for (int64_t i = 0; i < padded(length); i += lanes) _mm512_storeu_ps(row + i, _mm512_loadu_ps(row + i) * share);
}

/// The dropout factors of 16 places.
inline __m512 factors(const DropoutRule &rule, uint32_t place) {
  float parts[lanes];
  for (int64_t i = 0; i < lanes; i++) parts[i] = dropoutFactor(rule, place + static_cast<uint32_t>(i));
  return _mm512_loadu_ps(parts);
}

/// What all steps of one head share.
struct Head {
  const AttentionTask &task;
  const int64_t start, length, columns, stride, offset;
  const DropoutRule rule;

  Head(const AttentionTask &task, int64_t sequence, int64_t head)
      : task(task),
        start(task.starts[sequence]),
        length(task.starts[sequence + 1] - start),
        columns(padded(length)),
        stride(task.heads * task.width),
        offset(start * stride + head * task.width),
        rule(dropoutRule(task.dropoutKey + 0x9e3779b97f4a7c15 * static_cast<uint64_t>(sequence * task.heads + head + 1),
                         task.dropout)) {}

  ProductFactor factor(const float *matrix, bool transposed = false) const {
    return {matrix + offset, stride, transposed};
  }

  /// out [length, columns] = left right^T, both of the head's width.
  void scores(const float *left, const float *right, float *panels, float *out) const {
    pack(factor(right, true), task.width, length, 0, task.width, panels);
    const ProductTask product{factor(left), panels, task.width * productColumns, task.width, nullptr, out, columns, false};
    avx512::product(product, 0, length, 0, columns / productColumns);
  }

  /// The head's part of out = shares right, or shares^T right.
  void mix(const float *shares, bool transposed, const float *right, float *panels, float *out) const {
    pack(factor(right), length, task.width, 0, length, panels);
    const ProductTask product{{shares, columns, transposed}, panels, length * productColumns, length, nullptr,
                              out + offset, stride, false};
    avx512::product(product, 0, length, 0, task.width / productColumns);
  }
};

}  // namespace

int64_t attentionScratch(int64_t length, int64_t width) { return padded(length) * (width + 3 * length); }

void attend(const AttentionTask &task, int64_t sequence, int64_t number, float *scratch) {
  const Head head(task, sequence, number);
  float *panels = scratch, *shares = scratch + head.columns * task.width;
  head.scores(task.query, task.key, panels, shares);
  for (int64_t i = 0; i < head.length; i++) {
    float *row = shares + i * head.columns;
    softmax(row, head.length, task.scale);
    if (!task.drops) continue;
    for (int64_t j = 0; j < head.columns; j += lanes) {
      const __m512 factor = factors(head.rule, static_cast<uint32_t>(i * head.columns + j));
      _mm512_storeu_ps(row + j, _mm512_loadu_ps(row + j) * factor);
    }
  }
  head.mix(shares, false, task.value, panels, task.out);
}

void attendBackward(const AttentionTask &task, int64_t sequence, int64_t number, float *scratch) {
  const Head head(task, sequence, number);
  const int64_t square = head.length * head.columns;
  float *panels = scratch, *shares = scratch + head.columns * task.width;
  float *kept = shares + square, *slopes = kept + square;
  head.scores(task.query, task.key, panels, shares);
  head.scores(task.gradient, task.value, panels, slopes);
  for (int64_t i = 0; i < head.length; i++) {
    float *row = shares + i * head.columns, *keptRow = kept + i * head.columns, *slope = slopes + i * head.columns;
    softmax(row, head.length, task.scale);
    __m512 along = _mm512_setzero_ps();
    for (int64_t j = 0; j < head.columns; j += lanes) {
      const __m512 share = _mm512_loadu_ps(row + j);
      __m512 own = _mm512_loadu_ps(slope + j);
      if (task.drops) {
        const __m512 factor = factors(head.rule, static_cast<uint32_t>(i * head.columns + j));
        own *= factor;
        _mm512_storeu_ps(keptRow + j, share * factor);
        _mm512_storeu_ps(slope + j, own);
      }
      along += share * own;
    }
    const __m512 mean = _mm512_set1_ps(sumOf(along)), scale = _mm512_set1_ps(task.scale);
    for (int64_t j = 0; j < head.columns; j += lanes) {
      _mm512_storeu_ps(slope + j, _mm512_loadu_ps(row + j) * (_mm512_loadu_ps(slope + j) - mean) * scale);
    }
  }
  head.mix(task.drops ? kept : shares, true, task.gradient, panels, task.toValue);
  head.mix(slopes, false, task.key, panels, task.toQuery);
  head.mix(slopes, true, task.query, panels, task.toKey);
}

}  // namespace parlance::avx512
