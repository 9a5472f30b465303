#define _GNU_SOURCE
#include "parlance_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

int32_t parlance_exchange_names(const char *left, const char *right) {
#if defined(__linux__) && defined(SYS_renameat2)
  const unsigned int exchange = 2;  // RENAME_EXCHANGE
  return (int32_t)syscall(SYS_renameat2, AT_FDCWD, left, AT_FDCWD, right, exchange);
#elif defined(__APPLE__)
  return renamex_np(left, right, RENAME_SWAP);
#else
  (void)left, (void)right;
  errno = ENOSYS;
  return -1;
#endif
}
