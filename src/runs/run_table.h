// Which runs this server accepted: one row per run in runs.db, durable before anybody hears of it.
//
// The row of a run that has not begun carries all it needs to begin, sealed. Its journal is another file: a row is
// there before the journal is, and a journal whose row says "queued" has begun all the same (RunCore finds it).
// Threads: one at a time. Format: docs/formats/runs.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/key_ring.h"
#include "runs/job_properties.h"
#include "runs/run_types.h"
#include "store/migrate.h"

namespace windlass::runs {

struct RunRow {
  RunInfo info;        ///< without what only a living run knows
  RunRequest request;  ///< of one that has not begun or not ended; else empty but for project, pipeline, branch
  std::string parked;  ///< of one that had left memory: its record (park_record.h)
};

class RunTable {
 public:
  /// The tables and how they came to be.
  static const store::Schema& schema();
  [[nodiscard]] static Result<std::unique_ptr<RunTable>> open(const std::string& path,
                                                              std::shared_ptr<const journal::KeyRing> key,
                                                              std::shared_ptr<store::Disk> disk = nullptr);

  /// The run of that uid, or a new one with the job's next number. `fresh` tells which. One with an `upstream` takes
  /// what its order says and uses the order up; `not_found` when there is no such order.
  [[nodiscard]] Result<RunRow> accept(const RunRequest& request, std::int64_t now_millis, bool& fresh);
  /// All of them in one transaction, or none: runs that no row is of and no order is for, each uid once.
  [[nodiscard]] Result<std::vector<RunRow>> accept_all(const std::vector<RunRequest>& requests,
                                                       std::int64_t now_millis);
  [[nodiscard]] Result<> set_started(const std::string& uid, std::int64_t now_millis);
  /// `journal_knows`: the end is in its journal, on disk, so that a power cut takes nothing away that is not found
  /// there.
  [[nodiscard]] Result<> set_ended(const std::string& uid, const std::string& result, std::int64_t now_millis,
                                   bool journal_knows = false);
  [[nodiscard]] Result<std::optional<RunRow>> find(const std::string& uid);
  [[nodiscard]] Result<std::optional<RunRow>> find(const std::string& job, std::uint64_t number);
  /// Of a job, newest first, with a number below `before` (0: all).
  [[nodiscard]] Result<std::vector<RunRow>> of_job(const std::string& job, std::size_t limit, std::uint64_t before = 0);
  void release_memory() { database_.release_memory(); }
  /// Of all jobs the first `most` behind `after`, by name.
  [[nodiscard]] Result<std::vector<std::string>> jobs(const std::string& after, std::size_t most);
  /// Runs leave memory, each (uid, record); in one transaction.
  [[nodiscard]] Result<> set_parked(const std::vector<std::pair<std::string, std::string>>& runs);
  /// They come back: from here on their journals alone are right.
  [[nodiscard]] Result<> set_back(const std::vector<std::string>& uids);
  /// All that have not ended, oldest first, with their requests; of parked ones the record instead.
  [[nodiscard]] Result<std::vector<RunRow>> unfinished();
  [[nodiscard]] Result<> remove(const std::string& uid);
  /// Seals what older keys sealed by the newest one, all of it in one transaction.
  [[nodiscard]] Result<> seal_anew();

  // ---- orders of `build` steps that no object has taken yet (run_orders.cc)
  /// Durable when it returns. One per reference: an order or a run that is there already stands.
  [[nodiscard]] Result<> order(const RunOrder& order);
  [[nodiscard]] Result<std::optional<RunOrder>> find_order(const std::string& ref);
  [[nodiscard]] Result<std::vector<RunOrder>> orders();
  [[nodiscard]] Result<> drop_order(const std::string& ref);
  /// The run that an order became.
  [[nodiscard]] Result<std::optional<RunRow>> find_upstream(const std::string& ref);

  // ---- what is known of jobs and projects beyond their runs (job_table.cc)
  [[nodiscard]] Result<std::map<std::string, JobProperties>> properties();
  [[nodiscard]] Result<> set_properties(const std::string& job, const JobProperties& properties);
  /// When a run of the job began last; 0: never, or none that is kept.
  [[nodiscard]] Result<std::int64_t> last_start(const std::string& job);
  struct Milestone {
    std::string job;
    std::int64_t ordinal = 0;
    std::uint64_t newest = 0;  ///< the newest run that has passed it
  };
  [[nodiscard]] Result<std::vector<Milestone>> milestones();
  [[nodiscard]] Result<> note_milestone(const Milestone& milestone);
  [[nodiscard]] Result<std::map<std::string, ProjectLimits>> limits();
  [[nodiscard]] Result<> set_limits(const std::string& project, ProjectLimits limits);
  /// Who has paused a run; empty: nobody any more.
  [[nodiscard]] Result<> set_held(const std::string& uid, const std::string& by, std::int64_t now_millis);

 private:
  RunTable(std::shared_ptr<store::Disk> disk, store::Database database, std::shared_ptr<const journal::KeyRing> key)
      : disk_(std::move(disk)), database_(std::move(database)), key_(std::move(key)) {}
  Result<RunRow> read(store::Statement& row, bool with_request);
  Result<std::optional<RunRow>> first(store::Statement& row);
  /// Secrets, cause and time of its order go into a request.
  Result<> take_order(RunRequest& request, std::int64_t now_millis);
  /// Its row and number, in the transaction that is open.
  Result<RunRow> insert(const RunRequest& request, std::int64_t now_millis);

  std::shared_ptr<store::Disk> disk_;  ///< of the database, so older than it; null: that of this machine
  store::Database database_;
  std::shared_ptr<const journal::KeyRing> key_;
};

/// Looking through runs.db for damage; nothing is written.
struct RunTableCheck {
  std::vector<RunInfo> runs;          ///< without what only a living run knows
  std::vector<std::string> findings;  ///< a sentence each
};
RunTableCheck check_run_table(store::Database& database, const journal::KeyRing& key);

/// For the sealed column, and back; what is unknown is ignored.
data::Value to_value(const RunRequest& request);
RunRequest request_from(const data::Value& value);

}  // namespace windlass::runs
