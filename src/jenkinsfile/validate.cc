#include "jenkinsfile/validate.h"

#include "jenkinsfile/check_model.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/libraries.h"
#include "jenkinsfile/lint.h"
#include "jenkinsfile/read_model.h"

namespace windlass::jenkinsfile {

Validation validate(const groovy::Tree& tree, const Catalog& catalog, const ValidateOptions& options) {
  Validation out;
  Findings findings(tree.source());
  const auto blocks = find_pipeline_blocks(tree);
  auto read = [&](const groovy::Stmt* statement) {
    out.models.push_back(read_model(statement, findings));
    check_model(out.models.back(), catalog, findings);
  };
  if (!blocks.top_level.empty()) {
    read(blocks.top_level.front());
    for (std::size_t i = 1; i < blocks.top_level.size(); ++i) {
      findings.error(blocks.top_level[i]->span.begin,
                     "Only one pipeline { ... } block can be executed in a single run.");
    }
  }
  if (options.role == FileRole::library) {
    for (const auto* statement : blocks.in_methods) read(statement);
  }
  for (const auto* statement : blocks.nested) {
    findings.error(statement->span.begin, "pipeline block must be at the top-level, not within another block.");
  }
  if (options.lint) lint(tree, out.models, options.library_functions, catalog, findings);
  out.errors = findings.take_errors();
  out.warnings = findings.take_warnings();
  return out;
}

}  // namespace windlass::jenkinsfile
