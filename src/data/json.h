// JSON text to Value and back. Reading types numbers as Groovy does (Integer, Long, BigInteger, BigDecimal); writing
// knows the three shapes that pipelines see: compact, JsonOutput.prettyPrint and json-lib's (writeJSON pretty).
// Neither direction recurses. Sources: RFC 8259, RFC 6901; Groovy 2.4.21 and json-lib 2.4 by experiment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

/// What Groovy's readers take beyond the standard: text after the value, a comma before '}', raw control characters in
/// texts, leading zeros, "1.".
enum class JsonDialect : std::uint8_t {
  standard,
  slurper,  ///< JsonSlurper but for LAX
  classic,  ///< JsonSlurperClassic: a comma before ']' too
  lax,      ///< JsonParserType.LAX: that, comments, 'single quotes', bare keys and bare texts
};

struct JsonParseOptions {
  std::size_t max_bytes = 256u * 1024 * 1024;
  std::uint32_t max_depth = 512;          ///< open containers at once
  std::size_t max_elements = 20'000'000;  ///< values in the whole document
  std::size_t max_number_chars = 10'000;
  /// Also takes what people's files and Groovy's and json-lib's readers take: comments (// # /* */), one trailing
  /// comma, 'single quotes', bare keys, raw control characters, leading zeros, "1.", text after the value, invalid
  /// UTF-8 (replaced by U+FFFD).
  bool lenient = false;
  JsonDialect dialect = JsonDialect::standard;
  bool allow_lone_surrogates = true;  ///< "\ud800" stands for itself, as in Java; else it is an error
  bool allow_duplicate_keys = true;   ///< the last wins; else an error
};

/// Errors are `invalid` ("JSON, line 3, column 7: expected ',' or '}' after a member, found 'x'") or `exhausted`
/// (a limit). A leading byte-order mark is skipped. Pure; any thread; O(bytes).
Result<Value> parse_json(std::string_view text, const JsonParseOptions& options = {});

enum class JsonLayout : std::uint8_t {
  compact,   ///< {"a":1,"b":[1,2]}
  groovy,    ///< JsonOutput.prettyPrint: one member a line, 4 spaces; empty containers span three lines
  json_lib,  ///< JSONObject.toString(indent): single members stay on the line, nested blocks get json-lib's extra
             ///< blanks
};

struct JsonStyle {
  JsonLayout layout = JsonLayout::compact;
  int indent = 4;                 ///< for json_lib; 0 is compact
  bool escape_non_ascii = false;  ///< \uXXXX for everything outside ' '..'~', as JsonOutput does
  bool sort_keys = false;
};

/// Writes any Value: bytes as base64 text, objects as maps whose first member is "$class", non-finite doubles as null
/// (check_json_writable finds them), lone surrogates as \uXXXX. Never fails.
std::string format_json(const Value& value, const JsonStyle& style = {});
/// JsonOutput.toJson(value).
std::string format_json_groovy(const Value& value);
/// One text for equal content whatever the order of keys; for hashing. Integer and Long are written alike.
std::string format_json_canonical(const Value& value);
/// Refuses NaN and infinities in Groovy's words.
Result<void> check_json_writable(const Value& value);

/// JsonOutput.prettyPrint(text): number texts are kept as written ("1e5").
Result<std::string> pretty_print_json(std::string_view text);

/// RFC 6901: "" is the document, "/a/0" descends, ~1 is '/', ~0 is '~'. nullptr when nothing is there.
const Value* find_json_pointer(const Value& document, std::string_view pointer);

/// `text` as a JSON string literal with its quotes.
std::string quote_json(std::string_view text, bool escape_non_ascii = false);

}  // namespace windlass::data
