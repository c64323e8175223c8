// java.util.Formatter: String.format and printf with Java's results, exceptions and messages (Locale.ENGLISH).
//
// Not a general formatting library. The VM hands arguments as values; objects are turned into text by a callback, only
// when a conversion asks. Output size is limited (kMaxFormatOutput). Texts are UTF-8 (WTF-8 for lone surrogates).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "num/big_decimal.h"
#include "num/big_integer.h"
#include "num/java_result.h"

namespace windlass::text {

inline constexpr std::size_t kMaxFormatOutput = std::size_t{16} << 20;

struct FormatNull {};
/// Byte, Short, Integer, Long by their width: %x of a negative depends on it.
struct FormatInt {
  std::int64_t value = 0;
  int bits = 32;
};
struct FormatChar {
  char32_t value = 0;
};
struct FormatFloat {
  double value = 0;
  bool single = false;  ///< a java.lang.Float
};
struct FormatDate {
  std::int64_t millis = 0;   ///< since the epoch, UTC
  std::string zone = "UTC";  ///< zone id for the fields
};
/// Any other object: its class name for messages, its text and hash code when asked.
struct FormatObject {
  std::string class_name;
  std::function<num::JavaResult<std::string>()> to_string;
  std::function<num::JavaResult<std::int32_t>()> hash_code;
};
using FormatArgument = std::variant<FormatNull, bool, FormatInt, num::BigInteger, num::BigDecimal, FormatFloat,
                                    FormatChar, std::string, FormatDate, FormatObject>;

/// What a locale changes: the point and the mark between groups of digits.
struct FormatMarks {
  std::string_view point = ".", group = ",";
};

/// String.format(format, arguments…).
num::JavaResult<std::string> java_format(std::string_view format, const std::vector<FormatArgument>& arguments,
                                         FormatMarks marks = {});

}  // namespace windlass::text
