// The fused SPLADE head: vocabulary product, pooling and activation in one, with a backward pass that touches only the
// (token, term) pairs that pooling kept and that got a gradient.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "Boundary.h"
#include "Calls.h"
#include "Padding.h"
#include "Parallel.h"
#include "PooledProduct.h"
#include "Screen.h"

namespace parlance {
namespace {

at::Tensor prepare(const at::Tensor &weight) {
  require(weight.dim() == 2 && weight.scalar_type() == at::kFloat && weight.is_cpu(),
          "a float32 weight [vocabulary, width] in main memory was expected");
  const at::Tensor weight_VH = weight.detach().contiguous();
  const int64_t vocabulary = weight_VH.size(0), width = weight_VH.size(1);
  const int64_t panels = (vocabulary + panelColumns - 1) / panelColumns;
  at::Tensor prepared = at::zeros({panels, width, panelColumns}, weight_VH.options());
  const float *from = weight_VH.const_data_ptr<float>();
  float *to = prepared.mutable_data_ptr<float>();
  inParallel(panels, 16, [&](int64_t begin, int64_t end) {
    for (int64_t column = begin * panelColumns; column < std::min(end * panelColumns, vocabulary); column++) {
      float *panel = to + column / panelColumns * width * panelColumns + column % panelColumns;
      for (int64_t k = 0; k < width; k++) panel[k * panelColumns] = from[column * width + k];
    }
  });
  return prepared;
}

/// Tokens whose hidden states are kept in the cache together while the panels stream past.
int32_t tokensAtOnce(int64_t width) { return static_cast<int32_t>(std::max<int64_t>(64, (512 << 10) / (4 * width))); }

/// The hits of all sequences, by the kernel; each part of the result has ascending columns, and so have the parts.
std::vector<Hits> productOnCPU(const at::Tensor &hidden_TH, const at::Tensor &prepared, const at::Tensor &bias_V,
                               std::span<const int32_t> starts, parlance_pooling pooling) {
  const int64_t panels = prepared.size(0), vocabulary = bias_V.size(0);
  std::vector<float> bias(static_cast<size_t>(panels * panelColumns), -std::numeric_limits<float>::infinity());
  std::copy_n(bias_V.const_data_ptr<float>(), vocabulary, bias.begin());

  PooledProductTask task{};
  task.hidden_TH = hidden_TH.const_data_ptr<float>();
  task.panels = prepared.const_data_ptr<float>();
  task.bias = bias.data();
  task.width = hidden_TH.size(1);
  task.starts = starts.data();
  task.sums = pooling == PARLANCE_POOLING_SUM;
  task.emit = [](void *context, Hit hit) { static_cast<Hits *>(context)->push_back(hit); };

  const auto sequences = static_cast<int32_t>(starts.size()) - 1;
  const int32_t atOnce = tokensAtOnce(task.width);
  const int64_t chunk = std::max<int64_t>(1, panels / std::max(1, at::get_num_threads()));
  std::vector<Hits> parts(static_cast<size_t>((panels + chunk - 1) / chunk));
  inParallel(static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++) {
      Hits &hits = parts[static_cast<size_t>(part)];
      for (int32_t first = 0, next; first < sequences; first = next) {
        next = first + 1;
        while (next < sequences && starts[next + 1] - starts[first] <= atOnce) next++;
        pooledProduct().run(task, part * chunk, std::min(panels, (part + 1) * chunk), first, next, &hits);
      }
    }
  });
  return parts;
}

