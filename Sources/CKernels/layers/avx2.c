// 8 lanes and 16 registers.
#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define ROWS 6
#define EACH_ROW ROWS_6
#define CASES CASES_6
#include "body.h"

const parlance_layers parlance_layers_avx2 = LAYERS("avx2");
#endif
