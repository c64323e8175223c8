#include "store/frame_vfs.h"

#include <new>
#include <sqlite3.h>
#include <string>

namespace windlass::store {

namespace {

constexpr int kFrameHeader = 24;
/// Below what SQLite writes at once (128 KiB; of exactly so much it would write nothing).
constexpr std::size_t kMost = std::size_t{64} * 1024;

/// An open write-ahead log; the file of the file system below lives right behind this, in memory that SQLite gave.
struct LogFile {
  sqlite3_file base;
  std::string* waiting;  ///< bytes that belong at `at`
  sqlite3_int64 at;      ///< … or, where nothing waits, would follow what was written last
  bool is_header_last;   ///< what waits ends in the header of a frame
  bool ends;             ///< … of the last frame of its transaction
  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

LogFile* self(sqlite3_file* file) { return reinterpret_cast<LogFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return self(file)->below(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return below(file)->pMethods; }

int flush(sqlite3_file* file) {
  auto& log = *self(file);
  const int code =
      methods(file)->xWrite(below(file), log.waiting->data(), static_cast<int>(log.waiting->size()), log.at);
  log.at += static_cast<sqlite3_int64>(log.waiting->size());
  log.waiting->clear();
  return code;
}

/// Whatever waits belongs to a transaction that was given up.
void drop(sqlite3_file* file) {
  self(file)->waiting->clear();
  self(file)->is_header_last = false;
}

int on_close(sqlite3_file* file) {
  delete self(file)->waiting;
  const int code = methods(file)->xClose(below(file));
  file->pMethods = nullptr;
  return code;
}

int on_read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  drop(file);
  return methods(file)->xRead(below(file), to, size, at);
}

int on_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  auto& log = *self(file);
  const auto* bytes = static_cast<const unsigned char*>(from);
  const auto end = log.at + static_cast<sqlite3_int64>(log.waiting->size());
  const bool is_page = log.is_header_last && at == end;
  if (size == kFrameHeader && !log.is_header_last) {
    if (at != end) {
      drop(file);
      log.at = at;
    }
    log.ends = (bytes[4] | bytes[5] | bytes[6] | bytes[7]) != 0;
    log.is_header_last = true;
  } else if (is_page) {
    log.is_header_last = false;
  } else {
    // The log's own header.
    drop(file);
    return methods(file)->xWrite(below(file), from, size, at);
  }
  log.waiting->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  if (is_page && (log.ends || log.waiting->size() >= kMost)) return flush(file);
  return SQLITE_OK;
}

int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  drop(file);
  return methods(file)->xTruncate(below(file), size);
}

int on_sync(sqlite3_file* file, int flags) { return methods(file)->xSync(below(file), flags); }
int on_file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file)->xFileSize(below(file), size); }
int on_lock(sqlite3_file* file, int level) { return methods(file)->xLock(below(file), level); }
int on_unlock(sqlite3_file* file, int level) { return methods(file)->xUnlock(below(file), level); }
int on_check_lock(sqlite3_file* file, int* out) { return methods(file)->xCheckReservedLock(below(file), out); }
int on_control(sqlite3_file* file, int op, void* argument) {
  return methods(file)->xFileControl(below(file), op, argument);
}
int on_sector(sqlite3_file* file) { return methods(file)->xSectorSize(below(file)); }
int on_device(sqlite3_file* file) { return methods(file)->xDeviceCharacteristics(below(file)); }

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
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
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* parent_of(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int on_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* parent = parent_of(vfs);
  // Every other file is the parent's own.
  if ((flags & SQLITE_OPEN_WAL) == 0) return parent->xOpen(parent, path, file, flags, out_flags);
  auto* log = new (file) LogFile{{nullptr}, nullptr, 0, false, false};
  const int code = parent->xOpen(parent, path, log->below(), flags, out_flags);
  if (log->below()->pMethods == nullptr) return code;
  log->waiting = new (std::nothrow) std::string;
  if (log->waiting == nullptr) {
    log->below()->pMethods->xClose(log->below());
    return SQLITE_NOMEM;
  }
  log->base.pMethods = &kMethods;
  return code;
}

struct FrameVfs {
  FrameVfs() {
    // Nobody asks how much memory SQLite has; counting it takes a lock that all threads share.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    auto* parent = sqlite3_vfs_find(nullptr);
    vfs = *parent;
    vfs.szOsFile = static_cast<int>(sizeof(LogFile)) + parent->szOsFile;
    vfs.pNext = nullptr;
    vfs.zName = name.c_str();
    vfs.pAppData = parent;
    vfs.xOpen = on_open;
    sqlite3_vfs_register(&vfs, 0);
  }
  std::string name = "windlass-frames";
  sqlite3_vfs vfs{};
};

}  // namespace

const std::string& frame_vfs() {
  static FrameVfs* const made = new FrameVfs;  // SQLite refers to it until the process ends
  return made->name;
}

}  // namespace windlass::store
