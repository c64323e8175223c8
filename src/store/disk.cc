#include "store/disk.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "store/database.h"

namespace windlass::store {

namespace {

class FileHandle {
 public:
  explicit FileHandle(int fd) : fd_(fd) {}
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return 0;
}

int write_synced(int fd, std::string_view bytes) {
  const int problem = write_all(fd, bytes);
  if (problem != 0) return problem;
  return ::fdatasync(fd) == 0 ? 0 : errno;
}

class RealLog final : public LogFile {
 public:
  RealLog(int fd, std::string path) : file_(fd), path_(std::move(path)) {}

  Result<> append(std::string_view bytes) override {
    const int problem = write_all(file_.get(), bytes);
    if (problem != 0) return fail(make_system_error(problem, path_, "write"));
    return {};
  }
  Result<> sync() override {
    if (::fdatasync(file_.get()) != 0) return fail(make_system_error(errno, path_, "sync"));
    return {};
  }

 private:
  FileHandle file_;
  std::string path_;
};

class RealDisk final : public Disk {
 public:
  Result<> write_file(const std::string& path, std::string_view bytes) override {
    const FileHandle file(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return fail(make_system_error(errno, path, "create"));
    ::fchmod(file.get(), 0600);
    const int problem = write_synced(file.get(), bytes);
    if (problem == 0) return {};
    ::unlink(path.c_str());
    return fail(make_system_error(problem, path, "write"));
  }

  Result<> write_shared_file(const std::string& path, std::string_view bytes) override {
    std::string draft = path + ".XXXXXX";
    const FileHandle file(::mkostemp(draft.data(), O_CLOEXEC));
    if (file.get() < 0) return fail(make_system_error(errno, path, "create"));
    int problem = write_synced(file.get(), bytes);
    if (problem == 0 && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) problem = errno;
    ::unlink(draft.c_str());
    if (problem != 0) return fail(make_system_error(problem, path, "write"));
    return {};
  }

  Result<> write_unsynced(const std::string& path, std::string_view bytes) override {
    std::string draft = path + ".XXXXXX";
    const FileHandle file(::mkostemp(draft.data(), O_CLOEXEC));
    if (file.get() < 0) return fail(make_system_error(errno, path, "create"));
    int problem = write_all(file.get(), bytes);
    if (problem == 0 && ::link(draft.c_str(), path.c_str()) != 0) problem = errno;
    ::unlink(draft.c_str());
    if (problem != 0) return fail(make_system_error(problem, path, "write"));
    return {};
  }

  Result<std::unique_ptr<LogFile>> make_log(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail(make_system_error(errno, path, "create"));
    ::fchmod(fd, 0600);
    return std::make_unique<RealLog>(fd, path);
  }

  Result<> sync_all(const std::string& folder) override {
    const FileHandle open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (open.get() < 0) return fail(make_system_error(errno, folder, "open"));
    if (::syncfs(open.get()) != 0) return fail(make_system_error(errno, folder, "sync"));
    return {};
  }

  Result<> sync_folder(const std::string& path) override {
    const FileHandle folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) return fail(make_system_error(errno, path, "open"));
    // Some file systems cannot sync a folder and say EINVAL; there is nothing better to be had from them.
    if (::fsync(folder.get()) != 0 && errno != EINVAL) return fail(make_system_error(errno, path, "sync"));
    return {};
  }

  [[nodiscard]] bool has_parallel_syncs() const override { return true; }

  Result<bool> make_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) == 0) return true;
    const int problem = errno;
    struct stat status{};
    if (problem == EEXIST && ::stat(path.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) return false;
      return fail(ErrorKind::invalid,
                  {"{} is a file where a folder is needed; move it away or choose another folder",
                   "{} 是文件，而这里需要目录；请移走它或另选目录"},
                  {path});
    }
    return fail(make_system_error(problem, path, "create the folder"));
  }

  [[nodiscard]] std::string boot() const override {
    const FileHandle file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    char text[64];
    const ssize_t got = file.get() < 0 ? 0 : ::read(file.get(), text, sizeof text);
    return {text, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }
  [[nodiscard]] std::string vfs() const override { return {}; }
};

}  // namespace

std::unique_ptr<Disk> make_disk() { return std::make_unique<RealDisk>(); }

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(make_system_error(errno, path, "open"));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(make_system_error(errno, path, "read"));
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::invalid, {"cannot read {}: it is not a file", "无法读取 {}：它不是文件"}, {path});
  if (static_cast<std::uint64_t>(status.st_size) > limit)
    return fail(ErrorKind::exhausted, {"{} is larger than {} bytes", "{} 大于 {} 字节"}, {path, limit});
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(make_system_error(errno, path, "read"));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace windlass::store
