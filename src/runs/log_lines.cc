#include "runs/log_lines.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "journal/newlines.h"

namespace windlass::runs {

namespace {

constexpr std::size_t kRows = 64;

std::string without_end(std::string_view line, bool& cut) {
  cut = line.size() > kLongestLine;
  auto kept = line.substr(0, kLongestLine);
  if (cut) {
    // Not in the middle of a character.
    while (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xC0) == 0x80) kept.remove_suffix(1);
    if (!kept.empty() && static_cast<unsigned char>(kept.back()) >= 0xC0) kept.remove_suffix(1);
  }
  return std::string(kept);
}

bool is_ascii(std::string_view text) {
  std::size_t at = 0;
  std::uint64_t any = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    any |= word;
  }
  for (; at < text.size(); ++at) any |= static_cast<unsigned char>(text[at]);
  return (any & 0x8080808080808080u) == 0;
}

/// UTF-8 to UTF-16; what is broken becomes U+FFFD, byte by byte.
std::u16string widen(std::string_view text) {
  std::u16string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = size == 1 ? lead : lead & (0xFFu >> (size + 1));
    bool good = (lead < 0x80 || lead >= 0xC2) && lead < 0xF5 && i + size <= text.size();
    for (std::size_t k = 1; good && k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      good = (next & 0xC0) == 0x80;
      code = code << 6 | (next & 0x3Fu);
    }
    if (good && ((size == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) ||
                 (size == 4 && (code < 0x10000 || code > 0x10FFFF)))) {
      good = false;
    }
    if (!good) {
      out += u'\uFFFD';
      ++i;
      continue;
    }
    if (code >= 0x10000) {
      out += static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      out += static_cast<char16_t>(code);
    }
    i += size;
  }
  return out;
}

