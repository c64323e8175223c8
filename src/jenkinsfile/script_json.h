// Texts in, texts out, for those who keep a Jenkinsfile and its JSON side by side (the converter of pipelines, the
// routes tojson, tojenkinsfile and checkScriptCompile): parsing, validating and converting in one call.
//
// Pure; any thread; bounded by `ScriptLimits`, since the texts come from anybody who may write a pipeline.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "groovy/parser.h"
#include "jenkinsfile/catalog.h"

namespace windlass::jenkinsfile {

struct ScriptLimits {
  std::size_t max_script_bytes = 1u << 20;
  std::size_t max_json_bytes = 4u << 20;
};

/// What is wrong with a script or a JSON model.
struct ScriptProblem {
  std::string message;
  groovy::Position position;          ///< in a script; line 0 in a JSON
  std::vector<std::string> location;  ///< in a JSON: {"pipeline", "stages", "0"}
};

struct Converted {
  std::string text;                     ///< JSON or Jenkinsfile; empty for an empty script
  std::vector<ScriptProblem> problems;  ///< empty: it is converted
  [[nodiscard]] bool good() const { return problems.empty(); }
};

/// Everything that is wrong with a Jenkinsfile, Declarative or Scripted; empty: it compiles.
std::vector<ScriptProblem> check_script(const std::string& script, const Catalog& catalog,
                                        const ScriptLimits& limits = {});
/// A Declarative script as JSON text. A Scripted one is a problem: it has no model.
Converted script_to_json(const std::string& script, const Catalog& catalog, const ScriptLimits& limits = {});
/// The script that the JSON says. Where `current` is a Declarative script already, only what differs changes in it, so
/// that comments and layout stay; else it is written anew. The result is validated.
Converted json_to_script(const std::string& json, const std::string& current, const Catalog& catalog,
                         const ScriptLimits& limits = {});

}  // namespace windlass::jenkinsfile
