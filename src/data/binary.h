// The byte form of a Value, for journal payloads: compact, exact (every kind, scale of decimals, order of members) and
// unique, so that equal values have equal bytes. The layout is docs/formats/value.md; change both together and raise
// the version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

inline constexpr std::uint8_t kBinaryVersion = 1;

struct BinaryLimits {
  std::size_t max_bytes = 1024u * 1024 * 1024;  ///< of one encoded value
  std::uint32_t max_depth = 1'000'000;          ///< open containers at once
};

/// Length prefix, version, value. Errors: exhausted when the encoded value would exceed 4 GiB - 1.
Result<std::string> encode_binary(const Value& value);
/// Exactly one encoded value. Errors: corrupt (with the offset), exhausted (a limit), unsupported (a newer version).
/// Never recurses; memory is bounded by a small multiple of the input.
Result<Value> decode_binary(std::string_view bytes, const BinaryLimits& limits = {});
/// One encoded value at the front of `bytes`; the rest of `bytes` stays, for values in sequence.
Result<Value> take_binary(std::string_view& bytes, const BinaryLimits& limits = {});

}  // namespace windlass::data
