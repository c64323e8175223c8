#include "cli/terminal_text.h"

#include <algorithm>
#include <cstdio>

#include "text/utf.h"

namespace windlass::cli {
namespace {

constexpr std::string_view kClosingMarks = "，。；：、？！）》」』”’…,.;:?!)";

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::bold:
      return "1";
    case Ink::dim:
      return "2";
    case Ink::red:
      return "31";
    case Ink::green:
      return "32";
    case Ink::yellow:
      return "33";
    case Ink::magenta:
      return "35";
    case Ink::cyan:
      return "36";
  }
  return "";
}

std::string_view without_trailing_spaces(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Index behind the escape sequence that begins at `i` (an ESC).
std::size_t behind_escape(std::string_view text, std::size_t i) {
  if (++i >= text.size()) return i;
  char kind = text[i++];
  if (kind == '[') {
    while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
    return std::min(i + 1, text.size());
  }
  if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') {  // strings end at BEL or ESC backslash
    while (i < text.size() && text[i] != '\a') {
      if (text[i] == '\x1b') return std::min(i + 2, text.size());
      ++i;
    }
    return std::min(i + 1, text.size());
  }
  while (kind >= ' ' && kind <= '/' && i < text.size()) kind = text[i++];  // ESC ( B and the like
  return i;
}

}  // namespace

std::string paint(std::string_view text, Ink ink, bool color) {
  auto code = code_of(ink);
  if (!color || code.empty() || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  auto width = text::display_width(text);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

std::vector<std::string_view> unbreakable_parts(std::string_view line) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  bool after_wide = false;
  bool after_space = false;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t at = i;
    (void)text::next_code_point(line, i);
    auto sign = line.substr(at, i - at);
    bool space = sign == " ";
    bool wide = text::display_width(sign) == 2;
    bool closing = kClosingMarks.find(sign) != std::string_view::npos;
    bool may_break = at > begin && !space && !closing && (after_space || wide || after_wide);
    if (may_break) {
      pieces.push_back(line.substr(begin, at - begin));
      begin = at;
    }
    after_space = space;
    after_wide = wide;
  }
  pieces.push_back(line.substr(begin));
  return pieces;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (;;) {
    auto end = text.find('\n');
    std::string line;
    std::size_t used = 0;
    for (auto piece : unbreakable_parts(text.substr(0, end))) {
      auto width = text::display_width(without_trailing_spaces(piece));
      if (used > 0 && used + width > columns) {
        lines.emplace_back(without_trailing_spaces(line));
        line.clear();
        used = 0;
      }
      line += piece;
      used += text::display_width(piece);
    }
    lines.emplace_back(without_trailing_spaces(line));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (text::display_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  return std::string(text::clip_to_width(text, columns - 1)) + "…";
}

std::string without_controls(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == 0x1b) {
      i = behind_escape(text, i);
      continue;
    }
    if (c < 0x80) {
      if (c == '\t') out += ' ';
      if (c == '\r' && i + 1 < text.size() && text[i + 1] != '\n') out.clear();
      if (c >= 0x20 && c != 0x7f) out += static_cast<char>(c);
      ++i;
      continue;
    }
    auto point = text::next_code_point(text, i);
    bool control = (point >= 0x80 && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
                   (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
    if (!control) text::append_utf8(out, point);
  }
  return out;
}

std::string short_duration(std::int64_t millis) {
  millis = std::max<std::int64_t>(millis, 0);
  long long seconds = millis / 1000;
  char buffer[48];
  if (millis < 10'000) {
    std::snprintf(buffer, sizeof buffer, "%lld.%llds", seconds, static_cast<long long>(millis % 1000 / 100));
  } else if (seconds < 60) {
    std::snprintf(buffer, sizeof buffer, "%llds", seconds);
  } else if (seconds < 3600) {
    std::snprintf(buffer, sizeof buffer, "%lldm%02llds", seconds / 60, seconds % 60);
  } else if (seconds < 86400) {
    std::snprintf(buffer, sizeof buffer, "%lldh%02lldm", seconds / 3600, seconds / 60 % 60);
  } else {
    std::snprintf(buffer, sizeof buffer, "%lldd%02lldh", seconds / 86400, seconds / 3600 % 24);
  }
  return buffer;
}

std::string filled(std::string_view pattern, std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto* part = parts.begin();;) {
    auto at = pattern.find("{}");
    if (at == std::string_view::npos || part == parts.end()) return out += pattern;
    out.append(pattern.substr(0, at)).append(*part++);
    pattern.remove_prefix(at + 2);
  }
}

std::string say(Language language, Text sentence, std::initializer_list<std::string_view> parts) {
  return filled(sentence.in(language), parts);
}

std::string error_text(const Error& error, Language language) {
  return language == Language::chinese ? error.chinese_text() : error.text();
}

}  // namespace windlass::cli
