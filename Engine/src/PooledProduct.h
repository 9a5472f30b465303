// The product of hidden states and vocabulary that keeps only what survives pooling.
//
// This header is shared with the kernels, which are compiled for several instruction sets: nothing here may have code
// that the linker could take from the wrong one of them.
#pragma once
#include <cstdint>
#include <string_view>

namespace parlance {

/// A positive logit that pooling keeps: for max pooling the greatest of its sequence and column, for sum pooling each.
struct Hit {
  int32_t sequence;
  int32_t column;
  /// Counted from the start of the sequence.
  int32_t token;
  float logit;
};

/// Vocabulary columns that lie together in the prepared weight, [panels, H, panelColumns].
inline constexpr int panelColumns = 32;

/// One call: logits_TV = hidden_TH W^T + bias, pooled inside each sequence.
struct PooledProductTask {
  const float *hidden_TH;
  const float *panels;
  /// One for each column of each panel; minus infinity for the columns that fill the last panel.
  const float *bias;
  int64_t width;
  /// Sequence `i` has the tokens `starts[i] ..< starts[i + 1]`.
  const int32_t *starts;
  bool sums;
  void (*emit)(void *context, Hit hit);
};

/// The product for one instruction set.
struct PooledProductKernel {
  const char *name;
  /// Emits, for each sequence of the range, the hits of the panels in ascending columns (max pooling), or in any order
  /// that has ascending tokens for each column (sum pooling).
  void (*run)(const PooledProductTask &task, int64_t firstPanel, int64_t endPanel, int32_t firstSequence,
              int32_t endSequence, void *context);
};

/// The best that this machine runs; the environment's PARLANCE_KERNEL names another (baseline, avx2, avx512).
const PooledProductKernel &pooledProduct();

/// The environment's PARLANCE_KERNEL, empty where it is not set.
std::string_view kernelWish();

/// Whether PARLANCE_KERNEL=libtorch asks for what other devices do, so that it can be tested without one.
bool asOtherDevices();

}  // namespace parlance
