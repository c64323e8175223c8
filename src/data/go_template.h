// Go's text/template over Values: what templates of pipelines and steps are written in. Actions, pipelines, variables,
// if, range, with, define, template, block, break, continue, trimming, comments, and Go's own functions (and, or, not,
// len, index, slice, print, printf, println, html, js, urlquery, eq, ne, lt, le, gt, ge).
//
// What this is not: methods, channels, `call`. Numbers print as they were written (Go would print a JSON 1000000 as
// 1e+06, which no template means). Values missing from a map print as `<no value>`.
// Pure and bounded: depth, steps and bytes, since templates are what users write. Source: Go's documentation of
// text/template.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

struct GoTemplateOptions {
  std::string name = "template";  ///< in messages: "template: NAME:3: …"
  std::string open = "{{";
  std::string close = "}}";
  std::size_t max_bytes = 1u << 20;         ///< of the template
  std::size_t max_output_bytes = 4u << 20;  ///< of what it gives
  std::uint32_t max_steps = 200'000;        ///< actions performed
};

class GoTemplate {
 public:
  /// Errors: invalid, with the line ("template: x:3: function \"foo\" not defined"); exhausted.
  static Result<GoTemplate> parse(std::string_view text, GoTemplateOptions options = {});
  /// Errors: invalid (a field of something that has none, wrong arguments), exhausted.
  [[nodiscard]] Result<std::string> render(const Value& data) const;

  struct Program;

 private:
  explicit GoTemplate(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace windlass::data
