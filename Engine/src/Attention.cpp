// Attention: by our own kernel where our products are faster than libtorch's; else by libtorch, on processors sequence by
// sequence.
#include "Attention.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <optional>
#include <vector>

#include "Boundary.h"
#include "LayerFunctions.h"
#include "Padding.h"
#include "Parallel.h"
#include "PooledProduct.h"
#include "Product.h"
#include "Random.h"

namespace parlance {
namespace {

#if defined(__x86_64__)

AttentionTask taskOf(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value, const int32_t *starts,
                     int64_t heads, double probability, uint64_t dropoutKey) {
  AttentionTask task{};
  task.query = query.const_data_ptr<float>();
  task.key = key.const_data_ptr<float>();
  task.value = value.const_data_ptr<float>();
  task.starts = starts;
  task.heads = heads;
  task.width = query.size(1) / heads;
  task.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(task.width)));
  task.drops = probability > 0;
  task.dropout = probability;
  task.dropoutKey = dropoutKey;
  return task;
}

/// `attend` or `attendBackward` for every head of every sequence.
template <class Body>
void forEachHead(const AttentionTask &task, int64_t sequences, Body body) {
  inParallel(sequences * task.heads, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch;
    for (int64_t job = begin; job < end; job++) {
      const int64_t sequence = job / task.heads, length = task.starts[sequence + 1] - task.starts[sequence];
      if (length == 0) continue;
      const auto needed = static_cast<size_t>(avx512::attentionScratch(length, task.width));
      if (scratch.size() < needed) scratch.resize(needed);
      body(task, sequence, job % task.heads, scratch.data());
    }
  });
}

struct OwnAttention : torch::autograd::Function<OwnAttention> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &query, const at::Tensor &key,
                            const at::Tensor &value, std::span<const int32_t> starts, int64_t heads,
                            double probability) {
    at::NoGradGuard unrecorded;
    const at::Tensor q = query.contiguous(), k = key.contiguous(), v = value.contiguous();
    const at::Tensor places = at::empty({static_cast<int64_t>(starts.size())}, at::kInt);
    std::copy(starts.begin(), starts.end(), places.mutable_data_ptr<int32_t>());
    const uint64_t dropoutKey = probability > 0 ? nextKey() : 0;
    context->save_for_backward({q, k, v, places});
    context->saved_data["heads"] = heads;
    context->saved_data["probability"] = probability;
    context->saved_data["key"] = static_cast<int64_t>(dropoutKey);
    at::Tensor out = at::empty_like(q);
    AttentionTask task = taskOf(q, k, v, starts.data(), heads, probability, dropoutKey);
    task.out = out.mutable_data_ptr<float>();
    forEachHead(task, static_cast<int64_t>(starts.size()) - 1, avx512::attend);
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    at::NoGradGuard unrecorded;
    const auto saved = context->get_saved_variables();
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor toQuery = at::empty_like(gradient), toKey = at::empty_like(gradient), toValue = at::empty_like(gradient);
    AttentionTask task = taskOf(saved[0], saved[1], saved[2], saved[3].const_data_ptr<int32_t>(),
                                context->saved_data["heads"].toInt(), context->saved_data["probability"].toDouble(),
                                static_cast<uint64_t>(context->saved_data["key"].toInt()));
    task.gradient = gradient.const_data_ptr<float>();
    task.toQuery = toQuery.mutable_data_ptr<float>();
    task.toKey = toKey.mutable_data_ptr<float>();
    task.toValue = toValue.mutable_data_ptr<float>();
    forEachHead(task, saved[3].size(0) - 1, avx512::attendBackward);
    return {toQuery, toKey, toValue, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

#endif

/// All sequences at once, padded to one length.
at::Tensor attentionPadded(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                           std::span<const int32_t> starts, int64_t heads, double probability) {
  if (starts.back() == 0) return at::zeros_like(q);
  const Padding &padding = paddingOf(starts, q.device());
  // [tokens, width] to [sequences, heads, longest, head width]
  auto split = [&](const at::Tensor &x) {
    return padding.spread(x).view({padding.rows(), padding.longest, heads, x.size(1) / heads}).transpose(1, 2);
  };
  std::optional<at::Tensor> mask;
  if (padding.isToken.defined()) {
    mask = padding.isToken.expand({padding.rows(), 1, padding.longest, padding.longest});
  }
  const at::Tensor mixed = at::scaled_dot_product_attention(split(q), split(k), split(v), mask, probability);
  return padding.gathered(mixed.transpose(1, 2).reshape({padding.padded(), q.size(1)}));
}

at::Tensor attentionOneByOne(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                             std::span<const int32_t> starts, int64_t heads, double probability) {
  // [tokens, width] to [1, heads, tokens of the sequence, head width]
  auto split = [&](const at::Tensor &x, int64_t start, int64_t length) {
    return x.narrow(0, start, length).view({1, length, heads, x.size(1) / heads}).transpose(1, 2);
  };
  std::vector<at::Tensor> parts;
  for (size_t i = 0; i + 1 < starts.size(); i++) {
    const int64_t start = starts[i], length = starts[i + 1] - start;
    if (length == 0) continue;
    const at::Tensor own = split(q, start, length), keys = split(k, start, length), values = split(v, start, length);
    at::Tensor mixed;
    if (probability > 0) {
      const double scale = 1 / std::sqrt(static_cast<double>(own.size(-1)));
      mixed = dropout((own * scale).matmul(keys.transpose(-2, -1)).softmax(-1), probability).matmul(values);
    } else {
      mixed = at::scaled_dot_product_attention(own, keys, values);
    }
    parts.push_back(mixed.transpose(1, 2).reshape({length, q.size(1)}));
  }
  if (parts.empty()) return at::zeros_like(q);
  return parts.size() == 1 ? parts[0] : at::cat(parts);
}

}  // namespace

at::Tensor attention(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                     std::span<const int32_t> starts, int64_t heads, double dropout) {
  require(query.dim() == 2 && query.sizes() == key.sizes() && query.sizes() == value.sizes(),
          "query, key and value of one shape [tokens, width] were expected");
  require(heads > 0 && query.size(1) % heads == 0, "the width must be a multiple of the number of heads");
#if defined(__x86_64__)
  const bool isOurs = usesOwnProducts() && !asOtherDevices() && query.is_cpu() &&
                      !at::autocast::is_autocast_enabled(at::kCPU) && query.size(1) / heads % productColumns == 0 &&
                      query.scalar_type() == at::kFloat && key.scalar_type() == at::kFloat &&
                      value.scalar_type() == at::kFloat;
  if (isOurs) return OwnAttention::apply(query, key, value, starts, heads, dropout);
#endif
  // A processor has enough to do with one sequence; other devices wait for what they are told. What is dropped on a processor
  // follows from the seed of its thread, which libtorch's own attention does not know.
  const bool oneByOne = query.is_cpu() && (!asOtherDevices() || dropout > 0);
  return oneByOne ? attentionOneByOne(query, key, value, starts, heads, dropout)
                  : attentionPadded(query, key, value, starts, heads, dropout);
}

}  // namespace parlance
