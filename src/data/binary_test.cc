#include "data/binary.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace windlass::data {
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (unsigned char c : bytes) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
    out += ' ';
  }
  if (!out.empty()) out.pop_back();
  return out;
}

// The example of docs/formats/value.md: these bytes are a promise to journals on disk.
TEST(Binary, ExampleOfTheFormatDocument) {
  const Value value =
      Value::map_of("script", "make", "returnStatus", true, "n", Value::list_of(1, -1, 300L, nullptr, 1.5));
  const std::string bytes = encode_binary(value).value();
  EXPECT_EQ(hex(bytes),
            "34 00 00 00 01 0a 03 06 73 63 72 69 70 74 07 04 6d 61 6b 65 0c 72 65 74 75 72 6e 53 74 61 74 75 73 01 01 "
            "01 6e 09 05 02 02 02 01 03 d8 04 00 06 00 00 00 00 00 00 f8 3f");
  EXPECT_EQ(decode_binary(bytes).value(), value);
}

TEST(Binary, EveryKindSurvives) {
  Map members;
  members.set("name", "A");
  const Value value = Value::list_of(
      nullptr, true, false, 0, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max(),
      std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 5L,
      Value::big_integer("-123456789012345678901234567890"), Value::decimal("1.50"), Value::decimal("1E+3"), 0.0, -0.0,
      NAN, INFINITY, 5e-324, "", "héllo", Value::bytes(std::string("\0\xff", 2)), Value::list(), Value::map(),
      Value::object("hudson.model.StringParameterValue", members), Value::object("Empty", {}));
  const std::string bytes = encode_binary(value).value();
  const Value back = decode_binary(bytes).value();
  EXPECT_EQ(back, value);
  EXPECT_EQ(encode_binary(back).value(), bytes);
}

TEST(Binary, ValuesInSequence) {
  std::string bytes = encode_binary(1).value() + encode_binary("x").value();
  std::string_view rest = bytes;
  EXPECT_EQ(take_binary(rest).value(), Value(1));
  EXPECT_EQ(take_binary(rest).value(), Value("x"));
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(decode_binary(bytes).error().kind, ErrorKind::corrupt);
}

TEST(Binary, DamageIsFoundAtEveryCutAndForLies) {
  const std::string bytes = encode_binary(Value::map_of("k", Value::list_of(1, "two", 3.0))).value();
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decode_binary(bytes.substr(0, cut))) << cut;
  auto body = [](std::string_view payload) {
    std::string out{static_cast<char>(payload.size() + 1), 0, 0, 0, 1};
    out += payload;
    return decode_binary(out);
  };
  using std::string_view;
  EXPECT_FALSE(body(string_view("\x0c", 1)));                      // unknown kind
  EXPECT_FALSE(body(string_view("\x01\x02", 2)));                  // boolean 2
  EXPECT_FALSE(body(string_view("\x02\x80\x00", 3)));              // long form of 0
  EXPECT_FALSE(body(string_view("\x09\xff\xff\xff\xff\x0f", 6)));  // 4 billion items in no bytes
  EXPECT_FALSE(body(string_view("\x07\xff\xff\xff\xff\x0f", 6)));  // text longer than the input
  EXPECT_FALSE(
      body(string_view("\x0a\x02\x01"
                       "a\x00\x01"
                       "a\x00",
                       8)));                                       // member twice
  EXPECT_FALSE(body(string_view("\x04\x01x", 3)));                 // big integer of a letter
  EXPECT_FALSE(body(string_view("\x05\x01-", 3)));                 // decimal without digits
  EXPECT_FALSE(body(string_view("\x00\x00", 2)));                  // bytes after the value
  EXPECT_FALSE(body(string_view("\x02\x80\x80\x80\x80\x20", 6)));  // 2^32 as an Integer
  EXPECT_TRUE(body(string_view("\x00", 1)));
  EXPECT_EQ(decode_binary(std::string("\1\0\0\0\2", 5)).error().kind, ErrorKind::unsupported);
}

TEST(Binary, DepthAndSizeAreBounded) {
  Value deep;
  for (int i = 0; i < 100'000; ++i) deep = Value::list_of(std::move(deep));
  const std::string bytes = encode_binary(deep).value();
  EXPECT_EQ(decode_binary(bytes).value(), deep);
  EXPECT_EQ(decode_binary(bytes, {.max_depth = 99'999}).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(decode_binary(bytes, {.max_bytes = 1000}).error().kind, ErrorKind::exhausted);
}

}  // namespace
}  // namespace windlass::data
