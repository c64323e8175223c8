// The prelude files as the build has compiled them (apps/prelude-compiler, vm/code_image.h). Library
// windlass::prelude_code; constants, any thread.
#pragma once

#include <string_view>

namespace windlass::prelude {

/// The code image of a file of files(), by its name; empty where there is none.
std::string_view find_code(std::string_view file);

}  // namespace windlass::prelude
