// Collects the errors and warnings of one validation, each once, in the order in which they were found.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "groovy/parser.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

class Findings {
 public:
  explicit Findings(const groovy::Source& source) : source_(source) {}

  void error(Place place, std::string message) { add(errors_, place, std::move(message)); }
  void warning(Place place, std::string message) { add(warnings_, place, std::move(message)); }

  [[nodiscard]] const groovy::Source& source() const { return source_; }
  [[nodiscard]] std::vector<groovy::Diagnostic> take_errors() { return std::move(errors_); }
  [[nodiscard]] std::vector<groovy::Diagnostic> take_warnings() { return std::move(warnings_); }
  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }

 private:
  void add(std::vector<groovy::Diagnostic>& to, Place place, std::string message) {
    if (to.size() >= kMost || !seen_.emplace(place, message).second) return;
    to.push_back({source_.position(place), std::move(message)});
  }

  static constexpr std::size_t kMost = 1000;  ///< nobody reads more; a hostile file may hold millions
  const groovy::Source& source_;
  std::vector<groovy::Diagnostic> errors_, warnings_;
  std::set<std::pair<Place, std::string>> seen_;
};

}  // namespace windlass::jenkinsfile
