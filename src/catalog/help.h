// The description of a step as text for a terminal: `windlass steps NAME`, lint's notes, hover texts. Pure.
#pragma once

#include <string>

#include "catalog/catalog.h"

namespace windlass::catalog {

/// Several lines: the call's shape, what it does, its parameters with types and defaults, what it returns.
std::string help_text(const StepDescription& step, Language language);

/// One line: `timeout(time: int, unit: …, activity: boolean) { }`, required parameters first as written.
std::string signature_text(const StepDescription& step);

}  // namespace windlass::catalog
