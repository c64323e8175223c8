// Collects the errors and warnings of one validation, each once, in the order in which they were found.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "groovy/parser.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// What is no error, in our own words: errors are Jenkins' and stay as people search for them.
struct Warning : groovy::Diagnostic {
  std::string chinese;
};

class Findings {
 public:
  explicit Findings(const groovy::Source& source) : source_(source) {}

  void error(Place place, std::string message) {
    if (is_new(errors_.size(), place, message)) errors_.push_back({source_.position(place), std::move(message)});
  }
  void warning(Place place, std::string message, std::string chinese) {
    if (is_new(warnings_.size(), place, message))
      warnings_.push_back({{source_.position(place), std::move(message)}, std::move(chinese)});
  }

  [[nodiscard]] const groovy::Source& source() const { return source_; }
  [[nodiscard]] std::vector<groovy::Diagnostic> take_errors() { return std::move(errors_); }
  [[nodiscard]] std::vector<Warning> take_warnings() { return std::move(warnings_); }
  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }

 private:
  bool is_new(std::size_t known, Place place, const std::string& message) {
    return known < kMost && seen_.emplace(place, message).second;
  }

  static constexpr std::size_t kMost = 1000;  ///< nobody reads more; a hostile file may hold millions
  const groovy::Source& source_;
  std::vector<groovy::Diagnostic> errors_;
  std::vector<Warning> warnings_;
  std::set<std::pair<Place, std::string>> seen_;
};

}  // namespace windlass::jenkinsfile
