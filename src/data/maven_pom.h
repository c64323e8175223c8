// pom.xml to the map that readMavenPom gives and back: the members of Maven's Model under their own names, lists where
// Maven has lists (modules, dependencies, plugins …), properties and configuration as maps. Nothing is inherited or
// interpolated; this is the file, not the effective model.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "data/value.h"
#include "data/xml.h"

namespace windlass::data {

/// packaging defaults to "jar"; properties, modules and dependencies are always there. Errors as parse_xml, or invalid
/// when the root is not <project>.
Result<Value> parse_maven_pom(std::string_view text, const XmlParseOptions& options = {});
/// A pom.xml with the Maven 4.0.0 namespace; members in Maven's order, unknown ones behind. `model` must be a map.
Result<std::string> format_maven_pom(const Value& model);

}  // namespace windlass::data
