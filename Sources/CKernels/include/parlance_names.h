#pragma once

#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

// Exchanges two names in one step, which Swift's own view of the C library does not reach. 0, or -1 with `errno` where the
// system or the file system cannot.
int32_t parlance_exchange_names(const char *left, const char *right);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
