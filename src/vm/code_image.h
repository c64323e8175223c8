// Compiled code as bytes and back. The build compiles the preludes and keeps the result as constants, so that a program
// that starts need not parse and compile 190 KB of Groovy before its first line.
//
// Images belong to the build that made them: operations, classes and layouts are numbers in them. They are no format
// for disk or wire, and their bytes are trusted.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "vm/code.h"

namespace windlass::vm {

std::string write_code_image(const CodeUnit& unit);

/// The names in the unit point into `image`, which must live as long as the process. Null when the bytes are not an
/// image. The unit's source has its name only: nothing that runs asks for the text.
std::shared_ptr<const CodeUnit> read_code_image(std::string_view image);

}  // namespace windlass::vm
