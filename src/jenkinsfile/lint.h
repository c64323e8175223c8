// Warnings: what is valid and yet probably not meant, or not safe. They never make a file invalid.
// Source: cli.md (lint), threats.md T30 (values pasted into shells), pipeline-language 2.2 (unknown functions); calls
// of Scripted code: script_calls.h.
#pragma once

#include <string>
#include <vector>

#include "groovy/ast.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// `library`: functions of a shared library that are known.
void lint(const groovy::Tree& tree, const std::vector<Model>& models, const std::vector<std::string>& library,
          const Catalog& catalog, Findings& findings);

}  // namespace windlass::jenkinsfile
