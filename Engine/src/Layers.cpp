// The layers of a transformer, over packed tokens.
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "Boundary.h"
#include "Calls.h"

namespace parlance {
namespace {

parlance_status linear(const parlance_tensor *x, const parlance_tensor *weight, const parlance_tensor *bias,
                       parlance_tensor **out) {
  return yielding(out, [&] { return at::linear(value(x), value(weight), valueIfPresent(bias)); });
}

parlance_status embedding(const parlance_tensor *table, const parlance_tensor *indices, parlance_tensor **out) {
  return yielding(out, [&] { return at::embedding(value(table), value(indices)); });
}

parlance_status layerNorm(const parlance_tensor *x, const parlance_tensor *weight, const parlance_tensor *bias,
                          double epsilon, parlance_tensor **out) {
  return yielding(out, [&] {
    return at::layer_norm(value(x), {value(x).size(-1)}, value(weight), value(bias), epsilon);
  });
}

/// As `at::dropout`, but out of the calling thread's generator, so that no other thread's draws can shift its own.
at::Tensor dropped(const at::Tensor &x, double probability) {
  const at::Tensor kept = at::empty_like(x).bernoulli_(1 - probability, generatorOn(x.device()));
  return x * kept.div_(1 - probability);
}

parlance_status dropout(const parlance_tensor *x, double probability, parlance_tensor **out) {
  return yielding(out, [&] { return dropped(value(x), probability); });
}

parlance_status packedAttention(const parlance_tensor *query, const parlance_tensor *key, const parlance_tensor *val,
                                const int32_t *starts, int32_t sequences, int32_t heads, double dropout,
                                parlance_tensor **out) {
  return yielding(out, [&]() -> at::Tensor {
    const at::Tensor &q = value(query), &k = value(key), &v = value(val);
    require(q.dim() == 2 && q.sizes() == k.sizes() && q.sizes() == v.sizes(),
            "query, key and value of one shape [tokens, width] were expected");
    require(heads > 0 && q.size(1) % heads == 0, "the width must be a multiple of the number of heads");
    const auto all = sequenceStarts(starts, sequences, q.size(0));
    // [tokens, width] to [1, heads, tokens of the sequence, head width]
    auto split = [&](const at::Tensor &x, int64_t start, int64_t length) {
      return x.narrow(0, start, length).view({1, length, heads, x.size(1) / heads}).transpose(1, 2);
    };
    std::vector<at::Tensor> parts;
    parts.reserve(static_cast<size_t>(sequences));
    for (int32_t i = 0; i < sequences; i++) {
      const int64_t start = all[i], length = all[i + 1] - start;
      if (length == 0) continue;
      const at::Tensor own = split(q, start, length), keys = split(k, start, length), values = split(v, start, length);
      at::Tensor mixed;
      if (dropout > 0) {
        const double scale = 1 / std::sqrt(static_cast<double>(own.size(-1)));
        mixed = dropped((own * scale).matmul(keys.transpose(-2, -1)).softmax(-1), dropout).matmul(values);
      } else {
        mixed = at::scaled_dot_product_attention(own, keys, values);
      }
      parts.push_back(mixed.transpose(1, 2).reshape({length, q.size(1)}));
    }
    if (parts.empty()) return at::zeros_like(q);
    return parts.size() == 1 ? parts[0] : at::cat(parts);
  });
}

}  // namespace

void fillLayers(parlance_engine_table &table) {
  table.linear = linear;
  table.embedding = embedding;
  table.layer_norm = layerNorm;
  table.dropout = dropout;
  table.packed_attention = packedAttention;
}

}  // namespace parlance
