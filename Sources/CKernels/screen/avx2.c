// AVX2: vpmaddubsw multiplies 32 bytes and adds pairs to 16 bits, so the integers are small enough for a few steps.
#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#include "numbers.h"

// A pair of products is at most 2 * (2 * weight_limit) * token_limit. Of 5, 6 and 7 bits for either, 6 by 6 took the
// least time (EXPERIMENTS.md).
enum { weight_limit = 31, token_limit = 31, steps_at_once = 32767 / (4 * weight_limit * token_limit) };

#define STEPS_AT_ONCE steps_at_once
#define ENTERED(sum) _mm256_setzero_si256()
#define ADDED(sum, weights, four) _mm256_add_epi16(sum, _mm256_maddubs_epi16(weights, four))
#define LEFT(sum, part) _mm256_add_epi32(sum, _mm256_madd_epi16(part, _mm256_set1_epi16(1)))
#include "avx256.h"

const parlance_screen_kernel parlance_screen_avx2 = {
    .name = "avx2", .rows = 6, .weight_limit = weight_limit, .weight_offset = weight_limit, .token_limit = token_limit,
    .tile = tile, .thresholds = thresholds_of, .rotate = rotate, .round = round_to, .greatest = greatest,
    .length = length, .dot = dot};
#endif
