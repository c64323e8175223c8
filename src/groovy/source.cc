// Source: offsets to lines and columns.
#include <algorithm>

#include "groovy/ast.h"
#include "groovy/unicode.h"

namespace windlass::groovy {

Source::Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const bool lone_return = text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n');
    if (text_[i] == '\n' || lone_return) line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::uint32_t Source::line_number(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

Position Source::position(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const auto line = line_number(offset);
  std::uint32_t column = 1;
  for (std::size_t i = line_starts_[line - 1]; i < offset;) {
    const auto point = decode_utf8(text_, i);
    column += point.code >= 0x10000 ? 2 : 1;
    i += point.length;
  }
  return {line, column};
}

std::string_view Source::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const auto begin = line_starts_[number - 1];
  const auto end = number < line_starts_.size() ? line_starts_[number] : text_.size();
  auto line = std::string_view(text_).substr(begin, end - begin);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace windlass::groovy
