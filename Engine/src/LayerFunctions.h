// What a transformer's layers are made of.
#pragma once
#include <ATen/ATen.h>

#include <span>

namespace parlance {

/// Whether our products are faster than libtorch's on this machine. PARLANCE_PRODUCT (own, libtorch) decides otherwise.
bool usesOwnProducts();

/// x W^T + b, recorded where an input needs a gradient; `bias` may be undefined.
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias);

/// softmax(Q K^T / sqrt(width of a head)) V for each head inside each packed sequence, recorded likewise.
at::Tensor attention(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                     std::span<const int32_t> starts, int64_t heads, double dropout);

}  // namespace parlance