/// The same on any device, in blocks of vocabulary columns, with libtorch's own operations, each for all sequences.
std::vector<Hits> productAnywhere(const at::Tensor &hidden_TH, const at::Tensor &weight_VH, const at::Tensor &bias_V,
                                  std::span<const int32_t> starts, parlance_pooling pooling) {
  std::vector<Hits> parts;
  if (hidden_TH.size(0) == 0) return parts;
  const bool sums = pooling == PARLANCE_POOLING_SUM;
  const Padding &padding = paddingOf(starts, hidden_TH.device());
  // Past its end a sequence has its first token again, which no maximum is the greater for.
  const at::Tensor rows = sums ? hidden_TH : hidden_TH.index_select(0, padding.tokens);
  // 256 MB of logits.
  const int64_t room = (64 << 20) / rows.size(0), vocabulary = weight_VH.size(0);
  const int64_t columnsAtOnce = std::clamp<int64_t>(room, 1, std::max<int64_t>(1, vocabulary));
  for (int64_t column = 0; column < vocabulary; column += columnsAtOnce) {
    const int64_t columns = std::min(columnsAtOnce, vocabulary - column);
    at::Tensor logits = at::addmm(bias_V.narrow(0, column, columns), rows, weight_VH.narrow(0, column, columns).t());
    at::Tensor greatest;
    if (!sums) std::tie(logits, greatest) = logits.view({padding.rows(), padding.longest, columns}).max(1);
    const at::Tensor flat = logits.flatten(), found = flat.gt(0).nonzero().squeeze(1);
    const at::Tensor logit = flat.index_select(0, found).cpu(), place = found.cpu();
    const at::Tensor token = sums ? at::Tensor() : greatest.flatten().index_select(0, found).cpu();
    const auto *places = place.const_data_ptr<int64_t>();
    const auto *tokens = sums ? nullptr : token.const_data_ptr<int64_t>();
    const float *logitsFound = logit.const_data_ptr<float>();
    Hits &hits = parts.emplace_back();
    hits.reserve(static_cast<size_t>(place.size(0)));
    int32_t sequence = 0;
    for (int64_t h = 0; h < place.size(0); h++) {
      const int64_t row = places[h] / columns;
      int64_t inSequence;
      if (sums) {
        // Rows ascend.
        while (row >= starts[sequence + 1]) sequence++;
        inSequence = row - starts[sequence];
      } else {
        sequence = padding.sequences[row];
        inSequence = tokens[h] < starts[sequence + 1] - starts[sequence] ? tokens[h] : 0;
      }
      hits.push_back({sequence, static_cast<int32_t>(column + places[h] % columns), static_cast<int32_t>(inSequence),
                      logitsFound[h]});
    }
  }
  return parts;
}

/// The activation of a positive logit.
double activated(double logit, parlance_activation activation) {
  const double once = std::log1p(logit);
  return activation == PARLANCE_LOG1P_RELU ? once : std::log1p(once);
}

/// Its derivative.
double slope(double logit, parlance_activation activation) {
  const double once = 1 / (1 + logit);
  return activation == PARLANCE_LOG1P_RELU ? once : once / (1 + std::log1p(logit));
}

/// The sparse rows, and for each hit what the backward pass needs.
struct Pooled {
  at::Tensor starts, terms, positions, weights;
  /// For each hit: its row of `hidden_TH`, its column, the entry of `weights` it went into, d weight / d logit.
  at::Tensor tokens, columns, entries, slopes;
};

/// Brings hits into the order of rows and joins those of one sequence and column.
Pooled assemble(std::vector<Hits> parts, std::span<const int32_t> starts, parlance_pooling pooling,
                parlance_activation activation) {
  const size_t sequences = starts.size() - 1;
  std::vector<int64_t> ends(sequences + 1, 0);
  for (const Hits &part : parts) {
    for (const Hit &hit : part) ends[static_cast<size_t>(hit.sequence) + 1]++;
  }
  for (size_t i = 1; i < ends.size(); i++) ends[i] += ends[i - 1];
  Hits hits(static_cast<size_t>(ends.back()));
  std::vector<int64_t> next(ends.begin(), ends.end() - 1);
  for (Hits &part : parts) {
    for (const Hit &hit : part) hits[static_cast<size_t>(next[static_cast<size_t>(hit.sequence)]++)] = hit;
    Hits().swap(part);
  }
  if (pooling == PARLANCE_POOLING_SUM) {
    for (size_t i = 0; i < sequences; i++) {
      std::stable_sort(hits.begin() + ends[i], hits.begin() + ends[i + 1],
                       [](const Hit &a, const Hit &b) { return a.column < b.column; });
    }
  }

  const auto count = static_cast<int64_t>(hits.size());
  Pooled pooled;
  pooled.starts = at::zeros({static_cast<int64_t>(sequences) + 1}, at::kLong);
  pooled.terms = at::empty({count}, at::kInt);
  pooled.positions = at::empty({count}, at::kInt);
  pooled.weights = at::empty({count}, at::kFloat);
  pooled.tokens = at::empty({count}, at::kLong);
  pooled.columns = at::empty({count}, at::kLong);
  pooled.entries = at::empty({count}, at::kLong);
  pooled.slopes = at::empty({count}, at::kFloat);
  auto *rowStarts = pooled.starts.mutable_data_ptr<int64_t>();
  auto *terms = pooled.terms.mutable_data_ptr<int32_t>(), *positions = pooled.positions.mutable_data_ptr<int32_t>();
  auto *weights = pooled.weights.mutable_data_ptr<float>(), *slopes = pooled.slopes.mutable_data_ptr<float>();
  auto *tokens = pooled.tokens.mutable_data_ptr<int64_t>(), *columns = pooled.columns.mutable_data_ptr<int64_t>();
  auto *entries = pooled.entries.mutable_data_ptr<int64_t>();

  int64_t entry = 0;
  for (size_t i = 0, h = 0; i < sequences; i++) {
    while (h < static_cast<size_t>(ends[i + 1])) {
      const Hit &first = hits[h];
      double weight = 0;
      float greatest = 0;
      for (; h < static_cast<size_t>(ends[i + 1]) && hits[h].column == first.column; h++) {
        weight += activated(hits[h].logit, activation);
        if (hits[h].logit > greatest) greatest = hits[h].logit, positions[entry] = hits[h].token;
        tokens[h] = starts[i] + hits[h].token;
        columns[h] = first.column;
        entries[h] = entry;
        slopes[h] = static_cast<float>(slope(hits[h].logit, activation));
      }
      terms[entry] = first.column;
      weights[entry++] = static_cast<float>(weight);
    }
    rowStarts[i + 1] = entry;
  }
  pooled.terms = pooled.terms.narrow(0, 0, entry);
  pooled.positions = pooled.positions.narrow(0, 0, entry);
  pooled.weights = pooled.weights.narrow(0, 0, entry);
  return pooled;
}

