// Files beside the databases, made durable, behind an interface so that tests can make the disk fail.
//
// Not a file library: only what a store needs. Every file is made 0600 and every folder 0700.
// Invariant: what write_file() and sync_folder() returned for survives a power cut.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::store {

class Disk {
 public:
  virtual ~Disk() = default;
  Disk() = default;
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Writes a new file and syncs it; `already_exists` if there is one. A file that could not be written is removed.
  [[nodiscard]] virtual Result<> write_file(const std::string& path, std::string_view bytes) = 0;
  /// Writes a file that several processes may be making: it appears complete and synced, and the first one wins. Its
  /// name is durable after sync_folder().
  [[nodiscard]] virtual Result<> write_shared_file(const std::string& path, std::string_view bytes) = 0;
  /// Makes names in a folder durable.
  [[nodiscard]] virtual Result<> sync_folder(const std::string& path) = 0;
  /// Makes one folder; true if it is new.
  [[nodiscard]] virtual Result<bool> make_folder(const std::string& path) = 0;
  /// The SQLite file system that databases on this disk use; "" is the default.
  [[nodiscard]] virtual std::string vfs() const = 0;
};

/// The disk of this machine.
[[nodiscard]] std::unique_ptr<Disk> make_disk();

/// A whole file; `exhausted` if it is larger than `limit`.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace windlass::store
