#include "store/fault_disk.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <new>
#include <set>
#include <sqlite3.h>
#include <string_view>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/frame_vfs.h"

namespace windlass::store {

/// What both halves share: the plan, and what has reached the platter.
struct FaultDisk::State {
  struct Plan {
    std::uint64_t at = 0;
    Fault fault = Fault::none;
    bool stays = false;
    std::uint64_t count = 0;

    Fault step() {
      ++count;
      if (at == 0 || count < at) return Fault::none;
      return count == at || stays ? fault : Fault::none;
    }
  };
  Plan write;
  Plan sync;
  /// Counts a write with its sync, and fails when it is that one's turn.
  Result<> refuse(const std::string& path);
  std::map<std::string, std::string> durable;
  std::map<std::string, std::string> unnamed;  ///< files whose folder has not been synced since they were made
  std::set<std::string> unnamed_folders;
  /// Of files whose last sync is known byte by byte: what was written since, as ranges (from, end). Others are read
  /// whole: most of a log that is synced again and again is the same.
  std::map<std::string, std::vector<std::pair<sqlite3_int64, sqlite3_int64>>> written;
  void note_write(const char* path, sqlite3_int64 from, sqlite3_int64 end) {
    if (path == nullptr) return;
    const auto known = written.find(path);
    if (known == written.end()) return;
    auto& ranges = known->second;
    if (!ranges.empty() && ranges.back().second == from) {
      ranges.back().second = end;
    } else {
      ranges.emplace_back(from, end);
    }
  }
  /// Something else than SQLite has changed it.
  void forget_writes(const std::string& path) { written.erase(path); }
  std::uint64_t until_call = 0;
  std::function<void()> call;
  /// Before each write and sync.
  void tick() {
    if (until_call == 0 || --until_call != 0) return;
    std::exchange(call, nullptr)();
  }
  std::unique_ptr<Disk> real = make_disk();
  sqlite3_vfs* parent = nullptr;
  sqlite3_vfs vfs{};
  std::string name, boot;
};

namespace {

/// An open file of the file system below, which lives right behind this in memory that SQLite gave.
struct FaultFile {
  sqlite3_file base;
  FaultDisk::State* state;
  const char* path;
  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultFile* self(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return self(file)->below(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return below(file)->pMethods; }

int code_of(FaultDisk::Fault fault, int io_code) {
  return fault == FaultDisk::Fault::disk_full ? SQLITE_FULL : io_code;
}

int on_close(sqlite3_file* file) {
  const int code = methods(file)->xClose(below(file));
  file->pMethods = nullptr;
  return code;
}
int on_read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return methods(file)->xRead(below(file), to, size, at);
}
int on_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  self(file)->state->tick();
  self(file)->state->note_write(self(file)->path, at, at + size);
  const auto fault = self(file)->state->write.step();
  if (fault != FaultDisk::Fault::none) {
    // Half of it arrives, as it does on real disks.
    methods(file)->xWrite(below(file), from, size / 2, at);
    return code_of(fault, SQLITE_IOERR_WRITE);
  }
  return methods(file)->xWrite(below(file), from, size, at);
}
int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  // What is there later, behind a gap that nobody writes, are zeros.
  self(file)->state->note_write(self(file)->path, size, std::numeric_limits<sqlite3_int64>::max());
  return methods(file)->xTruncate(below(file), size);
}
int on_sync(sqlite3_file* file, int flags) {
  auto& state = *self(file)->state;
  state.tick();
  const auto fault = state.sync.step();
  if (fault != FaultDisk::Fault::none) return code_of(fault, SQLITE_IOERR_FSYNC);
  const int code = methods(file)->xSync(below(file), flags);
  if (code != SQLITE_OK || self(file)->path == nullptr) return code;
  sqlite3_int64 size = 0;
  methods(file)->xFileSize(below(file), &size);
  const auto made = state.unnamed.find(self(file)->path);
  auto& content = made != state.unnamed.end() ? made->second : state.durable[self(file)->path];
  auto [ranges, is_new] = state.written.try_emplace(self(file)->path);
  if (is_new) ranges->second.emplace_back(0, size);
  content.resize(static_cast<std::size_t>(size));
  for (const auto& [from, end] : ranges->second) {
    if (from >= size) continue;
    methods(file)->xRead(below(file), content.data() + from, static_cast<int>(std::min(end, size) - from), from);
  }
  ranges->second.clear();
  return code;
}
int on_file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file)->xFileSize(below(file), size); }
int on_lock(sqlite3_file* file, int level) { return methods(file)->xLock(below(file), level); }
int on_unlock(sqlite3_file* file, int level) { return methods(file)->xUnlock(below(file), level); }
int on_check_lock(sqlite3_file* file, int* out) { return methods(file)->xCheckReservedLock(below(file), out); }
int on_control(sqlite3_file* file, int op, void* arg) { return methods(file)->xFileControl(below(file), op, arg); }
int on_sector(sqlite3_file* file) { return methods(file)->xSectorSize(below(file)); }
int on_device(sqlite3_file* file) { return methods(file)->xDeviceCharacteristics(below(file)); }
int on_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return methods(file)->xShmMap(below(file), page, size, extend, out);
}
int on_shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return methods(file)->xShmLock(below(file), offset, n, flags);
}
void on_shm_barrier(sqlite3_file* file) { methods(file)->xShmBarrier(below(file)); }
int on_shm_unmap(sqlite3_file* file, int remove) { return methods(file)->xShmUnmap(below(file), remove); }

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_file_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector,
    .xDeviceCharacteristics = on_device,
    .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock,
    .xShmBarrier = on_shm_barrier,
    .xShmUnmap = on_shm_unmap,
};

