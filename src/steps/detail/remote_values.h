// Values that both directions of the worker's codec are made of.
#pragma once

#include <string>
#include <vector>

#include "data/binary.h"
#include "data/value.h"
#include "steps/effect.h"

namespace windlass::steps::detail {

inline constexpr std::uint32_t kMostDepth = 10'000;  ///< of values that come from a pod

/// Only more than 4 GiB cannot be encoded; an empty document is refused at the other end.
inline std::string encode_value(const data::Value& value) { return data::encode_binary(value).value_or(""); }

data::Value records_value(const std::vector<RecordWrite>& records);
/// What has not the form of a record is left out.
std::vector<RecordWrite> read_records(const data::Value* value);

}  // namespace windlass::steps::detail
