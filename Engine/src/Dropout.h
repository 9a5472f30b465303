// Which numbers dropout drops.
//
// This header is shared with the kernels, which are compiled for several instruction sets: what has code here is of each
// file's own.
#pragma once
#include <cstdint>

namespace parlance {

/// Drops by a hash of a key and a number's place: the backward pass needs no mask, and any number of threads give the same.
struct DropoutRule {
  uint32_t key[2];
  /// Hashes below it are dropped.
  uint32_t bar;
  /// What the others are multiplied by.
  float scale;
};

namespace {

inline DropoutRule dropoutRule(uint64_t key, double probability) {
  return {{static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)},
          static_cast<uint32_t>(probability * 4294967296.0),
          static_cast<float>(1 / (1 - probability))};
}

/// A mixing function of 32 bits in two rounds, each with half of the key.
inline uint32_t dropoutHash(const DropoutRule &rule, uint32_t place) {
  uint32_t x = place + rule.key[0];
  x = (x ^ x >> 16) * 0x21f0aaad;
  x = (x ^ x >> 15) + rule.key[1];
  x = (x ^ x >> 16) * 0x735a2d97;
  return x ^ x >> 15;
}

/// 0 or the scale.
inline float dropoutFactor(const DropoutRule &rule, uint32_t place) {
  return dropoutHash(rule, place) < rule.bar ? 0 : rule.scale;
}

}  // namespace

/// out[i] = x[i] times the factor of place i, for begin <= i < end, under 2^32 numbers.
void dropOut(const DropoutRule &rule, const float *x, float *out, int64_t begin, int64_t end);

}  // namespace parlance
