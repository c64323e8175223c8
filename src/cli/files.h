// Reading files that the user names, with a sentence when it does not work.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/language.h"

namespace windlass::cli {

/// The whole file; "-" is standard input. Errors: not_found, invalid (a folder, larger than 64 MiB).
Result<std::string> read_file(const std::string& path, Language language);

/// `path` from `working_folder`, without `.` and `..`.
std::string absolute_path(const std::string& working_folder, const std::string& path);

}  // namespace windlass::cli
