// Attention inside packed sequences.
//
// This header is shared with the kernel, which is compiled for its own instruction set: nothing here may have code that
// the linker could take from there.
#pragma once
#include <cstdint>

#include "Dropout.h"

namespace parlance {

/// One call: softmax(scale Q K^T), dropped out, times V, for each head of each sequence by itself.
///
/// All matrices are [tokens, heads * width]. The scores of a head live in the caches only.
struct AttentionTask {
  const float *query, *key, *value;
  /// Sequence `i` has the tokens `starts[i] ..< starts[i + 1]`.
  const int32_t *starts;
  /// The heads, and the width of each, a multiple of productColumns.
  int64_t heads, width;
  float scale;
  bool drops;
  /// Each head of each sequence mixes its number into the key.
  uint64_t dropoutKey;
  double dropout;
  /// The result.
  float *out;
  /// For the backward pass: the derivative by `out`, and where those by the inputs go.
  const float *gradient;
  float *toQuery, *toKey, *toValue;
};

namespace avx512 {

/// The numbers of scratch memory that `attend` and `attendBackward` need for a sequence.
int64_t attentionScratch(int64_t length, int64_t width);
void attend(const AttentionTask &task, int64_t sequence, int64_t head, float *scratch);
void attendBackward(const AttentionTask &task, int64_t sequence, int64_t head, float *scratch);

}  // namespace avx512
}  // namespace parlance
