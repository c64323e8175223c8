// Where the stages and steps of a Jenkinsfile stand in its text. A run knows the line of a step and the path of a
// stage; what begins and ends there is asked here. Pure; any thread; bounded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "groovy/parser.h"

namespace windlass::jenkinsfile {

struct SourceRange {
  groovy::Position begin, end;
};

class SourceRanges {
 public:
  /// Nothing is known of a text that is longer, or no Groovy.
  static SourceRanges of(const std::string& script, std::size_t max_bytes = 1u << 20);

  /// Of a stage or branch, by its path (outline.h). nullptr: it is not known before the run.
  [[nodiscard]] const SourceRange* stage(const std::string& path) const;
  /// The call of that name in a line; where several are, from the first one's begin to the last one's end. Where there
  /// is none, as of a step within a library, what is called there.
  [[nodiscard]] const SourceRange* call(std::uint32_t line, std::string_view name) const;
  [[nodiscard]] bool empty() const { return stages_.empty() && lines_.empty(); }

 private:
  void add_calls(const groovy::Source& source, const groovy::Unit& unit);

  std::map<std::string, SourceRange> stages_;
  std::map<std::uint32_t, std::map<std::string, SourceRange, std::less<>>> calls_;
  std::map<std::uint32_t, SourceRange> lines_;
};

}  // namespace windlass::jenkinsfile
