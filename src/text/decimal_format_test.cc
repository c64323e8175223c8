#include "text/decimal_format.h"

#include <cmath>
#include <gtest/gtest.h>

namespace windlass::text {
namespace {

using num::BigDecimal;
using num::RoundingMode;

DecimalFormat of(std::string_view pattern) {
  auto format = apply_decimal_pattern({}, pattern);
  EXPECT_TRUE(format) << pattern << ": " << (format ? "" : format.error().message);
  return format.value_or(DecimalFormat());
}
std::string refusal(std::string_view pattern) {
  const auto format = apply_decimal_pattern({}, pattern);
  return format ? "accepted as " + decimal_pattern(*format) : format.error().message;
}
std::string shown(std::string_view pattern, std::string_view number) {
  return format_decimal(of(pattern), BigDecimal::parse(number).value()).value();
}
std::string shown(const DecimalFormat& format, double number) {
  const auto text = format_decimal(format, number);
  return text ? *text : text.error().type + ": " + text.error().message;
}

// The answers are JDK 17's.
TEST(DecimalFormat, PatternsAndNumbers) {
  struct Row {
    const char* pattern;
    const char* number;
    const char* text;
  };
  constexpr Row kRows[] = {
      {"0", "12345.678", "12346"},
      {"#", "0", "0"},
      {"0.00", "-0.001", "-0.00"},
      {"#.##", "0.05", "0.05"},
      {".00", "0.05", ".05"},
      {".##", "0", ".0"},
      {"#.", "1", "1."},
      {"#,##0.00", "-12345.678", "-12,345.68"},
      {"#,##,##0.0", "123456789012345678", "123,456,789,012,345,678.0"},
      {"000.000", "0.005", "000.005"},
      {"0.0%", "0.05", "5.0%"},
      {"0.0‰", "0.05", "50.0‰"},
      {"¤0.00", "-1", "-$1.00"},
      {"'#'0", "1", "#1"},
      {"o''clock 0", "-1", "-o'clock 1"},
      {"0.0 'apples'", "2.55", "2.6 apples"},
      {"0.00;(0.00)", "-1", "(1.00)"},
      {"#,##0.00;(#)", "-12345.678", "(12,345.68)"},
      {"-0", "-1", "--1"},
      {"0E0", "0", "0E0"},
      {"0.00E0", "12345.678", "1.23E4"},
      {"##0.##E0", "12345.678", "12.346E3"},
      {"##0.##E0", "0.0000001", "100E-9"},
      {"00.##E00", "0.05", "50E-03"},
      {"00.##E00", "0", "00E00"},
      {"##0.#####E0", "123456789012345678", "123.45679E15"},
      {"0.####################", "0.0000001", "0.0000001"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(shown(row.pattern, row.number), row.text) << row.pattern << " of " << row.number;
}

TEST(DecimalFormat, DoublesShowTheirShortestDigitsAndAreRoundedAsTheyAre) {
  EXPECT_EQ(shown(of("0.####################"), 0.1), "0.1");
  EXPECT_EQ(shown(of("0.0"), 1.35), "1.4");  // a little more than 1.35
  EXPECT_EQ(shown(of("0.0"), 1.25), "1.2");
  DecimalFormat up = of("0.0");
  up.rounding = RoundingMode::up;
  EXPECT_EQ(shown(up, 1.2), "1.2");  // though a little more than 1.2
  EXPECT_EQ(shown(up, 1.25), "1.3");
  up.rounding = RoundingMode::unnecessary;
  EXPECT_EQ(
      shown(up, 1.25),
      "java.lang.ArithmeticException: Rounding needed with the rounding mode being set to RoundingMode.UNNECESSARY");
  EXPECT_EQ(shown(of("0.0%"), std::nan("")), "NaN");
  EXPECT_EQ(shown(of("0.0%"), -INFINITY), "-∞%");
}

TEST(DecimalFormat, PatternsComeBack) {
  constexpr std::pair<const char*, const char*> kRows[] = {
      {"0", "#0"},
      {"#,##0.00;(#,##0.00)", "#,##0.00;(#,##0.00)"},
      {"0.0;-0.0", "#0.0"},
      {"'#'0", "'#'#0"},
      {"o''clock 0", "o''clock #0"},
      {"##0.##E0", "##0.##E0"},
      {".##", "#.0#"},
      {"#.", "#0."},
      {"0.0%", "#0.0%"},
      {"¤0.00", "¤#0.00"},
      {"#,##,##0.0", "#,##0.0"},
      {"-0", "-#0"},
  };
  for (const auto& [pattern, back] : kRows) EXPECT_EQ(decimal_pattern(of(pattern)), back) << pattern;
}

TEST(DecimalFormat, WhatIsNoPatternIsRefusedInJavasWords) {
  EXPECT_EQ(refusal("0.0.0"), "Multiple decimal separators in pattern \"0.0.0\"");
  EXPECT_EQ(refusal("#0#"), "Malformed pattern \"#0#\"");
  EXPECT_EQ(refusal("0,"), "Malformed pattern \"0,\"");
  EXPECT_EQ(refusal("0%%"), "Too many percent/per mille characters in pattern \"0%%\"");
  EXPECT_EQ(refusal("0E"), "Malformed exponential pattern \"0E\"");
  EXPECT_EQ(refusal("'0"), "Malformed pattern \"'0\"");
  EXPECT_EQ(refusal(";0"), "Unquoted special character ';' in pattern \";0\"");
  EXPECT_EQ(refusal("0.#0"), "Unexpected '0' in pattern \"0.#0\"");
}

TEST(DecimalFormat, ReadsNumbers) {
  const auto read = [](const DecimalFormat& format, std::string_view text) -> std::string {
    const auto parsed = parse_decimal(format, text);
    if (!parsed) return "refused";
    return parsed->special ? std::to_string(*parsed->special) : parsed->value.to_string();
  };
  const DecimalFormat plain = of("#,##0.###");
  EXPECT_EQ(read(plain, "1,234.5"), "1234.5");
  EXPECT_EQ(read(plain, "12abc"), "12");
  EXPECT_EQ(read(plain, "1.5.2"), "1.5");
  EXPECT_EQ(read(plain, "-0"), "-0.000000");
  EXPECT_EQ(read(plain, "1E5"), "1E+5");
  EXPECT_EQ(read(plain, "1e5"), "1");
  EXPECT_EQ(read(plain, ".5"), "0.5");
  for (const char* wrong : {"abc", "", " 1", "+1"}) EXPECT_EQ(read(plain, wrong), "refused") << wrong;
  EXPECT_EQ(read(plain, "-∞"), "-inf");
  EXPECT_EQ(read(of("0%"), "12%"), "0.12");
  EXPECT_EQ(read(of("0%"), "12"), "refused");
  EXPECT_EQ(read(of("0.0;(0.0)"), "(1.5)"), "-1.5");
  EXPECT_EQ(read(of("0.0;(0.0)"), "(1.5"), "refused");
  DecimalFormat whole = plain;
  whole.integer_only = true;
  EXPECT_EQ(read(whole, "12.9"), "12");
}

TEST(DecimalFormat, NumbersOfTooManyDigitsAreRefused) {
  const auto text = format_decimal(of("0"), BigDecimal::parse("1E+1000000000").value());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().type, "java.lang.OutOfMemoryError");
}

}  // namespace
}  // namespace windlass::text
