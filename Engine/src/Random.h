// Random numbers of the calling thread.
#pragma once
#include <ATen/ATen.h>

namespace parlance {

/// The calling thread's own generator in main memory; on other devices libtorch's, which all threads share.
std::optional<at::Generator> generatorOn(const at::Device &device);

/// 64 bits out of the calling thread's own generator.
uint64_t nextKey();

/// Sets elements to zero with a probability, and scales the others up by what that loses.
at::Tensor dropout(const at::Tensor &x, double probability);

}  // namespace parlance
