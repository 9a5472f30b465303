// Linear layers, by our own product where libtorch's falls behind and the batch is large enough to lay the weight in order.
#include "LayerFunctions.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "Parallel.h"
#include "Product.h"

namespace parlance {
namespace {

bool choose() {
#if defined(__x86_64__)
  const char *named = std::getenv("PARLANCE_PRODUCT");
  const std::string_view wish = named == nullptr ? "" : named;
  return __builtin_cpu_supports("avx512f") && (wish.empty() ? !__builtin_cpu_is("intel") : wish == "own");
#else
  return false;
#endif
}

#if defined(__x86_64__)

/// Fewer rows do not pay for the panels.
constexpr int64_t fewestRows = 128;

bool isOurs(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
  return usesOwnProducts() && x.is_cpu() && !at::autocast::is_autocast_enabled(at::kCPU) && x.dim() == 2 && x.size(0) >= fewestRows && weight.dim() == 2 &&
         x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && x.size(1) == weight.size(1) &&
         weight.size(0) % productColumns == 0 && weight.size(1) % productColumns == 0 &&
         (!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0) && bias.scalar_type() == at::kFloat));
}

/// The columns of a matrix, or its rows where it is `transposed`, in panels.
at::Tensor panels(const at::Tensor &matrix, bool transposed) {
  const int64_t depth = matrix.size(transposed ? 1 : 0), columns = matrix.size(transposed ? 0 : 1);
  at::Tensor result = at::empty({columns / productColumns, depth, productColumns}, matrix.options());
  const ProductFactor factor{matrix.const_data_ptr<float>(), matrix.size(1), transposed};
  // Each thread has a part of the depth of every panel: there may be few panels. Parts begin at multiples of 16.
  const int64_t threads = std::max<int64_t>(1, at::get_num_threads()), parts = (depth + 15) / 16;
  inParallel(threads, 1, [&](int64_t begin, int64_t end) {
    avx512::pack(factor, depth, columns, parts * begin / threads * 16, std::min(depth, parts * end / threads * 16),
                 result.mutable_data_ptr<float>());
  });
  return result;
}

/// left right, or left^T right where it is `transposed`, plus a bias that may be undefined.
at::Tensor product(const at::Tensor &left, bool transposed, const at::Tensor &panels, const at::Tensor &bias) {
  // What is summed in the registers at once: a block of the left factor and a panel stay in the cache.
  constexpr int64_t mostDepth = 768, cached = (512 << 10) / sizeof(float);
  const int64_t rows = left.size(transposed ? 1 : 0), depth = left.size(transposed ? 0 : 1);
  const int64_t count = panels.size(0);
  at::Tensor out = at::empty({rows, count * productColumns}, left.options());
  const int64_t depths = (depth + mostDepth - 1) / mostDepth, depthAtOnce = (depth + depths - 1) / depths;

  const int64_t threads = std::max<int64_t>(1, at::get_num_threads());
  auto up = [](int64_t x, int64_t step) { return (x + step - 1) / step * step; };
  const int64_t share = up((rows + threads - 1) / threads, productRows);
  const int64_t rowsAtOnce = std::min(share, up(std::max<int64_t>(1, cached / depthAtOnce), productRows));
  const int64_t rowBlocks = (rows + rowsAtOnce - 1) / rowsAtOnce;
  const int64_t panelBlocks = std::min(count, (threads + rowBlocks - 1) / rowBlocks);

  ProductTask task{};
  task.left = {left.const_data_ptr<float>(), left.size(1), transposed};
  task.panelStride = depth * productColumns;
  task.outStride = out.size(1);
  task.out = out.mutable_data_ptr<float>();
  task.bias = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
  inParallel(rowBlocks * panelBlocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t job = begin; job < end; job++) {
      const int64_t row = job / panelBlocks * rowsAtOnce, block = job % panelBlocks;
      for (int64_t k = 0; k < depth; k += depthAtOnce) {
        ProductTask part = task;
        part.left.numbers += transposed ? k * task.left.stride : k;
        part.panels = panels.const_data_ptr<float>() + k * productColumns;
        part.depth = std::min(depthAtOnce, depth - k);
        part.adds = k > 0;
        avx512::product(part, row, std::min(rows, row + rowsAtOnce), count * block / panelBlocks,
                        count * (block + 1) / panelBlocks);
      }
    }
  });
  return out;
}

struct OwnLinear : torch::autograd::Function<OwnLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias) {
    at::NoGradGuard unrecorded;
    const at::Tensor input = x.contiguous(), matrix = weight.contiguous();
    context->save_for_backward({input, matrix});
    context->saved_data["hasBias"] = bias.has_value();
    return product(input, false, panels(matrix, true), bias ? bias->contiguous() : at::Tensor());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    at::NoGradGuard unrecorded;
    const auto saved = context->get_saved_variables();
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor toInput, toWeight, toBias;
    if (context->needs_input_grad(0)) toInput = product(gradient, false, panels(saved[1], false), {});
    if (context->needs_input_grad(1)) toWeight = product(gradient, true, panels(saved[0], false), {});
    const bool hasBias = context->saved_data["hasBias"].toBool();
    if (hasBias && context->needs_input_grad(2)) toBias = gradient.sum(0);
    return {toInput, toWeight, toBias};
  }
};

#endif

}  // namespace

bool usesOwnProducts() {
  static const bool chosen = choose();
  return chosen;
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
#if defined(__x86_64__)
  if (isOurs(x, weight, bias)) {
    return OwnLinear::apply(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
  }
#endif
  return at::linear(x, weight, bias);
}

}  // namespace parlance
