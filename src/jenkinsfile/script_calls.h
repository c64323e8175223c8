// Warnings about Scripted code: calls of steps with arguments that they refuse when they run, steps that are not
// offered here, and what no run may use (files, programs, connections, Jenkins' own objects). What is ordinary code is
// never more than a warning: names may mean something else where it runs. Source: pipeline-language 2.2, 5.9, 7 (2).
#pragma once

#include <string>
#include <vector>

#include "groovy/ast.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// The script's statements and methods; of Declarative pipelines what stands in `script` and `expression`. Classes are
/// left out: no step is visible there. `library`: functions that come before steps of their name.
void check_script_calls(const groovy::Tree& tree, const std::vector<Model>& models,
                        const std::vector<std::string>& library, const Catalog& catalog, Findings& findings);

}  // namespace windlass::jenkinsfile
