// Which build parameters a Jenkinsfile defines, as far as its text says so: for whoever types a value before any run
// has. Declarative's `parameters { string(name: …) }` and a script's `properties([parameters([…])])` alike. Pure;
// bounded; a text that is no Groovy has none.
#pragma once

#include <string>
#include <vector>

namespace windlass::jenkinsfile {

struct ParameterName {
  std::string name;
  std::vector<std::string> values;  ///< those of a choice or a boolean, where they are literals
  std::string description;
};

/// In written order, each name once.
std::vector<ParameterName> parameter_names_of(const std::string& script);

}  // namespace windlass::jenkinsfile
