#include "text/java_format.h"

#include <gtest/gtest.h>

#include "num/java_numbers.h"
#include "text/utf.h"

namespace windlass::text {
namespace {

struct Row {
  const char* format;
  const char* arguments;
  const char* expected;
};
constexpr Row kRows[] = {
#include "text/testdata/formats.inc"
};

FormatArgument argument(std::string_view text) {
  char type = text[0];
  std::string value(text.substr(1));
  switch (type) {
    case 'N':
      return FormatNull{};
    case 'Z':
      return value == "true";
    case 'b':
      return FormatInt{std::stoll(value), 8};
    case 's':
      return FormatInt{std::stoll(value), 16};
    case 'I':
      return FormatInt{std::stoll(value), 32};
    case 'J':
      return FormatInt{std::stoll(value), 64};
    case 'B':
      return num::BigInteger::parse(value).value();
    case 'D':
      return num::BigDecimal::parse(value).value();
    case 'd':
      return FormatFloat{num::parse_double(value).value(), false};
    case 'f':
      return FormatFloat{num::parse_float(value).value(), true};
    case 'C': {
      std::size_t at = 0;
      return FormatChar{next_code_point(std::string_view(value), at)};
    }
    case 'T':
      return FormatDate{std::stoll(value), "UTC"};
    case 'O':
      return FormatObject{"java.util.Arrays$ArrayList", [value] { return value; }, nullptr};
    default:
      return value;
  }
}

TEST(JavaFormat, AgreesWithJava) {
  for (const auto& row : kRows) {
    std::vector<FormatArgument> arguments;
    std::string_view rest = row.arguments;
    while (!rest.empty()) {
      std::size_t end = std::min(rest.find('\1'), rest.size());
      arguments.push_back(argument(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    auto result = java_format(row.format, arguments);
    std::string actual = result ? *result : "!" + result.error().type + ": " + result.error().message;
    EXPECT_EQ(actual, row.expected) << row.format << " with " << row.arguments;
  }
}

TEST(JavaFormat, OutputIsLimited) {
  EXPECT_EQ(java_format("%2000000000d", {FormatInt{1, 32}}).error().type, "java.lang.OutOfMemoryError");
  EXPECT_EQ(java_format("%.2000000000f", {FormatFloat{1.5, false}}).error().type, "java.lang.OutOfMemoryError");
}

TEST(JavaFormat, ErrorsOfObjectsComeThrough) {
  FormatObject object{"Broken", [] { return num::JavaResult<std::string>(num::thrown("Oops", "no text")); }, nullptr};
  EXPECT_EQ(java_format("%s", {object}).error(), (num::Thrown{"Oops", "no text"}));
}

}  // namespace
}  // namespace windlass::text
