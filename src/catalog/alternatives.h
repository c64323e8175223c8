// Steps of Jenkins plugins that are not offered: what does the same here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace windlass::catalog {

/// What to write instead of a step that is not offered: "sh 'ansible-playbook …' inside sshagent". Empty: nothing is
/// known. The text is a constant.
std::string_view instead_of(std::string_view step);

/// All names that instead_of() knows, sorted.
std::vector<std::string_view> steps_with_alternative();

/// One clause for a name that is no step here: "; did you mean “echo”?", "; use … instead", or "".
std::string hint_for_unknown(const Catalog& catalog, std::string_view name);

}  // namespace windlass::catalog
