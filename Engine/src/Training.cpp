// What a training step needs beside the forward pass: gradients from outside, clipping, AdamW.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <vector>

#include "Boundary.h"
#include "Calls.h"

namespace parlance {
namespace {

parlance_status backwardFrom(parlance_tensor *const *tensors, const parlance_tensor *const *gradients, int32_t count) {
  return guarded([&] {
    std::vector<at::Tensor> roots, seeds;
    for (int32_t i = 0; i < count; i++) {
      const at::Tensor &root = value(tensors[i]), &seed = value(gradients[i]);
      require(root.sizes() == seed.sizes(), "a gradient of the shape of its tensor was expected");
      roots.push_back(root);
      seeds.push_back(seed.to(root.device()));
    }
    torch::autograd::backward(roots, seeds);
  });
}

parlance_status clipGradients(parlance_tensor *const *tensors, int32_t count, double maximum, double *norm) {
  return guarded([&] {
    at::NoGradGuard unrecorded;
    // Norms of norms, as PyTorch's clip_grad_norm_ takes them.
    std::vector<at::Tensor> gradients, norms;
    for (int32_t i = 0; i < count; i++) {
      const at::Tensor &gradient = value(tensors[i]).grad();
      if (!gradient.defined()) continue;
      gradients.push_back(gradient);
      norms.push_back(at::linalg_vector_norm(gradient).to(gradients[0].device()));
    }
    *norm = norms.empty() ? 0 : at::linalg_vector_norm(at::stack(norms)).item<double>();
    if (maximum <= 0 || !std::isfinite(*norm)) return;
    const double factor = maximum / (*norm + 1e-6);
    if (factor >= 1) return;
    for (at::Tensor &gradient : gradients) gradient.mul_(factor);
  });
}

parlance_status adamw(parlance_tensor *const *tensors, parlance_tensor *const *means, parlance_tensor *const *squares,
                      int32_t count, const parlance_adamw *settings) {
  return guarded([&] {
    at::NoGradGuard unrecorded;
    std::vector<at::Tensor> parameters, gradients, first, second, steps;
    for (int32_t i = 0; i < count; i++) {
      const at::Tensor &parameter = value(tensors[i]), &gradient = parameter.grad();
      if (!gradient.defined()) continue;
      require(value(means[i]).sizes() == parameter.sizes() && value(squares[i]).sizes() == parameter.sizes(),
              "moments of the shape of their parameter were expected");
      parameters.push_back(parameter);
      gradients.push_back(gradient.contiguous());
      first.push_back(value(means[i]));
      second.push_back(value(squares[i]));
      // The kernel raises the betas to this power itself; it takes the step's number as a tensor.
      steps.push_back(at::full({}, static_cast<double>(settings->step), parameter.options().dtype(at::kFloat)));
    }
    if (parameters.empty()) return;
    at::_fused_adamw_(parameters, gradients, first, second, {}, steps, settings->learning_rate, settings->beta1,
                      settings->beta2, settings->weight_decay, settings->epsilon, false, false);
    // What was made of a parameter is told by its version that it is stale; not every kernel raises that.
    for (const at::Tensor &parameter : parameters) parameter.unsafeGetTensorImpl()->bump_version();
  });
}

}  // namespace

void fillTraining(parlance_engine_table &table) {
  table.backward_from = backwardFrom;
  table.clip_gradients = clipGradients;
  table.adamw = adamw;
}

}  // namespace parlance
