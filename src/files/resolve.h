// How a path becomes a descriptor: openat2 with RESOLVE_BENEATH, so that the kernel itself keeps every step of the walk
// under the root, whatever other processes do to the tree at the same time (T11, T13). Where the kernel lacks openat2,
// the walk is done here, one name at a time, and refuses every symbolic link and `..` instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

#include "base/result.h"
#include "files/fd.h"

namespace windlass::files {

enum class Links : std::uint8_t {
  follow_inside,  ///< symbolic links count as long as they stay under the root
  refuse,         ///< a symbolic link anywhere in the path is an error
};

/// open(2) of `path` under `root_fd`. `path` is relative and not empty ("." is the root). O_CLOEXEC is added.
/// Errors: invalid (absolute, NUL, empty), forbidden (leaves the root, a link where links are refused, no permission),
/// not_found, already_exists, and as make_error for the rest.
Result<Fd> open_beneath(int root_fd, std::string_view path, int flags, mode_t mode, Links links);
/// The fallback on its own, for kernels without openat2 and for its tests.
Result<Fd> open_by_steps(int root_fd, std::string_view path, int flags, mode_t mode);

/// The folder that holds the last name of `path` and that name; "." and ".." are refused as last names (invalid).
struct Parent {
  Fd folder;
  std::string name;
};
Result<Parent> open_parent(int root_fd, std::string_view path, Links links);

/// Makes all folders of `path` that are missing, below `root_fd`; returns the last one, opened.
Result<Fd> make_folders(int root_fd, std::string_view path, Links links);

/// Why a path cannot be used at all: empty, NUL inside, longer than PATH_MAX allows.
Result<void> check_path(std::string_view path);
/// "cannot WHAT 'PATH': no such file" with the kind that the errno stands for.
Error make_error(int error_number, std::string_view what, std::string_view path);
/// Names between slashes, without empty ones and ".".
std::vector<std::string> split_path(std::string_view path);

}  // namespace windlass::files
