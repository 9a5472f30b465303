// The ABI between Parlance and its tensor engine (Documentation/engine.md).
//
// An engine is a shared library that exports one function, PARLANCE_ENGINE_ENTRY, which returns a table of function
// pointers. Nothing of C++ crosses the table: each call returns a status, and the message of a failure is fetched from
// the calling thread with `last_message`.
//
// The table grows only at its end, and `size` tells how much of it an engine fills. `abi` changes when an entry that
// exists changes its meaning; the first two fields never move.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARLANCE_ENGINE_ABI 1
#define PARLANCE_ENGINE_ENTRY "parlance_engine_table_v1"

/// An engine's tensor. Made by a call that returns one through an `out` pointer; each ends in `tensor_release`.
typedef struct parlance_tensor parlance_tensor;

/// What a screened head keeps from call to call (Documentation/screened-head.md): the integers of one weight, until that
/// changes, and how much survived. Made by `screen_make`, ended by `screen_release`.
typedef struct parlance_screen parlance_screen;

/// How a call ended; anything but `PARLANCE_OK` has a message.
typedef enum parlance_status : int32_t {
  PARLANCE_OK = 0,
  /// Shapes, types or values that do not fit the call.
  PARLANCE_BAD_ARGUMENT = 1,
  PARLANCE_OUT_OF_MEMORY = 2,
  /// Any other failure inside the engine.
  PARLANCE_FAILURE = 3,
  /// Numbers that are not finite where they must be.
  PARLANCE_BAD_VALUES = 4,
} parlance_status;

typedef enum parlance_dtype : int32_t {
  PARLANCE_FLOAT32 = 0,
  PARLANCE_INT64 = 1,
  PARLANCE_INT32 = 2,
  PARLANCE_UINT8 = 3,
} parlance_dtype;

typedef enum parlance_device_kind : int32_t {
  PARLANCE_CPU = 0,
  PARLANCE_CUDA = 1,
} parlance_device_kind;

typedef struct parlance_device {
  parlance_device_kind kind;
  /// Which one of its kind, counted from 0.
  int32_t index;
} parlance_device;

typedef enum parlance_pooling : int32_t {
  PARLANCE_POOLING_MAX = 0,
  PARLANCE_POOLING_SUM = 1,
} parlance_pooling;

typedef enum parlance_activation : int32_t {
  /// log(1 + relu(x))
  PARLANCE_LOG1P_RELU = 0,
  /// log(1 + log(1 + relu(x)))
  PARLANCE_LOG1P_LOG1P_RELU = 1,
} parlance_activation;

/// Functions of one tensor, element by element.
typedef enum parlance_unary : int32_t {
  PARLANCE_NEGATIVE = 0,
  PARLANCE_RELU = 1,
  /// The erf form.
  PARLANCE_GELU = 2,
  PARLANCE_LOG1P = 3,
  PARLANCE_LOG = 4,
  PARLANCE_EXP = 5,
  PARLANCE_SQRT = 6,
  PARLANCE_SQUARE = 7,
  PARLANCE_RECIPROCAL = 8,
  PARLANCE_ABSOLUTE = 9,
  /// GELU by the tanh approximation.
  PARLANCE_GELU_TANH = 10,
} parlance_unary;

/// Functions of two tensors, element by element, with broadcasting.
typedef enum parlance_binary : int32_t {
  PARLANCE_ADD = 0,
  PARLANCE_SUBTRACT = 1,
  PARLANCE_MULTIPLY = 2,
  PARLANCE_DIVIDE = 3,
  PARLANCE_MAXIMUM = 4,
} parlance_binary;

/// What becomes of one dimension.
typedef enum parlance_reduction : int32_t {
  PARLANCE_SUM = 0,
  PARLANCE_MEAN = 1,
  PARLANCE_MAX = 2,
} parlance_reduction;

/// The SPLADE head's product: the active (sequence, term) pairs, by sequence, then by term, each part one tensor.
typedef struct parlance_sparse_rows {
  /// int64, B + 1 offsets into the others.
  parlance_tensor *starts;
  /// int32, N vocabulary columns.
  parlance_tensor *terms;
  /// int32, N tokens, counted from the start of their sequence.
  parlance_tensor *positions;
  /// float32, N weights, with a gradient to the head's inputs where one is recorded.
  parlance_tensor *weights;
} parlance_sparse_rows;

/// What a screened head has done.
typedef struct parlance_screen_report {
  /// Such as "avx512vnni", constant; NULL where nothing on this machine screens.
  const char *kernel;
  /// How many tokens were screened, and how many logits were computed for them.
  int64_t tokens, computed;
  /// Whether too much survived, so that the other head does the work.
  int32_t stands_down;
} parlance_screen_report;

