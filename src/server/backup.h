// A backup of a server's folder while it works: objects, accounts, runs with their journals, logs and files, the audit
// log, all as of one moment; never the keys. docs/formats/backup.md.
//
// The moment is when BackupMoment::take() returns: it is called where no run can move (the engine's thread, or no
// server at all) and keeps the other databases from changing for as long as it takes to open a view of each. Of a run
// that goes on only the number of its last durable entry is noted; its journal is copied later, and cut there.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/seal.h"
#include "runs/run_types.h"
#include "store/database.h"

namespace windlass::server {

class BackupMoment {
 public:
  /// `going_on`: the runs that have not ended; empty without a server, then the table says which there are.
  static Result<BackupMoment> take(const std::string& folder, const std::vector<runs::FrozenRun>& going_on);

 private:
  friend class BackupStream;
  struct View {
    std::string name;  ///< within the folder
    std::unique_ptr<store::Database> database;
    std::optional<store::Transaction> transaction;  ///< open: what is read is as of the moment
  };
  struct Run {
    std::string folder;                     ///< JOB/NUMBER as encoded
    std::optional<std::uint64_t> sequence;  ///< where its journal ends; nothing: it is as it is
  };
  std::string folder_;
  std::vector<View> views_;
  std::vector<Run> runs_;
  std::uint64_t audit_size_ = 0;
};

struct BackupFacts {
  std::int64_t now_millis = 0;
  std::string version;   ///< of Windlass
  std::string key_mark;  ///< which key opens what is sealed in it: mark_of()
};

inline constexpr std::string_view kKeyMark = "which key this is";
/// Which key it is, without telling it.
std::string mark_of(const journal::SealKey& key);

/// The bytes of the backup, one part after the other. Blocks: not on the reactor.
class BackupStream {
 public:
  BackupStream(BackupMoment moment, BackupFacts facts);
  ~BackupStream();
  BackupStream(const BackupStream&) = delete;
  BackupStream& operator=(const BackupStream&) = delete;

  /// Empty at the end.
  Result<std::string> next();
  [[nodiscard]] std::uint64_t files() const { return files_; }

 private:
  struct Source {
    std::string path;
    bool temporary = false;
    std::uint64_t most = UINT64_MAX;
  };
  struct Item {
    std::string name;
    std::function<Result<Source>()> open;
    bool may_be_missing = false;
  };
  void plan();
  void add_file(const std::string& name, bool may_be_missing);
  void add_tree(const std::string& name);
  void plan_run(const BackupMoment::Run& run);
  Result<std::string> begin(Item item);
  Result<std::string> more();
  std::string manifest();

  BackupMoment moment_;
  BackupFacts facts_;
  std::string scratch_;  ///< folder for copies of databases, one at a time
  std::deque<Item> items_;
  int fd_ = -1;
  std::string name_, temporary_;
  std::uint64_t size_ = 0, left_ = 0;
  std::unique_ptr<journal::ContentHasher> hasher_;
  std::string listed_;  ///< the manifest's list so far
  std::uint64_t files_ = 0;
  enum class Stage : std::uint8_t { files, end, over } stage_ = Stage::files;
};

struct BackupReport {
  std::string version, key_mark;
  std::int64_t made_millis = 0;
  std::uint64_t files = 0, bytes = 0;
};

/// Reads a backup to its end and compares every file with the list in it; with `into` also writes them there (an empty
/// folder), synced. Errors: corrupt, with the file; unsupported (of a newer Windlass); not_found.
Result<BackupReport> read_backup(const std::string& file, const std::optional<std::string>& into);

}  // namespace windlass::server
