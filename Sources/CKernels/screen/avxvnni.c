// AVX-VNNI: vpdpbusd on 32 bytes, for processors without AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma,avxvnni")))
#define LANES 8
#include "numbers.h"

// The sums have 32 bits all the way.
#define STEPS_AT_ONCE steps
#define ENTERED(sum) sum
#define ADDED(sum, weights, four) _mm256_dpbusd_avx_epi32(sum, weights, four)
#define LEFT(sum, part) part
#include "avx256.h"

const parlance_screen_kernel parlance_screen_avxvnni = {
    .name = "avxvnni", .rows = 6, .weight_limit = 127, .weight_offset = 128, .token_limit = 127, .tile = tile,
    .thresholds = thresholds_of, .rotate = rotate, .round = round_to, .greatest = greatest, .length = length, .dot = dot};
#endif
