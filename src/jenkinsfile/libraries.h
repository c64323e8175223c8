// What has to be known of a script before it is compiled: the shared libraries that its `@Library` annotations ask for,
// wherever they hang (imports, `_`, a declaration), and where its `pipeline` blocks stand.
// Source: pipeline-language 1.2, 1.5, 1.7.
#pragma once

#include <string>
#include <vector>

#include "groovy/ast.h"

namespace windlass::jenkinsfile {

/// "name" or "name@version", as written, with the place of its annotation.
struct LibraryRequest {
  std::string identifier;
  groovy::Span span;
  [[nodiscard]] std::string name() const { return identifier.substr(0, identifier.find('@')); }
  [[nodiscard]] std::string version() const;  ///< empty: the configured default
};

/// In written order, without repetitions. Values that are no literal are left out: they cannot be known this early.
std::vector<LibraryRequest> collect_libraries(const groovy::Tree& tree);

/// Where `pipeline { … }` statements stand.
struct PipelineBlocks {
  std::vector<groovy::Stmt*> top_level;   ///< of the script
  std::vector<groovy::Stmt*> in_methods;  ///< in bodies of the script's methods, also below `if` and `try`
  std::vector<groovy::Stmt*> nested;      ///< inside of other blocks of the script: an error
};
PipelineBlocks find_pipeline_blocks(const groovy::Tree& tree);

}  // namespace windlass::jenkinsfile
