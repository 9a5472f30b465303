#pragma once

// One header a kernel. Each kernel has a portable twin that tests compare it with, and is chosen once, at run time.
#include "parlance_crc32c.h"
#include "parlance_layers.h"
#include "parlance_names.h"
#include "parlance_postings.h"
#include "parlance_screen.h"
#include "parlance_sha256.h"
