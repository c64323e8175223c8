// Warnings: what is valid and yet probably not meant, or not safe. They never make a file invalid.
// Source: cli.md (lint), threats.md T30 (values pasted into shells), pipeline-language 2.2 (unknown functions).
#pragma once

#include <vector>

#include "groovy/ast.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

void lint(const groovy::Tree& tree, const std::vector<Model>& models, const Catalog& catalog, Findings& findings);

}  // namespace windlass::jenkinsfile
