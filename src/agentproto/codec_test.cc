#include "agentproto/codec.h"

#include <gtest/gtest.h>
#include <random>

namespace windlass::agentproto {
namespace {

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (char c : bytes) {
    out += kDigits[static_cast<std::uint8_t>(c) >> 4U];
    out += kDigits[static_cast<std::uint8_t>(c) & 15U];
  }
  return out;
}

TEST(Codec, WritesTheExampleBytesOfTheDocument) {
  std::string out;
  append_frame(out, Hello{.owner = "run-7", .epoch = 2});
  EXPECT_EQ(hex(out), "1300000001010500000072756e2d370200000000000000");
  out.clear();
  append_frame(out, Ping{.nonce = 1});
  EXPECT_EQ(hex(out), "0a00000001100100000000000000");
}

TEST(Codec, GivesBackWhatWasWritten) {
  std::string out;
  Start start{.token = "t-1", .mode = kModeArgv, .capture_stdout = 1, .control_dir = "/w@tmp/durable-1", .cwd = "/w"};
  start.argv = {"docker", "exec", ""};
  start.env = {"A=1", "B=two words"};
  start.script = std::string("echo \0 ok", 9);
  append_frame(out, start);
  append_frame(out, Output{.token = "t-1", .stream = 1, .offset = 1ULL << 40U, .bytes = "hello"});
  Task task{.token = "t-1", .owner = "o", .state = State::ended, .pid = 7, .pid_start = 9};
  task.exit = {.code = 143, .signal = 15, .elapsed_ms = 12, .log_bytes = 3, .out_bytes = 4};
  task.out_head = "tail";
  append_frame(out, task);
  append_frame(out, Known{.items = {{"a", State::lost}, {"b", State::unknown}}});

  std::string_view rest = out;
  auto first = parse<Start>(**cut_frame(rest));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->argv, start.argv);
  EXPECT_EQ(first->env, start.env);
  EXPECT_EQ(first->script, start.script);
  EXPECT_EQ(first->cwd, "/w");
  auto second = parse<Output>(**cut_frame(rest));
  EXPECT_EQ(second->bytes, "hello");
  EXPECT_EQ(second->offset, 1ULL << 40U);
  auto third = parse<Task>(**cut_frame(rest));
  EXPECT_EQ(third->exit.code, 143U);
  EXPECT_EQ(third->out_head, "tail");
  auto fourth = parse<Known>(**cut_frame(rest));
  ASSERT_EQ(fourth->items.size(), 2U);
  EXPECT_EQ(fourth->items[0].state, State::lost);
  EXPECT_TRUE(rest.empty());
}

TEST(Codec, EveryPrefixIsIncompleteOrDamagedAndNeverRead) {
  Start start{.token = "t", .script = "echo"};
  start.env = {"A=1"};
  std::string out;
  append_frame(out, start);
  for (std::size_t cut = 0; cut < out.size(); ++cut) {
    std::string_view rest(out.data(), cut);
    auto frame = cut_frame(rest);
    ASSERT_TRUE(frame);
    EXPECT_FALSE(*frame);
    // The same bytes with a length that claims to be whole: the fields must not read beyond it.
    if (cut < 6) continue;
    std::string shorter = out.substr(0, cut);
    const auto length = static_cast<std::uint32_t>(cut - 4);
    std::memcpy(shorter.data(), &length, 4);
    rest = shorter;
    frame = cut_frame(rest);
    ASSERT_TRUE(frame && *frame);
    EXPECT_FALSE(parse<Start>(**frame)) << cut;
  }
}

TEST(Codec, RefusesLengthsVersionsAndListsOutOfRange) {
  struct Row {
    std::string bytes;
    bool cuts;
  };
  const Row rows[] = {
      {std::string("\x01\0\0\0\x01\x10", 6), false},                  // length 1
      {std::string("\xff\xff\xff\xff\x01\x10", 6), false},            // 4 GiB
      {std::string("\x02\0\0\0\x02\x10", 6), false},                  // version 2
      {std::string("\x06\0\0\0\x01\x0b\xff\xff\xff\x7f", 10), true},  // list of 2^31
  };
  for (const auto& row : rows) {
    std::string_view rest = row.bytes;
    auto frame = cut_frame(rest);
    EXPECT_EQ(frame.has_value(), row.cuts);
    if (row.cuts) EXPECT_FALSE(parse<Known>(**frame));
  }
}

TEST(FrameBuffer, CutsTheSameFramesWhateverTheChunks) {
  std::string stream;
  const std::string large(200'000, 'x');
  for (int i = 0; i < 20; ++i) {
    append_frame(stream, Ping{.nonce = static_cast<std::uint64_t>(i)});
    append_frame(stream, Output{.token = "t", .offset = static_cast<std::uint64_t>(i), .bytes = large});
  }
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    FrameBuffer buffer;
    std::size_t at = 0, pings = 0, outputs = 0;
    while (at < stream.size()) {
      auto [data, room] = buffer.space();
      const std::size_t count = std::min({room, stream.size() - at, std::size_t{1} + random() % 100'000});
      std::memcpy(data, stream.data() + at, count);
      buffer.commit(count);
      at += count;
      for (;;) {
        auto frame = buffer.next();
        ASSERT_TRUE(frame);
        if (!*frame) break;
        if ((*frame)->type == Type::ping) {
          EXPECT_EQ(parse<Ping>(**frame)->nonce, pings++);
        } else {
          EXPECT_TRUE(parse<Output>(**frame)->bytes == large);
          ++outputs;
        }
      }
    }
    EXPECT_EQ(pings, 20U);
    EXPECT_EQ(outputs, 20U);
  }
}

TEST(FrameBuffer, TakesMuchMemoryOnlyWhereMuchComes) {
  FrameBuffer buffer;
  const auto few = buffer.space();
  EXPECT_EQ(few.second, 4096U);
  std::string stream;
  append_frame(stream, Ping{.nonce = 1});
  std::memcpy(few.first, stream.data(), stream.size());
  buffer.commit(stream.size());
  ASSERT_TRUE(buffer.next()->has_value());
  EXPECT_EQ(buffer.space().second, 4096U);
  buffer.commit(4096);
  EXPECT_GE(buffer.space().second, 65536U);
}

TEST(Token, IsAFileName) {
  for (auto good : {"a", "run-7.3_x", "0"}) EXPECT_TRUE(is_valid_token(good)) << good;
  for (auto bad : {"", ".", "..", "a/b", "a b", ".hidden", "\n"}) EXPECT_FALSE(is_valid_token(bad)) << bad;
  EXPECT_TRUE(is_valid_token(std::string(128, 'a')));
  EXPECT_FALSE(is_valid_token(std::string(129, 'a')));
}

TEST(Crc32, IsTheCommonOne) { EXPECT_EQ(crc32("123456789"), 0xCBF43926U); }

}  // namespace
}  // namespace windlass::agentproto
