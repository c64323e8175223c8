// The state folder of `windlass run`: where runs are kept, which numbers they get, and which can be resumed.
//
//   STATE/index.db            jobs and runs; a projection that is made again from the folders when it is lost
//   STATE/keys/state.key      wraps the keys of the runs; 0600
//   STATE/programs/           program parts too large for a database, by hash, shared between runs
//   STATE/server.lock         held by a server: all runs of the folder are its own
//   STATE/commits/            what a server's runs have committed and their databases may not have on disk
//   STATE/runs/JOB/NUMBER/    one run: run.db, owner.lock, blobs/, files/    (JOB encoded, see encode_job)
//
// Several processes may use one folder at once; a run is owned by one process, by a file lock that dies with it.
// Windlass makes these with modes 0700 and 0600, whatever the umask.
//
// Threads: one at a time per object. Source: the state and resume contract of `windlass run`; docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/commit_log.h"
#include "journal/late_runs.h"
#include "journal/run_journal.h"

namespace windlass::store {
class Disk;
}

namespace windlass::journal {

/// A run as the list shows it.
struct RunInfo {
  enum class State : std::uint8_t {
    running,      ///< a process owns it now
    interrupted,  ///< not ended and nobody owns it: can be resumed
    ended,
    damaged,  ///< its database cannot be read; `problem` says why
  };
  std::string uid;
  std::string job;
  std::uint64_t number = 0;
  std::int64_t created_ms = 0;
  State state = State::interrupted;
  std::optional<RunEnd> end;
  std::string problem;         ///< damaged: what is wrong; interrupted: why nobody can go on with it (it is suspended)
  std::int64_t owner_pid = 0;  ///< while running
  bool of_server = false;      ///< while running: its owner is a server that has claimed the folder

  /// "JOB#NUMBER", what people type.
  [[nodiscard]] std::string id() const { return job + "#" + std::to_string(number); }
};

/// A part of the program that many runs have: named by its hash, and asked for its bytes only where the state folder
/// does not have them yet.
struct SharedPart {
  std::string role;
  std::string hash;  ///< content_hash() of the bytes
  std::function<Result<std::string>()> bytes;
};

/// What a new run begins with.
struct RunSpec {
  std::string job;
  std::uint64_t number = 0;  ///< 0: the job's next one; `conflict` when another run has it
  std::int64_t created_ms = 0;
  std::uint32_t semantics = 0;
  std::string inputs;   ///< opaque; sealed with the run's key
  std::string secrets;  ///< opaque; sealed with the key that is wiped when the run ends
  std::vector<std::pair<std::string, std::string>> program;  ///< (role, bytes); may also be added later
  std::vector<SharedPart> shared_program;
};

class StateFolder {
 public:
  /// Is told one sentence when damage of the index was found and mended.
  using Notice = std::function<void(const std::string&)>;
  /// Opens the folder, making what is missing. `disk` is for tests (faults); null is the real one.
  [[nodiscard]] static Result<std::unique_ptr<StateFolder>> open(const std::string& path,
                                                                 std::shared_ptr<store::Disk> disk = nullptr,
                                                                 Notice notice = {});
  virtual ~StateFolder() = default;

  [[nodiscard]] virtual const std::string& path() const = 0;

  /// From now on, while this object lives, its runs are this process's: those that it is not at work on, too. Other
  /// processes read them, but neither make, resume nor delete one. Their commits share one log (commit_log.h); what a
  /// process or a power cut left there is brought into the runs' databases first. `conflict` names the process that
  /// has it.
  [[nodiscard]] virtual Result<> claim() = 0;
  /// The log that the runs share; null without claim().
  [[nodiscard]] virtual std::shared_ptr<CommitLog> commits() = 0;
  /// Runs of this folder that have ended and not landed: after claim(), of the process that has it. Another StateFolder
  /// of the process that reads runs shares it, so that it waits for those.
  [[nodiscard]] virtual std::shared_ptr<LateRuns> late_runs() = 0;
  virtual void share_late_runs(std::shared_ptr<LateRuns> late) = 0;
  /// Looks at the keys of the folder again: a rotation (state_keys.h) has another one. Reading does so by itself.
  [[nodiscard]] virtual Result<> renew_keys() = 0;

  /// Takes the next number of the job and owns the new run. Durable together with the first commit().
  [[nodiscard]] virtual Result<std::unique_ptr<RunJournal>> create_run(const RunSpec& spec) = 0;

