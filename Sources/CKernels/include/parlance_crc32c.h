#pragma once

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), as in iSCSI (RFC 3720) and ext4.
// `crc` is the checksum of the bytes so far, 0 for none; the result is that of all of them.
uint32_t parlance_crc32c(uint32_t crc, const void *_Nullable bytes, size_t count);

// The portable twin: eight tables of 256 entries.
uint32_t parlance_crc32c_portable(uint32_t crc, const void *_Nullable bytes, size_t count);

// Which of them `parlance_crc32c` calls on this machine: "sse4.2", "armv8" or "portable".
const char *_Nonnull parlance_crc32c_kind(void);
