// Java classes that a Jenkins would have and this evaluator has not: code that names them compiles, and only their use
// fails.
#pragma once

#include <string>
#include <string_view>

namespace windlass::vm {

/// Whether a full class name lies in a package of the JDK, of Groovy, of Jenkins or of what its plugins bring.
bool is_foreign_package(std::string_view name);

/// The full name of a class that scripts see without import (java.lang, java.util, java.io, java.net, groovy.lang,
/// groovy.util) although it is none of java_classes.h; empty when there is none.
std::string find_foreign_import(std::string_view simple_name);

/// What the error says when such a class is used: its name, why it is not there, what to use instead.
std::string foreign_class_message(std::string_view full_name);

/// Whether a member that the evaluator does not have is one of the outside world: files, network, processes, Jenkins'
/// own objects. Then what to use instead; else empty.
std::string_view instead_of(std::string_view owner, std::string_view member);

}  // namespace windlass::vm
