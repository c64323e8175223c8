#include "num/big_decimal.h"

#include <gtest/gtest.h>

#include "num/java_numbers.h"

namespace windlass::num {
namespace {

struct Row {
  const char* operation;
  const char* a;
  const char* b;
  const char* expected;
};
constexpr Row kRows[] = {
#include "num/testdata/big_decimal.inc"
};

std::string text(const JavaResult<BigDecimal>& result) {
  if (result) return result->to_string();
  return "!" + (result.error().message.empty() ? "null" : result.error().message);
}

std::string evaluate(const Row& row) {
  std::string_view op = row.operation;
  if (op == "exact") return text(BigDecimal::from_double_exact(parse_double(row.a).value()));
  if (op == "valueOf") return text(BigDecimal::from_double(parse_double(row.a).value()));
  auto parsed = BigDecimal::parse(row.a);
  if (op == "parse") return text(parsed);
  BigDecimal a = parsed.value();
  if (op == "plain") return a.to_plain_string().value();
  if (op == "hash") return std::to_string(a.hash_code());
  if (op == "strip") return a.strip_trailing_zeros().to_string();
  if (op == "precision") return std::to_string(a.precision());
  if (op == "long") return std::to_string(a.to_int64_wrap());
  if (op == "int") return std::to_string(a.to_int32_wrap());
  if (op == "double") return java_double_to_string(a.to_double());
  if (op == "text") return a.to_string();
  BigDecimal b = BigDecimal::parse(row.b).value();
  auto mode = static_cast<RoundingMode>(op.back() - '0');
  std::int32_t number = b.to_int32_wrap();
  if (op.starts_with("scale")) return text(a.set_scale(number, mode));
  if (op.starts_with("round")) return text(a.round({number, mode}));
  if (op.starts_with("divmc")) return text(a.divide(BigDecimal::parse("7.25").value(), MathContext{number, mode}));
  if (op == "pow") return text(a.pow(number));
  if (op == "add") return text(a.add(b));
  if (op == "subtract") return text(a.subtract(b));
  if (op == "multiply") return text(a.multiply(b));
  if (op == "gdiv") return text(a.groovy_divide(b));
  if (op == "remainder") return text(a.remainder(b));
  if (op == "dti") return text(a.divide_to_integral(b));
  if (op == "compare") return a.compare(b) < 0 ? "-1" : a.compare(b) == 0 ? "0" : "1";
  return "unknown operation";
}

TEST(BigDecimal, AgreesWithJava) {
  for (const auto& row : kRows) EXPECT_EQ(evaluate(row), row.expected) << row.operation << ' ' << row.a << ' ' << row.b;
}

TEST(BigDecimal, GroovyDivision) {
  struct {
    const char* a;
    const char* b;
    const char* quotient;
  } rows[] = {{"1", "3", "0.3333333333"},
              {"1", "8", "0.125"},
              {"10.00", "4", "2.50"},
              {"6.0", "2", "3.0"},
              {"22", "7", "3.1428571429"},
              {"1000000", "3", "333333.3333333333"},
              {"10", "5", "2"},
              {"1", "0", "!Division by zero"}};
  for (const auto& row : rows) {
    EXPECT_EQ(text(BigDecimal::parse(row.a)->groovy_divide(*BigDecimal::parse(row.b))), row.quotient);
  }
}

TEST(BigDecimal, ExtremeScalesFailInsteadOfFillingMemory) {
  BigDecimal huge = BigDecimal::parse("1e1000000000").value();
  EXPECT_FALSE(huge.add(BigDecimal(1)));
  EXPECT_FALSE(huge.to_plain_string());
  EXPECT_FALSE(huge.to_big_integer());
  EXPECT_EQ(huge.to_int64_wrap(), 0);
  EXPECT_EQ(huge.to_string(), "1E+1000000000");
  EXPECT_TRUE(huge.compare(BigDecimal(1)) > 0);
  EXPECT_EQ(huge.multiply(huge)->to_string(), "1E+2000000000");
  EXPECT_FALSE(huge.multiply(huge)->multiply(huge));
  EXPECT_EQ(BigDecimal::parse("1e-1000000000")->set_scale(2, RoundingMode::up)->to_string(), "0.01");
}

}  // namespace
}  // namespace windlass::num
