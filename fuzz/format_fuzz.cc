// links: windlass::text
// Formats, properties, numbers and codecs from any bytes: an answer or a Java exception, never a crash; what is written
// reads back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "num/big_decimal.h"
#include "num/java_numbers.h"
#include "text/codec.h"
#include "text/java_format.h"
#include "text/properties.h"
#include "text/shell_quote.h"
#include "text/utf.h"
#include "text/version_compare.h"

using namespace windlass;
using namespace windlass::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2000) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view rest = input.substr(1);
  switch (input[0] & 3) {
    case 0: {
      const std::vector<FormatArgument> arguments = {FormatInt{-42, 32},
                                                     std::string("text"),
                                                     FormatFloat{-1234.5678, false},
                                                     *num::BigDecimal::parse("12.50"),
                                                     FormatNull{},
                                                     FormatDate{1'795'539'152'123, "UTC"},
                                                     FormatChar{U'c'},
                                                     true};
      if (rest.size() < 60) (void)java_format(rest, arguments);
      break;
    }
    case 1: {
      auto entries = parse_properties(rest);
      if (entries && parse_properties(format_properties(*entries)).value() != *entries) std::abort();
      auto words = split_shell_words(rest);
      if (words && split_shell_words(shell_join(*words)).value() != *words) std::abort();
      (void)compare_versions(rest, rest.substr(rest.size() / 2));
      break;
    }
    case 2: {
      auto number = num::BigDecimal::parse(rest);
      if (!number) return 0;
      auto again = num::BigDecimal::parse(number->to_string());
      if (!again || *again != *number) std::abort();
      (void)number->groovy_divide(*num::BigDecimal::parse("7.3"));
      (void)number->to_plain_string();
      (void)number->to_int64_wrap();
      (void)number->set_scale(3, num::RoundingMode::half_even);
      (void)num::parse_double(rest);
      break;
    }
    default: {
      if (decode_base64(encode_base64(rest)).value() != rest) std::abort();
      (void)decode_base64(rest, Base64::mime);
      (void)decode_form_url(rest);
      if (!is_valid_utf8(repair_utf8(rest))) std::abort();
      std::u16string wide = utf8_to_utf16(rest);
      if (utf8_to_utf16(utf16_to_utf8(wide)) != wide) std::abort();
      (void)to_upper(wide);
      (void)to_lower(wide);
      (void)display_width(rest);
    }
  }
  return 0;
}
