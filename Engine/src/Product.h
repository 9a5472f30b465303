// Matrix products, for processors on which libtorch's fall behind: MKL has kernels for AVX-512 on Intel's only.
//
// This header is shared with the kernels, which are compiled for their own instruction set: nothing here may have code
// that the linker could take from there.
#pragma once
#include <cstdint>

namespace parlance {

/// Columns of the right factor that lie together, [panels, depth, productColumns].
inline constexpr int productColumns = 32;
/// Rows of a tile: blocks of a multiple of these have no tile that is not full.
inline constexpr int productRows = 14;

/// A matrix that is read as it lies or transposed.
struct ProductFactor {
  const float *numbers;
  /// From one row to the next, as it lies.
  int64_t stride;
  bool transposed;
};

/// One call: out(m, n) = sum over k of left(m, k) right(k, n), added to a bias or to what is there.
struct ProductTask {
  ProductFactor left;
  /// The right factor's panels, from the task's first k on, `panelStride` numbers apart.
  const float *panels;
  int64_t panelStride;
  int64_t depth;
  /// One number for each column; may be null.
  const float *bias;
  /// Has whole panels: room for columns up to a multiple of productColumns.
  float *out;
  int64_t outStride;
  /// Whether the sums are added to `out`; the bias is not used then.
  bool adds;
};

namespace avx512 {

/// Computes the rows and panels of the ranges.
void product(const ProductTask &task, int64_t firstRow, int64_t endRow, int64_t firstPanel, int64_t endPanel);

/// Lays `columns` columns of a right factor of some depth into panels, for the k of the range; columns that fill the last
/// panel are zeros.
void pack(const ProductFactor &right, int64_t depth, int64_t columns, int64_t firstDepth, int64_t endDepth, float *panels);

}  // namespace avx512
}  // namespace parlance
