// The index of a state folder: which jobs and runs there are, and which number comes next.
//
// A projection: the truth about a run is its own database. So a commit here survives the process but not always a power
// cut, and state_folder.cc adds again what is missing. Several processes write it; each call is one transaction.
// Source: docs/formats/journal.md, "index.db".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/disk.h"

namespace windlass::journal {

struct IndexRow {
  std::uint64_t ordinal = 0;  ///< order of creation; 0 before it is stored
  std::string uid;
  std::string job;
  std::uint64_t number = 0;
  std::int64_t created_ms = 0;
  std::int64_t ended_ms = 0;  ///< 0: not ended as far as the index knows
  std::string result;
};

class RunIndex {
 public:
  /// Opens STATE/index.db, making it when it is not there; a damaged one is set aside as `index.db.damaged-…`.
  /// `made` tells that it is empty and runs may have to be added.
  [[nodiscard]] static Result<std::shared_ptr<RunIndex>> open(const std::string& state, store::Disk& disk, bool& made);

  /// Gives the job its next number. `claim(number)` makes the run's folder: false if that number is taken on disk, then
  /// the one after it is tried, unless `row` asks for a number: then that is a `conflict`. Row and folder appear
  /// together for other processes.
  [[nodiscard]] Result<std::uint64_t> allocate(const IndexRow& row,
                                               const std::function<Result<bool>(std::uint64_t)>& claim);
  /// Adds a run that was found on disk, if it is not there.
  [[nodiscard]] Result<> add_found(const IndexRow& row);
  [[nodiscard]] Result<> set_end(const std::string& job, std::uint64_t number, std::int64_t ended_ms,
                                 const std::string& result);
  [[nodiscard]] Result<> remove(const std::string& job, std::uint64_t number);

  [[nodiscard]] Result<std::optional<IndexRow>> find(std::string_view job, std::uint64_t number);
  /// Newest first.
  [[nodiscard]] Result<std::vector<IndexRow>> newest(std::size_t limit, bool unfinished_only);
  [[nodiscard]] Result<std::vector<IndexRow>> by_number(std::uint64_t number);
  [[nodiscard]] Result<std::vector<IndexRow>> by_uid_prefix(std::string_view prefix);
  /// Runs of a job with a smaller number, newest first, at most `limit`.
  [[nodiscard]] Result<std::vector<IndexRow>> before(std::string_view job, std::uint64_t number, std::size_t limit);

 private:
  explicit RunIndex(store::Database db) : db_(std::move(db)) {}
  Result<> raise_next(std::string_view job, std::uint64_t next);
  store::Database db_;
};

}  // namespace windlass::journal
