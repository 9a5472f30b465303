// Quantising, bounding and pooling: what is the same whichever kernel multiplies.
#include "screen.h"

extern const parlance_screen_kernel parlance_screen_scalar;
#if defined(__x86_64__)
#include <cpuid.h>
extern const parlance_screen_kernel parlance_screen_avx512vnni, parlance_screen_avxvnni, parlance_screen_avx2;
#elif defined(__aarch64__)
extern const parlance_screen_kernel parlance_screen_neon;
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

// The unit roundoff of float32.
static const float unit = 0x1p-24f;

// Vectors whose greatest number is outside are not measured: what is below counts as 0 and an error, what is above
// makes every logit be computed.
static const float least_measured = 0x1p-30f, most_measured = 0x1p40f;

// Which kernels there are, the fastest first.
static int fits(int index, const parlance_screen_kernel **kernel) {
  *kernel = NULL;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  unsigned a = 0, b = 0, c = 0, d = 0;
  const int avxvnni = avx2 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
  const int avx512 = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  switch (index) {
    case 0: *kernel = &parlance_screen_avx512vnni; return avx512;
    case 1: *kernel = &parlance_screen_avxvnni; return avxvnni;
    case 2: *kernel = &parlance_screen_avx2; return avx2;
    case 3: *kernel = &parlance_screen_scalar; return 1;
  }
#elif defined(__aarch64__)
#if defined(__linux__)
  const int dots = getauxval(AT_HWCAP) >> 20 & 1;
#else
  const int dots = 1;
#endif
  switch (index) {
    case 0: *kernel = &parlance_screen_neon; return dots;
    case 1: *kernel = &parlance_screen_scalar; return 1;
  }
#else
  if (index == 0) {
    *kernel = &parlance_screen_scalar;
    return 1;
  }
#endif
  return 0;
}

const parlance_screen_kernel *parlance_screen_best(void) {
  const parlance_screen_kernel *kernel;
  for (int index = 0; !fits(index, &kernel); index++) continue;
  return kernel;
}

const parlance_screen_kernel *parlance_screen_named(const char *name) {
  const parlance_screen_kernel *kernel;
  for (int index = 0;; index++) {
    const int runs = fits(index, &kernel);
    if (kernel == NULL) return NULL;
    if (strcmp(name, kernel->name) == 0) return runs ? kernel : NULL;
  }
}

const char *parlance_screen_name(const parlance_screen_kernel *kernel) { return kernel->name; }

int64_t parlance_screen_panels(int64_t vocabulary) { return panels_of(vocabulary); }

size_t parlance_screen_weight_bytes(int64_t vocabulary, int64_t width) {
  return (size_t)panels_of(vocabulary) * (sizeof(panel_numbers) + (size_t)steps_of(width) * columns * 4);
}

size_t parlance_screen_token_bytes(int64_t tokens, int64_t sequences, int64_t width) {
  return rounded_up((size_t)sequences * sizeof(sequence_numbers)) + rounded_up((size_t)tokens * sizeof(token_numbers)) +
         rounded_up((size_t)(tokens * steps_of(width)) * 4 + 64);
}

// All rounding that is proportional to the lengths of a row and a token; the page on the screened head adds it up.
static float rounding(int64_t width) { return (float)(width + 64) * unit; }

static float size_of_small(int64_t width) { return least_measured * sqrtf((float)width) * (1 + 8 * unit); }

