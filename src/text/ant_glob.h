// Ant path patterns: `*`, `?`, `**`, a trailing slash meaning `/**`, and lists of them with excludes.
//
// Not a directory walker. Paths are relative, with `/` (a backslash in a pattern is a slash too, as in Ant). Matching
// is linear in pattern segments times path segments; no pattern can make it exponential.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::text {

class AntGlob {
 public:
  /// One pattern. Errors: invalid for more than 4096 bytes or 256 segments.
  static Result<AntGlob> compile(std::string_view pattern, bool case_sensitive = true);

  [[nodiscard]] bool matches(std::string_view path) const;
  /// False when nothing below the folder can match: prunes a walk.
  [[nodiscard]] bool may_match_below(std::string_view folder) const;
  /// The leading folders without wildcard ("a/b" of "a/b/*.txt", "" of "**/x"); the whole path for a literal pattern.
  [[nodiscard]] std::string literal_prefix() const;
  [[nodiscard]] bool is_literal() const;
  [[nodiscard]] const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
  std::vector<std::string> segments_;
  bool case_sensitive_ = true;
};

struct AntGlobOptions {
  bool case_sensitive = true;
  bool default_excludes = true;  ///< Ant's list: **/.git, **/.svn, **/*~ …
  bool split_on_space = false;   ///< `a.txt b.txt` as two patterns (Ant attributes do, Jenkins steps do not)
};

/// Includes and excludes as archiveArtifacts, stash, findFiles take them: comma separated lists.
class AntFileSet {
 public:
  /// Empty includes mean `**`.
  static Result<AntFileSet> compile(std::string_view includes, std::string_view excludes = {},
                                    AntGlobOptions options = {});
  [[nodiscard]] bool matches(std::string_view path) const;
  /// False when the folder and all below can be skipped.
  [[nodiscard]] bool may_match_below(std::string_view folder) const;
  [[nodiscard]] const std::vector<AntGlob>& includes() const { return includes_; }

 private:
  std::vector<AntGlob> includes_;
  std::vector<AntGlob> excludes_;
};

/// The elements of a comma (and optionally space) separated list, trimmed, without empty ones.
std::vector<std::string> split_patterns(std::string_view list, bool split_on_space = false);
/// Ant's default excludes.
const std::vector<std::string_view>& ant_default_excludes();

}  // namespace windlass::text
