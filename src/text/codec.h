// Byte encodings: base64 (standard, URL, MIME), hex, Java's URL encoding, JSON string escapes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::text {

enum class Base64 : unsigned char {
  standard,  ///< java.util.Base64.getEncoder()
  url,       ///< getUrlEncoder()
  mime,      ///< getMimeEncoder(): lines of 76 with CRLF between
  chunked,   ///< Groovy's encodeBase64(true): lines of 76 with LF after each
};

std::string encode_base64(std::string_view bytes, Base64 variant = Base64::standard, bool padding = true);
/// Strict: alphabet of the variant, right padding or none. Errors: invalid with the offset.
Result<std::string> decode_base64(std::string_view text, Base64 variant = Base64::standard);
/// Lenient: both alphabets, everything else skipped, ends at the padding. Never fails.
std::string decode_base64_lenient(std::string_view text);

std::string encode_hex(std::string_view bytes, bool upper = false);
/// Errors: invalid (odd length, wrong digit).
Result<std::string> decode_hex(std::string_view text);

/// java.net.URLEncoder on UTF-8: letters, digits and .-*_ stay, space is +.
std::string encode_form_url(std::string_view utf8);
/// java.net.URLDecoder. Errors: invalid with Java's texts.
Result<std::string> decode_form_url(std::string_view text);
/// RFC 3986: unreserved characters stay, space is %20.
std::string encode_uri_component(std::string_view utf8);

/// The inside of a JSON string (without quotes): " \ and control characters escaped.
std::string escape_json(std::string_view utf8);

}  // namespace windlass::text
