// The log of a run by line: numbered, timed, of which step; and searched. Pure over a journal's reader.
//
// A search is asked for a little at a time, so that whoever reads logs takes turns, and whoever asked may go away. Its
// patterns are Java's, with the limits of text/regex.h: one that backtracks without end gives an error, never a wait.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/run_journal.h"
#include "text/regex.h"

namespace windlass::runs {

struct LogLine {
  std::uint64_t number = 0;  ///< from 1, in the whole log
  std::uint64_t offset = 0;  ///< of its first byte in the whole log
  std::uint64_t node = 0;    ///< the step it began with; 0: the run's own
  std::int64_t time_millis = 0;
  std::string text;   ///< without its newline, escapes of terminals as they came
  bool whole = true;  ///< false: the last line of a log that goes on
  bool cut = false;   ///< longer than kLongestLine; the rest is in the log
};

inline constexpr std::size_t kLongestLine = 64u * 1024;

struct LinesWanted {
  std::uint64_t first = 1;
  std::uint64_t tail = 0;  ///< instead of `first`: so many at the end
  std::size_t most = 1000;
  std::size_t most_bytes = 4u << 20;
  std::optional<std::uint64_t> node;  ///< only what this step has written
};

struct Lines {
  std::vector<LogLine> lines;
  std::uint64_t total = 0;  ///< lines of the whole log by now
  std::uint64_t bytes = 0;  ///< of the whole log by now
  std::uint64_t next = 1;   ///< number to go on with
};

Result<Lines> read_lines(journal::RunReader& run, const LinesWanted& wanted);

/// A search over a whole log, going on where it stopped.
class LogSearch {
 public:
  /// Errors: invalid, with what is wrong with the pattern.
  static Result<LogSearch> make(std::string_view pattern, bool ignore_case, std::uint64_t first_line = 1);

  struct Match {
    LogLine line;
    std::int32_t start = 0, end = 0;  ///< of the first match in the line, in UTF-16 units, as browsers count
  };
  /// Looks at about so many bytes more. Errors: exhausted, when the pattern needs too long for a line.
  Result<std::vector<Match>> look(journal::RunReader& run, std::size_t bytes);
  /// The end of the log as it was when look() came there.
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::uint64_t next_line() const { return line_; }

 private:
  LogSearch(text::Regex regex, std::optional<text::Regex> in_block, std::uint64_t first)
      : regex_(std::move(regex)), in_block_(std::move(in_block)), line_(first) {}
  Result<> look_at_row(const journal::LogRow& row, std::string_view rest, std::vector<Match>& out);
  Result<> look_at(std::string_view block, std::vector<Match>& out);
  Result<> look_at_line(std::string_view line, std::vector<Match>& out);
  void pass(std::string_view line);

  text::Regex regex_;
  std::optional<text::Regex> in_block_;  ///< finds all lines that regex_ may find, in many lines at once
  std::uint64_t line_;                   ///< number of the next line
  std::uint64_t offset_ = 0;             ///< of it
  std::uint64_t row_ = 0;                ///< next to read; 0: not begun
  std::string begun_;                    ///< a line whose end is in a later row
  std::uint64_t begun_node_ = 0;
  std::int64_t begun_time_ = 0;
  std::uint64_t node_ = 0;
  std::int64_t time_ = 0;
  bool done_ = false;
};

}  // namespace windlass::runs
