#include "jenkinsfile/script_json.h"

#include <memory>

#include "data/json.h"
#include "jenkinsfile/convert.h"
#include "jenkinsfile/validate.h"

namespace windlass::jenkinsfile {

namespace {

/// A script, understood as far as possible.
struct Reading {
  std::shared_ptr<const groovy::Source> source;
  std::unique_ptr<groovy::Tree> tree;
  Validation validation;
  std::vector<ScriptProblem> problems;
  [[nodiscard]] bool declarative() const { return problems.empty() && validation.models.size() == 1; }
};

Reading read(const std::string& script, const Catalog& catalog, const ScriptLimits& limits) {
  Reading out;
  if (script.size() > limits.max_script_bytes) {
    out.problems.push_back({"the script is larger than " + std::to_string(limits.max_script_bytes) + " bytes", {}, {}});
    return out;
  }
  out.source = std::make_shared<const groovy::Source>("WorkflowScript", script);
  auto parsed = groovy::parse(out.source);
  out.tree = std::move(parsed.tree);
  auto errors = std::move(parsed.diagnostics);
  if (errors.empty()) {
    out.validation = validate(*out.tree, catalog);
    errors = out.validation.errors;
  }
  for (auto& error : errors) out.problems.push_back({std::move(error.message), error.position, {}});
  return out;
}

/// "pipeline/stages/0: a stage needs a name" as message and location.
ScriptProblem json_problem(const std::string& message) {
  const auto colon = message.find(": ");
  const auto place = message.substr(0, colon);
  if (colon == std::string::npos || place.find(' ') != std::string::npos) return {message, {}, {}};
  ScriptProblem out{message.substr(colon + 2), {}, {}};
  for (std::size_t at = 0; at <= place.size();) {
    const auto end = std::min(place.find('/', at), place.size());
    if (end > at) out.location.push_back(place.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

}  // namespace

std::vector<ScriptProblem> check_script(const std::string& script, const Catalog& catalog, const ScriptLimits& limits) {
  return read(script, catalog, limits).problems;
}

Converted script_to_json(const std::string& script, const Catalog& catalog, const ScriptLimits& limits) {
  if (is_blank(script)) return {};
  auto reading = read(script, catalog, limits);
  if (!reading.problems.empty()) return {{}, std::move(reading.problems)};
  if (!reading.declarative()) {
    return {{}, {{"the script has no pipeline block: only Declarative Pipelines have a model", {}, {}}}};
  }
  return {data::format_json(to_json(*reading.source, reading.validation.models.front(), catalog)), {}};
}

Converted json_to_script(const std::string& json, const std::string& current, const Catalog& catalog,
                         const ScriptLimits& limits) {
  if (is_blank(json)) return {{}, {{"the JSON is empty", {}, {}}}};
  data::JsonParseOptions options;
  options.max_bytes = limits.max_json_bytes;
  options.max_depth = 200;
  auto model = data::parse_json(json, options);
  if (!model) return {{}, {{model.error().message, {}, {}}}};
  Result<std::string> text = fail(ErrorKind::unsupported, "");
  if (!is_blank(current)) {
    auto reading = read(current, catalog, limits);
    if (reading.declarative()) {
      text = patch_with_json(*reading.source, reading.validation.models.front(), catalog, *model);
    }
  }
  if (!text) text = from_json(*model, catalog);
  if (!text) return {{}, {json_problem(text.error().message)}};
  if (auto problems = check_script(*text, catalog, limits); !problems.empty()) return {{}, std::move(problems)};
  return {std::move(*text), {}};
}

}  // namespace windlass::jenkinsfile