/// The numbers of a step of AdamW.
typedef struct parlance_adamw {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  /// Counted from 1; corrects the bias of the moments.
  int64_t step;
} parlance_adamw;

typedef struct parlance_engine_table {
  uint32_t abi;
  /// The bytes of this table that the engine fills.
  uint32_t size;

  // The engine and the calling thread.

  /// Why the last call of this thread failed; valid until its next call.
  const char *(*last_message)(void);
  /// Such as "libtorch 2.13.0, MKL, AVX512".
  const char *(*description)(void);
  parlance_status (*device_count)(parlance_device_kind kind, int32_t *out);
  /// How many cores an operation of the calling thread may use; each thread has its own setting.
  parlance_status (*set_threads)(int32_t count);
  parlance_status (*thread_count)(int32_t *out);
  /// Whether operations of the calling thread are recorded for `backward`; on at first.
  parlance_status (*set_recording)(int32_t on);
  /// Seeds what `dropout` and `tensor_normal` draw from: in main memory the calling thread's own generator.
  parlance_status (*seed)(uint64_t value);
  /// How many tensors were made and not released.
  int64_t (*live_tensors)(void);

  // Tensors.

  /// Copies `bytes` bytes, laid out in C order.
  parlance_status (*tensor_make)(const void *data, int64_t bytes, parlance_dtype type, const int64_t *shape,
                                 int32_t rank, parlance_device device, parlance_tensor **out);
  parlance_status (*tensor_fill)(double value, parlance_dtype type, const int64_t *shape, int32_t rank,
                                 parlance_device device, parlance_tensor **out);
  /// Normally distributed float32 values.
  parlance_status (*tensor_normal)(double mean, double deviation, const int64_t *shape, int32_t rank,
                                   parlance_device device, parlance_tensor **out);
  void (*tensor_release)(parlance_tensor *tensor);
  parlance_status (*tensor_rank)(const parlance_tensor *tensor, int32_t *out);
  parlance_status (*tensor_shape)(const parlance_tensor *tensor, int64_t *out, int32_t rank);
  parlance_status (*tensor_type)(const parlance_tensor *tensor, parlance_dtype *out);
  parlance_status (*tensor_device)(const parlance_tensor *tensor, parlance_device *out);
  /// Copies all elements out in C order; `bytes` must be exactly their size.
  parlance_status (*tensor_read)(const parlance_tensor *tensor, void *out, int64_t bytes);
  /// The tensor on another device or of another type, or the same one where nothing changes.
  parlance_status (*tensor_convert)(const parlance_tensor *tensor, parlance_dtype type, parlance_device device,
                                    parlance_tensor **out);
  /// Overwrites the elements of `tensor` with those of `source`, without recording.
  parlance_status (*tensor_assign)(parlance_tensor *tensor, const parlance_tensor *source);

  // Gradients.

  parlance_status (*set_requires_gradient)(parlance_tensor *tensor, int32_t on);
  /// The gradients of the scalar `tensor` are added to those of the leaves.
  parlance_status (*backward)(parlance_tensor *tensor);
  /// `out` is NULL where no gradient has arrived.
  parlance_status (*gradient)(const parlance_tensor *tensor, parlance_tensor **out);
  parlance_status (*clear_gradient)(parlance_tensor *tensor);
  parlance_status (*detach)(const parlance_tensor *tensor, parlance_tensor **out);

  // Arithmetic.

  parlance_status (*unary)(parlance_unary function, const parlance_tensor *x, parlance_tensor **out);
  parlance_status (*binary)(parlance_binary function, const parlance_tensor *x, const parlance_tensor *y,
                            parlance_tensor **out);
  /// x * factor + summand
  parlance_status (*affine)(const parlance_tensor *x, double factor, double summand, parlance_tensor **out);
  parlance_status (*matrix_product)(const parlance_tensor *x, const parlance_tensor *y, parlance_tensor **out);
  parlance_status (*reduce)(parlance_reduction reduction, const parlance_tensor *x, int32_t dimension,
                            int32_t keep_dimension, parlance_tensor **out);
  /// Over all elements, to a scalar.
  parlance_status (*reduce_all)(parlance_reduction reduction, const parlance_tensor *x, parlance_tensor **out);
  parlance_status (*softmax)(const parlance_tensor *x, int32_t dimension, int32_t logarithm, parlance_tensor **out);
  parlance_status (*reshape)(const parlance_tensor *x, const int64_t *shape, int32_t rank, parlance_tensor **out);
  parlance_status (*transpose)(const parlance_tensor *x, int32_t dimension, int32_t other, parlance_tensor **out);
  parlance_status (*narrow)(const parlance_tensor *x, int32_t dimension, int64_t start, int64_t length,
                            parlance_tensor **out);
  parlance_status (*concatenate)(const parlance_tensor *const *tensors, int32_t count, int32_t dimension,
                                 parlance_tensor **out);
  parlance_status (*index_select)(const parlance_tensor *x, int32_t dimension, const parlance_tensor *indices,
                                  parlance_tensor **out);
  /// Zeros of `shape`, to which the rows of `x` are added along dimension 0 at `indices`.
  parlance_status (*index_add)(const parlance_tensor *x, const parlance_tensor *indices, int64_t rows,
                               parlance_tensor **out);

  // Layers.

  /// x W^T + b; `bias` may be NULL.
  parlance_status (*linear)(const parlance_tensor *x, const parlance_tensor *weight, const parlance_tensor *bias,
                            parlance_tensor **out);
  parlance_status (*embedding)(const parlance_tensor *table, const parlance_tensor *indices, parlance_tensor **out);
  parlance_status (*layer_norm)(const parlance_tensor *x, const parlance_tensor *weight, const parlance_tensor *bias,
                                double epsilon, parlance_tensor **out);
  parlance_status (*dropout)(const parlance_tensor *x, double probability, parlance_tensor **out);
  /// Self-attention inside each of the packed sequences: query, key, value and the result are [T, heads * head width],
  /// `starts` has sequences + 1 offsets into T.
  parlance_status (*packed_attention)(const parlance_tensor *query, const parlance_tensor *key,
                                      const parlance_tensor *value, const int32_t *starts, int32_t sequences,
                                      int32_t heads, double dropout, parlance_tensor **out);
  /// The head's weight in the order in which the fused product reads it; to be made again when the weight changes.
  parlance_status (*splade_prepare)(const parlance_tensor *weight, parlance_tensor **out);
  /// Pooled and activated vocabulary logits hidden W^T + b of each packed sequence; the logits are never whole in memory.
  /// `prepared` may be NULL: the weight is then prepared for this call.
  parlance_status (*splade_head)(const parlance_tensor *hidden, const parlance_tensor *weight,
                                 const parlance_tensor *bias, const parlance_tensor *prepared, const int32_t *starts,
                                 int32_t sequences, parlance_pooling pooling, parlance_activation activation,
                                 parlance_sparse_rows *out);

  // Training.

  /// As `backward`, from `count` tensors of any shape at once; `gradients[i]`, of the shape of `tensors[i]`, is the
  /// derivative of the loss with respect to it.
  parlance_status (*backward_from)(parlance_tensor *const *tensors, const parlance_tensor *const *gradients,
                                   int32_t count);
  /// Scales the gradients of `tensors` such that their joint Euclidean norm is at most `maximum`; `norm` is what it was.
  /// Nothing is changed where `maximum` is 0 or the norm is not finite.
  parlance_status (*clip_gradients)(parlance_tensor *const *tensors, int32_t count, double maximum, double *norm);
  /// One step of AdamW (arXiv 1711.05101) for each of `tensors` that has a gradient, in place, without recording. `means`
  /// and `squares` are the running moments, of the tensors' shapes, zeros before the first step.
  parlance_status (*adamw)(parlance_tensor *const *tensors, parlance_tensor *const *means,
                           parlance_tensor *const *squares, int32_t count, const parlance_adamw *settings);

  // Screening.

  parlance_status (*screen_make)(parlance_screen **out);
  void (*screen_release)(parlance_screen *screen);
  parlance_status (*screen_report)(const parlance_screen *screen, parlance_screen_report *out);
  /// As `splade_head`, by screening where that serves: on the CPU, as long as few logits survive. What it keeps of the
  /// weight is made anew when the weight was changed by a call of this table.
  parlance_status (*screened_head)(const parlance_tensor *hidden, const parlance_tensor *weight,
                                   const parlance_tensor *bias, const parlance_tensor *prepared,
                                   parlance_screen *screen, const int32_t *starts, int32_t sequences,
                                   parlance_pooling pooling, parlance_activation activation,
                                   parlance_sparse_rows *out);

  // Precision.

  /// Whether the calling thread's products on a kind of device are computed in bfloat16 where libtorch's autocast finds that
  /// fit; off at first. Parameters, sums and the SPLADE head stay float32. What autocast keeps of the parameters is
  /// forgotten when it goes off, which must happen before they change.
  parlance_status (*set_autocast)(parlance_device_kind kind, int32_t on);
} parlance_engine_table;

/// The type of the exported function.
typedef const parlance_engine_table *(*parlance_engine_entry)(void);

#ifdef __cplusplus
}
#endif
