// The log by line and by node, against what a plain reading of the whole says.
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "journal/journal_testing.h"
#include "journal/newlines.h"

namespace windlass::journal {
namespace {

using namespace testing_support;

/// What a reader must give, computed from the pieces that were appended.
struct Model {
  std::string whole;
  std::map<std::uint64_t, std::string> nodes;
  std::vector<std::pair<std::uint64_t, std::string>> pieces;

  void add(std::uint64_t node, const std::string& text) {
    whole += text;
    nodes[node] += text;
    pieces.emplace_back(node, text);
  }
  [[nodiscard]] std::vector<std::uint64_t> line_starts() const {
    std::vector<std::uint64_t> out = {0};
    for (std::size_t i = 0; i < whole.size(); ++i) {
      if (whole[i] == '\n') out.push_back(i + 1);
    }
    return out;
  }
  [[nodiscard]] std::string of(const std::vector<std::uint64_t>& wanted) const {
    std::string out;
    for (const auto& [node, text] : pieces) {
      if (std::find(wanted.begin(), wanted.end(), node) != wanted.end()) out += text;
    }
    return out;
  }
};

void compare(RunReader& run, const Model& model, std::mt19937& random) {
  const auto starts = model.line_starts();
  const bool open = !model.whole.empty() && !model.whole.ends_with('\n');
  EXPECT_EQ(run.log_lines().value(), starts.size() - 1 + (open ? 1 : 0));
  for (int i = 0; i < 40; ++i) {
    const auto line = std::uniform_int_distribution<std::size_t>(1, starts.size())(random);
    const auto place = run.find_line(line).value();
    EXPECT_EQ(place.offset, starts[line - 1]) << "line " << line;
    EXPECT_EQ(place.line, line);
    const auto rows = run.read_log_rows(place.row, 1).value();
    if (place.offset < model.whole.size()) {
      ASSERT_EQ(rows.size(), 1u);
      EXPECT_LE(rows[0].start, place.offset);
      EXPECT_GT(rows[0].start + rows[0].bytes.size(), place.offset);
      EXPECT_EQ(rows[0].line, std::count(model.whole.begin(),
                                         model.whole.begin() + static_cast<std::ptrdiff_t>(rows[0].start), '\n'));
    } else {
      EXPECT_TRUE(rows.empty());
    }
  }
  EXPECT_EQ(run.find_line(starts.size() + 5).value().offset, model.whole.size());
  for (const auto& wanted : {std::vector<std::uint64_t>{0}, {1}, {2}, {1, 3}, {0, 1, 2, 3}, {77}}) {
    const auto text = model.of(wanted);
    for (const std::size_t offset : {std::size_t{0}, text.size() / 3, text.size() / 2, text.size(), text.size() + 9}) {
      const auto part = run.read_node_log(wanted, offset, 1000).value();
      EXPECT_EQ(part.total, text.size());
      EXPECT_EQ(part.text, offset < text.size() ? text.substr(offset, 1000) : "");
    }
  }
  std::string two;
  for (std::uint64_t first = 1;;) {
    const auto rows = run.read_node_rows(2, first, 3).value();
    if (rows.empty()) break;
    for (const auto& row : rows) two += row.bytes;
    first = rows.back().row + 1;
  }
  const auto found = model.nodes.find(2);
  EXPECT_EQ(two, found == model.nodes.end() ? "" : found->second);
}

TEST(LogPlaces, LinesAndNodesAreFoundWhateverTheRowsLookLike) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  TemporaryFolder folder;
  auto state = StateFolder::open(folder.path).value();
  auto journal = state->create_run(make_spec("a")).value();
  Model model;
  std::map<std::uint64_t, std::uint64_t> ends;
  for (int step = 0; step < 300; ++step) {
    const auto node = std::uniform_int_distribution<std::uint64_t>(0, 3)(random);
    const auto size = std::uniform_int_distribution<std::size_t>(1, step % 10 == 0 ? 400'000 : 90)(random);
    std::string text(size, 'x');
    for (auto& c : text) {
      if (std::uniform_int_distribution<>(0, step % 10 == 0 ? 200 : 12)(random) == 0) c = '\n';
    }
    journal->mark_log(node, 1000 + step);
    const auto begin = ends[node];
    ends[node] += size;
    ASSERT_TRUE(journal->append_output("", "t" + std::to_string(node), begin, ends[node], text).value());
    model.add(node, text);
    if (step % 7 == 0) ASSERT_TRUE(journal->commit().has_value());
    if (step == 150) {
      ASSERT_TRUE(journal->commit().has_value());
      compare(*journal, model, random);
      const auto run = info_of(*journal);
      journal.reset();
      journal = state->resume_run(run).value();
    }
  }
  ASSERT_TRUE(journal->commit().has_value());
  compare(*journal, model, random);
  EXPECT_EQ(journal->read_log(0, model.whole.size() + 1).value(), model.whole);
  ASSERT_TRUE(journal->finish({"SUCCESS", 1}).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  const auto report = journal->verify();
  EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
  const auto run = info_of(*journal);
  journal.reset();
  const auto reader = state->read_run(run).value();
  compare(*reader, model, random);
}

TEST(LogPlaces, NewlinesAreCountedAtAnyPlaceAndLength) {
  std::mt19937 random(7);
  std::string text(40'000, '\n');
  EXPECT_EQ(newlines_in(text), text.size());
  for (auto& c : text) c = std::uniform_int_distribution<>(0, 3)(random) == 0 ? '\n' : '\x8a';
  for (std::size_t at = 0; at < 70; ++at) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, at, at + 31, at + 8192, std::size_t{39'000}}) {
      const auto part = std::string_view(text).substr(at, size);
      ASSERT_EQ(newlines_in(part), static_cast<std::uint64_t>(std::count(part.begin(), part.end(), '\n')));
    }
  }
}

TEST(LogPlaces, AnEmptyLogHasNoLines) {
  TemporaryFolder folder;
  auto state = StateFolder::open(folder.path).value();
  auto journal = state->create_run(make_spec("a")).value();
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->log_lines().value(), 0u);
  EXPECT_EQ(journal->find_line(1).value().offset, 0u);
  EXPECT_EQ(journal->find_line(9).value().offset, 0u);
  EXPECT_EQ(journal->read_node_log({1}, 0, 9).value().text, "");
}

TEST(LogPlaces, LargeRowsAreCompressedAndReadBackAsTheyWere) {
  TemporaryFolder folder;
  auto state = StateFolder::open(folder.path).value();
  auto journal = state->create_run(make_spec("a")).value();
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "line " + std::to_string(i) + " \x1b[32mgreen\x1b[0m\n";
  ASSERT_TRUE(journal->append_output("", "t", 0, text.size(), text).value());
  ASSERT_TRUE(journal->finish({"SUCCESS", 1}).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->read_log(0, text.size()).value(), text);
  const auto file = journal->folder() + "/run.db";
  journal.reset();
  EXPECT_LT(std::filesystem::file_size(file), text.size() / 3);
}

}  // namespace
}  // namespace windlass::journal