struct Settings {
  std::span<const int32_t> starts;
  at::Tensor prepared;
  Screen *screen;
  parlance_pooling pooling;
  parlance_activation activation;
};

Pooled forward(const at::Tensor &hidden_TH, const at::Tensor &weight_VH, const at::Tensor &bias_V,
               const Settings &settings) {
  at::NoGradGuard unrecorded;
  // A comparison with NaN is false, so a broken model would look like an empty vector.
  if (!at::isfinite(hidden_TH).all().item<bool>()) {
    throw BadValues("the model's hidden states hold NaN or infinity: its weights are damaged or do not fit its config");
  }
  const at::Tensor hidden = hidden_TH.detach().contiguous(), bias = bias_V.detach().contiguous();
  std::vector<Hits> parts;
  std::optional<std::vector<Hits>> screened;
  if (hidden.is_cpu() && settings.screen != nullptr) {
    screened = settings.screen->product(hidden, weight_VH, bias, settings.starts, settings.pooling);
  }
  if (screened) {
    parts = std::move(*screened);
  } else if (hidden.is_cpu() && !asOtherDevices()) {
    const at::Tensor prepared = settings.prepared.defined() ? settings.prepared : prepare(weight_VH);
    parts = productOnCPU(hidden, prepared, bias, settings.starts, settings.pooling);
  } else {
    parts = productAnywhere(hidden, weight_VH.detach(), bias, settings.starts, settings.pooling);
  }
  Pooled pooled = assemble(std::move(parts), settings.starts, settings.pooling, settings.activation);
  for (at::Tensor *part : {&pooled.weights, &pooled.tokens, &pooled.columns, &pooled.entries, &pooled.slopes}) {
    *part = part->to(hidden.device());
  }
  return pooled;
}

struct SpladeHead : torch::autograd::Function<SpladeHead> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &hidden_TH,
                            const at::Tensor &weight_VH, const at::Tensor &bias_V, const Settings *settings,
                            Pooled *pooled) {
    *pooled = parlance::forward(hidden_TH, weight_VH, bias_V, *settings);
    context->save_for_backward(
        {hidden_TH, weight_VH, pooled->tokens, pooled->columns, pooled->entries, pooled->slopes});
    return pooled->weights;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &hidden_TH = saved[0], &weight_VH = saved[1];
    at::NoGradGuard unrecorded;
    const at::Tensor all = gradients[0].index_select(0, saved[4]) * saved[5];
    const at::Tensor touched = all.nonzero().squeeze(1);
    const at::Tensor gradient = all.index_select(0, touched), gradientColumn = gradient.unsqueeze(1);
    const at::Tensor tokens = saved[2].index_select(0, touched), columns = saved[3].index_select(0, touched);
    at::Tensor toHidden, toWeight, toBias;
    if (context->needs_input_grad(0)) {
      toHidden = at::zeros_like(hidden_TH).index_add_(0, tokens, weight_VH.index_select(0, columns) * gradientColumn);
    }
    if (context->needs_input_grad(1)) {
      toWeight = at::zeros_like(weight_VH).index_add_(0, columns, hidden_TH.index_select(0, tokens) * gradientColumn);
    }
    if (context->needs_input_grad(2)) {
      toBias = at::zeros({weight_VH.size(0)}, gradient.options()).index_add_(0, columns, gradient);
    }
    return {toHidden, toWeight, toBias, at::Tensor(), at::Tensor()};
  }
};

