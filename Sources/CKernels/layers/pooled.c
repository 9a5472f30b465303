// The vocabulary product with every logit computed, a panel of columns and a few tokens at a time.
#include <string.h>

#include "layers.h"

enum { tokens_at_once = 84 };

int32_t parlance_all_finite(const parlance_layers *layers, const float *x, int64_t count) {
  return layers->finite(x, count);
}

int64_t parlance_pooled_floats(void) { return tokens_at_once * packed_columns; }

void parlance_pooled_run(const parlance_pooled_task *task, int64_t first_panel, int64_t end_panel,
                         int32_t first_sequence, int32_t end_sequence, float *logits, void *context) {
  const parlance_layers *layers = task->layers;
  for (int64_t index = first_panel; index < end_panel; index++) {
    const int64_t first_column = index * packed_columns, rest = task->vocabulary - first_column;
    const int64_t own = rest < packed_columns ? rest : packed_columns;
    const float *panel = task->packed + first_column * task->width;
    float bias[packed_columns] = {0};
    memcpy(bias, task->bias_V + first_column, sizeof(float) * (size_t)own);
    for (int32_t sequence = first_sequence; sequence < end_sequence; sequence++) {
      const int32_t start = task->starts[sequence], length = task->starts[sequence + 1] - start;
      float bars[packed_columns];
      int32_t best[packed_columns];
      uint32_t found = 0;
      for (int column = 0; column < packed_columns; column++) bars[column] = column < own ? 0 : INFINITY;
      for (int32_t first = 0; first < length; first += tokens_at_once) {
        const int32_t rows = length - first < tokens_at_once ? length - first : tokens_at_once;
        layers->product(task->hidden_TH + (start + first) * task->width, task->width, rows, panel, packed_columns,
                        task->width, bias, packed_columns, logits, packed_columns);
        if (!layers->above(logits, rows, bars)) continue;
        for (int column = 0; column < own; column++) {
          for (int32_t row = 0; row < rows; row++) {
            const float logit = logits[row * packed_columns + column];
            if (!(logit > bars[column])) continue;
            if (task->sums) {
              task->emit(context, (parlance_screen_hit){sequence, (int32_t)first_column + column, first + row, logit});
            } else {
              bars[column] = logit;
              best[column] = first + row;
              found |= 1u << column;
            }
          }
        }
      }
      for (uint32_t bits = found; bits != 0; bits &= bits - 1) {
        const int column = __builtin_ctz(bits);
        task->emit(context,
                   (parlance_screen_hit){sequence, (int32_t)first_column + column, best[column], bars[column]});
      }
    }
  }
}
