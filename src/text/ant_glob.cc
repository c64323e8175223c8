// Ant patterns; see the header. A path is matched by the set of pattern positions reachable after each folder, so the
// cost is at most pattern segments times path segments.
#include "text/ant_glob.h"

#include <algorithm>

#include "text/utf.h"

namespace windlass::text {

namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxSegments = 256;
constexpr std::size_t kMaxPatterns = 10000;

bool is_separator(char c) { return c == '/' || c == '\\'; }

/// Parts between separators; empty ones do not count. In paths only `/` separates.
template <class Visit>
void for_each_segment(std::string_view text, bool backslash, Visit visit) {
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '/' && !(backslash && text[i] == '\\')) continue;
    if (i > start) visit(text.substr(start, i - start));
    start = i + 1;
  }
}

bool same_char(char32_t a, char32_t b, bool case_sensitive) {
  return a == b || (!case_sensitive && (char_to_upper(a) == char_to_upper(b)));
}

/// One segment with * and ?: the last star is retried, which is enough (no exponential search).
bool segment_matches(std::string_view pattern, std::string_view text, bool case_sensitive) {
  if (pattern == "*") return true;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = pattern.npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      retry = t;
      continue;
    }
    if (p < pattern.size()) {
      std::size_t next_p = p;
      std::size_t next_t = t;
      char32_t wanted = next_code_point(pattern, next_p);
      char32_t seen = next_code_point(text, next_t);
      if (wanted == U'?' || same_char(wanted, seen, case_sensitive)) {
        p = next_p;
        t = next_t;
        continue;
      }
    }
    if (star == pattern.npos) return false;
    next_code_point(text, retry);
    t = retry;
    p = star;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// The pattern positions (segments already matched) that a path prefix can lead to.
class Positions {
 public:
  Positions(const std::vector<std::string>& segments, bool case_sensitive)
      : segments_(segments), case_sensitive_(case_sensitive), now_(segments.size() + 1, false) {
    now_[0] = true;
    pass_double_stars();
  }

  void advance(std::string_view name) {
    std::vector<bool> next(now_.size(), false);
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      if (!now_[i]) continue;
      if (segments_[i] == "**")
        next[i] = true;
      else if (segment_matches(segments_[i], name, case_sensitive_))
        next[i + 1] = true;
    }
    now_ = std::move(next);
    pass_double_stars();
  }

  [[nodiscard]] bool complete() const { return now_.back(); }
  [[nodiscard]] bool can_go_on() const { return std::find(now_.begin(), now_.end() - 1, true) != now_.end() - 1; }

 private:
  void pass_double_stars() {
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      if (now_[i] && segments_[i] == "**") now_[i + 1] = true;
    }
  }
  const std::vector<std::string>& segments_;
  bool case_sensitive_;
  std::vector<bool> now_;
};

}  // namespace

Result<AntGlob> AntGlob::compile(std::string_view pattern, bool case_sensitive) {
  if (pattern.size() > kMaxBytes) return fail(ErrorKind::invalid, "a file pattern is longer than 4096 bytes");
  AntGlob glob;
  glob.pattern_ = pattern;
  glob.case_sensitive_ = case_sensitive;
  for_each_segment(pattern, true, [&](std::string_view part) {
    // **/** is **: fewer positions to keep.
    if (part == "**" && !glob.segments_.empty() && glob.segments_.back() == "**") return;
    glob.segments_.emplace_back(part);
  });
  bool open_ended = !pattern.empty() && is_separator(pattern.back());
  if (open_ended && (glob.segments_.empty() || glob.segments_.back() != "**")) glob.segments_.emplace_back("**");
  if (glob.segments_.size() > kMaxSegments) {
    return fail(ErrorKind::invalid, "a file pattern has more than 256 folders: " + std::string(pattern.substr(0, 100)));
  }
  return glob;
}

bool AntGlob::matches(std::string_view path) const {
  bool rooted = !pattern_.empty() && is_separator(pattern_[0]);
  if (rooted != path.starts_with('/')) return false;
  Positions positions(segments_, case_sensitive_);
  for_each_segment(path, false, [&](std::string_view name) { positions.advance(name); });
  return positions.complete();
}

