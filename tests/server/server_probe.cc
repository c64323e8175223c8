// A server that ends, as kill -9 would end it, at one point of what it writes into its own databases and its audit log.
//
//   server_probe FOLDER N [COUNTS]   N: the how-many-th point kills; 0: none, and how many were passed is written to
//   COUNTS
//
// Points are: half of a write is in the file, the write is in it, before and after each sync of objects.db, identity.db
// and runs.db (with their logs), and the audit log's own. An SQLite file system that counts stands before the real one;
// what the server does is what it always does.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <sys/random.h>
#include <unistd.h>

#include "server/server.h"

namespace {

std::atomic<std::uint64_t> passed{0};
std::uint64_t fatal = 0;

void pass() {
  if (++passed == fatal) ::kill(::getpid(), SIGKILL);
}

struct File {
  sqlite3_file base;
  bool counted;
  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* below(sqlite3_file* file) { return self(file)->below(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return below(file)->pMethods; }

int on_close(sqlite3_file* file) {
  const int code = methods(file)->xClose(below(file));
  file->pMethods = nullptr;
  return code;
}
int on_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (!self(file)->counted) return methods(file)->xWrite(below(file), from, size, at);
  if (passed.load() + 1 == fatal) methods(file)->xWrite(below(file), from, size / 2, at);
  pass();
  const int code = methods(file)->xWrite(below(file), from, size, at);
  pass();
  return code;
}
int on_sync(sqlite3_file* file, int flags) {
  if (!self(file)->counted) return methods(file)->xSync(below(file), flags);
  pass();
  const int code = methods(file)->xSync(below(file), flags);
  pass();
  return code;
}

const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = on_close,
    .xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return methods(f)->xRead(below(f), to, n, at); },
    .xWrite = on_write,
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return methods(f)->xTruncate(below(f), size); },
    .xSync = on_sync,
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return methods(f)->xFileSize(below(f), size); },
    .xLock = [](sqlite3_file* f, int level) { return methods(f)->xLock(below(f), level); },
    .xUnlock = [](sqlite3_file* f, int level) { return methods(f)->xUnlock(below(f), level); },
    .xCheckReservedLock = [](sqlite3_file* f, int* out) { return methods(f)->xCheckReservedLock(below(f), out); },
    .xFileControl = [](sqlite3_file* f, int op, void* arg) { return methods(f)->xFileControl(below(f), op, arg); },
    .xSectorSize = [](sqlite3_file* f) { return methods(f)->xSectorSize(below(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return methods(f)->xDeviceCharacteristics(below(f)); },
    .xShmMap = [](sqlite3_file* f, int page, int size, int extend,
                  void volatile** out) { return methods(f)->xShmMap(below(f), page, size, extend, out); },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return methods(f)->xShmLock(below(f), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { methods(f)->xShmBarrier(below(f)); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return methods(f)->xShmUnmap(below(f), remove); },
};

sqlite3_vfs* real() {
  static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
  return found;
}

bool is_counted(const char* path) {
  if (path == nullptr) return false;
  for (const char* name : {"/objects.db", "/identity.db", "/runs.db"}) {
    if (std::strstr(path, name) != nullptr) return true;
  }
  return false;
}

int on_open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* mine = new (file) File{{nullptr}, is_counted(path)};
  const int code = real()->xOpen(real(), path, mine->below(), flags, out_flags);
  if (mine->below()->pMethods != nullptr) mine->base.pMethods = &kMethods;
  return code;
}

void count_writes() {
  static sqlite3_vfs vfs;
  sqlite3_initialize();
  vfs = *real();
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real()->szOsFile;
  vfs.pNext = nullptr;
  vfs.zName = "counting";
  vfs.xOpen = on_open;
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 64;
  fatal = std::strtoull(words[2], nullptr, 10);
  count_writes();
  boost::asio::io_context io(1);
  windlass::server::ServerOptions options;
  options.data_folder = words[1];
  options.listen = "127.0.0.1:0";
  options.version = "probe";
  options.agent_binary = std::string(words[0]).substr(0, std::string_view(words[0]).rfind('/')) + "/windlass-agent";
  options.labels = {"base"};
  options.now_millis = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  options.random = [] {
    std::uint64_t out = 0;
    if (::getrandom(&out, sizeof out, 0) != sizeof out) std::abort();
    return out;
  };
  options.log = [](std::string_view line) {
    std::fprintf(stderr, "probe: %.*s\n", static_cast<int>(line.size()), line.data());
  };
  options.audit_point = pass;
  auto server = windlass::server::Server::start(io, std::move(options));
  if (!server) {
    std::fprintf(stderr, "probe: %s\n", server.error().text().c_str());
    return 70;
  }
  boost::asio::signal_set signals(io, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) (*server)->stop();
  });
  io.run();
  if (count > 3) std::ofstream(words[3]) << passed.load() << "\n";
  return 0;
}
