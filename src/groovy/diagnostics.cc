// The frames in which Groovy and Jenkins print compile errors (pipeline-language §2.11).
#include "groovy/parser.h"

namespace windlass::groovy {

namespace {
constexpr std::size_t kLongestLine = 1000;  ///< bytes that are shown whole
constexpr std::size_t kAround = 100;        ///< columns on either side of the caret in a longer one
}  // namespace

ShownLine shown_line(const Source& source, Position position) {
  const std::string_view line = source.line(position.line);
  if (line.size() <= kLongestLine) return {std::string(line), position.column};
  const std::size_t from = position.column > kAround ? position.column - kAround : 1;
  const std::size_t to = position.column + kAround;
  ShownLine out;
  if (from > 1) out.text = "…";
  std::size_t column = 1;  // UTF-16 units, as positions count them
  std::size_t at = 0;
  while (at < line.size() && column < to) {
    const auto lead = static_cast<unsigned char>(line[at]);
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (column >= from) out.text += line.substr(at, bytes);
    column += bytes == 4 ? 2 : 1;
    at += bytes;
  }
  if (at < line.size()) out.text += "…";
  out.column = position.column - from + (from > 1 ? 2 : 1);
  return out;
}

std::string format_diagnostic(const Source& source, const Diagnostic& diagnostic) {
  const auto [line, column] = diagnostic.position;
  std::string out = source.name() + ": " + std::to_string(line) + ": " + diagnostic.message + " @ line " +
                    std::to_string(line) + ", column " + std::to_string(column) + ".\n";
  const auto shown = shown_line(source, diagnostic.position);
  out += "   " + shown.text + "\n";
  out.append(shown.column > 0 ? shown.column + 2 : 3, ' ');
  out += "^\n";
  return out;
}

std::string format_diagnostics(const Source& source, const std::vector<Diagnostic>& diagnostics) {
  std::string out = "startup failed:\n";
  for (const auto& one : diagnostics) {
    out += format_diagnostic(source, one);
    out += "\n";
  }
  out += std::to_string(diagnostics.size()) + (diagnostics.size() == 1 ? " error\n" : " errors\n");
  return out;
}

}  // namespace windlass::groovy
