// Groovy source that belongs to the program: block steps, globals, Declarative's execution, library methods. The text
// is built in; a run keeps the hash it began with. What these files may call is docs/steps.md.
//
// Invariant: constants; any thread. Files of the folder `gdk/` are library methods, all others are prelude modules.
#pragma once

#include <span>
#include <string_view>

namespace windlass::prelude {

struct PreludeFile {
  std::string_view name;  ///< "control.groovy", "gdk/collections.groovy"
  std::string_view text;
  std::string_view hash;  ///< SHA-256 of the text, hexadecimal
};

/// In the order of their names.
std::span<const PreludeFile> files();

/// nullptr: no such file.
const PreludeFile* find_file(std::string_view name);

/// Over names and texts of all files: equal hashes mean an equal prelude.
std::string_view total_hash();

/// The file that defines `def <function>(`, by the text at the beginning of a line; nullptr when none does. A scan of
/// the sources: for building an index once, not for each call.
const PreludeFile* find_function(std::string_view function);

}  // namespace windlass::prelude