  /// Owns a run to go on with it. `conflict` if a live process owns it (its pid is in the message), `not_found`,
  /// `corrupt`; a run that has ended opens too and refuses writes.
  [[nodiscard]] virtual Result<std::unique_ptr<RunJournal>> resume_run(const RunInfo& run) = 0;
  /// The same in two parts: what is given back opens the journal and checks it, on any thread, once.
  using Open = std::function<Result<std::unique_ptr<RunJournal>>()>;
  [[nodiscard]] virtual Result<Open> resume_elsewhere(const RunInfo& run) = 0;

  /// Reads a run that anybody may own.
  [[nodiscard]] virtual Result<std::unique_ptr<RunReader>> read_run(const RunInfo& run) = 0;

  /// All runs, newest first; at most `limit`.
  [[nodiscard]] virtual Result<std::vector<RunInfo>> list(std::size_t limit = SIZE_MAX) = 0;
  /// The runs of a job with a number below `before`, newest first, as long as `go_on` says true: who looks for one of
  /// the newest pays for those.
  [[nodiscard]] virtual Result<> look_through(std::string_view job, std::uint64_t before,
                                              const std::function<bool(const RunInfo&)>& go_on) = 0;
  /// By what people type: "JOB#7", "7" or "#7" (if only one job has it), a uid or its first 4 and more digits.
  /// `not_found` and `invalid` (ambiguous) say what there is.
  [[nodiscard]] virtual Result<RunInfo> find(std::string_view id) = 0;
  /// The newest run that can be resumed (interrupted), or nothing.
  [[nodiscard]] virtual Result<std::optional<RunInfo>> newest_unfinished() = 0;
  [[nodiscard]] virtual Result<std::optional<RunInfo>> newest() = 0;
  /// The newest ended run of the job with a number below `before`; with `result` only one that ended so.
  [[nodiscard]] virtual Result<std::optional<RunInfo>> previous(std::string_view job, std::uint64_t before,
                                                                std::string_view result = {}) = 0;

  /// Deletes a run and all its files; its number is not given out again. `conflict` while a process owns it.
  [[nodiscard]] virtual Result<> remove_run(const RunInfo& run) = 0;

  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

 protected:
  StateFolder() = default;
};

/// A job's folder name: letters, digits, '-', '_' and inner '.' stand for themselves, all else is %XX; long names end
/// in a hash. One to one, never empty, never "." or "..". `invalid` for an empty name, NUL, or more than kMaxName
/// bytes.
[[nodiscard]] Result<std::string> encode_job(std::string_view job);

/// Reads a run's database from its bytes, whatever they are, without keys or files beside it: payloads are `wiped`.
[[nodiscard]] Result<std::unique_ptr<RunReader>> read_run_bytes(std::string_view database, const std::string& label);

/// Copies a run into the new state folder `target` as if it had been killed right after entry `sequence` became
/// durable: later entries, log rows, nodes and records are not there, the end neither. For tests and for `replay
/// --until`.
[[nodiscard]] Result<std::unique_ptr<StateFolder>> copy_cut(StateFolder& from, const RunInfo& run,
                                                            std::uint64_t sequence, const std::string& target);

/// Copies the database of a run, in STATE/runs/`folder`, into the new file `target`: as it is, or as of entry
/// `sequence` (see copy_cut). Blobs and files are not part of it. The run may go on meanwhile.
[[nodiscard]] Result<> copy_run_database(const std::string& state, const std::string& folder,
                                         std::optional<std::uint64_t> sequence, const std::string& target);

/// What check_state() found.
struct StateCheck {
  struct Run {
    std::string job, uid;
    std::uint64_t number = 0;
    std::optional<RunEnd> end;
    std::vector<Record> artifacts;  ///< records of that kind
    std::string folder;             ///< absolute
  };
  std::vector<Run> runs;              ///< that can be read
  std::vector<std::string> findings;  ///< what is damaged, a sentence each
  std::set<std::string> behind;       ///< "JOB#NUMBER" of those of which the commit log has more: not looked at
  bool has_told_behind = false;       ///< a finding says so, since the machine has stopped
  VerifyReport totals;
};

/// Reads every run, blob and program of a state folder and compares each checksum; changes nothing. `at_rest`: nobody
/// works on it. Errors only where nothing can be looked at: not_found.
[[nodiscard]] Result<StateCheck> check_state(const std::string& state, bool at_rest);

}  // namespace windlass::journal
