// The index of a state folder: which jobs and runs there are, and which number comes next.
//
// A projection: the truth about a run is its own database. So a commit here survives the process but not always a power
// cut, and state_folder.cc adds again what is missing. Several processes write it; each call is one transaction.
// Every row that is read is compared with its checksum; `corrupt` names the first that is not whole, and renew() mends.
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

/// Is told one sentence about damage that was mended.
using Notice = std::function<void(const std::string&)>;

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
  /// Opens STATE/index.db, making it when it is not there; a damaged one is set aside as `index.db.damaged-…`, which
  /// `notice` is told. `made` tells that it is empty and runs may have to be added.
  [[nodiscard]] static Result<std::shared_ptr<RunIndex>> open(const std::string& state, store::Disk& disk,
                                                              const Notice& notice, bool& made);
  /// Sets the file aside for damage that was found in it and begins an empty one, which knows the next numbers. Gives
  /// the rows that were whole, in their order: whoever adds the others again knows where those belong among them.
  [[nodiscard]] Result<std::vector<IndexRow>> renew(const Error& why, store::Disk& disk, const Notice& notice);

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
  /// All rows, newest first; of the other tables only whether they are whole.
  [[nodiscard]] Result<std::vector<IndexRow>> check_all();
  /// Newest first.
  [[nodiscard]] Result<std::vector<IndexRow>> newest(std::size_t limit, bool unfinished_only);
  [[nodiscard]] Result<std::vector<IndexRow>> by_number(std::uint64_t number);
  [[nodiscard]] Result<std::vector<IndexRow>> by_uid_prefix(std::string_view prefix);
  /// Runs of a job with a smaller number, newest first, at most `limit`.
  [[nodiscard]] Result<std::vector<IndexRow>> before(std::string_view job, std::uint64_t number, std::size_t limit);

 private:
  struct Job {
    std::string name;
    std::uint64_t next = 1;
  };
  /// The file and which file it is: another process may have put a new one in its place.
  struct Open {
    store::Database db;
    std::uint32_t version;
    std::uint64_t inode;
  };
  RunIndex(std::string path, Open open) : path_(std::move(path)), open_(std::move(open)) {}
  static Result<Open> open_checked(const std::string& path, const std::string& vfs);
  /// Gives the rows of an earlier version their checksums.
  Result<> upgrade();
  static Result<> set_aside(const std::string& path, const Error& why, store::Disk& disk, const Notice& notice);
  Result<store::Statement> select(std::string_view where);
  Result<IndexRow> read_row(const store::Statement& row) const;
  Result<std::vector<IndexRow>> read_rows(store::Statement& row) const;
  /// A row that a lookup gave for something else, or did not give at all.
  [[nodiscard]] std::unexpected<Error> misled(std::string_view lookup, const IndexRow& row) const;
  Result<Job> read_job(const store::Statement& row) const;
  Result<std::optional<Job>> find_job(std::string_view name);
  Result<> put_job(const Job& job);
  Result<> raise_next(std::string_view job, std::uint64_t next);
  /// Puts a row behind all others.
  Result<> insert(IndexRow row, bool replace);

  std::string path_;
  Open open_;
};

}  // namespace windlass::journal
