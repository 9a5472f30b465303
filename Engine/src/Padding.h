// Packed sequences as rows of one length, for devices that are slow to be told of each sequence's work.
#pragma once
#include <ATen/ATen.h>

#include <span>
#include <vector>

namespace parlance {

/// Where the tokens of packed sequences go in rows [sequences, longest] that all have the length of the longest.
struct Padding {
  /// Which sequences the rows are: those that have a token.
  std::vector<int32_t> sequences;
  int64_t longest = 0;
  /// [tokens]: the place of each token among sequences * longest.
  at::Tensor places;
  /// [sequences * longest]: which token is there; past a sequence's end its first one.
  at::Tensor tokens;
  /// [sequences, 1, 1, longest]: whether a token is there. Undefined where all sequences are of one length.
  at::Tensor isToken;

  int64_t rows() const { return static_cast<int64_t>(sequences.size()); }
  int64_t padded() const { return rows() * longest; }

  /// [tokens, width] to [sequences * longest, width], as `tokens` says; recorded where it needs a gradient, for which what is past the
  /// ends counts nothing.
  at::Tensor spread(const at::Tensor &x) const;
  /// The way back; the gradient past the ends is zero.
  at::Tensor gathered(const at::Tensor &x) const;
};

/// The padding of packed sequences. The calling thread's last one is kept, since each layer of a model asks for it.
const Padding &paddingOf(std::span<const int32_t> starts, at::Device device);

}  // namespace parlance