void parlance_screen_weight(const parlance_screen_kernel *kernel, const float *weight_VH, int64_t vocabulary,
                            int64_t width, int64_t first, int64_t end, void *block) {
  const int64_t panels = panels_of(vocabulary), steps = steps_of(width);
  float turned[PARLANCE_SCREEN_WIDEST];
  int8_t integers[PARLANCE_SCREEN_WIDEST];
  for (int64_t panel = first; panel < end; panel++) {
    panel_numbers *numbers = numbers_of(block) + panel;
    uint8_t *bytes = panel_of(block, panels, steps, panel);
    for (int column = 0; column < columns; column++) {
      const int64_t row = panel * columns + column;
      memset(integers, 0, (size_t)(4 * steps));
      float scale = 1, error = 0, norm = 0;
      if (row < vocabulary) {
        kernel->rotate(weight_VH + row * width, NULL, width, turned);
        const float greatest = kernel->greatest(turned, width);
        if (!(greatest <= most_measured)) {
          scale = error = norm = NAN;
        } else if (greatest < least_measured) {
          error = size_of_small(width);
        } else {
          scale = greatest / (float)kernel->weight_limit;
          kernel->round(turned, width, scale, kernel->weight_limit, integers, &error, &norm);
          error += rounding(width) * kernel->length(turned, width);
        }
      }
      numbers->scale[column] = scale;
      numbers->inverse[column] = 1 / scale;
      numbers->norm[column] = norm;
      numbers->error[column] = error;
      for (int64_t step = 0; step < steps; step++) {
        for (int i = 0; i < 4; i++) {
          bytes[(step * columns + column) * 4 + i] = (uint8_t)(integers[4 * step + i] + kernel->weight_offset);
        }
      }
    }
  }
}

int32_t parlance_screen_holds(const parlance_screen_kernel *kernel, const float *weight_VH, int64_t vocabulary,
                              int64_t width, int64_t panel, const void *block, void *room) {
  const int64_t first = panel * columns, rows = vocabulary - first < columns ? vocabulary - first : columns;
  const int64_t panels = panels_of(vocabulary), steps = steps_of(width);
  // Only read.
  void *own = (void *)(uintptr_t)block;
  parlance_screen_weight(kernel, weight_VH + first * width, rows, width, 0, 1, room);
  return memcmp(numbers_of(room), numbers_of(own) + panel, sizeof(panel_numbers)) == 0 &&
         memcmp(panel_of(room, 1, steps, 0), panel_of(own, panels, steps, panel), (size_t)(steps * columns * 4)) == 0;
}

void parlance_screen_base(const parlance_screen_kernel *kernel, const float *weight_VH, const float *bias_V,
                          const float *centre_H, int64_t vocabulary, int64_t width, int64_t first, int64_t end,
                          float *base) {
  const float away = centre_H == NULL ? 0 : kernel->length(centre_H, width);
  for (int64_t row = first * columns; row < end * columns; row++) {
    if (row >= vocabulary) {
      base[row] = -INFINITY;
      continue;
    }
    const float *w = weight_VH + row * width;
    float at_centre = bias_V[row], slack = 8 * unit * fabsf(bias_V[row]) + 1e-30f;
    if (centre_H != NULL) {
      at_centre += kernel->dot(w, centre_H, width);
      slack += 2 * rounding(width) * kernel->length(w, width) * away;
    }
    base[row] = at_centre + slack + 8 * unit * fabsf(at_centre);
  }
}

void parlance_screen_tokens(const parlance_screen_kernel *kernel, const float *hidden_TH, const float *centre_H,
                            int64_t width, const int32_t *starts, int32_t sequences, int32_t first, int32_t end,
                            void *block) {
  const int64_t steps = steps_of(width);
  const float share = 1 / (float)order_of(width);
  float turned[PARLANCE_SCREEN_WIDEST];
  int8_t integers[PARLANCE_SCREEN_WIDEST];
  memset(integers, 0, (size_t)(4 * steps));
  for (int32_t sequence = first; sequence < end; sequence++) {
    const int32_t start = starts[sequence], length = starts[sequence + 1] - start;
    float greatest = 0;
    for (int32_t token = start; token < start + length; token++) {
      kernel->rotate(hidden_TH + token * width, centre_H, width, turned);
      const float own = kernel->greatest(turned, width);
      greatest = greatest >= own ? greatest : own;
    }
    const int isLarge = !(greatest <= most_measured), isSmall = greatest < least_measured;
    const float scale = isLarge || isSmall ? 1 : greatest / (float)kernel->token_limit;
    sequence_numbers *whole = sequences_of(block) + sequence;
    *whole = (sequence_numbers){isLarge ? NAN : scale * share, 0, 0};

    const tiling tiles = tiling_of(length, kernel->rows);
    for (int32_t tile = 0, token = start; tile < tiles.count; tile++) {
      const int32_t rows = height_of(tiles, tile);
      int8_t *bytes = integers_of(block, sequences, starts[sequences]) + token * steps * 4;
      for (int32_t row = 0; row < rows; row++, token++) {
        token_numbers *own = tokens_of(block, sequences) + token;
        int32_t sum = 0;
        if (isLarge || isSmall) {
          memset(integers, 0, (size_t)width);
          own->error = own->norm = isLarge ? NAN : size_of_small(width) * share;
        } else {
          float error, norm;
          kernel->rotate(hidden_TH + token * width, centre_H, width, turned);
          kernel->round(turned, width, scale, kernel->token_limit, integers, &error, &norm);
          own->error = error * share;
          own->norm = (norm + error) * share * (1 + 4 * unit);
          for (int64_t k = 0; k < width; k++) sum += integers[k];
        }
        own->start = -kernel->weight_offset * sum;
        whole->error = whole->error >= own->error ? whole->error : own->error;
        whole->norm = whole->norm >= own->norm ? whole->norm : own->norm;
        for (int64_t step = 0; step < steps; step++) memcpy(bytes + 4 * (step * rows + row), integers + 4 * step, 4);
      }
    }
  }
}

