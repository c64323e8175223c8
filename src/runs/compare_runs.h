// Two runs, beside each other: what in them differs. Pure; who reads journals and logs is outside.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runs/flow_nodes.h"
#include "runs/log_lines.h"
#include "runs/node_paths.h"

namespace windlass::runs {

NodePaths paths_of(const FlowNodes& nodes);

struct StageOf {
  std::string result;
  std::int64_t millis = -1;  ///< -1: not there, or not ended
  std::uint64_t node = 0;
};
struct StagePair {
  std::string path;
  StageOf a, b;
};
/// The stages and branches of both, in a's order, those that only b has behind their neighbours.
std::vector<StagePair> compare_stages(const FlowNodes& a, const FlowNodes& b);

/// A line with its times of day, dates and durations replaced: what may differ without meaning anything.
std::string without_times(std::string_view line);

struct TextChange {
  enum class Kind : std::uint8_t { same, removed, added } kind = Kind::same;
  std::uint32_t a = 0, b = 0;  ///< line numbers from 1, 0 where it is not there
  std::string text;
};
/// Changed lines of a text with `around` lines of what is the same about them. Texts whose difference is too large to
/// find quickly are given as all removed, all added.
std::vector<TextChange> compare_texts(std::string_view a, std::string_view b, std::size_t around = 2);

/// Lines that one log has and the other has not, or has more often, by what they say without their times. Memory is
/// bounded: a number per different line, and the first `kMostShown` lines of each side.
class LogDifference {
 public:
  static constexpr std::size_t kMostShown = 200;
  static constexpr std::size_t kMostLines = 200'000;  ///< of each log; what is behind is not compared

  void add_a(const LogLine& line) { add(line, 1); }
  void add_b(const LogLine& line) { add(line, -1); }
  [[nodiscard]] bool full_a() const { return seen_a_ >= kMostLines; }
  [[nodiscard]] bool full_b() const { return seen_b_ >= kMostLines; }

  /// To be called again with all lines of a side, to learn which are shown.
  void settle();
  void show_a(const LogLine& line) { show(line, 1, only_a_); }
  void show_b(const LogLine& line) { show(line, -1, only_b_); }
  [[nodiscard]] const std::vector<LogLine>& only_a() const { return only_a_; }
  [[nodiscard]] const std::vector<LogLine>& only_b() const { return only_b_; }
  /// How many lines differ on each side, shown or not.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> differing() const { return differing_; }

 private:
  void add(const LogLine& line, std::int32_t sign);
  void show(const LogLine& line, std::int32_t sign, std::vector<LogLine>& out);

  std::unordered_map<std::uint64_t, std::int32_t> counts_;  ///< how much more often a has a line than b
  std::pair<std::uint64_t, std::uint64_t> differing_;
  std::vector<LogLine> only_a_, only_b_;
  std::size_t seen_a_ = 0, seen_b_ = 0;
};

}  // namespace windlass::runs
