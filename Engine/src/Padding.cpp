#include "Padding.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>

namespace parlance {
namespace {

/// No two tokens have one place, so that nothing has to be added up in a gradient.
struct Spread : torch::autograd::Function<Spread> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &tokens,
                            const at::Tensor &places) {
    at::NoGradGuard unrecorded;
    context->save_for_backward({places});
    return x.index_select(0, tokens);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    at::NoGradGuard unrecorded;
    return {gradients[0].index_select(0, context->get_saved_variables()[0]), at::Tensor(), at::Tensor()};
  }
};

struct Gathered : torch::autograd::Function<Gathered> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &tokens,
                            const at::Tensor &places, const at::Tensor &isToken) {
    at::NoGradGuard unrecorded;
    context->save_for_backward({tokens, isToken});
    return x.index_select(0, places);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    at::NoGradGuard unrecorded;
    const auto saved = context->get_saved_variables();
    return {gradients[0].index_select(0, saved[0]).mul_(saved[1].view({-1, 1})), at::Tensor(), at::Tensor(),
            at::Tensor()};
  }
};

Padding made(std::span<const int32_t> starts, const at::Device &device) {
  Padding padding;
  for (size_t i = 0; i + 1 < starts.size(); i++) {
    const int64_t length = starts[i + 1] - starts[i];
    if (length > 0) padding.sequences.push_back(static_cast<int32_t>(i));
    padding.longest = std::max(padding.longest, length);
  }
  const at::Tensor places = at::empty({starts.back()}, at::kLong), tokens = at::empty({padding.padded()}, at::kLong);
  const at::Tensor isToken = at::empty({padding.padded()}, at::kBool);
  auto *place = places.mutable_data_ptr<int64_t>(), *token = tokens.mutable_data_ptr<int64_t>();
  bool *is = isToken.mutable_data_ptr<bool>();
  for (int64_t row = 0; row < padding.rows(); row++) {
    const int64_t start = starts[padding.sequences[row]], length = starts[padding.sequences[row] + 1] - start;
    for (int64_t i = 0; i < padding.longest; i++) {
      const int64_t at = row * padding.longest + i;
      is[at] = i < length;
      token[at] = i < length ? start + i : start;
      if (i < length) place[start + i] = at;
    }
  }
  padding.places = places.to(device);
  padding.tokens = tokens.to(device);
  if (padding.padded() != starts.back()) {
    padding.isToken = isToken.to(device).view({padding.rows(), 1, 1, padding.longest});
  }
  return padding;
}

}  // namespace

at::Tensor Padding::spread(const at::Tensor &x) const {
  return isToken.defined() ? Spread::apply(x, tokens, places) : x;
}

at::Tensor Padding::gathered(const at::Tensor &x) const {
  return isToken.defined() ? Gathered::apply(x, tokens, places, isToken) : x;
}

const Padding &paddingOf(std::span<const int32_t> starts, at::Device device) {
  struct Kept {
    std::vector<int32_t> starts;
    at::Device device;
    Padding padding;
  };
  static thread_local std::optional<Kept> last;
  if (!last || last->device != device || !std::ranges::equal(last->starts, starts)) {
    last = Kept{{starts.begin(), starts.end()}, device, made(starts, device)};
  }
  return last->padding;
}

}  // namespace parlance