FaultDisk::State& state_of(sqlite3_vfs* vfs) { return *static_cast<FaultDisk::State*>(vfs->pAppData); }

int on_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* mine = new (file) FaultFile{{nullptr}, &state_of(vfs), path};
  const int code = state_of(vfs).parent->xOpen(state_of(vfs).parent, path, mine->below(), flags, out_flags);
  if (mine->below()->pMethods != nullptr) mine->base.pMethods = &kMethods;
  if (path != nullptr) state_of(vfs).forget_writes(path);  // it may be another file than the one of that name before
  return code;
}
int on_delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  const int code = state_of(vfs).parent->xDelete(state_of(vfs).parent, path, sync_folder);
  if (code == SQLITE_OK) {
    state_of(vfs).durable.erase(path);
    state_of(vfs).unnamed.erase(path);
    state_of(vfs).forget_writes(path);
  }
  return code;
}
int on_access(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
  return state_of(vfs).parent->xAccess(state_of(vfs).parent, path, flags, out);
}
int on_full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return state_of(vfs).parent->xFullPathname(state_of(vfs).parent, path, size, out);
}

/// A log on that disk. What was appended since the last sync is lost with the machine.
class FaultLog final : public LogFile {
 public:
  FaultLog(FaultDisk::State& state, std::unique_ptr<LogFile> real, std::string path)
      : state_(state), real_(std::move(real)), path_(std::move(path)) {}

  Result<> append(std::string_view bytes) override {
    state_.tick();
    if (const auto fault = state_.write.step(); fault != FaultDisk::Fault::none) {
      static_cast<void>(real_->append(bytes.substr(0, bytes.size() / 2)));
      written_ += bytes.substr(0, bytes.size() / 2);
      return fail(make_system_error(fault == FaultDisk::Fault::disk_full ? ENOSPC : EIO, path_, "write"));
    }
    written_ += bytes;
    return real_->append(bytes);
  }
  Result<> sync() override {
    state_.tick();
    if (const auto fault = state_.sync.step(); fault != FaultDisk::Fault::none)
      return fail(make_system_error(fault == FaultDisk::Fault::disk_full ? ENOSPC : EIO, path_, "sync"));
    const auto made = state_.unnamed.find(path_);
    auto& content = made != state_.unnamed.end() ? made->second : state_.durable[path_];
    if (content.size() != synced_) {
      content = written_;
    } else {
      content.append(written_, synced_);
    }
    synced_ = written_.size();
    return {};
  }

