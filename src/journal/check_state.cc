// Looking through a whole state folder for damage. Nothing is written: no index is made anew, no database repaired, and
// where nobody works on the folder not even SQLite's own files appear beside a database.
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <unistd.h>

#include "journal/commit_log.h"
#include "journal/folder_claim.h"
#include "journal/owner_lock.h"
#include "journal/run_database.h"
#include "journal/state_folder.h"
#include "journal/state_keys.h"
#include "store/disk.h"

namespace windlass::journal {

namespace {

namespace fs = std::filesystem;

class Checker {
 public:
  Checker(std::string state, bool at_rest) : state_(std::move(state)), at_rest_(at_rest) {}

  StateCheck run() {
    read_key();
    read_commits();
    std::error_code problem;
    for (const auto& job : sorted(state_ + "/runs")) {
      for (const auto& number : sorted(job)) check_run(number);
    }
    check_programs();
    if (fs::exists(state_ + "/index.db", problem)) {
      note(look_into(state_ + "/index.db", [](store::Database& db) -> Result<> {
        WL_CHECK_OK(check_index_schema(db));
        return db.check_structure();
      }));
    }
    return std::move(out_);
  }

 private:
  void note(const Result<>& result) {
    if (!result) out_.findings.push_back(result.error().message);
  }

  static std::vector<fs::path> sorted(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code problem;
    for (const auto& entry : fs::directory_iterator(folder, problem)) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
  }

  /// Journals that are behind the commit log are not damaged, but nothing can be said of them yet. After a power cut
  /// that is told; where a server was killed on a machine that runs on, whoever opens the folder next mends them. A
  /// folder that came from another machine has such a log too, and journals that have all of it.
  void read_commits() {
    const auto disk = store::make_disk();
    if (claimed_by(state_)) return;
    const auto segments = read_lagging_segments(state_, *disk);
    if (!segments) {
      out_.findings.push_back("the commit log " + state_ + "/commits: " + segments.error().message);
      return;
    }
    std::map<std::string, const CommitRecord*> newest;
    for (const auto& found : segments->records) {
      if (segments->landed && found.end <= *segments->landed) continue;
      if (auto job = encode_job(found.record.job)) {
        newest[state_ + "/runs/" + *job + "/" + std::to_string(found.record.number)] = &found.record;
      }
    }
    for (const auto& [folder, record] : newest) {
      if (has_all(folder, *record)) continue;
      behind_.insert(folder);
      out_.behind.insert(record->job + "#" + std::to_string(record->number));
    }
    if (behind_.empty() || segments->landed) return;
    out_.has_told_behind = true;
    out_.findings.push_back("the machine stopped while a server was at work in " + state_ +
                            ": the commit log has what " + std::to_string(behind_.size()) +
                            " journals may lack, which were not looked at; start the server and check again");
  }

  [[nodiscard]] bool has_all(const std::string& folder, const CommitRecord& newest) const {
    std::error_code problem;
    if (newest.kind == CommitRecord::Kind::removed) return !fs::exists(folder, problem);
    bool is_there = false;
    const auto read = look_into(folder + "/run.db", [&](store::Database& db) -> Result<> {
      auto row = WL_TRY(db.prepare("SELECT checksum FROM state WHERE id=1"));
      is_there = WL_TRY(row.next()) && to_digest(row.bytes(0)) == newest.after;
      return {};
    });
    return read && is_there;
  }

  void read_key() {
    auto keys = read_state_keys(state_);
    if (keys) {
      keys_ = std::move(*keys);
    } else if (keys.error().kind == ErrorKind::corrupt) {
      out_.findings.push_back("the key " + keys.error().message);
    } else if (fs::exists(state_ + "/runs") && !sorted(state_ + "/runs").empty()) {
      out_.findings.push_back("the key " + state_ +
                              "/keys/state.key cannot be read: what the runs keep sealed is lost without it");
    }
  }

