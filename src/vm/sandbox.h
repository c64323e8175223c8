// Jenkins' sandbox: the host says which members of libraries are refused (Host::refuse), here is when it is asked and
// how the refusal reads. A text of the host's that ends in a blank is about scripts only and is followed by the
// signature.
#pragma once

#include <span>
#include <string_view>

#include "vm/state.h"

namespace windlass::vm {

/// Groovy's own methods that are refused are named by the class that declares them and by what they are called on.
struct GroovyMethods {
  std::string_view owner, declared_by, receiver;
  std::string_view names;  ///< with blanks between them
};
/// All of them: which they are follows from the host's list, which a test compares with this one.
std::span<const GroovyMethods> refused_groovy_methods();

/// True, with the exception pending, where `f` may not use this member. `by_pointer`: through a pointer to it.
bool sandbox_refuses(Vm::State& state, const Fiber& f, const NativeEntry& entry, bool by_pointer = false);
/// The same for a constructor ("<init>") or method that is no native.
bool sandbox_refuses(Vm::State& state, const Fiber& f, std::string_view owner, std::string_view name,
                     std::span<const Value> args);

}  // namespace windlass::vm
