// A shared library that `--library NAME=URL` names by its git repository: one tree of it, fetched when the run begins.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/run_inputs.h"

namespace windlass::engine {

/// The work tree of one version, below the state folder; gone when this is.
class RepositoryTree {
 public:
  /// The library's own version comes first, then `asked`, then the repository's default branch. Git runs with the
  /// environment of the run, so that whoever starts it uses the credentials that their git has; it never asks.
  /// Errors: not_found `No version v found for library n`; unavailable with what git says.
  static Result<RepositoryTree> fetch(const LibraryInput& library, const std::string& asked, const RunInputs& inputs);

  RepositoryTree(RepositoryTree&& other) noexcept;
  RepositoryTree& operator=(RepositoryTree&&) = delete;
  RepositoryTree(const RepositoryTree&) = delete;
  RepositoryTree& operator=(const RepositoryTree&) = delete;
  ~RepositoryTree();

  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  explicit RepositoryTree(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace windlass::engine
