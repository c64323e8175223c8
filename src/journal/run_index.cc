#include "journal/run_index.h"

#include <algorithm>
#include <cerrno>
#include <unistd.h>
#include <utility>

#include "journal/schema.h"
#include "journal/seal.h"

namespace windlass::journal {

namespace {

using store::Database;
using store::Transaction;

constexpr std::string_view kColumns = "SELECT ordinal,uid,job,number,created_ms,ended_ms,result FROM runs ";

IndexRow read_row(const store::Statement& row) {
  return {static_cast<std::uint64_t>(row.integer(0)),
          std::string(row.bytes(1)),
          std::string(row.bytes(2)),
          static_cast<std::uint64_t>(row.integer(3)),
          row.integer(4),
          row.integer(5),
          std::string(row.bytes(6))};
}

Result<std::vector<IndexRow>> read_rows(store::Statement& row) {
  std::vector<IndexRow> rows;
  while (WL_TRY(row.next())) rows.push_back(read_row(row));
  return rows;
}

Result<Database> open_checked(const std::string& path, const std::string& vfs) {
  auto db = WL_TRY(Database::open(path, {.sync = Database::Sync::normal, .vfs = vfs}));
  WL_CHECK_OK(check_index_schema(db));
  WL_CHECK_OK(db.check_header());
  db.keep_log_at_close();
  // Whoever opens it first reads the whole log: it stays short, though each run adds to it.
  WL_CHECK_OK(db.exec("PRAGMA wal_autocheckpoint=40"));
  return db;
}

Result<> make_file(const std::string& path, store::Disk& disk) {
  const auto image = WL_TRY(make_index_image());
  return disk.write_shared_file(path, image);
}

}  // namespace

Result<std::shared_ptr<RunIndex>> RunIndex::open(const std::string& state, store::Disk& disk, bool& made) {
  const std::string path = state + "/index.db";
  made = ::access(path.c_str(), F_OK) != 0;
  if (made) WL_CHECK_OK(make_file(path, disk));
  auto db = open_checked(path, disk.vfs());
  if (!db && db.error().kind == ErrorKind::corrupt) {
    // Nothing is lost: all of it is also in the folders of the runs.
    const std::string aside = path + ".damaged-" + format_hex(random_bytes(4));
    if (::rename(path.c_str(), aside.c_str()) != 0) return fail(store::make_system_error(errno, path, "set aside"));
    ::unlink((path + "-wal").c_str());
    ::unlink((path + "-shm").c_str());
    made = true;
    WL_CHECK_OK(make_file(path, disk));
    db = open_checked(path, disk.vfs());
  }
  if (!db) return fail(std::move(db).error());
  return std::shared_ptr<RunIndex>(new RunIndex(std::move(*db)));
}

Result<> RunIndex::raise_next(std::string_view job, std::uint64_t next) {
  auto put = WL_TRY(db_.prepare("INSERT INTO jobs VALUES(?1,?2) ON CONFLICT DO UPDATE SET next=max(next,?2)"));
  return put.run(job, next);
}

Result<std::uint64_t> RunIndex::allocate(const IndexRow& row, const std::function<Result<bool>(std::uint64_t)>& claim) {
  auto transaction = WL_TRY(Transaction::begin(db_, Transaction::Kind::write));
  std::uint64_t number = row.number;
  if (number != 0) {
    if (!WL_TRY(claim(number)))
      return fail(ErrorKind::conflict, "the run " + row.job + "#" + std::to_string(number) + " is there already");
    auto put = WL_TRY(db_.prepare("INSERT OR REPLACE INTO runs VALUES(NULL,?,?,?,?,0,'')"));
    WL_CHECK_OK(put.run(row.uid, row.job, number, row.created_ms));
    WL_CHECK_OK(raise_next(row.job, number + 1));
    WL_CHECK_OK(transaction.commit());
    return number;
  }
  number = 1;
  auto next = WL_TRY(db_.prepare("SELECT next FROM jobs WHERE name=?1"));
  next.start(row.job);
  if (WL_TRY(next.next())) number = static_cast<std::uint64_t>(next.integer(0));
  next.reset();
  if (number == 0) number = 1;
  while (!WL_TRY(claim(number))) ++number;
  auto insert = WL_TRY(db_.prepare("INSERT INTO runs VALUES(NULL,?,?,?,?,0,'')"));
  WL_CHECK_OK(insert.run(row.uid, row.job, number, row.created_ms));
  WL_CHECK_OK(raise_next(row.job, number + 1));
  WL_CHECK_OK(transaction.commit());
  return number;
}

Result<> RunIndex::add_found(const IndexRow& row) {
  auto transaction = WL_TRY(Transaction::begin(db_, Transaction::Kind::write));
  auto insert = WL_TRY(db_.prepare("INSERT OR IGNORE INTO runs VALUES(NULL,?,?,?,?,?,?)"));
  WL_CHECK_OK(insert.run(row.uid, row.job, row.number, row.created_ms, row.ended_ms, row.result));
  WL_CHECK_OK(raise_next(row.job, row.number + 1));
  return transaction.commit();
}

Result<> RunIndex::set_end(const std::string& job, std::uint64_t number, std::int64_t ended_ms,
                           const std::string& result) {
  auto update = WL_TRY(db_.prepare("UPDATE runs SET ended_ms=?3,result=?4 WHERE job=?1 AND number=?2"));
  return update.run(job, number, ended_ms, result);
}

Result<> RunIndex::remove(const std::string& job, std::uint64_t number) {
  auto gone = WL_TRY(db_.prepare("DELETE FROM runs WHERE job=?1 AND number=?2"));
  return gone.run(job, number);
}

Result<std::optional<IndexRow>> RunIndex::find(std::string_view job, std::uint64_t number) {
  auto row = WL_TRY(db_.prepare(std::string(kColumns) + "WHERE job=?1 AND number=?2"));
  row.start(job, number);
  if (!WL_TRY(row.next())) return std::nullopt;
  return read_row(row);
}

Result<std::vector<IndexRow>> RunIndex::newest(std::size_t limit, bool unfinished_only) {
  auto row = WL_TRY(db_.prepare(std::string(kColumns) + (unfinished_only ? "WHERE ended_ms=0 " : "") +
                                "ORDER BY ordinal DESC LIMIT ?1"));
  row.start(static_cast<std::int64_t>(limit > INT64_MAX ? INT64_MAX : limit));
  return read_rows(row);
}

Result<std::vector<IndexRow>> RunIndex::by_number(std::uint64_t number) {
  auto row = WL_TRY(db_.prepare(std::string(kColumns) + "WHERE number=?1 ORDER BY job"));
  row.start(number);
  return read_rows(row);
}

Result<std::vector<IndexRow>> RunIndex::by_uid_prefix(std::string_view prefix) {
  auto row = WL_TRY(db_.prepare(std::string(kColumns) + "WHERE uid>=?1 AND uid<?2 ORDER BY uid LIMIT 5"));
  const std::string from(prefix);
  const std::string to = from + "g";  // behind every hex digit
  row.start(from, to);
  return read_rows(row);
}

Result<std::vector<IndexRow>> RunIndex::before(std::string_view job, std::uint64_t number, std::size_t limit) {
  auto row = WL_TRY(db_.prepare(std::string(kColumns) + "WHERE job=?1 AND number<?2 ORDER BY number DESC LIMIT ?3"));
  // Numbers beyond are negative to SQLite, and nothing would be before them.
  row.start(job, std::min<std::uint64_t>(number, INT64_MAX), static_cast<std::int64_t>(limit));
  return read_rows(row);
}

}  // namespace windlass::journal
