#include "server/tar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace windlass::server {
namespace {

using ::testing::HasSubstr;

TarReader reader_of(std::string& text, std::size_t& at) {
  return TarReader([&](std::size_t most) -> Result<std::string> {
    auto out = text.substr(at, most);
    at += out.size();
    return out;
  });
}

std::string packed(std::string_view name, std::string_view bytes) {
  return tar_head(name, bytes.size(), 1'700'000'000) + std::string(bytes) + tar_padding(bytes.size());
}

TEST(Tar, WhatIsWrittenIsRead) {
  const std::string longest(kMostTarName, 'n');
  const std::string large(1'000'000, 'b');
  std::string text = packed("a", "") + packed("b/c", "12345") + packed(longest, std::string(512, 'x')) +
                     packed("skipped", large) + packed("d", large) + tar_end();
  std::size_t at = 0;
  auto reader = reader_of(text, at);
  TarFile file;
  ASSERT_TRUE(reader.next(file).value());
  EXPECT_EQ(file.name, "a");
  ASSERT_TRUE(reader.next(file).value());
  EXPECT_EQ(reader.bytes(3).value() + reader.bytes(100).value(), "12345");
  EXPECT_EQ(reader.bytes(100).value(), "");
  ASSERT_TRUE(reader.next(file).value());
  EXPECT_EQ(file.name, longest);
  ASSERT_TRUE(reader.next(file).value());
  ASSERT_TRUE(reader.next(file).value());
  std::string all;
  for (;;) {
    auto part = reader.bytes(4096).value();
    if (part.empty()) break;
    all += part;
  }
  EXPECT_EQ(all, large);
  EXPECT_FALSE(reader.next(file).value());
}

TEST(Tar, EveryCutAndEveryChangedHeaderIsFound) {
  const std::string whole = packed("some/name", "the content of a file") + tar_end();
  for (std::size_t cut = 0; cut < whole.size() - kTarBlock; ++cut) {
    auto text = whole.substr(0, cut);
    std::size_t at = 0;
    auto reader = reader_of(text, at);
    TarFile file;
    bool good = true;
    for (auto more = reader.next(file); good && (!more || *more); more = reader.next(file)) good = more.has_value();
    EXPECT_FALSE(good) << cut;
  }
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    auto text = whole;
    text[i] = static_cast<char>(text[i] ^ 1);
    std::size_t at = 0;
    auto reader = reader_of(text, at);
    TarFile file;
    const auto more = reader.next(file);
    // A bit of the sum's own blanks says nothing.
    if (more) EXPECT_TRUE(i >= 148 && i < 156) << i;
  }
}

TEST(Tar, NamesThatLeadElsewhereAreRefused) {
  for (const char* name : {"/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/"}) {
    auto text = packed(name, "x") + tar_end();
    std::size_t at = 0;
    auto reader = reader_of(text, at);
    TarFile file;
    const auto more = reader.next(file);
    ASSERT_FALSE(more.has_value()) << name;
    EXPECT_THAT(more.error().message, HasSubstr("name that is none"));
  }
}

}  // namespace
}  // namespace windlass::server
