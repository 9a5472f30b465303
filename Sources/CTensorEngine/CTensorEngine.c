#include "CTensorEngine.h"
