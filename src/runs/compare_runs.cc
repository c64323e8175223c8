#include "runs/compare_runs.h"

#include <algorithm>
#include <functional>

namespace windlass::runs {

using engine::FlowNode;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// How many characters at `at` are `pattern`: 9 stands for a digit, everything else for itself. 0: they are not.
std::size_t matches(std::string_view text, std::size_t at, std::string_view pattern) {
  if (text.size() - at < pattern.size()) return 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = text[at + i];
    if (pattern[i] == '9' ? !is_digit(c) : c != pattern[i]) return 0;
  }
  return pattern.size();
}

/// A fraction of a second, then a time zone.
std::size_t behind_seconds(std::string_view text, std::size_t at) {
  const auto begin = at;
  if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && is_digit(text[at + 1])) {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  if (at < text.size() && text[at] == 'Z') return at + 1 - begin;
  const auto zone = at < text.size() && text[at] == ' ' ? at + 1 : at;
  if (zone < text.size() && (text[zone] == '+' || text[zone] == '-')) {
    for (const std::string_view form : {"99:99", "9999"}) {
      if (const auto size = matches(text, zone + 1, form); size != 0) return zone + 1 + size - begin;
    }
  }
  return at - begin;
}

/// A time of day at `at`: 12:34:56.789, or 0.
std::size_t time_of_day(std::string_view text, std::size_t at) {
  for (const std::string_view form : {"99:99:99", "9:99:99"}) {
    if (const auto size = matches(text, at, form); size != 0) return size + behind_seconds(text, at + size);
  }
  return 0;
}

std::size_t date(std::string_view text, std::size_t at) {
  for (const std::string_view form : {"9999-99-99", "9999/99/99", "99/99/9999"}) {
    if (const auto size = matches(text, at, form); size != 0) return size;
  }
  return 0;
}

/// A unit of time behind a number, with the blank before it.
std::size_t unit(std::string_view text, std::size_t at) {
  const auto blank = at < text.size() && text[at] == ' ' ? std::size_t{1} : std::size_t{0};
  static constexpr std::string_view kUnits[] = {
      "milliseconds", "millisecond", "seconds", "minutes", "second", "minute", "millis", "hours", "hour", "secs",
      "mins",         "min",         "sec",     "ms",      "us",     "ns",     "s",      "m",     "h"};
  for (const auto word : kUnits) {
    if (text.substr(std::min(at + blank, text.size()), word.size()) != word) continue;
    const auto end = at + blank + word.size();
    // "3m12s" is one duration after another; "3 more" is none.
    if (end < text.size() && is_word(text[end]) && !is_digit(text[end])) continue;
    return blank + word.size();
  }
  return 0;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

NodePaths paths_of(const FlowNodes& nodes) {
  NodePaths out;
  for (const auto& node : nodes) out.add(node);
  return out;
}

std::vector<StagePair> compare_stages(const FlowNodes& a, const FlowNodes& b) {
  std::vector<StagePair> out;
  const auto stage_of = [](const FlowNode& node) {
    return StageOf{node.result, node.ended_millis == 0 ? -1 : node.ended_millis - node.started_millis, node.id};
  };
  const auto paths_a = paths_of(a), paths_b = paths_of(b);
  for (const auto& node : a) {
    if (is_stage(node)) out.push_back({paths_a.of(node), stage_of(node), {}});
  }
  std::size_t place = 0;  // behind the stage that came before it in b
  for (const auto& node : b) {
    if (!is_stage(node)) continue;
    const auto path = paths_b.of(node);
    const auto known = std::ranges::find(out, path, &StagePair::path);
    if (known != out.end()) {
      known->b = stage_of(node);
      place = static_cast<std::size_t>(known - out.begin()) + 1;
    } else {
      out.insert(out.begin() + static_cast<std::ptrdiff_t>(place), {path, {}, stage_of(node)});
      ++place;
    }
  }
  return out;
}

std::string without_times(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    if (!is_digit(line[at]) || (at > 0 && is_word(line[at - 1]) && !(out.ends_with('>') && line[at - 1] != '_'))) {
      out += line[at++];
      continue;
    }
    if (auto size = date(line, at); size != 0) {
      auto end = at + size;
      if (end < line.size() && (line[end] == 'T' || line[end] == ' ')) {
        if (const auto clock = time_of_day(line, end + 1); clock != 0) end += 1 + clock;
      }
      out += "<time>";
      at = end;
      continue;
    }
    if (const auto size = time_of_day(line, at); size != 0) {
      out += "<time>";
      at += size;
      continue;
    }
    auto end = at;
    while (end < line.size() && is_digit(line[end])) ++end;
    const auto digits = end - at;
    if (end + 1 < line.size() && (line[end] == '.' || line[end] == ',') && is_digit(line[end + 1])) {
      ++end;
      while (end < line.size() && is_digit(line[end])) ++end;
    }
    if (const auto size = unit(line, end); size != 0) {
      out += "<duration>";
      at = end + size;
    } else if (digits == 13 && end == at + 13) {  // milliseconds since 1970
      out += "<time>";
      at = end;
    } else {
      out += line.substr(at, end - at);
      at = end;
    }
  }
  return out;
}

