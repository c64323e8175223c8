// Bytes to syntax tree: the Groovy 2.4 grammar that pipelines and shared libraries use, by hand-written recursive
// descent with precedence climbing for expressions. Source of truth: Groovy 2.4.21 itself (tests/groovy/**, the
// differential test); `reference` rules in docs/language.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "groovy/ast.h"

namespace windlass::groovy {

/// One problem in the text, in the compiler's words ("expecting ']', found '}'"), without position suffix.
struct Diagnostic {
  Position position;
  std::string message;
};

struct ParseLimits {
  std::uint32_t max_depth = 2500;               ///< nesting of any kind; deeper is a diagnostic, never a crash
  std::uint32_t max_bytes = 64u * 1024 * 1024;  ///< of source text
  std::uint32_t max_diagnostics = 100;
};

struct ParseResult {
  std::unique_ptr<Tree> tree;           ///< always set; holds what could be understood
  std::vector<Diagnostic> diagnostics;  ///< empty: the text is valid
};

/// Pure; any thread. Never throws, never recurses deeper than limits.max_depth allows, linear in the text.
/// A first line that starts with #! is skipped, a byte-order mark too.
ParseResult parse(std::shared_ptr<const Source> source, const ParseLimits& limits = {});

/// A source line as messages show it, with the caret's column in it: of a line of many kilobytes only what is around.
struct ShownLine {
  std::string text;
  std::size_t column = 0;
};
ShownLine shown_line(const Source& source, Position position);

/// The text of one diagnostic frame as Groovy and Jenkins print it:
///   WorkflowScript: 3: MESSAGE @ line 3, column 1.
///      source line
///      ^
std::string format_diagnostic(const Source& source, const Diagnostic& diagnostic);

/// "startup failed:" text: header, one paragraph each with a blank line, "N error(s)".
std::string format_diagnostics(const Source& source, const std::vector<Diagnostic>& diagnostics);

}  // namespace windlass::groovy
