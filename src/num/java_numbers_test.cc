#include "num/java_numbers.h"

#include <bit>
#include <charconv>
#include <gtest/gtest.h>

#include "num/java_random.h"

namespace windlass::num {
namespace {

struct Row {
  const char* operation;
  const char* input;
  const char* expected;
};
constexpr Row kRows[] = {
#include "num/testdata/java_numbers.inc"
};

template <class T>
std::string text(const JavaResult<T>& result) {
  if (!result) return "!" + result.error().message;
  if constexpr (std::is_same_v<T, double>)
    return java_double_to_string(*result);
  else
    return std::to_string(*result);
}

std::uint64_t bits(const char* hex) { return std::strtoull(hex, nullptr, 16); }

std::string evaluate(const Row& row) {
  std::string_view op = row.operation;
  if (op == "d") return java_double_to_string(std::bit_cast<double>(bits(row.input)));
  if (op == "f") return java_float_to_string(std::bit_cast<float>(static_cast<std::uint32_t>(bits(row.input))));
  if (op == "pd") return text(parse_double(row.input));
  if (op == "pi") return text(parse_int(row.input));
  if (op == "pi16") return text(parse_int(row.input, 16));
  if (op == "pl") return text(parse_long(row.input));
  if (op == "dec") return text(decode_long(row.input));
  double value = std::bit_cast<double>(bits(row.input));
  if (op == "d2i") return std::to_string(double_to_int(value));
  if (op == "d2l") return std::to_string(double_to_long(value));
  if (op == "round") return std::to_string(round_double(value));
  if (op == "rnd") {
    JavaRandom random(parse_long(row.input).value());
    std::string out;
    for (int i = 0; i < 3; ++i) {
      out += std::to_string(random.next_int()) + " " + std::to_string(*random.next_int(10)) + " ";
      out += std::to_string(*random.next_int(64)) + " " + std::to_string(*random.next_int((1 << 30) | 5)) + " ";
      out += std::to_string(random.next_long()) + " " + (random.next_boolean() ? "true " : "false ");
      out += java_double_to_string(random.next_double()) + " ";
      out += java_double_to_string(random.next_gaussian()) + " ";
    }
    return out;
  }
  return "unknown operation";
}

// JDK 17 prints a few doubles with a digit too many (a fault mended in 19); ours are the mended ones, and both read
// back as the same number.
bool is_old_java_fault(const Row& row) {
  if (std::string_view(row.operation) == "d") {
    return parse_double(row.expected) == std::bit_cast<double>(bits(row.input)) &&
           evaluate(row).size() < std::string_view(row.expected).size();
  }
  if (std::string_view(row.operation) == "f") return evaluate(row).size() < std::string_view(row.expected).size();
  return false;
}

TEST(JavaNumbers, AgreeWithJava) {
  int faults = 0;
  for (const auto& row : kRows) {
    if (is_old_java_fault(row)) {
      ++faults;
      continue;
    }
    EXPECT_EQ(evaluate(row), row.expected) << row.operation << ' ' << row.input;
  }
  EXPECT_LE(faults, 10);
}

TEST(JavaNumbers, TextReadsBack) {
  JavaRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    double value = std::bit_cast<double>(random.next_long());
    if (value != value) continue;
    EXPECT_EQ(parse_double(java_double_to_string(value)), value);
  }
}

TEST(JavaNumbers, Primitives) {
  EXPECT_EQ(add_int(2147483647, 1), -2147483648);
  EXPECT_EQ(multiply_int(1000000, 1000000), -727379968);
  EXPECT_EQ(*divide_int(-2147483647 - 1, -1), -2147483647 - 1);
  EXPECT_EQ(divide_int(1, 0).error().message, "/ by zero");
  EXPECT_EQ(*remainder_int(-7, 3), -1);
  EXPECT_EQ(*floor_mod(-7, 3), 2);
  EXPECT_EQ(*floor_div(-7, 2), -4);
  EXPECT_EQ(shift_left_int(1, 33), 2);
  EXPECT_EQ(unsigned_shift_right_int(-1, 28), 15);
  EXPECT_EQ(shift_right_long(-8, 65), -4);
  EXPECT_EQ(to_radix(-255, 16), "-ff");
  EXPECT_EQ(to_unsigned_radix(0xffffffffU, 2).size(), 32U);
  EXPECT_EQ(JavaRandom(1).next_int(0).error().message, "bound must be positive");
}

}  // namespace
}  // namespace windlass::num
