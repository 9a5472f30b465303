// Work shared by the threads that libtorch gives the calling thread.
#pragma once
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>

namespace parlance {

/// Calls `body(begin, end)` for parts of 0 ..< count on the threads that libtorch gives the calling thread.
///
/// Through one of libtorch's own loops, so that the engine need not be built with the OpenMP that libtorch brought.
template <class Body>
void inParallel(int64_t count, int64_t grain, Body body) {
  const at::Tensor indices = at::arange(count, at::kLong), ignored = at::empty_like(indices);
  at::TensorIterator loop = at::TensorIteratorConfig().add_output(ignored).add_const_input(indices).build();
  loop.for_each(
      [&](char **data, const int64_t *strides, int64_t size, int64_t rows) {
        for (int64_t row = 0; row < rows && size > 0; row++) {
          const char *run = data[1] + row * strides[3];
          const int64_t first = *reinterpret_cast<const int64_t *>(run);
          body(first, first + size);
        }
      },
      grain);
}

}  // namespace parlance