 private:
  FaultDisk::State& state_;
  std::unique_ptr<LogFile> real_;
  std::string path_;
  std::string written_;
  std::size_t synced_ = 0;  ///< bytes of it
};

}  // namespace

FaultDisk::FaultDisk(std::string boot) : state_(std::make_unique<State>()) {
  static std::atomic<int> made{0};
  state_->name = "windlass-fault-" + std::to_string(++made);
  state_->boot = boot.empty() ? state_->name : std::move(boot);
  state_->parent = sqlite3_vfs_find(frame_vfs().c_str());
  state_->vfs = *state_->parent;
  state_->vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + state_->parent->szOsFile;
  state_->vfs.pNext = nullptr;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = state_.get();
  state_->vfs.xOpen = on_open;
  state_->vfs.xDelete = on_delete;
  state_->vfs.xAccess = on_access;
  state_->vfs.xFullPathname = on_full_path;
  sqlite3_vfs_register(&state_->vfs, 0);
}

FaultDisk::~FaultDisk() { sqlite3_vfs_unregister(&state_->vfs); }

void FaultDisk::fail_write(std::uint64_t n, Fault fault, bool stays) { state_->write = {n, fault, stays, 0}; }
void FaultDisk::fail_sync(std::uint64_t n, Fault fault, bool stays) { state_->sync = {n, fault, stays, 0}; }
std::uint64_t FaultDisk::writes() const { return state_->write.count; }
std::uint64_t FaultDisk::syncs() const { return state_->sync.count; }
std::string FaultDisk::boot() const { return state_->boot; }
std::string FaultDisk::vfs() const { return state_->name; }

Result<> FaultDisk::State::refuse(const std::string& path) {
  tick();
  for (auto* plan : {&write, &sync}) {
    if (const auto fault = plan->step(); fault != Fault::none)
      return fail(make_system_error(fault == Fault::disk_full ? ENOSPC : EIO, path, "write"));
  }
  return {};
}

Result<> FaultDisk::write_file(const std::string& path, std::string_view bytes) {
  WL_CHECK_OK(state_->refuse(path));
  WL_CHECK_OK(state_->real->write_file(path, bytes));
  state_->forget_writes(path);
  state_->unnamed[path] = std::string(bytes);
  return {};
}

Result<> FaultDisk::write_shared_file(const std::string& path, std::string_view bytes) {
  WL_CHECK_OK(state_->refuse(path));
  WL_CHECK_OK(state_->real->write_shared_file(path, bytes));
  state_->forget_writes(path);
  // The first one wins, unless it has been removed since.
  const auto now = WL_TRY(read_file(path, std::size_t{1} << 30));
  if (const auto known = state_->durable.find(path); known == state_->durable.end() || now == bytes) {
    if (known == state_->durable.end() || known->second != bytes) state_->unnamed.try_emplace(path, bytes);
  }
  return {};
}

Result<> FaultDisk::write_unsynced(const std::string& path, std::string_view bytes) {
  state_->tick();
  if (const auto fault = state_->write.step(); fault != Fault::none)
    return fail(make_system_error(fault == Fault::disk_full ? ENOSPC : EIO, path, "write"));
  WL_CHECK_OK(state_->real->write_unsynced(path, bytes));
  state_->forget_writes(path);
  // Where only its name gets onto the disk, an empty file is left.
  state_->durable.erase(path);
  state_->unnamed[path] = {};
  return {};
}

