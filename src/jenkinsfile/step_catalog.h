// The validator's Catalog, filled from the step descriptions.
#pragma once

#include <memory>

#include "catalog/catalog.h"
#include "jenkinsfile/basic_catalog.h"

namespace windlass::jenkinsfile {

/// Declarative's own symbols and every described step. A few hundred small strings: make it once per run of the
/// program.
std::unique_ptr<BasicCatalog> make_step_catalog(const catalog::Catalog& steps);

}  // namespace windlass::jenkinsfile
