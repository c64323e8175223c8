#include "steps/remote_files.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "steps/place_files.h"

namespace windlass::steps {

Result<RunFolderSink::Split> RunFolderSink::split(const std::string& path) {
  const auto slash = path.find('/');
  const auto name = path.substr(0, slash);
  auto found = roots_.find(name);
  if (found == roots_.end()) {
    const auto folder = WL_TRY(run_.run_folder(name));
    folders_.insert(folder);
    found = roots_.emplace(name, WL_TRY(files::Root::confined(folder))).first;
  }
  return Split{.root = &found->second, .rest = slash == std::string::npos ? "." : path.substr(slash + 1)};
}

Result<> RunFolderSink::begin(const std::string& path, std::uint32_t mode, std::int64_t modified) {
  const auto at = WL_TRY(split(path));
  // A new file each time: what is there may be a link, or be read by somebody else right now.
  auto removed = WL_TRY(at.root->remove(at.rest));
  static_cast<void>(removed);
  file_ = WL_TRY(at.root->open_write(at.rest, {.mode = 0600}));
  path_ = path;
  mode_ = mode;
  modified_ = modified;
  return {};
}

Result<> RunFolderSink::bytes(std::string_view bytes) { return files::write_all(file_.get(), bytes, path_); }

Result<> RunFolderSink::end() {
  // The server reads it later, whatever the file's owner in the pod may do.
  if (::fchmod(file_.get(), mode_ | 0400U) != 0) return fail(files::make_error(errno, "write", path_));
  if (auto set = set_modified(file_.get(), modified_); !set) return set;
  file_.reset();
  return {};
}

Result<> RunFolderSink::clear(const std::string& folder) {
  const auto at = WL_TRY(split(folder));
  auto removed = WL_TRY(at.root->remove(at.rest));
  static_cast<void>(removed);
  return {};
}

Result<> RunFolderSink::finish() {
  for (const auto& folder : folders_) {
    const files::Fd fd(::open(folder.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid() || ::syncfs(fd.get()) != 0) return fail(files::make_error(errno, "store", folder));
  }
  return {};
}

}  // namespace windlass::steps
