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

/// A file that only grows. Threads: one at a time.
class LogFile {
 public:
  virtual ~LogFile() = default;
  LogFile() = default;
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Writes behind what is there; a part of it may be there after an error.
  [[nodiscard]] virtual Result<> append(std::string_view bytes) = 0;
  /// Makes all that was appended durable. After an error nobody knows how much of it is.
  [[nodiscard]] virtual Result<> sync() = 0;
};

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
  /// Writes a file as a whole under its name, which must be free, without making it durable: a power cut may leave
  /// nothing of it, or a file of any content. The process dying leaves all or nothing.
  [[nodiscard]] virtual Result<> write_unsynced(const std::string& path, std::string_view bytes) = 0;
  /// A new, empty file to append to; `already_exists` if there is one. Its name is durable after sync_folder().
  [[nodiscard]] virtual Result<std::unique_ptr<LogFile>> make_log(const std::string& path) = 0;
  /// Makes all files and names under the folder durable that have been written until now, whoever wrote them. It may
  /// take as long as the whole file system needs for what is not on disk yet.
  [[nodiscard]] virtual Result<> sync_all(const std::string& folder) = 0;
  /// Makes names in a folder durable.
  [[nodiscard]] virtual Result<> sync_folder(const std::string& path) = 0;
  /// Whether several threads may sync at once, and one of them is the quicker for it.
  [[nodiscard]] virtual bool has_parallel_syncs() const { return false; }
  /// Makes one folder; true if it is new.
  [[nodiscard]] virtual Result<bool> make_folder(const std::string& path) = 0;
  /// Another one after each loss of what was not synced: of the machine's start.
  [[nodiscard]] virtual std::string boot() const = 0;
  /// The SQLite file system that databases on this disk use; "" is the default.
  [[nodiscard]] virtual std::string vfs() const = 0;
};

/// The disk of this machine.
[[nodiscard]] std::unique_ptr<Disk> make_disk();

/// A whole file; `exhausted` if it is larger than `limit`.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace windlass::store
