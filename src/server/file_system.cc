#include "server/file_system.h"

#include <array>
#include <cerrno>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "store/database.h"
#include "store/disk.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::server {

namespace {

struct FileSystem {
  std::uint64_t magic;
  std::string_view name;
};

/// linux/magic.h, and those that come with modules of their own.
constexpr std::array<FileSystem, 19> kShared = {{{0x6969, "nfs"},
                                                 {0xFF534D42, "cifs"},
                                                 {0xFE534D42, "smb"},
                                                 {0x517B, "smbfs"},
                                                 {0x01021997, "9p"},
                                                 {0x65735546, "fuse"},
                                                 {0x5346414F, "afs"},
                                                 {0x6B414653, "afs"},
                                                 {0x73757245, "coda"},
                                                 {0x00C36400, "ceph"},
                                                 {0x0BD00BD0, "lustre"},
                                                 {0x47504653, "gpfs"},
                                                 {0x01161970, "gfs2"},
                                                 {0x7461636F, "ocfs2"},
                                                 {0x19830326, "fhgfs"},
                                                 {0xAAD7AAEA, "panfs"},
                                                 {0xBACBACBC, "vmhgfs"},
                                                 {0x786F4256, "vboxsf"},
                                                 {0x20030528, "orangefs"}}};

}  // namespace

std::string_view shared_file_system(std::uint64_t magic) {
  for (const auto& one : kShared) {
    if (one.magic == (magic & 0xFFFFFFFFU)) return one.name;
  }
  return {};
}

Result<> check_is_local(const std::string& folder) {
  struct statfs info{};
  if (::statfs(folder.c_str(), &info) != 0) return fail(store::make_system_error(errno, folder, "look at"));
  const auto name = shared_file_system(static_cast<std::uint64_t>(info.f_type));
  if (name.empty()) return {};
  return fail(
      ErrorKind::forbidden,
      {"the data folder {} is on a file system that other machines share ({}), where two servers could own it at once; "
       "give it a volume of a block device (ReadWriteOnce)",
       "数据目录 {} 位于与其他机器共享的文件系统（{}）上，可能同时被两个服务器使用；请改用块设备卷（ReadWriteOnce）"},
      {folder, name});
}

Result<std::string> lock_mark(const std::string& lock_file) {
  struct stat info{};
  if (::stat(lock_file.c_str(), &info) != 0) return fail(store::make_system_error(errno, lock_file, "look at"));
  // Which start of which machine: numbers of devices and files mean nothing beyond it.
  const auto boot = WL_TRY(store::read_file("/proc/sys/kernel/random/boot_id", 64));
  const auto whole = boot + " " + std::to_string(info.st_dev) + " " + std::to_string(info.st_ino);
  return text::encode_hex(text::digest("SHA-256", whole).value_or("")).substr(0, 16);
}

}  // namespace windlass::server
