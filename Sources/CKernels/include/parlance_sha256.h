#pragma once

#include <stddef.h>
#include <stdint.h>

// The compression function of SHA-256 (FIPS 180-4, section 6.2.2) over `block_count` blocks of 64 bytes.
void parlance_sha256_blocks(uint32_t state[_Nonnull 8], const void *_Nullable bytes, size_t block_count);

// The portable twin.
void parlance_sha256_blocks_portable(uint32_t state[_Nonnull 8], const void *_Nullable bytes, size_t block_count);

// Which of them `parlance_sha256_blocks` calls on this machine: "sha-ni", "armv8" or "portable".
const char *_Nonnull parlance_sha256_kind(void);
