// JSON of a Declarative part → Groovy text, indented. Source: the same public JSON format as convert.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/json_parts.h"

namespace windlass::jenkinsfile {

/// Writes parts. The first thing that cannot be written is kept in problem(), and the text is then meaningless.
class JsonText {
 public:
  JsonText(const Catalog& catalog, std::string unit) : catalog_(catalog), unit_(std::move(unit)) {}

  /// One part as it stands in place of another; lines after the first begin with `indent`.
  std::string part(Role role, const data::Value& json, const std::string& indent);
  /// A member of a pipeline, stage, matrix, when or input as a statement ("agent any", "steps { … }").
  std::string member(std::string_view name, const data::Value& json, const std::string& indent);
  /// A whole file.
  std::string file(const data::Value& json);

  [[nodiscard]] const std::optional<std::string>& problem() const { return problem_; }

 private:
  void fail(std::string_view what) {
    if (!problem_) problem_ = std::string(what);
  }
  std::string name_of(const data::Value& json, std::string_view member, std::string_view what);
  std::string value(const data::Value& json);
  std::string block(std::string_view head, const data::Value& list, Role role, const std::string& indent);
  std::string members(std::string_view head, const data::Value& object, const std::string& indent);
  std::string step(const data::Value& json, const std::string& indent, bool is_condition);
  std::string step_arguments(const data::Value& json, std::string_view sole, bool has_body, bool& bare);
  std::string call(const data::Value& json);
  std::string branches(const data::Value& json, const std::string& indent);
  std::string agent(const data::Value& json, const std::string& indent);
  std::string closure_map(std::string_view head, const data::Value& list, const std::string& indent);
  std::string axis(const data::Value& json, const std::string& indent);

  const Catalog& catalog_;
  std::string unit_;
  std::optional<std::string> problem_;
};

/// A Groovy literal for a text: '…', or '''…''' when it has several lines.
std::string quote_groovy(std::string_view text);

}  // namespace windlass::jenkinsfile
