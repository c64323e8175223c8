#include "server/casc_files.h"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>

#include "store/disk.h"

namespace windlass::server {

namespace {

constexpr std::size_t kMostCasc = std::size_t{8} << 20;

/// The file, or those of the folder.
Result<std::vector<std::string>> names_at(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"))) names.push_back(entry.path());
  }
  std::ranges::sort(names);
  if (names.empty())
    return fail(
        ErrorKind::not_found,
        {"the folder {} has no *.yaml of Configuration as Code", "目录 {} 中没有 Configuration as Code 的 *.yaml"},
        {path});
  return names;
}

}  // namespace

std::string casc_stamp(const std::string& path) {
  const auto names = names_at(path);
  std::string stamp;
  for (const auto& name : names.value_or(std::vector<std::string>())) {
    struct stat status{};
    if (::stat(name.c_str(), &status) != 0) continue;
    stamp += name + " " + std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
             std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + "\n";
  }
  return stamp;
}

Result<std::vector<casc::File>> read_casc_files(const std::string& path) {
  std::vector<casc::File> out;
  for (const auto& name : WL_TRY(names_at(path))) {
    auto text = WL_TRY(store::read_file(name, kMostCasc));
    for (auto& file : casc::files_of({.name = name, .text = std::move(text)})) out.push_back(std::move(file));
  }
  return out;
}

}  // namespace windlass::server
