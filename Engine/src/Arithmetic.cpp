// Element-wise functions, reductions, products and views.
#include "Boundary.h"
#include "Calls.h"

namespace parlance {
namespace {

parlance_status unary(parlance_unary function, const parlance_tensor *x, parlance_tensor **out) {
  return yielding(out, [&]() -> at::Tensor {
    const at::Tensor &a = value(x);
    switch (function) {
      case PARLANCE_NEGATIVE: return at::neg(a);
      case PARLANCE_RELU: return at::relu(a);
      case PARLANCE_GELU: return at::gelu(a);
      case PARLANCE_LOG1P: return at::log1p(a);
      case PARLANCE_LOG: return at::log(a);
      case PARLANCE_EXP: return at::exp(a);
      case PARLANCE_SQRT: return at::sqrt(a);
      case PARLANCE_SQUARE: return at::square(a);
      case PARLANCE_RECIPROCAL: return at::reciprocal(a);
      case PARLANCE_ABSOLUTE: return at::abs(a);
      case PARLANCE_GELU_TANH: return at::gelu(a, "tanh");
    }
    throw BadArgument("no such function of one tensor");
  });
}

parlance_status binary(parlance_binary function, const parlance_tensor *x, const parlance_tensor *y,
                       parlance_tensor **out) {
  return yielding(out, [&]() -> at::Tensor {
    const at::Tensor &a = value(x), &b = value(y);
    switch (function) {
      case PARLANCE_ADD: return at::add(a, b);
      case PARLANCE_SUBTRACT: return at::sub(a, b);
      case PARLANCE_MULTIPLY: return at::mul(a, b);
      case PARLANCE_DIVIDE: return at::div(a, b);
      case PARLANCE_MAXIMUM: return at::maximum(a, b);
    }
    throw BadArgument("no such function of two tensors");
  });
}

parlance_status affine(const parlance_tensor *x, double factor, double summand, parlance_tensor **out) {
  return yielding(out, [&] {
    at::Tensor scaled = factor == 1 ? value(x) : at::mul(value(x), factor);
    return summand == 0 ? scaled : at::add(scaled, summand);
  });
}

parlance_status matrixProduct(const parlance_tensor *x, const parlance_tensor *y, parlance_tensor **out) {
  return yielding(out, [&] { return at::matmul(value(x), value(y)); });
}

parlance_status reduce(parlance_reduction reduction, const parlance_tensor *x, int32_t dimension,
                       int32_t keepDimension, parlance_tensor **out) {
  return yielding(out, [&]() -> at::Tensor {
    const bool keep = keepDimension != 0;
    switch (reduction) {
      case PARLANCE_SUM: return at::sum(value(x), dimension, keep);
      case PARLANCE_MEAN: return at::mean(value(x), dimension, keep);
      case PARLANCE_MAX: return std::get<0>(at::max(value(x), dimension, keep));
    }
    throw BadArgument("no such reduction");
  });
}

parlance_status reduceAll(parlance_reduction reduction, const parlance_tensor *x, parlance_tensor **out) {
  return yielding(out, [&]() -> at::Tensor {
    switch (reduction) {
      case PARLANCE_SUM: return at::sum(value(x));
      case PARLANCE_MEAN: return at::mean(value(x));
      case PARLANCE_MAX: return at::max(value(x));
    }
    throw BadArgument("no such reduction");
  });
}

parlance_status softmax(const parlance_tensor *x, int32_t dimension, int32_t logarithm, parlance_tensor **out) {
  return yielding(out, [&] {
    return logarithm != 0 ? at::log_softmax(value(x), dimension) : at::softmax(value(x), dimension);
  });
}

parlance_status reshape(const parlance_tensor *x, const int64_t *shape, int32_t rank, parlance_tensor **out) {
  return yielding(out, [&] { return at::reshape(value(x), shapeOf(shape, rank)); });
}

parlance_status transpose(const parlance_tensor *x, int32_t dimension, int32_t other, parlance_tensor **out) {
  return yielding(out, [&] { return at::transpose(value(x), dimension, other); });
}

parlance_status narrow(const parlance_tensor *x, int32_t dimension, int64_t start, int64_t length,
                       parlance_tensor **out) {
  return yielding(out, [&] { return at::narrow(value(x), dimension, start, length); });
}

parlance_status concatenate(const parlance_tensor *const *tensors, int32_t count, int32_t dimension,
                            parlance_tensor **out) {
  return yielding(out, [&] {
    std::vector<at::Tensor> parts;
    for (int32_t i = 0; i < count; i++) parts.push_back(value(tensors[i]));
    return at::cat(parts, dimension);
  });
}

parlance_status indexSelect(const parlance_tensor *x, int32_t dimension, const parlance_tensor *indices,
                            parlance_tensor **out) {
  return yielding(out, [&] { return at::index_select(value(x), dimension, value(indices)); });
}

parlance_status indexAdd(const parlance_tensor *x, const parlance_tensor *indices, int64_t rows,
                         parlance_tensor **out) {
  return yielding(out, [&] {
    std::vector<int64_t> shape = value(x).sizes().vec();
    require(!shape.empty(), "a tensor with at least one dimension was expected");
    shape[0] = rows;
    return at::index_add(at::zeros(shape, value(x).options()), 0, value(indices), value(x));
  });
}

}  // namespace

void fillArithmetic(parlance_engine_table &table) {
  table.unary = unary;
  table.binary = binary;
  table.affine = affine;
  table.matrix_product = matrixProduct;
  table.reduce = reduce;
  table.reduce_all = reduceAll;
  table.softmax = softmax;
  table.reshape = reshape;
  table.transpose = transpose;
  table.narrow = narrow;
  table.concatenate = concatenate;
  table.index_select = indexSelect;
  table.index_add = indexAdd;
}

}  // namespace parlance