Result<std::unique_ptr<LogFile>> FaultDisk::make_log(const std::string& path) {
  state_->tick();
  if (const auto fault = state_->write.step(); fault != Fault::none)
    return fail(make_system_error(fault == Fault::disk_full ? ENOSPC : EIO, path, "create"));
  auto real = WL_TRY(state_->real->make_log(path));
  state_->forget_writes(path);
  state_->unnamed[path] = {};
  return std::make_unique<FaultLog>(*state_, std::move(real), path);
}

Result<> FaultDisk::sync_all(const std::string& folder) {
  state_->tick();
  if (const auto fault = state_->sync.step(); fault != Fault::none)
    return fail(make_system_error(fault == Fault::disk_full ? ENOSPC : EIO, folder, "sync"));
  const auto is_under = [prefix = folder + "/"](const std::string& name) { return name.starts_with(prefix); };
  std::erase_if(state_->durable, [&](const auto& entry) { return is_under(entry.first); });
  std::erase_if(state_->unnamed, [&](const auto& entry) { return is_under(entry.first); });
  std::erase_if(state_->unnamed_folders, is_under);
  return adopt(folder);
}

Result<> FaultDisk::sync_folder(const std::string& path) {
  state_->tick();
  if (const auto fault = state_->sync.step(); fault != Fault::none)
    return fail(make_system_error(fault == Fault::disk_full ? ENOSPC : EIO, path, "sync"));
  WL_CHECK_OK(state_->real->sync_folder(path));
  const auto is_in_it = [&](const std::string& name) {
    return std::filesystem::path(name).parent_path().string() == path;
  };
  for (auto it = state_->unnamed.begin(); it != state_->unnamed.end();) {
    if (!is_in_it(it->first)) {
      ++it;
      continue;
    }
    state_->durable[it->first] = std::move(it->second);
    it = state_->unnamed.erase(it);
  }
  std::erase_if(state_->unnamed_folders, is_in_it);
  // What was removed is so for good now.
  std::erase_if(state_->durable,
                [&](const auto& entry) { return is_in_it(entry.first) && !std::filesystem::exists(entry.first); });
  return {};
}

Result<bool> FaultDisk::make_folder(const std::string& path) {
  state_->tick();
  if (const auto fault = state_->write.step(); fault != Fault::none)
    return fail(make_system_error(fault == Fault::disk_full ? ENOSPC : EIO, path, "create the folder"));
  const bool made = WL_TRY(state_->real->make_folder(path));
  if (made) state_->unnamed_folders.insert(path);
  return made;
}

void FaultDisk::call_before(std::uint64_t n, std::function<void()> callback) {
  state_->until_call = n;
  state_->call = std::move(callback);
}

Result<> FaultDisk::adopt(const std::string& folder) {
  std::error_code problem;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, problem)) {
    if (!entry.is_regular_file()) continue;
    const auto path = entry.path().string();
    state_->forget_writes(path);
    state_->durable[path] = WL_TRY(read_file(path, std::size_t{1} << 30));
  }
  if (problem) return fail(make_system_error(problem.value(), folder, "read the folder"));
  return {};
}

Result<> FaultDisk::copy_durable(const std::string& from, const std::string& to) const {
  const std::string prefix = from + "/";
  for (const auto& [path, content] : state_->durable) {
    if (!path.starts_with(prefix)) continue;
    const bool is_lost = std::any_of(state_->unnamed_folders.begin(), state_->unnamed_folders.end(),
                                     [&, &file = path](const std::string& folder) {
                                       return file.starts_with(folder + "/") && folder.starts_with(prefix);
                                     });
    if (is_lost) continue;
    const std::filesystem::path target = std::filesystem::path(to) / path.substr(prefix.size());
    std::error_code problem;
    std::filesystem::create_directories(target.parent_path(), problem);
    if (problem) return fail(make_system_error(problem.value(), target.parent_path().string(), "create the folder"));
    WL_CHECK_OK(state_->real->write_file(target.string(), content));
  }
  return {};
}

}  // namespace windlass::store
