#include "agentproto/channels.h"

#include <gtest/gtest.h>

namespace windlass::agentproto {
namespace {

TEST(Channels, TheExampleOfThePage) {
  const auto message = format_channel_message(7, ChannelKind::open, "maven");
  EXPECT_EQ(message, std::string("\x07\x00\x00\x00\x00maven", 10));
  const auto back = parse_channel_message(message);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->channel, 7U);
  EXPECT_EQ(back->kind, ChannelKind::open);
  EXPECT_EQ(back->bytes, "maven");
}

TEST(Channels, WhatIsNoMessageIsNone) {
  EXPECT_FALSE(parse_channel_message(""));
  EXPECT_FALSE(parse_channel_message(std::string(4, '\0')));
  EXPECT_FALSE(parse_channel_message(std::string("\x01\x00\x00\x00\x03", 5)));
  EXPECT_TRUE(parse_channel_message(std::string(5, '\0')));
}

TEST(Channels, NamesOfContainersCannotLeaveTheirFolder) {
  for (const auto* good : {"jnlp", "maven-3", "a"}) EXPECT_TRUE(is_container_name(good)) << good;
  for (const auto* bad : {"", "..", ".", "a/b", "A", "a_b", "-a", "a-", "a\n"})
    EXPECT_FALSE(is_container_name(bad)) << bad;
  EXPECT_FALSE(is_container_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace windlass::agentproto
