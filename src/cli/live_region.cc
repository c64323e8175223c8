#include "cli/live_region.h"

#include <algorithm>

#include "cli/terminal_text.h"
#include "text/utf.h"

namespace windlass::cli {
namespace {

constexpr std::string_view kHideCursor = "\x1b[?25l";
constexpr std::string_view kShowCursor = "\x1b[?25h";
constexpr std::string_view kEraseBelow = "\x1b[J";
constexpr std::string_view kEraseRest = "\x1b[K";

std::string up(std::size_t lines) { return lines == 0 ? "\r" : "\x1b[" + std::to_string(lines) + "F"; }

}  // namespace

LiveRegion::~LiveRegion() { clear(); }

/// Rows that the picture takes on a terminal of `columns`: what was drawn on a wider one is wrapped by now.
std::size_t LiveRegion::height_now(std::size_t columns) const {
  if (columns >= columns_ || columns == 0) return drawn_.size();
  std::size_t height = 0;
  for (const auto& line : drawn_) {
    auto width = text::display_width(without_controls(line));
    height += std::max<std::size_t>(1, (width + columns - 1) / columns);
  }
  return height;
}

void LiveRegion::draw(const std::vector<std::string>& lines, std::size_t columns, std::size_t rows) {
  bool resized = columns != columns_ || rows != rows_;
  std::string out;
  if (!cursor_hidden_) out += kHideCursor;
  cursor_hidden_ = true;
  if (!drawn_.empty()) out += up(height_now(columns));
  if (resized) out += kEraseBelow;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    bool unchanged = !resized && i < drawn_.size() && drawn_[i] == lines[i];
    if (!unchanged) {
      out += lines[i];
      out += kEraseRest;
    }
    out += '\n';
  }
  out += kEraseBelow;
  (void)write_(out);
  drawn_ = lines;
  columns_ = columns;
  rows_ = rows;
}

void LiveRegion::clear() {
  std::string out;
  if (!drawn_.empty()) out += up(drawn_.size()) + std::string(kEraseBelow);
  if (cursor_hidden_) out += kShowCursor;
  drawn_.clear();
  cursor_hidden_ = false;
  if (!out.empty()) (void)write_(out);
}

void LiveRegion::leave(const std::vector<std::string>& lines) {
  std::string out;
  if (!drawn_.empty()) out += up(drawn_.size()) + std::string(kEraseBelow);
  for (const auto& line : lines) out += line + "\n";
  if (cursor_hidden_) out += kShowCursor;
  drawn_.clear();
  cursor_hidden_ = false;
  (void)write_(out);
}

}  // namespace windlass::cli
