// Which runs this server accepted: one row per run in runs.db, durable before anybody hears of it.
//
// The row of a run that has not begun carries all it needs to begin, sealed. Its journal is another file: a row is
// there before the journal is, and a journal whose row says "queued" has begun all the same (RunCore finds it).
// Threads: one at a time. Format: docs/formats/runs.md.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/seal.h"
#include "runs/run_types.h"
#include "store/database.h"

namespace windlass::runs {

struct RunRow {
  RunInfo info;        ///< without what only a living run knows
  RunRequest request;  ///< of one that has not begun or not ended; else empty but for project, pipeline, branch
};

class RunTable {
 public:
  [[nodiscard]] static Result<std::unique_ptr<RunTable>> open(const std::string& path, journal::SealKey key);

  /// The run of that uid, or a new one with the job's next number. `fresh` tells which.
  [[nodiscard]] Result<RunRow> accept(const RunRequest& request, std::int64_t now_millis, bool& fresh);
  [[nodiscard]] Result<> set_started(const std::string& uid, std::int64_t now_millis);
  [[nodiscard]] Result<> set_ended(const std::string& uid, const std::string& result, std::int64_t now_millis);
  [[nodiscard]] Result<std::optional<RunRow>> find(const std::string& uid);
  [[nodiscard]] Result<std::optional<RunRow>> find(const std::string& job, std::uint64_t number);
  /// Of a job, newest first, with a number below `before` (0: all).
  [[nodiscard]] Result<std::vector<RunRow>> of_job(const std::string& job, std::size_t limit, std::uint64_t before = 0);
  [[nodiscard]] Result<std::vector<std::string>> jobs();
  /// All that have not ended, oldest first, with their requests.
  [[nodiscard]] Result<std::vector<RunRow>> unfinished();
  [[nodiscard]] Result<> remove(const std::string& uid);

 private:
  RunTable(store::Database database, journal::SealKey key) : database_(std::move(database)), key_(std::move(key)) {}
  Result<RunRow> read(store::Statement& row, bool with_request);
  Result<std::optional<RunRow>> first(store::Statement& row);

  store::Database database_;
  journal::SealKey key_;
};

/// For the sealed column, and back; what is unknown is ignored.
data::Value to_value(const RunRequest& request);
RunRequest request_from(const data::Value& value);

}  // namespace windlass::runs
