// Shared libraries of the server's configuration, brought here before a run begins: with the credentials of the run's
// project, on the pool, so that a slow repository holds up its own runs alone. What a run keeps of them is libraries.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "engine/run_inputs.h"

namespace windlass::engine {

/// Whether a run of this script is given libraries by these at all: implicit ones, or those that it asks for. Cheap.
bool may_want_libraries(const std::vector<LibraryInput>& known, const std::string& script);

/// The trees of libraries; the folders go when this does.
class FetchedLibraries {
 public:
  /// `known` as a run is to be given them: those that this script needs have a `folder`, or a `problem`. Blocking.
  static std::shared_ptr<const FetchedLibraries> fetch(std::vector<LibraryInput> known, const std::string& script_name,
                                                       const std::string& script, const data::Value& credentials,
                                                       const std::string& state_folder);
  ~FetchedLibraries();
  FetchedLibraries(const FetchedLibraries&) = delete;
  FetchedLibraries& operator=(const FetchedLibraries&) = delete;

  [[nodiscard]] const std::vector<LibraryInput>& libraries() const { return libraries_; }

 private:
  FetchedLibraries() = default;
  std::vector<LibraryInput> libraries_;
  std::string folder_;
};

/// The `retriever` of a configured library, as the step `library` has one.
data::Value retriever_of(const LibraryInput& library);

}  // namespace windlass::engine
