// Gradients, by libtorch's autograd.
#include "Boundary.h"
#include "Calls.h"

namespace parlance {
namespace {

parlance_status setRequiresGradient(parlance_tensor *tensor, int32_t on) {
  return guarded([&] {
    require(value(tensor).is_leaf(), "only a leaf can be told whether it needs a gradient");
    tensor->value.set_requires_grad(on != 0);
  });
}

parlance_status backward(parlance_tensor *tensor) {
  return guarded([&] {
    require(value(tensor).numel() == 1, "gradients start from one number");
    tensor->value.backward();
  });
}

parlance_status gradient(const parlance_tensor *tensor, parlance_tensor **out) {
  return guarded([&] {
    *out = nullptr;
    const at::Tensor &gradient = value(tensor).grad();
    if (gradient.defined()) *out = handle(gradient);
  });
}

parlance_status clearGradient(parlance_tensor *tensor) {
  return guarded([&] {
    value(tensor);
    tensor->value.mutable_grad().reset();
  });
}

parlance_status detach(const parlance_tensor *tensor, parlance_tensor **out) {
  return yielding(out, [&] { return value(tensor).detach(); });
}

}  // namespace

void fillGradients(parlance_engine_table &table) {
  table.set_requires_gradient = setRequiresGradient;
  table.backward = backward;
  table.gradient = gradient;
  table.clear_gradient = clearGradient;
  table.detach = detach;
}

}  // namespace parlance