float parlance_screen_logit(const parlance_screen_kernel *kernel, const float *hidden_H, const float *row_H, float bias,
                            int64_t width) {
  return kernel->dot(hidden_H, row_H, width) + bias;
}

static float bound_of(const panel_numbers *panel, int column, float base, float scale, const token_numbers *token,
                      int32_t product) {
  return base + scale * panel->scale[column] * (float)product +
         (token->error * panel->norm[column] + token->norm * panel->error[column]);
}

// One sequence and one panel.
typedef struct {
  const parlance_screen_task *task;
  const panel_numbers *panel;
  const float *base;
  int64_t first_column;
  int32_t sequence;
  // The best logits so far, where they are and which have changed.
  float bars[columns];
  int32_t best[columns];
  uint32_t found;
  int changed;
} column_pool;

// Computes the logits of a tile that may beat their bars.
static int64_t absorb(column_pool *pool, int32_t first_token, int rows, const token_numbers *tokens, float scale,
                      int32_t (*sums)[columns], const uint32_t *above, void *context) {
  const parlance_screen_task *task = pool->task;
  const int32_t start = task->starts[pool->sequence];
  int64_t computed = 0;
  for (int row = 0; row < rows; row++) {
    for (uint32_t bits = above[row]; bits != 0; bits &= bits - 1) {
      const int column = __builtin_ctz(bits);
      const int64_t term = pool->first_column + column;
      if (term >= task->vocabulary) continue;
      // What is not comparable counts as above.
      if (bound_of(pool->panel, column, pool->base[column], scale, tokens + row, sums[row][column]) <=
          pool->bars[column]) {
        continue;
      }
      computed++;
      const int32_t token = first_token + row;
      const float logit = parlance_screen_logit(task->kernel, task->hidden_TH + (start + token) * task->width,
                                                task->weight_VH + term * task->width, task->bias_V[term], task->width);
      if (!(logit > pool->bars[column])) continue;
      if (task->sums) {
        task->emit(context, (parlance_screen_hit){pool->sequence, (int32_t)term, token, logit});
      } else {
        pool->bars[column] = logit;
        pool->best[column] = token;
        pool->found |= 1u << column;
        pool->changed = 1;
      }
    }
  }
  return computed;
}

