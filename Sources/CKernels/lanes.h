// Vectors of LANES floats in plain C. A file that includes this defines TARGET, the attribute that lets the compiler use
// a set of instructions, and LANES.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINED TARGET static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t integer_lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int8_t byte_lanes __attribute__((vector_size(LANES), aligned(1), may_alias));

#define LOADED(from) (*(const lanes *)(from))
#define STORE(to, x) (*(lanes *)(to) = (x))
#define ALL(x) ((lanes){0} + (x))
// Lane by lane: where the mask is set, a; elsewhere b.
#define CHOICE(mask, a, b) ((lanes)(((integer_lanes)(a) & (mask)) | ((integer_lanes)(b) & ~(mask))))

// Between a loop and what follows it, so that the compiler moves none of that into the loop, where registers are short.
#if defined(__x86_64__)
#define SETTLED(x) __asm__("" : "+v"(x))
#else
#define SETTLED(x) (void)(x)
#endif

// The rows of a tile one by one: what stands in an array, some compilers leave in memory.
#define ROWS_6(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5)
#define ROWS_14(DO) ROWS_6(DO) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13)
#define CASES_6(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#define CASES_14(DO) CASES_6(DO) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14)
