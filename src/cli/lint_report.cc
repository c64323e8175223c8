#include "cli/lint_report.h"

#include "cli/terminal_text.h"
#include "data/json.h"
#include "groovy/parser.h"
#include "jenkinsfile/step_catalog.h"
#include "jenkinsfile/validate.h"
#include "text/utf.h"

namespace windlass::cli {
namespace {

/// Blanks as wide as the line up to `column` (UTF-16 units from 1), so that the caret stands below it.
std::string blanks_to(std::string_view line, std::size_t column) {
  std::string out;
  std::size_t unit = 1;
  for (std::size_t i = 0; i < line.size() && unit < column;) {
    std::size_t at = i;
    auto point = text::next_code_point(line, i);
    unit += point >= 0x10000 ? 2 : 1;
    if (point == U'\t') {
      out += '\t';
    } else {
      out.append(text::display_width(line.substr(at, i - at)), ' ');
    }
  }
  if (unit < column) out.append(column - unit, ' ');
  return out;
}

struct Finding {
  const std::string& file;
  const groovy::Source& source;
  const groovy::Diagnostic& found;
  bool is_error;
  std::string_view message;
};

std::string text_of(const Finding& finding, const LintStyle& style) {
  const auto& [file, source, found, is_error, message] = finding;
  std::string_view severity = is_error ? "error" : "warning";
  auto line = std::to_string(found.position.line);
  auto column = std::to_string(found.position.column);
  if (style.json) {
    return data::format_json(data::Value::map_of("file", file, "line", static_cast<std::int64_t>(found.position.line),
                                                 "column", static_cast<std::int64_t>(found.position.column), "severity",
                                                 severity, "message", message)) +
           "\n";
  }
  auto ink = is_error ? Ink::red : Ink::yellow;
  auto place = file + ":" + line + ":" + column + ": ";
  const auto shown = groovy::shown_line(source, found.position);
  return paint(place, Ink::bold, style.color) + paint(std::string(severity) + ": ", ink, style.color) +
         std::string(message) + "\n" + shown.text + "\n" + blanks_to(shown.text, shown.column) +
         paint("^", ink, style.color) + "\n";
}

}  // namespace

bool report_findings(const std::string& file, std::string text, const LintStyle& style,
                     const std::function<bool(std::string_view)>& write) {
  auto source = std::make_shared<const groovy::Source>("WorkflowScript", std::move(text));
  auto parsed = groovy::parse(source);
  for (const auto& error : parsed.diagnostics) write(text_of({file, *source, error, true, error.message}, style));
  if (!parsed.diagnostics.empty()) return false;
  catalog::Catalog steps;
  auto known = jenkinsfile::make_step_catalog(steps);
  bool library = file.find("vars/") != std::string::npos || file.find("src/") != std::string::npos;
  auto validation =
      jenkinsfile::validate(*parsed.tree, *known,
                            {.role = library ? jenkinsfile::FileRole::library : jenkinsfile::FileRole::jenkinsfile,
                             .library_functions = style.library_functions,
                             .lint = true});
  for (const auto& error : validation.errors) write(text_of({file, *source, error, true, error.message}, style));
  if (style.warnings) {
    for (const auto& warning : validation.warnings) {
      const Text words{warning.message, warning.chinese};
      write(text_of({file, *source, warning, false, words.in(style.language)}, style));
    }
  }
  return validation.errors.empty();
}

}  // namespace windlass::cli
