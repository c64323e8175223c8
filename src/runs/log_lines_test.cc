// Lines and searches over real journals, against a plain reading of the whole text.
#include "runs/log_lines.h"

#include <gtest/gtest.h>
#include <random>

#include "journal/journal_testing.h"

namespace windlass::runs {
namespace {

using namespace journal::testing_support;

struct Kept {
  TemporaryFolder folder;
  std::unique_ptr<journal::StateFolder> state = journal::StateFolder::open(folder.path).value();
  std::unique_ptr<journal::RunJournal> run = state->create_run(make_spec("a")).value();
  std::string whole;
  std::map<std::uint64_t, std::uint64_t> ends;

  void add(std::uint64_t node, const std::string& text, std::int64_t time = 1) {
    run->mark_log(node, time);
    const auto begin = ends[node];
    ends[node] += text.size();
    EXPECT_TRUE(run->append_output("", "t" + std::to_string(node), begin, ends[node], text).value());
    EXPECT_TRUE(run->commit().has_value());
    whole += text;
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<std::uint64_t> found(journal::RunReader& run, std::string_view pattern, std::size_t at_once = 1u << 20,
                                 std::uint64_t first = 1) {
  auto search = LogSearch::make(pattern, false, first).value();
  std::vector<std::uint64_t> out;
  while (!search.done()) {
    for (const auto& match : search.look(run, at_once).value()) out.push_back(match.line.number);
  }
  return out;
}

TEST(LogLines, NumberTimeStepAndTextOfEachLine) {
  Kept log;
  log.add(1, "one\ntw", 10);
  log.add(2, "other\n", 20);
  log.add(1, "three\n\x1b[31mred\x1b[0m", 30);
  const auto all = read_lines(*log.run, {}).value();
  ASSERT_EQ(all.lines.size(), 4u);
  EXPECT_EQ(all.total, 4u);
  EXPECT_EQ(all.lines[0].text, "one");
  EXPECT_EQ(all.lines[1].text, "twother") << "a line is what stands between two newlines";
  EXPECT_EQ(all.lines[1].node, 1u);
  EXPECT_EQ(all.lines[2].text, "three");
  EXPECT_EQ(all.lines[2].node, 1u);
  EXPECT_EQ(all.lines[2].time_millis, 30);
  EXPECT_EQ(all.lines[2].offset, 12u);
  EXPECT_EQ(all.lines[3].text, "\x1b[31mred\x1b[0m");
  EXPECT_FALSE(all.lines[3].whole);
  EXPECT_EQ(all.next, 4u) << "an unfinished line is asked for again";
  const auto of_one = read_lines(*log.run, {.node = 1}).value();
  ASSERT_EQ(of_one.lines.size(), 4u);
  EXPECT_EQ(of_one.lines[1].text, "tw");
  EXPECT_EQ(of_one.lines[2].number, 3u);
  const auto tail = read_lines(*log.run, {.tail = 2}).value();
  ASSERT_EQ(tail.lines.size(), 2u);
  EXPECT_EQ(tail.lines[0].number, 3u);
}

TEST(LogLines, AnyRangeOfAnyLog) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Kept log;
  for (int i = 0; i < 80; ++i) {
    std::string text(std::uniform_int_distribution<std::size_t>(1, i % 20 == 0 ? 300'000 : 60)(random), 'x');
    for (auto& c : text) {
      const auto dice = std::uniform_int_distribution<>(0, 40)(random);
      c = dice == 0 ? '\n' : static_cast<char>('a' + dice % 26);
    }
    log.add(static_cast<std::uint64_t>(i % 3), text);
  }
  const auto lines = lines_of(log.whole);
  for (int i = 0; i < 50; ++i) {
    const auto first = std::uniform_int_distribution<std::size_t>(1, lines.size())(random);
    const auto part = read_lines(*log.run, {.first = first, .most = 7}).value();
    ASSERT_EQ(part.lines.size(), std::min<std::size_t>(7, lines.size() - first + 1));
    for (std::size_t k = 0; k < part.lines.size(); ++k) {
      EXPECT_EQ(part.lines[k].text, lines[first - 1 + k]);
      EXPECT_EQ(part.lines[k].number, first + k);
      EXPECT_EQ(log.whole.substr(part.lines[k].offset, lines[first - 1 + k].size()), lines[first - 1 + k]);
    }
  }
  // In many lines at once and one by one: the same lines, whatever the size of a turn.
  for (const auto* pattern : {"abc?", "^q", "z$", "[xyz]{2}.*a", "\\s", "b\\b", "(a|b)\\1"}) {
    std::vector<std::uint64_t> expected;
    const auto regex = text::Regex::compile(std::string_view(pattern)).value();
    for (std::size_t k = 0; k < lines.size(); ++k) {
      if (regex.match(text::Subject(std::string_view(lines[k]))).value()) expected.push_back(k + 1);
    }
    EXPECT_EQ(found(*log.run, pattern), expected) << pattern;
    EXPECT_EQ(found(*log.run, pattern, 1), expected) << pattern;
    EXPECT_EQ(found(*log.run, std::string(pattern) + "(?=.|$|\\z)", 5000), expected) << pattern;
    std::erase_if(expected, [&](std::uint64_t number) { return number < lines.size() / 2; });
    EXPECT_EQ(found(*log.run, pattern, 1u << 20, lines.size() / 2), expected) << pattern;
  }
}

TEST(LogLines, ASearchFindsCharactersOutsideAscii) {
  Kept log;
  log.add(1, "nothing\n构建失败 now\n\xff\xfe broken \xe6\x9e\n\xf0\x9f\x9a\x80 up\n");
  EXPECT_EQ(found(*log.run, "失败"), std::vector<std::uint64_t>{2});
  EXPECT_EQ(found(*log.run, "broken"), std::vector<std::uint64_t>{3});
  auto search = LogSearch::make("UP", true).value();
  const auto matches = search.look(*log.run, 1u << 20).value();
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].start, 3) << "in UTF-16 units";
}

TEST(LogLines, AnExponentialPatternEnds) {
  Kept log;
  log.add(1, std::string(5000, 'a') + "b\n");
  auto search = LogSearch::make("(a+)+$", false).value();
  const auto out = search.look(*log.run, 1u << 20);
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().kind, ErrorKind::exhausted);
  EXPECT_EQ(LogSearch::make("(", false).error().kind, ErrorKind::invalid);
  EXPECT_EQ(LogSearch::make("", false).error().kind, ErrorKind::invalid);
  EXPECT_EQ(LogSearch::make(std::string(2000, 'a'), false).error().kind, ErrorKind::invalid);
}

/// T67.
TEST(LogLines, ALongLineIsCutAndSaysSo) {
  Kept log;
  log.add(1, std::string(200'000, 'a') + "\n" + "next\n");
  const auto all = read_lines(*log.run, {}).value();
  ASSERT_EQ(all.lines.size(), 2u);
  EXPECT_TRUE(all.lines[0].cut);
  EXPECT_EQ(all.lines[0].text.size(), kLongestLine);
  EXPECT_EQ(all.lines[1].text, "next");
  EXPECT_EQ(all.lines[1].offset, 200'001u);
}

}  // namespace
}  // namespace windlass::runs
