// Removing trees: the part of Root that must never follow a link nor run out of descriptors or stack, whatever the tree
// looks like and whoever changes it meanwhile (T13).
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

#include "files/root.h"

namespace windlass::files {

namespace {

// Deeper folders are moved up to the top of the tree first, so that few descriptors are open at once.
constexpr std::size_t kMaxOpen = 64;

struct Level {
  DIR* dir;
  std::string name;  // in the level above
};

class TreeRemover {
 public:
  explicit TreeRemover(std::string_view shown) : shown_(shown) {}
  TreeRemover(const TreeRemover&) = delete;
  TreeRemover& operator=(const TreeRemover&) = delete;
  ~TreeRemover() {
    for (auto& level : levels_) ::closedir(level.dir);
  }

  /// Empties the folder `top`; the first thing that could not be removed is the error, the rest is still tried.
  Result<void> empty(Fd top) {
    WL_CHECK_OK(push(std::move(top), ""));
    while (!levels_.empty()) {
      Level& level = levels_.back();
      errno = 0;
      const dirent* entry = ::readdir(level.dir);
      if (entry != nullptr) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") remove_one(name);
        continue;
      }
      // Names that were moved here or made meanwhile: look again until nothing more goes.
      if (levels_.size() == 1 && moved_ > 0) {
        moved_ = 0;
        ::rewinddir(level.dir);
        continue;
      }
      const std::string name = level.name;
      ::closedir(level.dir);
      levels_.pop_back();
      if (levels_.empty()) break;
      if (::unlinkat(top_fd(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) note(errno, name);
    }
    if (first_error_) return fail(std::move(*first_error_));
    return {};
  }

 private:
  [[nodiscard]] int top_fd() const { return ::dirfd(levels_.back().dir); }

  void remove_one(const std::string& name) {
    const int folder = top_fd();
    if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return;
    int error = errno;
    if (error == EACCES && writable(folder)) {
      if (::unlinkat(folder, name.c_str(), 0) == 0) return;
      error = errno;
    }
    if (error != EISDIR && error != EPERM) return note(error, name);
    if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0) return;
    if (levels_.size() >= kMaxOpen) {
      const std::string above = ".windlass-removing-" + std::to_string(::getpid()) + "-" + std::to_string(++serial_);
      if (::renameat(folder, name.c_str(), ::dirfd(levels_.front().dir), above.c_str()) == 0) {
        ++moved_;
        return;
      }
    }
    Fd next(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid() && errno == EACCES) {
      // A folder without permissions: its owner may give them back. O_PATH cannot chmod, its link in /proc can.
      const Fd handle(::openat(folder, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (handle.valid()) static_cast<void>(writable(handle.get()));
      next = Fd(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    }
    if (!next.valid()) return note(errno == ENOTDIR || errno == ELOOP ? error : errno, name);
    if (auto pushed = push(std::move(next), name); !pushed && !first_error_) first_error_ = pushed.error();
  }

  static bool writable(int folder) {
    const std::string self = "/proc/self/fd/" + std::to_string(folder);
    return ::chmod(self.c_str(), 0700) == 0;
  }

  Result<void> push(Fd fd, const std::string& name) {
    DIR* dir = ::fdopendir(fd.get());
    if (dir == nullptr) return fail(make_error(errno, "remove", shown_));
    static_cast<void>(fd.release());
    levels_.push_back({dir, name});
    return {};
  }

  void note(int error, const std::string& name) {
    if (!first_error_) first_error_ = make_error(error, "remove", std::string(shown_) + "/…/" + name);
  }

  std::string_view shown_;
  std::vector<Level> levels_;
  std::optional<Error> first_error_;
  std::uint64_t serial_ = 0;
  std::uint64_t moved_ = 0;
};

}  // namespace

Result<void> Root::remove_content(std::string_view folder) const {
  Fd fd = WL_TRY(open(folder, O_RDONLY | O_DIRECTORY));
  return TreeRemover(folder).empty(std::move(fd));
}

Result<bool> Root::remove(std::string_view path) const {
  auto found = parent(path);
  if (!found) {
    if (found.error().kind == ErrorKind::not_found) return false;
    return fail(found.error());
  }
  const int folder = found->folder.get();
  const char* name = found->name.c_str();
  if (::unlinkat(folder, name, 0) == 0) return true;
  if (errno == ENOENT) return false;
  if (errno != EISDIR && errno != EPERM) return fail(make_error(errno, "remove", path));
  Fd tree(::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!tree.valid()) return fail(make_error(errno, "remove", path));
  WL_CHECK_OK(TreeRemover(path).empty(std::move(tree)));
  if (::unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT) return fail(make_error(errno, "remove", path));
  return true;
}

}  // namespace windlass::files
