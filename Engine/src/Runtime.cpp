// The engine itself and the settings of the calling thread.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/version.h>

#include <cstdlib>

#include "Boundary.h"
#include "Calls.h"
#include "LayerFunctions.h"
#include "PooledProduct.h"
#include "Random.h"

// MKL keeps a number of threads for the process and one for each thread; libtorch sets the former only.
extern "C" int MKL_Set_Num_Threads_Local(int count) __attribute__((weak));

namespace parlance {

namespace {

/// The same bits again on the same device: sums in one order, attention's gradients too.
void makeCUDADeterministic() {
  static const bool once = [] {
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
    at::globalContext().setDeterministicFillUninitializedMemory(false);
    return true;
  }();
  (void)once;
}

}  // namespace

at::Device deviceOf(parlance_device device) {
  switch (device.kind) {
    case PARLANCE_CPU: return at::Device(at::kCPU);
    case PARLANCE_CUDA:
      require(at::hasCUDA(), "this libtorch has no CUDA, or no CUDA device is there");
      makeCUDADeterministic();
      return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
  }
  throw BadArgument("no such kind of device");
}

at::ScalarType typeOf(parlance_dtype type) {
  switch (type) {
    case PARLANCE_FLOAT32: return at::kFloat;
    case PARLANCE_INT64: return at::kLong;
    case PARLANCE_INT32: return at::kInt;
    case PARLANCE_UINT8: return at::kByte;
  }
  throw BadArgument("no such element type");
}

namespace {

at::Generator &ownGenerator() {
  static thread_local at::Generator generator = at::detail::createCPUGenerator();
  return generator;
}

}  // namespace

std::optional<at::Generator> generatorOn(const at::Device &device) {
  return device.is_cpu() ? std::optional(ownGenerator()) : std::nullopt;
}

uint64_t nextKey() {
  at::Generator &generator = ownGenerator();
  const std::lock_guard lock(generator.mutex());
  return at::check_generator<at::CPUGeneratorImpl>(generator)->random64();
}

namespace {

const char *description() {
  static const std::string text = std::string("libtorch ") + TORCH_VERSION + (at::hasMKL() ? ", MKL" : "") + ", " +
                                  at::get_cpu_capability() + ", fused head " + pooledProduct().name +
                                  (usesOwnProducts() ? ", products of our own" : "") +
                                  (asOtherDevices() ? ", as other devices" : "") + (at::hasCUDA() ? ", CUDA" : "");
  return text.c_str();
}

parlance_status deviceCount(parlance_device_kind kind, int32_t *out) {
  return guarded([&] {
    *out = kind == PARLANCE_CPU                   ? 1
           : kind == PARLANCE_CUDA && at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount())
                                                  : 0;
  });
}

parlance_status setThreads(int32_t count) {
  return guarded([&] {
    require(count > 0, "a number of threads above zero was expected");
    // The first query of a thread takes over the process's default, which would undo what is set here.
    at::get_num_threads();
    at::set_num_threads(count);
    if (MKL_Set_Num_Threads_Local != nullptr) MKL_Set_Num_Threads_Local(count);
  });
}

parlance_status threadCount(int32_t *out) {
  return guarded([&] { *out = at::get_num_threads(); });
}

parlance_status setRecording(int32_t on) {
  return guarded([&] { at::GradMode::set_enabled(on != 0); });
}

parlance_status setAutocast(parlance_device_kind kind, int32_t on) {
  return guarded([&] {
    const at::DeviceType device = deviceOf({kind, 0}).type();
    at::autocast::set_autocast_dtype(device, at::kBFloat16);
    at::autocast::set_autocast_enabled(device, on != 0);
    if (on == 0) at::autocast::clear_cache();
  });
}

parlance_status seed(uint64_t value) {
  return guarded([&] {
    ownGenerator().set_current_seed(value);
    if (at::hasCUDA()) at::manual_seed(value);
  });
}

}  // namespace

void fillRuntime(parlance_engine_table &table) {
  // Read when libtorch makes its handle; without it cuBLAS may choose between streams. The engine is loaded once, before its threads.
  if (at::hasCUDA()) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  table.last_message = [] { return message.c_str(); };
  table.description = description;
  table.device_count = deviceCount;
  table.set_threads = setThreads;
  table.thread_count = threadCount;
  table.set_recording = setRecording;
  table.seed = seed;
  table.set_autocast = setAutocast;
  table.live_tensors = [] { return live.load(std::memory_order_relaxed); };
}

}  // namespace parlance
