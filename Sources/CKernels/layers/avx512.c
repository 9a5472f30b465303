// 16 lanes and 32 registers.
#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl")))
#define LANES 16
#define ROWS 14
#define EACH_ROW ROWS_14
#define CASES CASES_14
#include "body.h"

const parlance_layers parlance_layers_avx512 = LAYERS("avx512");
#endif
