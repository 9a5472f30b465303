// What stands between C++ and the C table: handles, and exceptions that become a status and a message.
#pragma once
#include <ATen/ATen.h>
#include <CTensorEngine.h>

#include <atomic>
#include <new>
#include <span>
#include <stdexcept>
#include <string>

struct parlance_tensor {
  at::Tensor value;
};

namespace parlance {

/// The message of the calling thread's last failure.
inline thread_local std::string message;

/// Handles that were made and not released, so that tests can see a leak.
inline std::atomic<int64_t> live{0};

/// A shape, type or value that does not fit the call.
struct BadArgument : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Numbers that are not finite where they must be.
struct BadValues : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool condition, const char *expected) {
  if (!condition) throw BadArgument(expected);
}

/// Runs `body`; whatever it throws ends here.
template <class Body>
parlance_status guarded(Body &&body) noexcept {
  auto failed = [](parlance_status status, const char *what) noexcept {
    try {
      message = what;
    } catch (...) {
      message.clear();
    }
    return status;
  };
  try {
    body();
    return PARLANCE_OK;
  } catch (const BadArgument &error) {
    return failed(PARLANCE_BAD_ARGUMENT, error.what());
  } catch (const BadValues &error) {
    return failed(PARLANCE_BAD_VALUES, error.what());
  } catch (const c10::OutOfMemoryError &error) {
    return failed(PARLANCE_OUT_OF_MEMORY, error.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    return failed(PARLANCE_OUT_OF_MEMORY, "not enough memory");
  } catch (const c10::Error &error) {
    return failed(PARLANCE_FAILURE, error.what_without_backtrace());
  } catch (const std::exception &error) {
    return failed(PARLANCE_FAILURE, error.what());
  } catch (...) {
    return failed(PARLANCE_FAILURE, "the engine threw something that is not an exception");
  }
}

inline const at::Tensor &value(const parlance_tensor *handle) {
  require(handle != nullptr, "a tensor was expected, not NULL");
  return handle->value;
}

/// As `value`, for arguments that may be left out.
inline at::Tensor valueIfPresent(const parlance_tensor *handle) {
  return handle == nullptr ? at::Tensor() : handle->value;
}

inline parlance_tensor *handle(at::Tensor tensor) {
  auto *made = new parlance_tensor{std::move(tensor)};
  live.fetch_add(1, std::memory_order_relaxed);
  return made;
}

/// Runs `body`, which returns a tensor, and hands that out.
template <class Body>
parlance_status yielding(parlance_tensor **out, Body &&body) noexcept {
  return guarded([&] {
    require(out != nullptr, "a place for the result was expected, not NULL");
    *out = nullptr;
    *out = handle(body());
  });
}

inline at::IntArrayRef shapeOf(const int64_t *shape, int32_t rank) {
  require(rank >= 0 && (rank == 0 || shape != nullptr), "a shape was expected");
  return {shape, static_cast<size_t>(rank)};
}

/// The offsets of packed sequences into `tokens` tokens, checked.
inline std::span<const int32_t> sequenceStarts(const int32_t *starts, int32_t sequences, int64_t tokens) {
  require(starts != nullptr && sequences >= 0, "the starts of the sequences were expected");
  std::span<const int32_t> all(starts, static_cast<size_t>(sequences) + 1);
  require(all.front() == 0 && all.back() == tokens, "sequences must start at 0 and end at the number of tokens");
  for (size_t i = 1; i < all.size(); i++) require(all[i - 1] <= all[i], "sequence starts must not descend");
  return all;
}

at::Device deviceOf(parlance_device device);
at::ScalarType typeOf(parlance_dtype type);

}  // namespace parlance
