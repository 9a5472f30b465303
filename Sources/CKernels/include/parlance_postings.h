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

// Adding up postings, and finding the greatest sums (Documentation/search.md).
//
// A range of passages has a sum for each, 32 bits. Sums are whole numbers, or floats whose bits are compared as whole
// numbers, which is the same order since none is negative.

// The most passages of a range: a posting numbers its passage with 16 bits.
#define PARLANCE_POSTINGS_MOST_PASSAGES 65536
// Passages come in so many where there are bitmaps: behind the last, bits are zero and sums may be written.
#define PARLANCE_POSTINGS_STEP 128
// How many bytes behind the weights of a bitmap may be read.
#define PARLANCE_POSTINGS_MARGIN 64
// The greatest factor of a byte.
#define PARLANCE_POSTINGS_GREATEST_FACTOR 32767

// A way to add, for one set of instructions.
typedef struct parlance_postings_kernel parlance_postings_kernel;

// The fastest that this machine runs.
const parlance_postings_kernel *parlance_postings_best(void);
// "avx512", "avx2" or "scalar"; NULL where this machine cannot run it.
const parlance_postings_kernel *PARLANCE_NULLABLE parlance_postings_named(const char *name);
const char *parlance_postings_name(const parlance_postings_kernel *kernel);

// The postings of one term in a range: which passages have it, and the weights of those.
typedef struct parlance_postings_row {
  // A bit for each passage, or NULL.
  const uint64_t *PARLANCE_NULLABLE bits;
  // Where there are no bits: the numbers of the passages, ascending.
  const uint16_t *PARLANCE_NULLABLE numbers;
  const void *weights;
  int32_t count;
  // What the weights are multiplied with: a whole number up to PARLANCE_POSTINGS_GREATEST_FACTOR, or the bits of a float.
  int32_t factor;
} parlance_postings_row;

// Sets the sums of `words` times 64 passages, a multiple of PARLANCE_POSTINGS_STEP: to zero, then for each posting
// sum + factor * weight. Rows have `count` numbers that are below that, or words with `count` bits set. Nothing may
// overflow 31 bits. What is left in the rows is of no use.
void parlance_postings_add_bytes(const parlance_postings_kernel *kernel, parlance_postings_row *bitmaps,
                                 int64_t bitmap_count, parlance_postings_row *lists, int64_t list_count, int64_t words,
                                 int32_t *sums);

// The same in single precision for weights in half and single precision, rows one after the other in the order given:
// product and sum are rounded each.
void parlance_postings_add_halves(const parlance_postings_kernel *kernel, const parlance_postings_row *rows,
                                  int64_t count, int64_t words, float *sums);
void parlance_postings_add_floats(const parlance_postings_kernel *kernel, const parlance_postings_row *rows,
                                  int64_t count, int64_t words, float *sums);

// Sets the sums of passages whose bit is zero to zero: `words` numbers of 64 bits and 64 times as many sums.
void parlance_postings_keep(const parlance_postings_kernel *kernel, const uint64_t *bits, int64_t words, int32_t *sums);

// For each of `count` passages, which ascend and are below the row's: sum + factor * weight where the row has a posting of it.
// Returns how many it has. The sums are those of a whole range, and so is the room of `scratch`.
int64_t parlance_postings_look_up_bytes(const parlance_postings_kernel *kernel, const parlance_postings_row *row,
                                        const uint16_t *places, int64_t count, int32_t *scratch, int32_t *sums);

// The same in single precision, product and sum rounded each, as by `parlance_postings_add_halves`.
int64_t parlance_postings_look_up_halves(const parlance_postings_kernel *kernel, const parlance_postings_row *row,
                                         const uint16_t *places, int64_t count, int32_t *scratch, float *sums);
int64_t parlance_postings_look_up_floats(const parlance_postings_kernel *kernel, const parlance_postings_row *row,
                                         const uint16_t *places, int64_t count, int32_t *scratch, float *sums);

// Writes the places of the sums that are greater than `limit`, ascending, and returns how many.
int64_t parlance_postings_above(const parlance_postings_kernel *kernel, const int32_t *sums, int64_t count,
                                int32_t limit, uint16_t *places);

// A number, at least 0, that at least `k` of the sums are greater than; 0 where there are fewer sums above 0. It is near
// the greatest such number when the sums lie in no particular order. `scratch` has room for `count`.
int32_t parlance_postings_bound(const parlance_postings_kernel *kernel, const int32_t *sums, int64_t count, int64_t k,
                                int32_t *scratch);

#if defined(__cplusplus)
}
#endif
#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
