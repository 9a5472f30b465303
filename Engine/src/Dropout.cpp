// Dropout of tensors.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "Boundary.h"
#include "Dropout.h"
#include "Parallel.h"
#include "Random.h"

namespace parlance {
namespace {

at::Tensor dropped(const at::Tensor &x, double probability, uint64_t key) {
  const at::Tensor plain = x.contiguous();
  at::Tensor out = at::empty_like(plain);
  const DropoutRule rule = dropoutRule(key, probability);
  const float *from = plain.const_data_ptr<float>();
  float *to = out.mutable_data_ptr<float>();
  constexpr int64_t atOnce = 1 << 14;
  inParallel((plain.numel() + atOnce - 1) / atOnce, 4, [&](int64_t begin, int64_t end) {
    dropOut(rule, from, to, begin * atOnce, std::min(plain.numel(), end * atOnce));
  });
  return out;
}

struct HashedDropout : torch::autograd::Function<HashedDropout> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, double probability) {
    at::NoGradGuard unrecorded;
    const uint64_t key = nextKey();
    context->saved_data["probability"] = probability;
    context->saved_data["key"] = static_cast<int64_t>(key);
    return dropped(x, probability, key);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    at::NoGradGuard unrecorded;
    const auto key = static_cast<uint64_t>(context->saved_data["key"].toInt());
    return {dropped(gradients[0], context->saved_data["probability"].toDouble(), key), at::Tensor()};
  }
};

}  // namespace

at::Tensor dropout(const at::Tensor &x, double probability) {
  require(probability >= 0 && probability < 1, "a probability of at least 0 and below 1 was expected");
  if (x.is_cpu()) return HashedDropout::apply(x.to(at::kFloat), probability).to(x.scalar_type());
  // Out of libtorch's generator for the device.
  const at::Tensor kept = at::empty_like(x).bernoulli_(1 - probability, generatorOn(x.device()));
  return x * kept.div_(1 - probability);
}

}  // namespace parlance
