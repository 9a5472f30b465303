// The one symbol that the engine exports.
#include "Calls.h"

namespace {

parlance_engine_table makeTable() {
  parlance_engine_table table{};
  table.abi = PARLANCE_ENGINE_ABI;
  table.size = sizeof(table);
  parlance::fillRuntime(table);
  parlance::fillTensors(table);
  parlance::fillGradients(table);
  parlance::fillArithmetic(table);
  parlance::fillLayers(table);
  parlance::fillSpladeHead(table);
  parlance::fillTraining(table);
  return table;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const parlance_engine_table *parlance_engine_table_v1(void) {
  static const parlance_engine_table table = makeTable();
  return &table;
}
