// Where the texts of Configuration as Code are on this machine: a file, or a folder of them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "casc/casc.h"

namespace windlass::server {

/// The file's, or those of the folder's *.yaml by name. A file that is a ConfigMap stands for what is in it. Errors:
/// not_found, exhausted (8 MiB).
Result<std::vector<casc::File>> read_casc_files(const std::string& path);

/// Changes when one of them does; nothing is read. Links are followed: a mounted ConfigMap is a folder of such.
std::string casc_stamp(const std::string& path);

}  // namespace windlass::server
