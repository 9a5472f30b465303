// Choosing a kernel, and what is the same for all of them.
#include "postings.h"

extern const parlance_postings_kernel parlance_postings_scalar;
#if defined(__x86_64__)
extern const parlance_postings_kernel parlance_postings_avx512, parlance_postings_avx2;
#endif

#if defined(__x86_64__)
// What both vector kernels are compiled for beside their vectors: a virtual machine may hide any of it.
static int has_bits(void) {
  return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
         __builtin_cpu_supports("f16c");
}
#endif

// Which kernels there are, the fastest first.
static int fits(int index, const parlance_postings_kernel **kernel) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (index) {
    case 0:
      *kernel = &parlance_postings_avx512;
      return has_bits() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
             __builtin_cpu_supports("avx512vnni");
    case 1: *kernel = &parlance_postings_avx2; return has_bits() && __builtin_cpu_supports("avx2");
    case 2: *kernel = &parlance_postings_scalar; return 1;
  }
#else
  if (index == 0) {
    *kernel = &parlance_postings_scalar;
    return 1;
  }
#endif
  *kernel = NULL;
  return 0;
}

const parlance_postings_kernel *parlance_postings_best(void) {
  const parlance_postings_kernel *kernel;
  for (int index = 0; !fits(index, &kernel); index++) continue;
  return kernel;
}

const parlance_postings_kernel *parlance_postings_named(const char *name) {
  const parlance_postings_kernel *kernel;
  for (int index = 0;; index++) {
    const int runs = fits(index, &kernel);
    if (kernel == NULL) return NULL;
    if (strcmp(name, kernel->name) == 0) return runs ? kernel : NULL;
  }
}

const char *parlance_postings_name(const parlance_postings_kernel *kernel) { return kernel->name; }

// Rows are short and lie far apart: the beginning of a row is fetched while those before it are added.
enum { rows_ahead = 6, most_fetched = 256 };

static void fetch(const row *row, int bytes_per_weight) {
  const int64_t count = row->count < most_fetched ? row->count : most_fetched;
  const char *numbers = (const char *)row->numbers, *weights = row->weights;
  for (int64_t at = 0; at < 2 * count; at += 64) __builtin_prefetch(numbers + at);
  __builtin_prefetch(numbers + 2 * count - 1);
  for (int64_t at = 0; at < bytes_per_weight * count; at += 64) __builtin_prefetch(weights + at);
  __builtin_prefetch(weights + bytes_per_weight * count - 1);
}

static void add_list_of_bytes(const row *row, int32_t *sums) {
  const uint16_t *numbers = row->numbers;
  const uint8_t *weights = row->weights;
  const int32_t factor = row->factor, count = row->count;
  int32_t posting = 0;
  // The numbers of a row differ, so that four sums can be on their way at once.
  for (; posting + 4 <= count; posting += 4) {
    for (int i = 0; i < 4; i++) sums[numbers[posting + i]] += weights[posting + i] * factor;
  }
  for (; posting < count; posting++) sums[numbers[posting]] += weights[posting] * factor;
}

void parlance_postings_add_bytes(const parlance_postings_kernel *kernel, row *bitmaps, int64_t bitmap_count,
                                 row *lists, int64_t list_count, int64_t words, int32_t *sums) {
  for (int64_t index = 0; index < list_count && index < rows_ahead; index++) fetch(lists + index, 1);
  kernel->bitmaps(bitmaps, bitmap_count, words, sums);
  for (int64_t index = 0; index < list_count; index++) {
    if (index + rows_ahead < list_count) fetch(lists + index + rows_ahead, 1);
    add_list_of_bytes(lists + index, sums);
  }
}

void parlance_postings_add_halves(const parlance_postings_kernel *kernel, const row *rows, int64_t count, int64_t words,
                                  float *sums) {
  memset(sums, 0, (size_t)words * 64 * 4);
  for (int64_t index = 0; index < count; index++) {
    const row *own = rows + index;
    if (index + rows_ahead < count && own[rows_ahead].bits == NULL) fetch(own + rows_ahead, 2);
    if (own->bits != NULL) {
      kernel->bitmap_of_halves(own, words, sums);
      continue;
    }
    const uint16_t *weights = own->weights;
    const float factor = factor_of(own);
    for (int32_t posting = 0; posting < own->count; posting++) {
      sums[own->numbers[posting]] += half(weights[posting]) * factor;
    }
  }
}

