#include "server/data_folder.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/database.h"
#include "store/disk.h"

namespace windlass::server {

namespace {

constexpr std::size_t kSmallFile = 64 * 1024;
constexpr std::size_t kMostKeys = 8;  ///< rotations under way at once, and a margin
constexpr std::int64_t kRenewBefore = 30 * 86400;

/// Replaces a file by rename; complete and durable, or as it was.
Result<> replace_file(const std::string& path, std::string_view bytes) {
  auto disk = store::make_disk();
  const auto fresh = path + ".new";
  ::unlink(fresh.c_str());
  WL_CHECK_OK(disk->write_file(fresh, bytes));
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    return fail(store::make_system_error(errno, path, "replace"));
  }
  return disk->sync_folder(std::filesystem::path(path).parent_path().string());
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path) {
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  struct stat info{};
  if (::stat(absolute.c_str(), &info) != 0) {
    if (errno != ENOENT) return fail(store::make_system_error(errno, absolute, "look at"));
    auto disk = store::make_disk();
    auto made = disk->make_folder(absolute);
    if (!made) return fail(std::move(made).error().while_doing({"making the data folder", "创建数据目录"}));
    if (::stat(absolute.c_str(), &info) != 0) return fail(store::make_system_error(errno, absolute, "look at"));
  }
  if (!S_ISDIR(info.st_mode)) return fail(ErrorKind::invalid, {"{} is no folder", "{} 不是目录"}, {absolute});
  if ((info.st_mode & 0077) != 0) {
    return fail(ErrorKind::forbidden,
                {"the data folder {} can be entered by others; close it first: chmod 700 {}",
                 "其他人可以进入数据目录 {}；请先关闭：chmod 700 {}"},
                {absolute, absolute});
  }
  if (info.st_uid != ::geteuid() && ::geteuid() != 0) {
    return fail(ErrorKind::forbidden, {"the data folder {} belongs to another user", "数据目录 {} 属于其他用户"},
                {absolute});
  }
  return DataFolder(std::move(absolute));
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), key_file_(std::move(other.key_file_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<> DataFolder::lock() {
  const auto path = file("lock");
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(store::make_system_error(errno, path, "open"));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    const auto count = ::pread(fd, text, sizeof text - 1, 0);
    ::close(fd);
    return fail(ErrorKind::conflict, {"another server works on {}: process {}", "另一服务器正在使用 {}：进程 {}"},
                {path_, (count > 0 ? std::string(text) : std::string("unknown"))});
  }
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    const int saved = errno;
    ::close(fd);
    return fail(store::make_system_error(saved, path, "write"));
  }
  lock_ = fd;
  return {};
}

bool DataFolder::lock_existing() {
  const int fd = ::open(file("lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return true;  // no server ever worked here
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return false;
  }
  lock_ = fd;
  return true;
}

Result<std::string> DataFolder::subfolder(const std::string& name) {
  auto path = file(name);
  auto disk = store::make_disk();
  if (WL_TRY(disk->make_folder(path))) WL_CHECK_OK(disk->sync_folder(path_));
  return path;
}

Result<DataFolder> DataFolder::open_existing(const std::string& path) {
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  if (!std::filesystem::is_directory(absolute, error)) {
    return fail(ErrorKind::not_found, {"there is no folder {}", "没有目录 {}"}, {absolute});
  }
  return DataFolder(std::move(absolute));
}

Result<std::shared_ptr<journal::KeyRing>> DataFolder::existing_keys() const {
  const auto bytes = WL_TRY(store::read_file(key_file(), 64));
  auto newest = WL_TRY(journal::SealKey::from_bytes(bytes));
  std::vector<journal::SealKey> older;
  auto old = store::read_file(key_file() + ".old", kMostKeys * journal::kKeyBytes);
  if (!old && old.error().kind != ErrorKind::not_found) return fail(std::move(old).error());
  if (old && old->size() % journal::kKeyBytes != 0) {
    return fail(ErrorKind::corrupt, {"{}.old is damaged: it has {} bytes", "{}.old 已损坏：它有 {} 字节"},
                {key_file(), old->size()});
  }
  for (std::size_t at = 0; old && at < old->size(); at += journal::kKeyBytes) {
    older.push_back(WL_TRY(journal::SealKey::from_bytes(std::string_view(*old).substr(at, journal::kKeyBytes))));
  }
  return std::make_shared<journal::KeyRing>(std::move(newest), std::move(older));
}

Result<std::shared_ptr<journal::KeyRing>> DataFolder::keys() {
  auto there = existing_keys();
  if (there || there.error().kind != ErrorKind::not_found) return there;
  std::error_code error;
  if (std::filesystem::exists(file("objects.db"), error) || std::filesystem::exists(file("runs/runs.db"), error) ||
      !key_file_.empty()) {
    return fail(ErrorKind::not_found,
                {"the key {} is gone, and without it no secret here can be read; put it back from its copy (windlass "
                 "restore does)",
                 "密钥 {} 已不存在，没有它就无法读取这里的任何机密；请从副本放回（windlass restore 可以做到）"},
                {key_file()});
  }
  auto key = WL_TRY(journal::SealKey::make());
  auto disk = store::make_disk();
  WL_CHECK_OK(disk->write_shared_file(file("key"), key.bytes()));
  WL_CHECK_OK(disk->sync_folder(path_));
  return existing_keys();
}

Result<> DataFolder::begin_rotation(const journal::KeyRing& keys, const journal::SealKey& fresh) {
  if (!key_file_.empty()) {
    return fail(ErrorKind::conflict,
                {"the key {} is not this server's to replace; put a new one in its place and the old one into the file "
                 "of that name with .old, then restart",
                 "密钥 {} 不由此服务器更换；请放入新密钥，并将旧密钥放入同名加 .old 的文件，然后重启"},
                {key_file_});
  }
  auto all = keys.bytes();
  if (all.size() >= kMostKeys * journal::kKeyBytes) {
    journal::wipe(all);
    return fail(ErrorKind::conflict, {"earlier rotations of the key are not over; try again when they are",
                                      "之前的密钥轮换尚未完成；请稍后再试"});
  }
  auto done = replace_file(file("key.old"), all);
  journal::wipe(all);
  WL_CHECK_OK(done);
  return replace_file(file("key"), fresh.bytes());
}

Result<> DataFolder::end_rotation() {
  if (!key_file_.empty()) return {};  // whoever keeps the keys takes the old one away
  if (::unlink(file("key.old").c_str()) != 0 && errno != ENOENT) {
    return fail(store::make_system_error(errno, file("key.old"), "remove"));
  }
  auto disk = store::make_disk();
  return disk->sync_folder(path_);
}

Result<std::string> DataFolder::store_id(std::uint64_t random) {
  auto known = store::read_file(file("store-id"), 64);
  if (!known && known.error().kind != ErrorKind::not_found) return fail(std::move(known).error());
  if (known) {
    while (known->ends_with('\n')) known->pop_back();
    return known;
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(random));
  WL_CHECK_OK(replace_file(file("store-id"), std::string(text) + "\n"));
  return std::string(text);
}

Result<net::CertificatePair> DataFolder::read_pair(const std::string& name) const {
  net::CertificatePair out;
  out.certificate = WL_TRY(store::read_file(file(name + ".pem"), kSmallFile));
  out.key = WL_TRY(store::read_file(file(name + ".key"), kSmallFile));
  return out;
}

Result<> DataFolder::write_pair(const std::string& name, const net::CertificatePair& pair) {
  WL_CHECK_OK(replace_file(file(name + ".key"), pair.key));
  return replace_file(file(name + ".pem"), pair.certificate);
}

Result<net::CertificatePair> DataFolder::authority(std::int64_t now_seconds) {
  if (auto pair = read_pair("ca")) return pair;
  auto pair = WL_TRY(net::make_authority("Windlass authority", now_seconds));
  WL_CHECK_OK(write_pair("ca", pair));
  return pair;
}

Result<net::CertificatePair> DataFolder::certificate(const std::vector<std::string>& names, std::int64_t now_seconds) {
  std::string wanted;
  for (const auto& name : names) wanted += name + "\n";
  if (auto pair = read_pair("tls")) {
    auto end = net::certificate_end(pair->certificate);
    auto kept = store::read_file(file("tls.names"), kSmallFile);
    if (end && *end - now_seconds > kRenewBefore && kept && *kept == wanted) return pair;
  }
  auto signer = WL_TRY(authority(now_seconds));
  auto pair = WL_TRY(net::make_server_certificate(signer, names, now_seconds));
  WL_CHECK_OK(write_pair("tls", pair));
  WL_CHECK_OK(replace_file(file("tls.names"), wanted));
  return pair;
}

Result<> DataFolder::replace(const std::string& name, std::string_view bytes) {
  return replace_file(file(name), bytes);
}

Result<> DataFolder::write_address(const std::string& address) { return replace_file(file("address"), address + "\n"); }
void DataFolder::remove_address() { ::unlink(file("address").c_str()); }

Result<std::string> DataFolder::address() const {
  auto text = WL_TRY(store::read_file(file("address"), 1024));
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace windlass::server
