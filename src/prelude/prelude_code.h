// What the build has made of the prelude files (apps/prelude-compiler), so that a program that starts need not read
// them. Library windlass::prelude_code; constants, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace windlass::prelude {

/// The code image (vm/code_image.h) of a file of files(), by its name; empty where there is none.
std::string_view find_code(std::string_view file);

/// vm::make_method_index() of all natives and the files of `gdk/`, in the order of files().
std::string_view method_index();

struct Definition {
  std::string_view name;
  std::uint32_t file = 0;  ///< of files()
};
/// prelude/definitions.h of all files but those of `gdk/`, sorted; of two with one name the first file's.
std::span<const Definition> defined_functions();
std::span<const Definition> defined_classes();

/// Names a run's prelude: journal::content_hash() of the program part that a run keeps these files in.
std::string_view part_hash();

}  // namespace windlass::prelude
