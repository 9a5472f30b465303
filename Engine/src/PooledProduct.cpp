// Which kernel this machine runs.
#include "PooledProduct.h"

#include <cstdlib>
#include <string_view>

namespace parlance {

namespace baseline {
extern const PooledProductKernel kernel;
}
#if defined(__x86_64__)
namespace avx2 {
extern const PooledProductKernel kernel;
}
namespace avx512 {
extern const PooledProductKernel kernel;
}
#endif

std::string_view kernelWish() {
  const char *named = std::getenv("PARLANCE_KERNEL");
  return named == nullptr ? "" : named;
}

bool asOtherDevices() {
  static const bool asked = kernelWish() == "libtorch";
  return asked;
}

namespace {

const PooledProductKernel &choose() {
  // A wish for a screening kernel leaves the best for what is not screened.
  const std::string_view wish = kernelWish().starts_with("screen") ? "" : kernelWish();
#if defined(__x86_64__)
  if ((wish.empty() || wish == "avx512") && __builtin_cpu_supports("avx512f")) return avx512::kernel;
  if ((wish.empty() || wish == "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return avx2::kernel;
  }
#endif
  return baseline::kernel;
}

}  // namespace

const PooledProductKernel &pooledProduct() {
  static const PooledProductKernel &chosen = choose();
  return chosen;
}

}  // namespace parlance
