// Base64 of RFC 4648 section 4, for bytes inside JSON and YAML texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace windlass::data {

/// With padding, without line breaks.
std::string encode_base64(std::string_view bytes);
/// Blanks and line breaks are skipped, padding may be missing; nothing on any other character or a wrong length.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace windlass::data
