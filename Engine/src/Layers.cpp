// The layers of a transformer, over packed tokens.
#include "Boundary.h"
#include "Calls.h"
#include "LayerFunctions.h"
#include "Random.h"

namespace parlance {
namespace {

parlance_status linear(const parlance_tensor *x, const parlance_tensor *weight, const parlance_tensor *bias,
                       parlance_tensor **out) {
  return yielding(out, [&] { return parlance::linear(value(x), value(weight), valueIfPresent(bias)); });
}

parlance_status embedding(const parlance_tensor *table, const parlance_tensor *indices, parlance_tensor **out) {
  return yielding(out, [&] { return at::embedding(value(table), value(indices)); });
}

parlance_status layerNorm(const parlance_tensor *x, const parlance_tensor *weight, const parlance_tensor *bias,
                          double epsilon, parlance_tensor **out) {
  return yielding(out, [&] {
    return at::layer_norm(value(x), {value(x).size(-1)}, value(weight), value(bias), epsilon);
  });
}

parlance_status dropoutOf(const parlance_tensor *x, double probability, parlance_tensor **out) {
  return yielding(out, [&] { return dropout(value(x), probability); });
}

parlance_status packedAttention(const parlance_tensor *query, const parlance_tensor *key, const parlance_tensor *val,
                                const int32_t *starts, int32_t sequences, int32_t heads, double dropout,
                                parlance_tensor **out) {
  return yielding(out, [&] {
    require(value(query).dim() == 2, "queries [tokens, width] were expected");
    return attention(value(query), value(key), value(val), sequenceStarts(starts, sequences, value(query).size(0)),
                     heads, dropout);
  });
}

}  // namespace

void fillLayers(parlance_engine_table &table) {
  table.linear = linear;
  table.embedding = embedding;
  table.layer_norm = layerNorm;
  table.dropout = dropoutOf;
  table.packed_attention = packedAttention;
}

}  // namespace parlance
