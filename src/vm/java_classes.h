// The Java and Groovy classes the evaluator knows by name: identity, super class, interfaces.
// Rows are data; behaviour hangs on the names through native tables (native.h). Source: pipeline-language.md 5.2, 5.11.
//
// Adding a class: one row (super and interfaces must stand above it). The first column becomes a ClassId constant
// `java::name`. Classes that take part in no C++ code may have any free identifier.
#pragma once

#include <span>
#include <string_view>

#include "vm/value.h"

namespace windlass::vm {

enum class ClassFlavor : std::uint8_t { class_, abstract_, interface_, final_, primitive };

struct JavaClass {
  std::string_view name;        ///< "java.lang.String"
  ClassId super;                ///< 0 for Object itself and for interfaces
  std::string_view interfaces;  ///< names, space separated, without those of the super class
  ClassFlavor flavor;
};

namespace java {
#define WL_JAVA_CLASS(id, name, super, interfaces, flavor) id,
enum Id : ClassId {
#include "vm/java_classes.inc"
  count_
};
#undef WL_JAVA_CLASS
}  // namespace java

/// All rows; index = ClassId. Immutable, any thread.
std::span<const JavaClass> java_classes();

/// By full name ("java.util.Map", also "int"); 0xFFFF when unknown. `$` and `.` before an inner name both work.
ClassId find_java_class(std::string_view full_name);

/// A simple name as the default imports see it (java.lang, java.util, java.io, java.net, groovy.lang, groovy.util,
/// BigInteger, BigDecimal, hudson.model, jenkins.model): "List" → java.util.List; 0xFFFF when there is none.
ClassId find_default_import(std::string_view simple_name);

inline constexpr ClassId kNoClass = 0xFFFF;

/// Whether `sub` is `super`, or inherits from or implements it. Both must be rows of this table. O(1) after first use
/// of the Runtime's table; this free function walks.
bool java_is_subclass(ClassId sub, ClassId super);

}  // namespace windlass::vm
