// 4 lanes: what every x86-64 and arm64 processor has.
#define TARGET
#define LANES 4
#define ROWS 6
#define EACH_ROW ROWS_6
#define CASES CASES_6
#include "body.h"

const parlance_layers parlance_layers_portable = LAYERS("portable");
