// links: windlass::data
// sources: src/engine/run_inputs.cc
// Any value as the sealed inputs of a run, as a damaged or foreign journal may hold them: read or refused; what was
// read is written in a form that reads back the same. Input: JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "data/binary.h"
#include "data/json.h"
#include "engine/run_inputs.h"

using namespace windlass;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto value = data::parse_json(std::string_view(reinterpret_cast<const char*>(bytes), size));
  if (!value) return 0;
  const auto inputs = engine::run_inputs_from(*value);
  if (!inputs) {
    if (inputs.error().message.empty()) std::abort();
    return 0;
  }
  const auto written = engine::to_value(*inputs);
  const auto again = engine::run_inputs_from(written);
  if (!again || !(engine::to_value(*again) == written)) std::abort();
  if (!data::encode_binary(written)) std::abort();
  return 0;
}
