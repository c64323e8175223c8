// What all file steps share: paths as a script writes them, folders as roots, patterns as filters, and errors as the
// Java exceptions that scripts catch.
//
// Not a policy of who may read what: a step's path may be absolute, as on every agent. But walks are confined to their
// folder: a link that leads out of the workspace is never followed by a pattern (T11, T13, T18).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "files/root.h"
#include "steps/effect.h"
#include "text/ant_glob.h"

namespace windlass::steps {

/// The absolute, lexically clean form of a step's path; relative ones start at the current directory. In a mirror of a
/// pod's files it never leads out of the mirror.
std::string absolute_path(const Place& place, std::string_view path);
/// The current directory when `dir` is empty, else as absolute_path.
std::string folder_of(const Place& place, std::string_view dir);
/// A root that takes absolute paths, for single files named by the script.
Result<files::Root> machine_root();

/// A variable of the step's environment, or empty.
std::string environment_variable(const Place& place, std::string_view name);

/// A text argument; `otherwise` when it is missing or null. Numbers and booleans are written out.
std::string text_of(const data::Value& arguments, std::string_view name, std::string_view otherwise = {});
inline bool flag_of(const data::Value& arguments, std::string_view name, bool otherwise = false) {
  return arguments.get_bool(name, otherwise);
}

/// Accepts what the patterns match and prunes folders that cannot hold any.
files::PathFilter filter_of(text::AntFileSet patterns);

/// The exception of java.nio for an operation on `path` that failed.
std::unexpected<StepError> file_error(const Error& error, const std::string& path);
/// java.io.IOException with the sentence of the error.
std::unexpected<StepError> io_error(const Error& error);

inline void log_line(EffectContext& context, std::string_view text) { context.run.log(std::string(text) + "\n"); }

/// Copies one regular file to `to` under the clean relative path, replacing what is there (never through a link).
/// Keeps time and permission bits (setuid and the like dropped).
Result<void> copy_file(const files::Root& from, std::string_view path, const files::Root& to, std::string_view to_path);

/// Sets when an open file was changed, in milliseconds since 1970.
Result<void> set_modified(int file, std::int64_t milliseconds);

struct FoundFile {
  std::string path;  ///< relative to the folder
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::string from;  ///< absolute path to read it by; differs from folder/path only for links
};
/// Regular files below `folder` that match, sorted; links are followed to regular files of the workspace only (or left
/// out). A missing folder holds nothing. Errors: a cancelled run, walk limits.
Result<std::vector<FoundFile>> find_files(EffectContext& context, const std::string& folder,
                                          const text::AntFileSet& patterns, bool follow_links = true);

/// A fresh checkout begins in an empty folder. Only folders of the node are emptied: `dir('/home/me')` is not ours to
/// delete. Errors: invalid (not empty and elsewhere), those of files.
Result<void> empty_for_checkout(const Place& place, const std::string& folder);

/// Makes the content of a file durable before a record names it; nothing where the run's files are not kept (in a pod).
Result<void> sync_file(const EffectContext& context, const std::string& path);
/// The same for many files below one folder, at the price of one call.
Result<void> sync_below(const EffectContext& context, const std::string& folder);

}  // namespace windlass::steps
