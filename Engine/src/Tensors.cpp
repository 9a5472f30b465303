// Making, reading and releasing tensors.
#include <ATen/core/grad_mode.h>

#include <cstring>

#include "Boundary.h"
#include "Calls.h"
#include "Random.h"

namespace parlance {
namespace {

parlance_status make(const void *data, int64_t bytes, parlance_dtype type, const int64_t *shape, int32_t rank,
                     parlance_device device, parlance_tensor **out) {
  return yielding(out, [&] {
    at::Tensor tensor = at::empty(shapeOf(shape, rank), at::TensorOptions(typeOf(type)));
    require(static_cast<int64_t>(tensor.nbytes()) == bytes, "the bytes do not fit the shape and the element type");
    if (bytes > 0) std::memcpy(tensor.mutable_data_ptr(), data, static_cast<size_t>(bytes));
    return tensor.to(deviceOf(device));
  });
}

parlance_status fill(double value, parlance_dtype type, const int64_t *shape, int32_t rank, parlance_device device,
                     parlance_tensor **out) {
  return yielding(
      out, [&] { return at::full(shapeOf(shape, rank), value, at::TensorOptions(typeOf(type)).device(deviceOf(device))); });
}

parlance_status normal(double mean, double deviation, const int64_t *shape, int32_t rank, parlance_device device,
                       parlance_tensor **out) {
  return yielding(out, [&] {
    return at::normal(mean, deviation, shapeOf(shape, rank), generatorOn(deviceOf(device)),
                      at::TensorOptions(at::kFloat).device(deviceOf(device)));
  });
}

void release(parlance_tensor *tensor) {
  if (tensor == nullptr) return;
  delete tensor;
  live.fetch_sub(1, std::memory_order_relaxed);
}

parlance_status rank(const parlance_tensor *tensor, int32_t *out) {
  return guarded([&] { *out = static_cast<int32_t>(value(tensor).dim()); });
}

parlance_status shape(const parlance_tensor *tensor, int64_t *out, int32_t rank) {
  return guarded([&] {
    require(value(tensor).dim() == rank, "room for another number of dimensions was given");
    for (int32_t i = 0; i < rank; i++) out[i] = value(tensor).size(i);
  });
}

parlance_status type(const parlance_tensor *tensor, parlance_dtype *out) {
  return guarded([&] {
    switch (value(tensor).scalar_type()) {
      case at::kFloat: *out = PARLANCE_FLOAT32; return;
      case at::kLong: *out = PARLANCE_INT64; return;
      case at::kInt: *out = PARLANCE_INT32; return;
      case at::kByte: *out = PARLANCE_UINT8; return;
      default: throw BadArgument("the tensor has an element type that the table does not name");
    }
  });
}

parlance_status device(const parlance_tensor *tensor, parlance_device *out) {
  return guarded([&] {
    const at::Device where = value(tensor).device();
    *out = {where.is_cuda() ? PARLANCE_CUDA : PARLANCE_CPU, where.has_index() ? where.index() : 0};
  });
}

parlance_status read(const parlance_tensor *tensor, void *out, int64_t bytes) {
  return guarded([&] {
    const at::Tensor plain = value(tensor).detach().to(at::kCPU).contiguous();
    require(static_cast<int64_t>(plain.nbytes()) == bytes, "room for another number of elements was given");
    if (bytes > 0) std::memcpy(out, plain.const_data_ptr(), static_cast<size_t>(bytes));
  });
}

parlance_status convert(const parlance_tensor *tensor, parlance_dtype type, parlance_device device,
                        parlance_tensor **out) {
  return yielding(out, [&] { return value(tensor).to(deviceOf(device), typeOf(type)); });
}

parlance_status assign(parlance_tensor *tensor, const parlance_tensor *source) {
  return guarded([&] {
    at::NoGradGuard unrecorded;
    require(value(tensor).sizes() == value(source).sizes(), "tensors of one shape were expected");
    tensor->value.copy_(value(source));
  });
}

}  // namespace

void fillTensors(parlance_engine_table &table) {
  table.tensor_make = make;
  table.tensor_fill = fill;
  table.tensor_normal = normal;
  table.tensor_release = release;
  table.tensor_rank = rank;
  table.tensor_shape = shape;
  table.tensor_type = type;
  table.tensor_device = device;
  table.tensor_read = read;
  table.tensor_convert = convert;
  table.tensor_assign = assign;
}

}  // namespace parlance
