#include "websocket/frames.h"

#include <gtest/gtest.h>
#include <vector>

namespace windlass::websocket {
namespace {

using Op = Opcode;
using Role = Reader::Role;

struct Got {
  std::vector<Message> messages;
  std::string error;
  std::uint16_t code = 0;
};

Got read(std::string_view bytes, std::size_t piece, Role role = Role::client, std::size_t max = 1 << 20) {
  Got out;
  // 0xff is in no UTF-8 text.
  Reader reader(role, max, [](std::string_view text) { return text.find('\xff') == std::string_view::npos; });
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (;;) {
      auto next = reader.next();
      if (!next) {
        out.error = next.error().message;
        out.code = reader.error_code();
        return out;
      }
      if (!*next) break;
      out.messages.push_back(std::move(**next));
    }
  }
  return out;
}

std::string raw(std::initializer_list<unsigned> bytes) {
  std::string out;
  for (const auto byte : bytes) out += static_cast<char>(byte);
  return out;
}

TEST(WebSocket, TheExamplesOfTheRfc) {
  // Section 5.7: "Hello" unmasked, masked, in two fragments; a ping and its masked pong.
  EXPECT_EQ(read(raw({0x81, 5, 'H', 'e', 'l', 'l', 'o'}), 1).messages.at(0).payload, "Hello");
  const auto masked = raw({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58});
  EXPECT_EQ(read(masked, 2, Role::server).messages.at(0).payload, "Hello");
  EXPECT_EQ(format_frame(Op::text, "Hello", 0x37fa213d), masked);
}

TEST(WebSocket, MessagesOfEveryLengthInPiecesOfEverySize) {
  std::string bytes;
  const std::size_t kSizes[] = {0, 1, 125, 126, 127, 300, 65535, 65536};
  for (const auto size : kSizes) bytes += format_frame(Op::binary, std::string(size, 'x'), std::nullopt);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
    const auto got = read(bytes, piece);
    ASSERT_EQ(got.error, "");
    ASSERT_EQ(got.messages.size(), std::size(kSizes));
    for (std::size_t i = 0; i < std::size(kSizes); ++i) EXPECT_EQ(got.messages[i].payload.size(), kSizes[i]);
  }
}

TEST(WebSocket, FragmentsArePutTogetherAndControlFramesComeBetween) {
  const auto bytes = raw({0x01, 2, 'H', 'e', 0x89, 1, 'p', 0x00, 1, 'l', 0x80, 2, 'l', 'o'});
  const auto got = read(bytes, 1);
  ASSERT_EQ(got.messages.size(), 2u) << got.error;
  EXPECT_EQ(got.messages[0].opcode, Op::ping);
  EXPECT_EQ(got.messages[1].opcode, Op::text);
  EXPECT_EQ(got.messages[1].payload, "Hello");
}

TEST(WebSocket, AClosesCodeAndReason) {
  auto got = read(format_frame(Op::close, close_payload(1000, "done"), std::nullopt) + "more", 3);
  ASSERT_EQ(got.messages.size(), 1u);
  EXPECT_EQ(got.messages[0].close_code, 1000);
  EXPECT_EQ(got.messages[0].payload, "done");
  EXPECT_EQ(read(raw({0x88, 0}), 1).messages.at(0).close_code, 1005);
  // A reason is cut between two characters, never inside of one.
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ü";
  EXPECT_EQ(close_payload(1000, umlauts).size(), 124u);
}

TEST(WebSocket, WhatTheProtocolForbidsEndsIt) {
  const std::pair<std::string, std::uint16_t> kCases[] = {
      {raw({0xc1, 0}), 1002},                 // a reserved bit
      {raw({0x83, 0}), 1002},                 // an opcode that does not exist
      {raw({0x8b, 0}), 1002},                 // another one
      {raw({0x81, 0x80, 0, 0, 0, 0}), 1002},  // a masked frame of a server
      {raw({0x80, 0}), 1002},                 // a continuation of nothing
      {raw({0x01, 0, 0x81, 0}), 1002},        // a message inside of a message
      {raw({0x09, 0}), 1002},                 // a fragmented ping
      {raw({0x89, 126, 0, 200}), 1002},       // a long ping
      {raw({0x82, 126, 0, 5}), 1002},         // a length that is not the shortest
      {raw({0x82, 127, 0, 0, 0, 0, 0, 0, 1, 0}), 1002},
      {raw({0x88, 1, 3}), 1002},                                            // half a code
      {raw({0x88, 2, 0, 5}), 1002},                                         // a code that does not exist
      {raw({0x88, 3, 3, 232, 0xff}), 1007},                                 // a reason that is no text
      {raw({0x81, 1, 0xff}), 1007},                                         // a text that is none
      {raw({0x82, 126, 1, 1}), 1009},                                       // larger than allowed here
      {raw({0x02, 100}) + std::string(100, 'x') + raw({0x80, 101}), 1009},  // and in fragments
      {raw({0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), 1009},
  };
  for (const auto& [bytes, code] : kCases) {
    const auto got = read(bytes, 1, Role::client, 200);
    EXPECT_FALSE(got.error.empty()) << bytes.size();
    EXPECT_EQ(got.code, code) << got.error;
    EXPECT_TRUE(got.messages.empty()) << got.error;
  }
  EXPECT_EQ(read(raw({0x81, 0}), 1, Role::server).code, 1002);  // a client must mask
}

}  // namespace
}  // namespace windlass::websocket
