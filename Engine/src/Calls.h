// The functions of the table, by the file that holds them.
#pragma once
#include <CTensorEngine.h>

namespace parlance {

/// Each fills its part of the table.
void fillRuntime(parlance_engine_table &table);
void fillTensors(parlance_engine_table &table);
void fillGradients(parlance_engine_table &table);
void fillArithmetic(parlance_engine_table &table);
void fillLayers(parlance_engine_table &table);
void fillSpladeHead(parlance_engine_table &table);
void fillTraining(parlance_engine_table &table);

}  // namespace parlance
