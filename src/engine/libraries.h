// Shared libraries on disk: kept whole with the run when they are loaded, so that a resumed run sees the same text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "engine/run_inputs.h"
#include "journal/run_journal.h"

namespace windlass::engine {

/// A library as a run sees it: `version` is the one that was asked for (empty: none), `files` a map from path below
/// the library's folder ("vars/x.groovy") to bytes.
struct LoadedLibrary {
  std::string name;
  std::string version;
  data::Value files;
};

/// "name@version", or "name" alone.
std::pair<std::string, std::string> split_library(std::string_view identifier);

/// Reads vars/, src/ and resources/. Errors: invalid with Jenkins' sentence when there is neither vars/ nor src/;
/// exhausted above 64 MiB.
Result<data::Value> read_library(const LibraryInput& library);

/// Whether a script may have this version of a library that the configuration names (empty: it asks for none, and none
/// is the default). Errors: invalid with Jenkins' sentence.
Result<> check_library_version(const LibraryInput& library, const std::string& version);

/// Implicit libraries, then `identifiers` in their order, each once: what must be there before the script is compiled.
/// Without files; where no version is asked for, it is the configured one.
std::vector<LoadedLibrary> name_libraries(const std::vector<LibraryInput>& known,
                                          const std::vector<std::string>& identifiers);

/// The same with their files; repositories are fetched below `state_folder`. Errors: not_found `No library named n
/// found`, those of read_library and of fetch_library_repository.
Result<std::vector<LoadedLibrary>> find_libraries(const RunInputs& inputs, const std::vector<std::string>& identifiers);

/// What a person must give so that a library of that name is found.
std::string library_advice(std::string_view name);

/// The program part of the run that a library is kept in.
std::string library_role(std::string_view name);

/// Keeps a library that is loaded while the run goes on, unless that is done already.
Result<> keep_library(journal::RunJournal& journal, const LibraryInput& library);

/// The text of a file ("vars/x.groovy", "resources/a.txt").
std::optional<std::string> library_source(const data::Value& files, std::string_view path);

/// File and text of the class of that full name below src/; `a.Outer$Inner` where the file of a.Outer declares Inner.
std::optional<std::pair<std::string, std::string>> find_class_source(const data::Value& files,
                                                                     std::string_view full_name);

}  // namespace windlass::engine
