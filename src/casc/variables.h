// ${VAR} in the texts of a JCasC document, as Jenkins' Configuration as Code resolves them. What they come from is
// given as functions; nothing is read here. Source: docs/compat/casc.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::casc {

struct Sources {
  /// A variable's value: of the environment, or a secret's file. nullopt: there is none.
  std::function<std::optional<std::string>(std::string_view name)> variable;
  /// A file's bytes, for ${file:…}, ${readFile:…} and ${fileBase64:…}, ${readFileBase64:…}.
  std::function<Result<std::string>(std::string_view path)> file;
};

/// ${VAR}, ${VAR:-otherwise}, ${file:PATH}, ${base64:TEXT}, ${decodeBase64:TEXT}, ${trim:TEXT}; names may hold further
/// ones; ^${…} stands for ${…} as it is. A name that nothing knows becomes empty and is added to `unknown`.
/// Errors: invalid (a ${ that is not closed), exhausted (nested or grown too large), and those of `file`.
Result<std::string> expand(std::string_view text, const Sources& sources, std::vector<std::string>& unknown);

/// The text that expand() gives back as `text`.
std::string escape(std::string_view text);

}  // namespace windlass::casc