  /// Opens for reading and takes away what that left beside the database.
  Result<> look_into(const std::string& path, const std::function<Result<>(store::Database&)>& look) const {
    const bool had_index = ::access((path + "-shm").c_str(), F_OK) == 0;
    Result<> out;
    {
      auto db = store::Database::open(path, {.read_only = true, .at_rest = at_rest_});
      out = db ? look(*db) : Result<>(fail(std::move(db).error()));
    }
    if (at_rest_ && !had_index) ::unlink((path + "-shm").c_str());
    return out;
  }

  void check_run(const fs::path& folder) {
    if (behind_.contains(folder.string())) return;
    const auto name = folder.filename().string();
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) return;
    const RunPlace place{folder.string(), state_ + "/programs"};
    const auto hint = read_hint(place.folder);
    const bool had_commits = hint && hint->sequence + hint->log_bytes > 0;
    if (::access(place.database().c_str(), F_OK) != 0) {
      if (had_commits) out_.findings.push_back("the journal " + place.database() + " is gone");
      return;
    }
    const bool had_index = ::access((place.database() + "-shm").c_str(), F_OK) == 0;
    const bool quiet = at_rest_ || !probe_owner(place.folder).held;
    note(read_whole(place, hint, had_commits, quiet));
    if (at_rest_ && !had_index) ::unlink((place.database() + "-shm").c_str());
  }

  Result<> read_whole(const RunPlace& place, const std::optional<OwnerHint>& hint, bool had_commits, bool quiet) {
    auto db = WL_TRY(store::Database::open(place.database(), {.read_only = true, .at_rest = quiet}));
    auto run = RunDatabase::open(std::move(db), place, keys_.get());
    if (!run && run.error().kind == ErrorKind::not_found) {
      if (!had_commits) return {};  // it never began
      return fail(ErrorKind::corrupt,
                  {"the journal {} is damaged at entry 1: everything that was committed is missing",
                   "日志 {} 在第 1 条处损坏：已提交的内容全部缺失"},
                  {place.database()});
    }
    if (!run) return fail(std::move(run).error());
    if (hint) WL_CHECK_OK(run->check_tail(*hint));
    const auto report = WL_TRY(run->verify());
    out_.totals.entries += report.entries;
    out_.totals.log_rows += report.log_rows;
    out_.totals.log_bytes += report.log_bytes;
    out_.totals.nodes += report.nodes;
    out_.totals.records += report.records;
    out_.totals.blobs += report.blobs;
    out_.runs.push_back({.job = run->header().job,
                         .uid = run->header().uid,
                         .number = run->header().number,
                         .end = WL_TRY(run->end()),
                         .artifacts = WL_TRY(run->records("artifact")),
                         .folder = place.folder});
    return {};
  }

  /// Parts of programs that several runs share are named by their content.
  void check_programs() {
    for (const auto& file : sorted(state_ + "/programs")) {
      const auto name = file.filename().string();
      if (name.size() != 64 || name.find_first_not_of("0123456789abcdef") != std::string::npos) continue;
      const auto bytes = store::read_file(file.string(), kMaxProgram);
      if (!bytes) {
        out_.findings.push_back("the program part " + file.string() + " cannot be read: " + bytes.error().message);
      } else if (format_hex(content_hash(*bytes)) != name) {
        out_.findings.push_back("the program part " + file.string() +
                                " is damaged: its content is not what it is named");
      }
    }
  }

  static constexpr std::size_t kMaxProgram = 256u << 20;
  std::string state_;
  bool at_rest_;
  std::set<std::string> behind_;  ///< folders of runs that the commit log is ahead of
  std::shared_ptr<KeyRing> keys_;
  StateCheck out_;
};

}  // namespace

Result<StateCheck> check_state(const std::string& state, bool at_rest) {
  std::error_code problem;
  if (!fs::is_directory(state, problem))
    return fail(ErrorKind::not_found, {"there is no state folder {}", "没有状态目录 {}"}, {state});
  return Checker(state, at_rest).run();
}

}  // namespace windlass::journal