parlance_status spladePrepare(const parlance_tensor *weight, parlance_tensor **out) {
  return yielding(out, [&] { return prepare(value(weight)); });
}

parlance_status head(const parlance_tensor *hidden, const parlance_tensor *weight, const parlance_tensor *bias,
                     const parlance_tensor *prepared, Screen *screen, const int32_t *starts, int32_t sequences,
                     parlance_pooling pooling, parlance_activation activation, parlance_sparse_rows *out) {
  return guarded([&] {
    *out = {};
    // Half precision comes out of autocast; the head itself is float32, since its maxima decide what is a term.
    const c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::autocast_dispatch_keyset);
    const at::Tensor hidden_TH = value(hidden).to(at::kFloat);
    const at::Tensor &weight_VH = value(weight), &bias_V = value(bias);
    for (const at::Tensor *part : {&hidden_TH, &weight_VH, &bias_V}) {
      require(part->scalar_type() == at::kFloat, "float32 was expected");
      require(part->device() == hidden_TH.device(), "tensors on one device were expected");
    }
    require(hidden_TH.dim() == 2 && weight_VH.dim() == 2 && hidden_TH.size(1) == weight_VH.size(1),
            "hidden states [tokens, width] and a weight [vocabulary, width] were expected");
    require(bias_V.dim() == 1 && bias_V.size(0) == weight_VH.size(0), "one bias for each vocabulary column was expected");
    const Settings settings{sequenceStarts(starts, sequences, hidden_TH.size(0)), valueIfPresent(prepared), screen,
                            pooling, activation};
    const at::Tensor &panels = settings.prepared;
    require(!panels.defined() || (panels.is_cpu() && panels.is_contiguous() && panels.dim() == 3 &&
                                  panels.size(0) == (weight_VH.size(0) + panelColumns - 1) / panelColumns &&
                                  panels.size(1) == weight_VH.size(1) && panels.size(2) == panelColumns),
            "the prepared weight does not belong to this weight");
    Pooled pooled;
    const at::Tensor weights = SpladeHead::apply(hidden_TH, weight_VH, bias_V, &settings, &pooled);
    parlance_sparse_rows rows{};
    try {
      rows.starts = handle(pooled.starts);
      rows.terms = handle(pooled.terms);
      rows.positions = handle(pooled.positions);
      rows.weights = handle(weights);
    } catch (...) {
      for (parlance_tensor *part : {rows.starts, rows.terms, rows.positions, rows.weights}) {
        if (part != nullptr) delete part, live.fetch_sub(1, std::memory_order_relaxed);
      }
      throw;
    }
    *out = rows;
  });
}

parlance_status spladeHead(const parlance_tensor *hidden, const parlance_tensor *weight, const parlance_tensor *bias,
                           const parlance_tensor *prepared, const int32_t *starts, int32_t sequences,
                           parlance_pooling pooling, parlance_activation activation, parlance_sparse_rows *out) {
  return head(hidden, weight, bias, prepared, nullptr, starts, sequences, pooling, activation, out);
}

parlance_status screenedHead(const parlance_tensor *hidden, const parlance_tensor *weight, const parlance_tensor *bias,
                             const parlance_tensor *prepared, parlance_screen *screen, const int32_t *starts,
                             int32_t sequences, parlance_pooling pooling, parlance_activation activation,
                             parlance_sparse_rows *out) {
  return head(hidden, weight, bias, prepared, &screen->value, starts, sequences, pooling, activation, out);
}

parlance_status screenMake(parlance_screen **out) {
  return guarded([&] {
    require(out != nullptr, "a place for the result was expected, not NULL");
    *out = new parlance_screen();
  });
}

parlance_status screenReport(const parlance_screen *screen, parlance_screen_report *out) {
  return guarded([&] { *out = screen->value.report(); });
}

}  // namespace

void fillSpladeHead(parlance_engine_table &table) {
  table.splade_prepare = spladePrepare;
  table.splade_head = spladeHead;
  table.screen_make = screenMake;
  table.screen_release = [](parlance_screen *screen) { delete screen; };
  table.screen_report = screenReport;
  table.screened_head = screenedHead;
}

}  // namespace parlance
