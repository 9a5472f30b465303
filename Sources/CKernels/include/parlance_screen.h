#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#define PARLANCE_NULLABLE _Nullable
#pragma clang assume_nonnull begin
#else
#define PARLANCE_NULLABLE
#endif
#if defined(__cplusplus)
extern "C" {
#endif

// The screened vocabulary product (Documentation/screened-head.md).
//
// Of the T x V logits h_t . W_v + b_v of packed sequences only those matter that are positive, and with max pooling only
// the greatest of each sequence and column. Integer products bound every logit from above; only where the bound beats
// the best logit so far (at first 0) is the logit itself computed, in float32. What comes out is, bit for bit, what
// computing every logit by `parlance_screen_logit` gives, whichever kernel screens.

// Vocabulary columns that lie together: a panel.
#define PARLANCE_SCREEN_COLUMNS 32
// The widest hidden state.
#define PARLANCE_SCREEN_WIDEST 8192

// A way to multiply the integers, for one set of instructions.
typedef struct parlance_screen_kernel parlance_screen_kernel;

// The fastest that this machine runs.
const parlance_screen_kernel *parlance_screen_best(void);
// "avx512vnni", "avxvnni", "avx2", "neon" or "scalar"; NULL where this machine cannot run it.
const parlance_screen_kernel *PARLANCE_NULLABLE parlance_screen_named(const char *name);
const char *parlance_screen_name(const parlance_screen_kernel *kernel);

int64_t parlance_screen_panels(int64_t vocabulary);

// The bytes of a quantised weight: one block without pointers, to be aligned to 64.
size_t parlance_screen_weight_bytes(int64_t vocabulary, int64_t width);

// Quantises the rows of panels `first` ..< `end` of weight_VH; threads may share the panels.
void parlance_screen_weight(const parlance_screen_kernel *kernel, const float *weight_VH, int64_t vocabulary,
                            int64_t width, int64_t first, int64_t end, void *block);

// Whether a panel of a quantised weight is, byte for byte, what this kernel makes of the weight. `room` has the bytes of a
// quantised weight of one panel.
int32_t parlance_screen_holds(const parlance_screen_kernel *kernel, const float *weight_VH, int64_t vocabulary,
                              int64_t width, int64_t panel, const void *block, void *room);

// What a column's logit is at the centre, for panels `first` ..< `end`; `base` has a float for each column of each panel.
// The centre is any vector near the hidden states, or NULL for zero: it changes how much survives, never a result.
void parlance_screen_base(const parlance_screen_kernel *kernel, const float *weight_VH, const float *bias_V,
                          const float *PARLANCE_NULLABLE centre_H, int64_t vocabulary, int64_t width, int64_t first, int64_t end,
                          float *base);

// The bytes of quantised tokens: one block without pointers, to be aligned to 64.
size_t parlance_screen_token_bytes(int64_t tokens, int64_t sequences, int64_t width);

// Quantises the tokens of sequences `first` ..< `end` of `sequences`; sequence `i` has the tokens starts[i] ..<
// starts[i + 1]. Hidden states must be finite.
void parlance_screen_tokens(const parlance_screen_kernel *kernel, const float *hidden_TH, const float *PARLANCE_NULLABLE centre_H,
                            int64_t width, const int32_t *starts, int32_t sequences, int32_t first, int32_t end,
                            void *block);

// A logit that pooling keeps: for max pooling the greatest of its sequence and column, for sum pooling each positive one.
typedef struct parlance_screen_hit {
  int32_t sequence;
  int32_t column;
  // Counted from the start of the sequence; of several with the greatest logit the first.
  int32_t token;
  float logit;
} parlance_screen_hit;

typedef struct parlance_screen_task {
  const parlance_screen_kernel *kernel;
  const float *hidden_TH;
  const float *weight_VH;
  const float *bias_V;
  int64_t vocabulary, width;
  const int32_t *starts;
  int32_t sequences;
  // Whether every positive logit is emitted.
  int32_t sums;
  // What the calls above made of them, all by the same kernel.
  const void *weight;
  const float *base;
  const void *tokens;
  void (*emit)(void *PARLANCE_NULLABLE context, parlance_screen_hit hit);
} parlance_screen_task;

// Emits the hits of some panels and sequences: for max pooling the columns of a sequence ascend, for sum pooling the
// tokens of a column. Returns how many logits were computed.
int64_t parlance_screen_run(const parlance_screen_task *task, int64_t first_panel, int64_t end_panel,
                            int32_t first_sequence, int32_t end_sequence, void *PARLANCE_NULLABLE context);

// Whether screening is faster than computing every logit: whether few survive of a sample, some panels by the first
// sequences. The answer depends on nothing but the task.
int32_t parlance_screen_pays(const parlance_screen_task *task);

// h . w + bias in float32: 16 partial sums by fused multiply-add, then a tree; the same bits on every machine.
float parlance_screen_logit(const parlance_screen_kernel *kernel, const float *hidden_H, const float *row_H, float bias,
                            int64_t width);

// The upper bound on the logit of a token (counted over all sequences) and column, for tests.
float parlance_screen_bound(const parlance_screen_task *task, int32_t sequence, int32_t token, int32_t column);

#if defined(__cplusplus)
}
#endif
#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