int64_t parlance_screen_run(const parlance_screen_task *task, int64_t first_panel, int64_t end_panel,
                            int32_t first_sequence, int32_t end_sequence, void *context) {
  const parlance_screen_kernel *kernel = task->kernel;
  const int64_t panels = panels_of(task->vocabulary), steps = steps_of(task->width);
  // Only read.
  void *weight = (void *)(uintptr_t)task->weight, *blocks = (void *)(uintptr_t)task->tokens;
  const int8_t *integers = integers_of(blocks, task->sequences, task->starts[task->sequences]);
  int64_t computed = 0;
  for (int64_t index = first_panel; index < end_panel; index++) {
    const uint8_t *bytes = panel_of(weight, panels, steps, index);
    column_pool pool = {.task = task, .panel = numbers_of(weight) + index, .base = task->base + index * columns,
                 .first_column = index * columns};
    for (int32_t sequence = first_sequence; sequence < end_sequence; sequence++) {
      const sequence_numbers *whole = sequences_of(blocks) + sequence;
      const int32_t start = task->starts[sequence];
      const tiling tiles = tiling_of(task->starts[sequence + 1] - start, kernel->rows);
      int32_t thresholds[columns], sums[most_rows][columns];
      uint32_t above[most_rows];
      memset(pool.bars, 0, sizeof pool.bars);
      pool.sequence = sequence;
      pool.found = 0;
      kernel->thresholds(pool.bars, pool.base, pool.panel, whole, thresholds);
      for (int32_t tile = 0, token = 0; tile < tiles.count; tile++) {
        const int32_t rows = height_of(tiles, tile);
        const token_numbers *numbers = tokens_of(blocks, task->sequences) + start + token;
        if (kernel->tile(integers + (start + token) * steps * 4, bytes, steps, rows, numbers, thresholds, sums, above)) {
          pool.changed = 0;
          computed += absorb(&pool, token, rows, numbers, whole->scale, sums, above, context);
          if (pool.changed) kernel->thresholds(pool.bars, pool.base, pool.panel, whole, thresholds);
        }
        token += rows;
      }
      for (uint32_t bits = pool.found; bits != 0; bits &= bits - 1) {
        const int column = __builtin_ctz(bits);
        task->emit(context, (parlance_screen_hit){sequence, (int32_t)(pool.first_column + column), pool.best[column],
                                                  pool.bars[column]});
      }
    }
  }
  return computed;
}

// Every so many panels, and the sequences that begin before so many tokens.
enum { panels_apart = 32, tokens_tried = 128 };

// The share of logits above which computing them one by one takes longer than a product that computes all
// (EXPERIMENTS.md).
static const double most_survivors = 0.03;

static void ignore(void *context, parlance_screen_hit hit) { (void)context, (void)hit; }

int32_t parlance_screen_pays(const parlance_screen_task *task) {
  parlance_screen_task trial = *task;
  trial.emit = ignore;
  int32_t sequences = 0;
  while (sequences < task->sequences && task->starts[sequences] < tokens_tried) sequences++;
  const int64_t tokens = task->starts[sequences], panels = panels_of(task->vocabulary);
  const int64_t sample = (panels + panels_apart - 1) / panels_apart;
  const double most = most_survivors * (double)(sample * columns * tokens);
  int64_t computed = 0;
  for (int64_t panel = 0; panel < panels && (double)computed <= most; panel += panels_apart) {
    computed += parlance_screen_run(&trial, panel, panel + 1, 0, sequences, NULL);
  }
  return (double)computed <= most;
}

float parlance_screen_bound(const parlance_screen_task *task, int32_t sequence, int32_t token, int32_t column) {
  void *weight = (void *)(uintptr_t)task->weight, *blocks = (void *)(uintptr_t)task->tokens;
  const int64_t steps = steps_of(task->width), index = column / columns;
  const int32_t start = task->starts[sequence];
  const tiling tiles = tiling_of(task->starts[sequence + 1] - start, task->kernel->rows);
  int32_t tile = 0, first = 0;
  while (first + height_of(tiles, tile) <= token) first += height_of(tiles, tile++);
  const int32_t rows = height_of(tiles, tile);
  const int8_t *own = integers_of(blocks, task->sequences, task->starts[task->sequences]) +
                      (start + first) * steps * 4 + 4 * (token - first);
  const uint8_t *weights = panel_of(weight, panels_of(task->vocabulary), steps, index) + 4 * (column % columns);
  const token_numbers *numbers = tokens_of(blocks, task->sequences) + start + token;
  int32_t product = numbers->start;
  for (int64_t step = 0; step < steps; step++) {
    for (int i = 0; i < 4; i++) {
      const uint8_t byte = weights[4 * columns * step + i];
      product += own[4 * step * rows + i] * (task->kernel->weight_offset == 0 ? (int8_t)byte : byte);
    }
  }
  return bound_of(numbers_of(weight) + index, column % columns, task->base[column], sequences_of(blocks)[sequence].scale,
                  numbers, product);
}
