// A disk that fails on order, for tests of everything that writes: the n-th write or sync fails, or everything that was
// not synced is lost as in a power cut. The files themselves are real.
//
// Not part of the program: nothing but tests makes one. It registers an SQLite file system under its own name and takes
// it away again; every database opened through it must be closed first.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "store/disk.h"

namespace windlass::store {

class FaultDisk final : public Disk {
 public:
  enum class Fault : std::uint8_t { none, disk_full, io_error };

  /// `boot`: which start of the machine this is; empty: one of its own.
  explicit FaultDisk(std::string boot = {});
  ~FaultDisk() override;

  /// From now on the n-th write (from 1) fails, and with `stays` each one after it. 0: none fails.
  void fail_write(std::uint64_t n, Fault fault, bool stays);
  void fail_sync(std::uint64_t n, Fault fault, bool stays);
  /// Writes and syncs since the last call of fail_…().
  [[nodiscard]] std::uint64_t writes() const;
  [[nodiscard]] std::uint64_t syncs() const;

  /// Calls back once, before the n-th write or sync from now (from 1) is done: where a process may die.
  void call_before(std::uint64_t n, std::function<void()> callback);

  /// All that stands under `folder` is on the platter already: a disk that another one was before.
  [[nodiscard]] Result<> adopt(const std::string& folder);
  /// Puts what a power cut would have left of the files under `from` into the new folder `to`: contents as of their
  /// last sync; nothing of files that never were synced, or whose name was not, because their folder was not.
  [[nodiscard]] Result<> copy_durable(const std::string& from, const std::string& to) const;

  [[nodiscard]] Result<> write_file(const std::string& path, std::string_view bytes) override;
  [[nodiscard]] Result<> write_shared_file(const std::string& path, std::string_view bytes) override;
  [[nodiscard]] Result<> write_unsynced(const std::string& path, std::string_view bytes) override;
  [[nodiscard]] Result<std::unique_ptr<LogFile>> make_log(const std::string& path) override;
  [[nodiscard]] Result<> sync_all(const std::string& folder) override;
  [[nodiscard]] Result<> sync_folder(const std::string& path) override;
  [[nodiscard]] Result<bool> make_folder(const std::string& path) override;
  [[nodiscard]] std::string boot() const override;
  [[nodiscard]] std::string vfs() const override;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace windlass::store