void parlance_postings_add_floats(const parlance_postings_kernel *kernel, const row *rows, int64_t count, int64_t words,
                                  float *sums) {
  memset(sums, 0, (size_t)words * 64 * 4);
  for (int64_t index = 0; index < count; index++) {
    const row *own = rows + index;
    if (index + rows_ahead < count && own[rows_ahead].bits == NULL) fetch(own + rows_ahead, 4);
    if (own->bits != NULL) {
      kernel->bitmap_of_floats(own, words, sums);
      continue;
    }
    const float *weights = own->weights;
    const float factor = factor_of(own);
    for (int32_t posting = 0; posting < own->count; posting++) {
      sums[own->numbers[posting]] += weights[posting] * factor;
    }
  }
}

int64_t parlance_postings_above(const parlance_postings_kernel *kernel, const int32_t *sums, int64_t count,
                                int32_t limit, uint16_t *places) {
  return kernel->above(sums, count, limit, places);
}

// For each place, ascending, which of the ascending numbers it is, or -1.
static void find_in_list(const row *row, const uint16_t *places, int64_t count, int32_t *found) {
  int32_t low = 0;
  for (int64_t i = 0; i < count; i++) {
    for (int32_t high = row->count; low < high;) {
      const int32_t middle = low + (high - low) / 2;
      if (row->numbers[middle] < places[i]) low = middle + 1;
      else high = middle;
    }
    found[i] = low < row->count && row->numbers[low] == places[i] ? low : -1;
  }
}

// Where all postings lie is found before the first is read, so that none is waited for alone.
#define LOOK_UP(WEIGHT)                                                  \
  int64_t hits = 0;                                                      \
  if (row->bits != NULL) kernel->ranks(row->bits, places, count, found); \
  else find_in_list(row, places, count, found);                          \
  for (int64_t i = 0; i < count; i++) {                                  \
    if (found[i] < 0) continue;                                          \
    sums[places[i]] += (WEIGHT) * factor;                                \
    hits++;                                                              \
  }                                                                      \
  return hits;

int64_t parlance_postings_look_up_bytes(const parlance_postings_kernel *kernel, const row *row, const uint16_t *places,
                                        int64_t count, int32_t *found, int32_t *sums) {
  const uint8_t *weights = row->weights;
  const int32_t factor = row->factor;
  LOOK_UP(weights[found[i]])
}

int64_t parlance_postings_look_up_halves(const parlance_postings_kernel *kernel, const row *row, const uint16_t *places,
                                         int64_t count, int32_t *found, float *sums) {
  const uint16_t *weights = row->weights;
  const float factor = factor_of(row);
  LOOK_UP(half(weights[found[i]]))
}

int64_t parlance_postings_look_up_floats(const parlance_postings_kernel *kernel, const row *row, const uint16_t *places,
                                         int64_t count, int32_t *found, float *sums) {
  const float *weights = row->weights;
  const float factor = factor_of(row);
  LOOK_UP(weights[found[i]])
}

void parlance_postings_keep(const parlance_postings_kernel *kernel, const uint64_t *bits, int64_t words, int32_t *sums) {
  for (int64_t word = 0; word < words; word++) {
    if (bits[word] == UINT64_MAX) continue;
    if (bits[word] == 0) {
      memset(sums + 64 * word, 0, 64 * sizeof *sums);
    } else {
      kernel->keep(bits[word], sums + 64 * word);
    }
  }
}

// The k-th greatest of the maxima of groups is at most the k-th greatest of all. With several times k groups it is near.
enum { groups_for_each = 4, most_times = 64, bucket_bits = 11 };

int32_t parlance_postings_bound(const parlance_postings_kernel *kernel, const int32_t *sums, int64_t count, int64_t k,
                                int32_t *scratch) {
  if (k > count) return 0;
  int64_t times = 1;
  while (times < most_times && count / (2 * times) >= groups_for_each * k) times *= 2;
  const int64_t groups = count / times;
  const int32_t greatest = kernel->maxima(sums, groups, times, scratch);
  if (greatest <= 0) return 0;
  // The k-th greatest to within a bucket.
  const int bits = 32 - __builtin_clz((uint32_t)greatest), shift = bits > bucket_bits ? bits - bucket_bits : 0;
  uint32_t buckets[1 << bucket_bits] = {0};
  for (int64_t group = 0; group < groups; group++) {
    // The weights of a forged file may be below zero, and so may a sum.
    buckets[scratch[group] > 0 ? scratch[group] >> shift : 0]++;
  }
  int64_t bucket = greatest >> shift, above = buckets[bucket];
  while (above < k && bucket > 0) above += buckets[--bucket];
  const int64_t limit = (bucket << shift) - 1;
  return limit > 0 ? (int32_t)limit : 0;
}
