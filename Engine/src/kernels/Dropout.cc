// Dropout's loop, for whichever instruction set the machine has; integers, so all give the same.
#include "../Dropout.h"

namespace parlance {

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void dropOut(const DropoutRule &rule, const float *__restrict x, float *__restrict out, int64_t begin, int64_t end) {
  // Copies that nothing can change meanwhile, so that the loop is done in vectors.
  const DropoutRule own = rule;
  const auto first = static_cast<uint32_t>(begin), count = static_cast<uint32_t>(end - begin);
  for (uint32_t i = 0; i < count; i++) out[begin + i] = x[begin + i] * dropoutFactor(own, first + i);
}

}  // namespace parlance
