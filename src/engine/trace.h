// Stack traces as Jenkins' console shows them.
#pragma once

#include <string>

#include "vm/vm.h"

namespace windlass::engine {

/// The deepest cause first, what it caused below it as `Caused: …`, suppressed throwables as `Also:   …`. A closure's
/// frame is shown as the method it is written in, as people see it in Jenkins; frames of the preludes are left out.
/// Ends with a newline.
std::string format_trace(vm::Vm& vm, vm::Value throwable);

}  // namespace windlass::engine
