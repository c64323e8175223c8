// links: windlass::data
// Any bytes as an encoded value: what decodes must encode to the very same bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "data/binary.h"
#include "data/json.h"

using namespace windlass::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  // The length and version are put in front, so that the fuzzer's bytes are all payload.
  std::string framed(5, '\1');
  for (std::size_t i = 0; i < 4; ++i) framed[i] = static_cast<char>((size + 1) >> (8 * i));
  framed.append(reinterpret_cast<const char*>(bytes), size);
  if (auto value = decode_binary(framed)) {
    auto again = encode_binary(*value);
    if (!again || *again != framed) __builtin_trap();
    const Value copy = *value;
    if (!(copy == *value)) __builtin_trap();
    static_cast<void>(format_json(copy));
  }
  static_cast<void>(decode_binary(std::string_view(reinterpret_cast<const char*>(bytes), size)));
  return 0;
}