bool AntGlob::may_match_below(std::string_view folder) const {
  bool rooted = !pattern_.empty() && is_separator(pattern_[0]);
  if (!folder.empty() && rooted != folder.starts_with('/')) return false;
  Positions positions(segments_, case_sensitive_);
  for_each_segment(folder, false, [&](std::string_view name) { positions.advance(name); });
  return positions.can_go_on();
}

bool AntGlob::is_literal() const {
  return pattern_.find_first_of("*?") == pattern_.npos && !segments_.empty() && segments_.back() != "**";
}

std::string AntGlob::literal_prefix() const {
  bool literal = is_literal();
  std::string out = !pattern_.empty() && is_separator(pattern_[0]) ? "/" : "";
  if (!case_sensitive_) return out;
  bool first = true;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i].find_first_of("*?") != std::string::npos || (!literal && i + 1 == segments_.size())) break;
    if (!first) out += '/';
    out += segments_[i];
    first = false;
  }
  return out;
}

std::vector<std::string> split_patterns(std::string_view list, bool split_on_space) {
  std::vector<std::string> out;
  auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  std::size_t start = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] != ',' && !(split_on_space && is_space(list[i]))) continue;
    std::string_view part = list.substr(start, i - start);
    while (!part.empty() && is_space(part.front())) part.remove_prefix(1);
    while (!part.empty() && is_space(part.back())) part.remove_suffix(1);
    if (!part.empty()) out.emplace_back(part);
    start = i + 1;
  }
  return out;
}

const std::vector<std::string_view>& ant_default_excludes() {
  static const std::vector<std::string_view> list = {
      "**/*~",         "**/#*#",         "**/.#*",         "**/%*%",
      "**/._*",        "**/CVS",         "**/CVS/**",      "**/.cvsignore",
      "**/SCCS",       "**/SCCS/**",     "**/vssver.scc",  "**/.svn",
      "**/.svn/**",    "**/.git",        "**/.git/**",     "**/.gitattributes",
      "**/.gitignore", "**/.gitmodules", "**/.hg",         "**/.hg/**",
      "**/.hgignore",  "**/.hgsub",      "**/.hgsubstate", "**/.hgtags",
      "**/.bzr",       "**/.bzr/**",     "**/.bzrignore",  "**/.DS_Store"};
  return list;
}

Result<AntFileSet> AntFileSet::compile(std::string_view includes, std::string_view excludes, AntGlobOptions options) {
  AntFileSet set;
  auto wanted = split_patterns(includes, options.split_on_space);
  if (wanted.empty()) wanted.emplace_back("**");
  auto unwanted = split_patterns(excludes, options.split_on_space);
  if (wanted.size() + unwanted.size() > kMaxPatterns) return fail(ErrorKind::invalid, "more than 10000 file patterns");
  for (const auto& pattern : wanted) set.includes_.push_back(WL_TRY(AntGlob::compile(pattern, options.case_sensitive)));
  for (const auto& pattern : unwanted) {
    set.excludes_.push_back(WL_TRY(AntGlob::compile(pattern, options.case_sensitive)));
  }
  if (options.default_excludes) {
    for (auto pattern : ant_default_excludes()) {
      set.excludes_.push_back(WL_TRY(AntGlob::compile(pattern, options.case_sensitive)));
    }
  }
  return set;
}

bool AntFileSet::matches(std::string_view path) const {
  auto hit = [path](const AntGlob& glob) { return glob.matches(path); };
  return std::any_of(includes_.begin(), includes_.end(), hit) && std::none_of(excludes_.begin(), excludes_.end(), hit);
}

bool AntFileSet::may_match_below(std::string_view folder) const {
  if (std::none_of(includes_.begin(), includes_.end(), [&](const AntGlob& g) { return g.may_match_below(folder); })) {
    return false;
  }
  // "x/**" takes everything below x away; any other exclude may leave something.
  return std::none_of(excludes_.begin(), excludes_.end(), [&](const AntGlob& g) {
    return (g.pattern().ends_with("/**") || g.pattern().ends_with("/") || g.pattern() == "**") && g.matches(folder);
  });
}

}  // namespace windlass::text
