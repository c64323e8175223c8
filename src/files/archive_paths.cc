// Which names and link targets of an archive are acceptable, judged before the file system is touched.
#include "files/archive.h"

namespace windlass::files {

namespace {
constexpr std::size_t kMaxEntryPath = 4095;
constexpr std::size_t kMaxName = 255;
}  // namespace

Result<std::string> clean_entry_path(std::string_view path) {
  const std::string shown = "the archive's entry '" + std::string(path.substr(0, path.find('\0')).substr(0, 200)) + "'";
  if (path.size() > kMaxEntryPath) return fail(ErrorKind::invalid, shown + " has a path of more than 4,095 bytes");
  if (path.find('\0') != std::string_view::npos) return fail(ErrorKind::invalid, shown + " holds a NUL character");
  if (path.starts_with('/')) return fail(ErrorKind::forbidden, shown + " has an absolute path");
  if (path.size() >= 2 && path[1] == ':' && (path.size() == 2 || path[2] == '\\' || path[2] == '/')) {
    return fail(ErrorKind::forbidden, shown + " has an absolute path");
  }
  std::string out;
  for (const auto& name : split_path(path)) {
    // "..\.." is one harmless name here, but means a way out to whoever unpacks the tree again elsewhere.
    if (name == ".." || name.find("..\\") != std::string::npos || name.find("\\..") != std::string::npos) {
      return fail(ErrorKind::forbidden, shown + " leads out of the folder");
    }
    if (name.size() > kMaxName) return fail(ErrorKind::invalid, shown + " has a name of more than 255 bytes");
    out += (out.empty() ? "" : "/") + name;
  }
  return out;
}

bool link_stays_inside(std::string_view entry, std::string_view target) {
  if (target.empty() || target.starts_with('/') || target.find('\0') != std::string_view::npos) return false;
  std::size_t depth = split_path(entry).size() - 1;
  for (const auto& name : split_path(target)) {
    if (name != "..") {
      ++depth;
    } else if (depth-- == 0) {
      return false;
    }
  }
  return true;
}

}  // namespace windlass::files
