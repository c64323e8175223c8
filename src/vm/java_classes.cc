// The table behind java_classes.h. Lookup by name is a binary search over an index that is computed at compile time.
#include "vm/java_classes.h"

#include <algorithm>
#include <array>
#include <string>

namespace windlass::vm {

namespace {

using enum ClassFlavor;

#define WL_JAVA_CLASS(id, name, super, interfaces, flavor) JavaClass{name, java::super, interfaces, flavor},
constexpr std::array<JavaClass, java::count_> kClasses = {
#include "vm/java_classes.inc"
};
#undef WL_JAVA_CLASS

constexpr std::array<ClassId, java::count_> make_sorted() {
  std::array<ClassId, java::count_> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<ClassId>(i);
  std::sort(order.begin(), order.end(), [](ClassId a, ClassId b) { return kClasses[a].name < kClasses[b].name; });
  return order;
}
constexpr std::array<ClassId, java::count_> kByName = make_sorted();

ClassId find_exact(std::string_view name) {
  const auto* it = std::lower_bound(kByName.begin(), kByName.end(), name,
                                    [](ClassId id, std::string_view text) { return kClasses[id].name < text; });
  return it != kByName.end() && kClasses[*it].name == name ? *it : kNoClass;
}

}  // namespace

std::span<const JavaClass> java_classes() { return kClasses; }

ClassId find_java_class(std::string_view full_name) {
  if (const ClassId id = find_exact(full_name); id != kNoClass) return id;
  const auto dot = full_name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return kNoClass;
  std::string inner(full_name);
  inner[dot] = '$';
  return find_exact(inner);
}

ClassId find_default_import(std::string_view simple_name) {
  if (simple_name == "BigInteger") return java::big_integer;
  if (simple_name == "BigDecimal") return java::big_decimal;
  std::string name;
  for (std::string_view package : {"java.lang.", "java.util.", "java.io.", "java.net.", "groovy.lang.", "groovy.util.",
                                   "hudson.model.", "jenkins.model."}) {
    name.assign(package);
    name += simple_name;
    if (const ClassId id = find_java_class(name); id != kNoClass) return id;
  }
  return kNoClass;
}

bool java_is_subclass(ClassId sub, ClassId super) {
  if (sub == super || super == java::object) return true;
  if (sub >= java::count_ || super >= java::count_) return false;
  ClassId at = sub;
  while (true) {
    if (at == super) return true;
    std::string_view rest = kClasses[at].interfaces;
    while (!rest.empty()) {
      const auto space = rest.find(' ');
      if (java_is_subclass(find_exact(rest.substr(0, space)), super)) return true;
      rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
    if (at == java::object || kClasses[at].super == at) return false;
    at = kClasses[at].super;
    if (at == java::object) return false;
  }
}

}  // namespace windlass::vm
