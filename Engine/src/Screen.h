// The head by screening: integers bound the logits, and only those that may matter are computed.
#pragma once
#include <ATen/ATen.h>
#include <CTensorEngine.h>
#include <parlance_screen.h>

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "PooledProduct.h"

namespace parlance {

using Hits = std::vector<Hit>;

/// What is kept from call to call for one weight; may be used by any number of threads.
class Screen {
 public:
  /// The hits of all sequences, or nothing where screening does not serve: each part has ascending columns for max
  /// pooling, ascending tokens for sum pooling, and so have the parts.
  std::optional<std::vector<Hits>> product(const at::Tensor &hidden_TH, const at::Tensor &weight_VH,
                                           const at::Tensor &bias_V, std::span<const int32_t> starts,
                                           parlance_pooling pooling);

  parlance_screen_report report() const;

 private:
  struct Quantised;

  std::shared_ptr<const Quantised> quantised(const at::Tensor &hidden_TH, const at::Tensor &weight_VH,
                                             const at::Tensor &bias_V);

  mutable std::mutex lock;
  std::shared_ptr<const Quantised> current;
  /// For the report.
  int64_t tokens = 0, computed = 0;
  bool standsDown = false;
};

}  // namespace parlance

struct parlance_screen {
  parlance::Screen value;
};