std::vector<TextChange> compare_texts(std::string_view a, std::string_view b, std::size_t around) {
  const auto left = split_lines(a), right = split_lines(b);
  std::size_t first = 0;
  while (first < left.size() && first < right.size() && left[first] == right[first]) ++first;
  std::size_t last = 0;
  while (last < left.size() - first && last < right.size() - first &&
         left[left.size() - 1 - last] == right[right.size() - 1 - last]) {
    ++last;
  }
  const auto rows = left.size() - first - last, columns = right.size() - first - last;
  std::vector<TextChange> all;
  const auto add = [&](TextChange::Kind kind, std::size_t i, std::size_t j) {
    all.push_back({kind, kind == TextChange::Kind::added ? 0 : static_cast<std::uint32_t>(i + 1),
                   kind == TextChange::Kind::removed ? 0 : static_cast<std::uint32_t>(j + 1),
                   std::string(kind == TextChange::Kind::added ? right[j] : left[i])});
  };
  for (std::size_t i = first - std::min(first, around); i < first; ++i) add(TextChange::Kind::same, i, i);
  constexpr std::size_t kMostCells = 4'000'000;
  std::size_t i = 0, j = 0;
  if (rows * columns <= kMostCells) {
    // The longest common subsequence, by the table.
    std::vector<std::uint32_t> table((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t r, std::size_t c) -> std::uint32_t& { return table[r * (columns + 1) + c]; };
    for (std::size_t r = rows; r-- > 0;) {
      for (std::size_t c = columns; c-- > 0;) {
        at(r, c) = left[first + r] == right[first + c] ? at(r + 1, c + 1) + 1 : std::max(at(r + 1, c), at(r, c + 1));
      }
    }
    while (i < rows && j < columns) {
      if (left[first + i] == right[first + j]) {
        add(TextChange::Kind::same, first + i++, first + j++);
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        add(TextChange::Kind::removed, first + i++, 0);
      } else {
        add(TextChange::Kind::added, 0, first + j++);
      }
    }
  }
  while (i < rows) add(TextChange::Kind::removed, first + i++, 0);
  while (j < columns) add(TextChange::Kind::added, 0, first + j++);
  for (std::size_t k = 0; k < std::min(last, around); ++k) {
    add(TextChange::Kind::same, left.size() - last + k, right.size() - last + k);
  }
  // What is the same and far from any change says nothing.
  std::vector<bool> keep(all.size(), false);
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (all[k].kind == TextChange::Kind::same) continue;
    for (std::size_t n = k - std::min(k, around); n <= std::min(k + around, all.size() - 1); ++n) keep[n] = true;
  }
  std::vector<TextChange> out;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (keep[k]) out.push_back(std::move(all[k]));
  }
  return out;
}

void LogDifference::add(const LogLine& line, std::int32_t sign) {
  auto& seen = sign > 0 ? seen_a_ : seen_b_;
  if (seen >= kMostLines) return;
  ++seen;
  counts_[std::hash<std::string>()(without_times(line.text))] += sign;
}

void LogDifference::show(const LogLine& line, std::int32_t sign, std::vector<LogLine>& out) {
  if (out.size() >= kMostShown) return;
  const auto found = counts_.find(std::hash<std::string>()(without_times(line.text)));
  if (found == counts_.end() || found->second * sign <= 0) return;
  found->second -= sign;
  out.push_back(line);
}

void LogDifference::settle() {
  differing_ = {};
  for (const auto& [hash, count] : counts_) {
    if (count > 0) differing_.first += static_cast<std::uint64_t>(count);
    if (count < 0) differing_.second += static_cast<std::uint64_t>(-count);
  }
  std::erase_if(counts_, [](const auto& entry) { return entry.second == 0; });
}

}  // namespace windlass::runs
