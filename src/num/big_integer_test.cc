#include "num/big_integer.h"

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
#include "num/testdata/big_integer.inc"
};

template <class T>
std::string text(const JavaResult<T>& result) {
  if constexpr (std::is_same_v<T, BigInteger>) return result ? result->to_string() : "!" + result.error().message;
}

std::string hex(const std::vector<std::uint8_t>& bytes) {
  std::string out;
  for (auto byte : bytes) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string evaluate(const Row& row) {
  std::string op = row.operation;
  auto parsed = BigInteger::parse(row.a);
  if (op == "parse") return text(parsed);
  BigInteger a = parsed.value();
  if (op == "not") return a.bit_not().to_string();
  if (op == "hash") return std::to_string(a.hash_code());
  if (op == "bits") return std::to_string(a.bit_length());
  if (op == "count") return std::to_string(a.bit_count());
  if (op == "long") return std::to_string(a.to_int64_wrap());
  if (op == "double") return java_double_to_string(a.to_double());
  if (op == "hex") return a.to_string(16);
  if (op == "b36") return a.to_string(36);
  if (op == "bytes") return hex(a.to_bytes());
  BigInteger b = BigInteger::parse(row.b).value();
  if (op == "shl") return text(a.shift_left(b.to_int32_wrap()));
  if (op == "shr") return text(a.shift_right(b.to_int32_wrap()));
  if (op == "pow") return text(a.pow(b.to_int32_wrap()));
  if (op == "modpow") return text(a.mod_pow(b, BigInteger(1000007)));
  if (op == "add") return a.add(b).to_string();
  if (op == "sub") return a.subtract(b).to_string();
  if (op == "mul") return text(a.multiply(b));
  if (op == "div") return text(a.divide(b));
  if (op == "rem") return text(a.remainder(b));
  if (op == "mod") return text(a.mod(b));
  if (op == "and") return a.bit_and(b).to_string();
  if (op == "or") return a.bit_or(b).to_string();
  if (op == "xor") return a.bit_xor(b).to_string();
  if (op == "gcd") return a.gcd(b).to_string();
  if (op == "cmp") return a < b ? "-1" : a == b ? "0" : "1";
  return "unknown operation";
}

TEST(BigInteger, AgreesWithJava) {
  for (const auto& row : kRows) EXPECT_EQ(evaluate(row), row.expected) << row.operation << ' ' << row.a << ' ' << row.b;
}

TEST(BigInteger, BytesComeBack) {
  for (const auto& row : kRows) {
    auto value = BigInteger::parse(row.a);
    if (!value) continue;
    EXPECT_EQ(BigInteger::from_bytes(value->to_bytes()), *value) << row.a;
    EXPECT_EQ(BigInteger::from_limbs(value->signum() < 0, value->limbs()), *value) << row.a;
  }
}

TEST(BigInteger, SizeIsLimited) {
  BigInteger value(3);
  bool refused = false;
  for (int i = 0; i < 40 && !refused; ++i) {
    auto square = value.multiply(value);
    refused = !square;
    if (square) value = *square;
  }
  EXPECT_TRUE(refused);
  EXPECT_LE(value.bit_length(), BigInteger::kMaxBits);
  EXPECT_EQ(BigInteger(2).pow(2000000000).error().message, "BigInteger would overflow supported range");
  EXPECT_FALSE(BigInteger(1).shift_left(2000000000));
  EXPECT_FALSE(BigInteger::parse(std::string(400000, '9')));
  EXPECT_EQ(BigInteger(1).shift_right(2000000000)->to_string(), "0");
}

TEST(BigInteger, FromDouble) {
  EXPECT_EQ(BigInteger::from_double(1e20).to_string(), "100000000000000000000");
  EXPECT_EQ(BigInteger::from_double(-3.99).to_string(), "-3");
  EXPECT_EQ(BigInteger::from_double(0.5).to_string(), "0");
}

}  // namespace
}  // namespace windlass::num
