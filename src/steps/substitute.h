// `$NAME` and `${NAME}` in files that a step writes out: managed files, manifests.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace windlass::steps {

/// Names that are not in `variables` stay as they are written. Values are not searched again.
std::string substitute_variables(const std::map<std::string, std::string>& variables, std::string_view text);

}  // namespace windlass::steps
