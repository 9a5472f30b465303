// What the kernels that add up postings share.
#pragma once

#include <stdint.h>
#include <string.h>

#include "parlance_postings.h"

// A product and a sum are two roundings everywhere.
#pragma STDC FP_CONTRACT OFF

typedef parlance_postings_row row;

struct parlance_postings_kernel {
  const char *name;
  // Sets all sums to what the bitmaps add up to.
  void (*bitmaps)(row *rows, int64_t count, int64_t words, int32_t *sums);
  // Add one row, a bitmap, to sums.
  void (*bitmap_of_halves)(const row *row, int64_t words, float *sums);
  void (*bitmap_of_floats)(const row *row, int64_t words, float *sums);
  // A bit for each of 64 sums that is greater than the limit.
  int64_t (*above)(const int32_t *sums, int64_t count, int32_t limit, uint16_t *places);
  // maxima[i] = the greatest of sums[i + j * stride] for j < times; returns the greatest of all.
  int32_t (*maxima)(const int32_t *sums, int64_t stride, int64_t times, int32_t *maxima);
  // Sets those of 64 sums to zero whose bit is zero.
  void (*keep)(uint64_t bits, int32_t *sums);
  // For each place, ascending, how many bits are set before its own, or -1 where that is not set.
  void (*ranks)(const uint64_t *bits, const uint16_t *places, int64_t count, int32_t *ranks);
};

static inline float half(uint16_t bits) {
  const uint32_t shifted = (uint32_t)bits << 13;
  float value;
  memcpy(&value, &shifted, 4);
  return value * 0x1p112f;
}

static inline float factor_of(const row *row) {
  float factor;
  memcpy(&factor, &row->factor, 4);
  return factor;
}

// Does `DO` for each set bit: `place` is the passage, `posting` counts.
#define EACH_BIT(row, words, DO)                                                  \
  for (int64_t word = 0, posting = 0; word < (words); word++) {                   \
    for (uint64_t left = (row)->bits[word]; left != 0; left &= left - 1) {        \
      const int64_t place = 64 * word + __builtin_ctzll(left);                    \
      DO;                                                                         \
      posting++;                                                                  \
    }                                                                             \
  }

static inline void add_bits_of_bytes(const row *row, int64_t words, int32_t *sums) {
  const uint8_t *weights = row->weights;
  const int32_t factor = row->factor;
  EACH_BIT(row, words, sums[place] += weights[posting] * factor)
}

// Finds places from a mask of 64 comparisons, MASK(sums, limit).
#define ABOVE(MASK)                                                                     \
  int64_t found = 0;                                                                    \
  int64_t first = 0;                                                                    \
  for (; first + 64 <= count; first += 64) {                                            \
    for (uint64_t left = MASK(sums + first, limit); left != 0; left &= left - 1) {      \
      places[found++] = (uint16_t)(first + __builtin_ctzll(left));                      \
    }                                                                                   \
  }                                                                                     \
  for (; first < count; first++) {                                                      \
    if (sums[first] > limit) places[found++] = (uint16_t)first;                         \
  }                                                                                     \
  return found;

// Plain C for whatever counts bits: from one place to the next.
#define RANKS                                                                           \
  int64_t word = 0;                                                                     \
  int32_t before = 0;                                                                   \
  for (int64_t i = 0; i < count; i++) {                                                 \
    const int64_t own = places[i] / 64;                                                 \
    const uint64_t bit = UINT64_C(1) << (places[i] % 64);                               \
    if ((bits[own] & bit) == 0) {                                                       \
      ranks[i] = -1;                                                                    \
      continue;                                                                         \
    }                                                                                   \
    for (; word < own; word++) before += __builtin_popcountll(bits[word]);              \
    ranks[i] = before + __builtin_popcountll(bits[own] & (bit - 1));                    \
  }

// Plain C that the compiler turns into vector instructions.
#define MAXIMA                                                                          \
  int32_t greatest = 0;                                                                 \
  memcpy(maxima, sums, (size_t)stride * 4);                                             \
  for (int64_t time = 1; time < times; time++) {                                        \
    const int32_t *own = sums + time * stride;                                          \
    for (int64_t i = 0; i < stride; i++) maxima[i] = own[i] > maxima[i] ? own[i] : maxima[i]; \
  }                                                                                     \
  for (int64_t i = 0; i < stride; i++) greatest = maxima[i] > greatest ? maxima[i] : greatest; \
  return greatest;
