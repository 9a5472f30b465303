// Screening inside the engine: when the weight is quantised, which threads do what, and when it stands down.
#include "Screen.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "Parallel.h"

namespace parlance {

struct Screen::Quantised {
  /// Which numbers they were made of.
  const void *weightData, *biasData;
  int64_t weightVersion, biasVersion;
  at::Tensor integers, base, centre;

  bool isOf(const at::Tensor &weight, const at::Tensor &bias) const {
    return weightData == weight.const_data_ptr() && biasData == bias.const_data_ptr() &&
           weightVersion == weight._version() && biasVersion == bias._version();
  }
};

namespace {

/// Tokens from which a centre is worth a row of float products.
constexpr int64_t tokensForCentre = 256;

/// Tokens whose integers are kept in the cache together while the panels stream past.
int32_t tokensAtOnce(int64_t width) { return static_cast<int32_t>(std::max<int64_t>(256, (256 << 10) / width)); }

const parlance_screen_kernel *choose() {
  const std::string_view wish = kernelWish();
  const parlance_screen_kernel *best = parlance_screen_best();
  if (wish.empty()) return std::string_view(parlance_screen_name(best)) == "scalar" ? nullptr : best;
  if (!wish.starts_with("screen")) return nullptr;
  return wish == "screen" ? best : parlance_screen_named(std::string(wish.substr(sizeof "screen-" - 1)).c_str());
}

/// The fastest that this machine runs, none where the tiled product is faster. PARLANCE_KERNEL=screen-avx2 names another;
/// PARLANCE_KERNEL with the name of a tiled product asks for that.
const parlance_screen_kernel *kernel() {
  static const parlance_screen_kernel *const chosen = choose();
  return chosen;
}

at::Tensor bytes(size_t count) { return at::empty({static_cast<int64_t>(count)}, at::kByte); }

}  // namespace

std::shared_ptr<const Screen::Quantised> Screen::quantised(const at::Tensor &hidden_TH, const at::Tensor &weight_VH,
                                                           const at::Tensor &bias_V) {
  std::lock_guard held(lock);
  const bool isCurrent = current != nullptr && current->isOf(weight_VH, bias_V);
  // What a weight that learns is screened by comes from its own call alone: a run that goes on after a stop, which does
  // not repeat the calls before it, has the same bits.
  const bool isLearning = weight_VH.requires_grad();
  const bool canHaveCentre = hidden_TH.size(0) >= tokensForCentre;
  if (isCurrent && !isLearning && (current->centre.defined() || !canHaveCentre)) return current;
  const int64_t vocabulary = weight_VH.size(0), width = weight_VH.size(1);
  const int64_t panels = parlance_screen_panels(vocabulary);
  auto made = std::make_shared<Quantised>();
  made->weightData = weight_VH.const_data_ptr();
  made->biasData = bias_V.const_data_ptr();
  made->weightVersion = weight_VH._version();
  made->biasVersion = bias_V._version();
  if (canHaveCentre) made->centre = hidden_TH.mean(0).contiguous();
  made->integers = isCurrent ? current->integers : bytes(parlance_screen_weight_bytes(vocabulary, width));
  made->base = at::empty({panels * PARLANCE_SCREEN_COLUMNS}, at::kFloat);
  const float *weight = weight_VH.const_data_ptr<float>(), *bias = bias_V.const_data_ptr<float>();
  const float *centre = made->centre.defined() ? made->centre.const_data_ptr<float>() : nullptr;
  void *integers = made->integers.mutable_data_ptr();
  float *base = made->base.mutable_data_ptr<float>();
  inParallel(panels, 64, [&](int64_t begin, int64_t end) {
    if (!isCurrent) parlance_screen_weight(kernel(), weight, vocabulary, width, begin, end, integers);
    parlance_screen_base(kernel(), weight, bias, centre, vocabulary, width, begin, end, base);
  });
  current = made;
  return made;
}

std::optional<std::vector<Hits>> Screen::product(const at::Tensor &hidden_TH, const at::Tensor &weight_VH,
                                                 const at::Tensor &bias_V, std::span<const int32_t> starts,
                                                 parlance_pooling pooling) {
  const int64_t vocabulary = weight_VH.size(0), width = weight_VH.size(1), panels = parlance_screen_panels(vocabulary);
  if (kernel() == nullptr || width > PARLANCE_SCREEN_WIDEST || !weight_VH.is_contiguous()) return std::nullopt;
  const auto sequences = static_cast<int32_t>(starts.size()) - 1;
  if (starts[sequences] == 0) return std::vector<Hits>();
  const std::shared_ptr<const Quantised> own = quantised(hidden_TH, weight_VH, bias_V);

  const float *hidden = hidden_TH.const_data_ptr<float>();
  const float *centre = own->centre.defined() ? own->centre.const_data_ptr<float>() : nullptr;
  at::Tensor integers = bytes(parlance_screen_token_bytes(starts[sequences], sequences, width));
  void *ofTokens = integers.mutable_data_ptr();
  inParallel(sequences, 4, [&](int64_t begin, int64_t end) {
    parlance_screen_tokens(kernel(), hidden, centre, width, starts.data(), sequences, static_cast<int32_t>(begin),
                           static_cast<int32_t>(end), ofTokens);
  });

  parlance_screen_task task{};
  task.kernel = kernel();
  task.hidden_TH = hidden;
  task.weight_VH = weight_VH.const_data_ptr<float>();
  task.bias_V = bias_V.const_data_ptr<float>();
  task.vocabulary = vocabulary;
  task.width = width;
  task.starts = starts.data();
  task.sequences = sequences;
  task.sums = pooling == PARLANCE_POOLING_SUM;
  task.weight = own->integers.const_data_ptr();
  task.base = own->base.const_data_ptr<float>();
  task.tokens = ofTokens;
  task.emit = [](void *context, parlance_screen_hit hit) {
    static_cast<Hits *>(context)->push_back({hit.sequence, hit.column, hit.token, hit.logit});
  };

  // Decided in each call by its own numbers.
  const bool pays = parlance_screen_pays(&task) != 0;
  {
    std::lock_guard held(lock);
    standsDown = !pays;
  }
  if (!pays) return std::nullopt;

  const int64_t chunk = std::max<int64_t>(1, panels / std::max(1, at::get_num_threads()));
  const int64_t chunks = (panels + chunk - 1) / chunk;
  std::vector<Hits> parts(static_cast<size_t>(chunks));
  std::vector<int64_t> computedBy(parts.size());
  inParallel(chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++) {
      for (int32_t first = 0, next; first < sequences; first = next) {
        next = first + 1;
        while (next < sequences && starts[next + 1] - starts[first] <= tokensAtOnce(width)) next++;
        computedBy[part] += parlance_screen_run(&task, part * chunk, std::min(panels, (part + 1) * chunk), first, next,
                                                &parts[part]);
      }
    }
  });
  std::lock_guard held(lock);
  tokens += starts[sequences];
  computed += std::accumulate(computedBy.begin(), computedBy.end(), int64_t{0});
  return parts;
}

parlance_screen_report Screen::report() const {
  std::lock_guard held(lock);
  const parlance_screen_kernel *chosen = kernel();
  return {chosen == nullptr ? nullptr : parlance_screen_name(chosen), tokens, computed, standsDown};
}

}  // namespace parlance