/// Whether a search in many lines at once finds at least what a search in each of them does. Look-around and anchors of
/// the text see beyond their line, and what gives nothing back may have taken a newline.
bool works_in_blocks(std::string_view pattern) {
  for (const std::string_view word :
       {"(?=", "(?!", "(?<", "(?>", "\\A", "\\Z", "\\z", "\\G", "\\R", "\\X", "++", "*+", "?+", "}+"}) {
    if (pattern.find(word) != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

Result<Lines> read_lines(journal::RunReader& run, const LinesWanted& wanted) {
  Lines out;
  out.total = WL_TRY(run.log_lines());
  out.bytes = WL_TRY(run.log_size());
  const auto first = wanted.tail != 0 ? (out.total > wanted.tail ? out.total - wanted.tail + 1 : 1)
                                      : std::max<std::uint64_t>(wanted.first, 1);
  out.next = first;
  if (first > out.total) return out;
  const auto place = WL_TRY(run.find_line(first));
  LogLine line;
  line.number = first;
  line.offset = place.offset;
  bool begun = false;  // `line` has bytes
  std::string text;
  std::size_t bytes = 0;
  const auto full = [&] { return out.lines.size() >= wanted.most || bytes >= wanted.most_bytes; };
  const auto end_line = [&](bool whole) {
    line.text = without_end(text, line.cut);
    line.whole = whole;
    bytes += line.text.size() + 64;
    out.next = line.number + (whole ? 1 : 0);
    out.lines.push_back(line);
    text.clear();
    begun = false;
  };
  for (std::uint64_t row = place.row; !full();) {
    const auto rows =
        WL_TRY(wanted.node ? run.read_node_rows(*wanted.node, row, kRows) : run.read_log_rows(row, kRows));
    if (rows.empty()) break;
    row = rows.back().row + 1;
    for (const auto& one : rows) {
      if (full()) break;
      std::string_view rest = one.bytes;
      auto number = one.line + 1;
      auto offset = one.start;
      if (one.row == place.row) {
        rest.remove_prefix(static_cast<std::size_t>(place.offset - one.start));
        number = first;
        offset = place.offset;
      }
      // Of one step: a line of it that another one's text has broken ends there.
      if (begun && wanted.node && line.number != number) {
        end_line(true);
      }
      while (!rest.empty() && !full()) {
        const auto end = rest.find('\n');
        const auto piece = rest.substr(0, end);
        if (!begun) {
          line = {.number = number, .offset = offset, .node = one.node, .time_millis = one.time_ms, .text = {}};
          begun = true;
        }
        if (text.size() <= kLongestLine)
          text += piece.substr(0, kLongestLine + 1 - std::min(text.size(), kLongestLine));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
        offset += end + 1;
        ++number;
        end_line(true);
      }
    }
  }
  if (begun && !full()) end_line(false);
  return out;
}

Result<LogSearch> LogSearch::make(std::string_view pattern, bool ignore_case, std::uint64_t first_line) {
  constexpr std::size_t kLongestPattern = 1000;
  if (pattern.empty()) return fail(ErrorKind::invalid, "the pattern is empty");
  if (pattern.size() > kLongestPattern) return fail(ErrorKind::invalid, "the pattern is longer than 1000 bytes");
  const unsigned flags = ignore_case ? text::kRegexCaseInsensitive | text::kRegexUnicodeCase : 0u;
  auto regex = WL_TRY(text::Regex::compile(pattern, flags));
  std::optional<text::Regex> in_block;
  if (is_ascii(pattern) && works_in_blocks(pattern)) {
    in_block = WL_TRY(text::Regex::compile(pattern, flags | text::kRegexMultiline));
  }
  return LogSearch(std::move(regex), std::move(in_block), std::max<std::uint64_t>(first_line, 1));
}

void LogSearch::pass(std::string_view line) {
  ++line_;
  offset_ += line.size() + 1;
}

Result<> LogSearch::look_at_line(std::string_view line, std::vector<Match>& out) {
  Match match;
  match.line.text = without_end(line, match.line.cut);
  std::u16string wide;
  const auto found = is_ascii(match.line.text)
                         ? WL_TRY(regex_.match(text::Subject(std::string_view(match.line.text))))
                         : WL_TRY(regex_.match(text::Subject(std::u16string_view(wide = widen(match.line.text)))));
  if (!found) return {};
  match.line.number = line_;
  match.line.offset = offset_;
  match.line.node = node_;
  match.line.time_millis = time_;
  match.start = (*found)[0].start;
  match.end = (*found)[0].end;
  out.push_back(std::move(match));
  return {};
}

/// Whole lines, each with its newline.
Result<> LogSearch::look_at(std::string_view block, std::vector<Match>& out) {
  bool quick = in_block_.has_value() && is_ascii(block);
  std::size_t at = 0;
  while (at < block.size()) {
    auto end = block.find('\n', at);
    if (quick) {
      const auto found = in_block_->match(text::Subject(block), at);
      if (!found) {
        // Too much at once; line by line it may be little. Not tried again.
        quick = false;
        in_block_.reset();
      } else if (!*found) {
        line_ += journal::newlines_in(block.substr(at));
        offset_ += block.size() - at;
        return {};
      } else {
        const auto start = static_cast<std::size_t>((**found)[0].start);
        if (start >= block.size()) {
          line_ += journal::newlines_in(block.substr(at));
          offset_ += block.size() - at;
          return {};
        }
        const auto before = start == 0 ? std::string_view::npos : block.rfind('\n', start - 1);
        const auto begin = before == std::string_view::npos || before < at ? at : before + 1;
        line_ += journal::newlines_in(block.substr(at, begin - at));
        offset_ += begin - at;
        at = begin;
        end = block.find('\n', at);
      }
    }
    const auto line = block.substr(at, end - at);
    WL_CHECK_OK(look_at_line(line, out));
    pass(line);
    at = end + 1;
  }
  return {};
}

Result<std::vector<LogSearch::Match>> LogSearch::look(journal::RunReader& run, std::size_t bytes) {
  std::vector<Match> out;
  std::size_t skip = 0;
  if (row_ == 0) {
    const auto place = WL_TRY(run.find_line(line_));
    row_ = place.row;
    line_ = place.line;
    offset_ = place.offset;
    const auto rows = WL_TRY(run.read_log_rows(row_, 1));
    if (!rows.empty()) skip = static_cast<std::size_t>(place.offset - rows.front().start);
  }
  std::size_t seen = 0;
  Result<> good;
  WL_CHECK_OK(run.scan_log(row_, [&](journal::LogRow&& row) {
    row_ = row.row + 1;
    const auto rest = std::string_view(row.bytes).substr(std::exchange(skip, 0));
    seen += rest.size() + 64;
    good = look_at_row(row, rest, out);
    return good && seen < bytes;
  }));
  WL_CHECK_OK(std::move(good));
  if (seen >= bytes) return out;
  // The end of the log, as it is now.
  if (!begun_.empty()) {
    node_ = begun_node_;
    time_ = begun_time_;
    WL_CHECK_OK(look_at_line(begun_, out));
    if (!out.empty() && out.back().line.number == line_) out.back().line.whole = false;
    begun_.clear();
  }
  done_ = true;
  return out;
}

Result<> LogSearch::look_at_row(const journal::LogRow& row, std::string_view rest, std::vector<Match>& out) {
  if (!begun_.empty()) {
    const auto end = rest.find('\n');
    begun_ += rest.substr(0, end);
    if (end == std::string_view::npos) {
      if (begun_.size() > journal::kMaxPayload) return fail(ErrorKind::exhausted, "a line of the log is too long");
      return {};
    }
    rest.remove_prefix(end + 1);
    node_ = begun_node_;
    time_ = begun_time_;
    WL_CHECK_OK(look_at_line(begun_, out));
    pass(begun_);
    begun_.clear();
  }
  node_ = row.node;
  time_ = row.time_ms;
  const auto last = rest.rfind('\n');
  const auto whole = last == std::string_view::npos ? 0 : last + 1;
  WL_CHECK_OK(look_at(rest.substr(0, whole), out));
  if (whole < rest.size()) {
    begun_ = rest.substr(whole);
    begun_node_ = row.node;
    begun_time_ = row.time_ms;
  }
  return {};
}

}  // namespace windlass::runs
