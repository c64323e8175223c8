#include "journal/run_index.h"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "journal/schema.h"
#include "journal/seal.h"

namespace windlass::journal {

namespace {

using store::Blob;
using store::Database;
using store::Statement;
using store::Transaction;

Result<> make_file(const std::string& path, store::Disk& disk) {
  const auto image = WL_TRY(make_index_image());
  return disk.write_shared_file(path, image);
}

std::uint64_t inode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

Digest row_digest(const IndexRow& row) {
  return Digester()
      .bytes("index run")
      .number(row.ordinal)
      .bytes(row.uid)
      .bytes(row.job)
      .number(row.number)
      .number(static_cast<std::uint64_t>(row.created_ms))
      .number(static_cast<std::uint64_t>(row.ended_ms))
      .bytes(row.result)
      .finish();
}

Digest job_digest(std::string_view name, std::uint64_t next) {
  return Digester().bytes("index job").bytes(name).number(next).finish();
}

}  // namespace

Result<RunIndex::Open> RunIndex::open_checked(const std::string& path, const std::string& vfs) {
  const auto inode = inode_of(path);
  auto db = WL_TRY(Database::open(path, {.sync = Database::Sync::normal, .vfs = vfs}));
  const auto version = WL_TRY(check_index_schema(db));
  WL_CHECK_OK(db.check_header());
  db.keep_log_at_close();
  // Whoever opens it first reads the whole log: it stays short, though each run adds to it.
  WL_CHECK_OK(db.exec("PRAGMA wal_autocheckpoint=40"));
  return Open{std::move(db), version, inode};
}

Result<> RunIndex::upgrade() {
  if (open_.version >= kIndexSchemaVersion) return {};
  auto transaction = WL_TRY(Transaction::begin(open_.db, Transaction::Kind::write));
  auto version = WL_TRY(check_index_schema(open_.db));
  if (version < kIndexSchemaVersion) {  // no other process was first
    WL_CHECK_OK(upgrade_index(open_.db, version));
    auto put_sum = WL_TRY(open_.db.prepare("UPDATE runs SET checksum=?2 WHERE ordinal=?1"));
    for (const auto& row : WL_TRY(newest(SIZE_MAX, false)))
      WL_CHECK_OK(put_sum.run(row.ordinal, Blob{view(row_digest(row))}));
    std::vector<Job> jobs;
    auto each = WL_TRY(open_.db.prepare("SELECT name,next,NULL FROM jobs"));
    while (WL_TRY(each.next())) jobs.push_back(WL_TRY(read_job(each)));
    for (const auto& job : jobs) WL_CHECK_OK(put_job(job));
  }
  WL_CHECK_OK(transaction.commit());
  open_.version = kIndexSchemaVersion;
  return {};
}

Result<> RunIndex::set_aside(const std::string& path, const Error& why, store::Disk& disk, const Notice& notice) {
  const std::string aside = path + ".damaged-" + format_hex(random_bytes(4));
  if (::rename(path.c_str(), aside.c_str()) != 0) return fail(store::make_system_error(errno, path, "set aside"));
  ::unlink((path + "-wal").c_str());
  ::unlink((path + "-shm").c_str());
  WL_CHECK_OK(make_file(path, disk));
  if (notice) notice(why.text() + "; it was set aside as " + aside + " and made again from the folders of the runs");
  return {};
}

Result<std::shared_ptr<RunIndex>> RunIndex::open(const std::string& state, store::Disk& disk, const Notice& notice,
                                                 bool& made) {
  const std::string path = state + "/index.db";
  made = ::access(path.c_str(), F_OK) != 0;
  if (made) WL_CHECK_OK(make_file(path, disk));
  auto open = open_checked(path, disk.vfs());
  if (!open && open.error().kind == ErrorKind::corrupt) {
    // Nothing is lost: all of it is also in the folders of the runs.
    made = true;
    WL_CHECK_OK(set_aside(path, open.error(), disk, notice));
    open = open_checked(path, disk.vfs());
  }
  if (!open) return fail(std::move(open).error());
  std::shared_ptr<RunIndex> index(new RunIndex(path, std::move(*open)));
  // Where it may only be read, it is read as it is.
  if (auto done = index->upgrade(); !done && done.error().kind != ErrorKind::forbidden) {
    if (done.error().kind != ErrorKind::corrupt) return fail(std::move(done).error());
    (void)WL_TRY(index->renew(done.error(), disk, notice));
    made = true;
  }
  return index;
}

Result<std::vector<IndexRow>> RunIndex::renew(const Error& why, store::Disk& disk, const Notice& notice) {
  std::vector<IndexRow> rows;
  if (inode_of(path_) != open_.inode) {  // another process has done so
    open_ = WL_TRY(open_checked(path_, disk.vfs()));
    return rows;
  }
  std::vector<Job> jobs;
  // Whatever can be read; where SQLite itself finds the file damaged, the rest is left to the folders.
  if (auto each = select("ORDER BY ordinal")) {
    for (auto more = each->next(); more && *more; more = each->next()) {
      if (auto row = read_row(*each)) rows.push_back(std::move(*row));
    }
  }
  if (auto each = open_.db.prepare("SELECT name,next,checksum FROM jobs")) {
    for (auto more = each->next(); more && *more; more = each->next()) {
      if (auto job = read_job(*each)) jobs.push_back(std::move(*job));
    }
  }
  WL_CHECK_OK(set_aside(path_, why, disk, notice));
  open_ = WL_TRY(open_checked(path_, disk.vfs()));
  auto transaction = WL_TRY(Transaction::begin(open_.db, Transaction::Kind::write));
  for (const auto& job : jobs) WL_CHECK_OK(raise_next(job.name, job.next));
  WL_CHECK_OK(transaction.commit());
  return rows;
}

// ---- rows

Result<Statement> RunIndex::select(std::string_view where) {
  std::string sql = "SELECT ordinal,uid,job,number,created_ms,ended_ms,result,";
  sql += open_.version >= kIndexChecksums ? "checksum FROM runs " : "NULL FROM runs ";
  return open_.db.prepare(sql += where);
}

Result<IndexRow> RunIndex::read_row(const Statement& row) const {
  IndexRow out{static_cast<std::uint64_t>(row.integer(0)),
               std::string(row.bytes(1)),
               std::string(row.bytes(2)),
               static_cast<std::uint64_t>(row.integer(3)),
               row.integer(4),
               row.integer(5),
               std::string(row.bytes(6))};
  if (open_.version >= kIndexChecksums && row.bytes(7) != view(row_digest(out)))
    return fail(ErrorKind::corrupt,
                {"{} is damaged: its row {}, of the run {}#{}, is not as it was written",
                 "{} 已损坏：第 {} 行（运行 {}#{}）与写入时不同"},
                {path_, out.ordinal, out.job, out.number});
  return out;
}

Result<std::vector<IndexRow>> RunIndex::read_rows(Statement& row) const {
  std::vector<IndexRow> rows;
  while (WL_TRY(row.next())) rows.push_back(WL_TRY(read_row(row)));
  return rows;
}

std::unexpected<Error> RunIndex::misled(std::string_view lookup, const IndexRow& row) const {
  return fail(ErrorKind::corrupt,
              {"{} is damaged: its lookup {} goes astray at row {}, of the run {}#{}",
               "{} 已损坏：查找 {} 在第 {} 行（运行 {}#{}）处出错"},
              {path_, lookup, row.ordinal, row.job, row.number});
}

Result<RunIndex::Job> RunIndex::read_job(const Statement& row) const {
  Job job{std::string(row.bytes(0)), static_cast<std::uint64_t>(row.integer(1))};
  if (open_.version >= kIndexChecksums && row.bytes(2) != view(job_digest(job.name, job.next)))
    return fail(
        ErrorKind::corrupt,
        {"{} is damaged: its row of the job {} is not as it was written", "{} 已损坏：任务 {} 的行与写入时不同"},
        {path_, job.name});
  return job;
}

Result<std::optional<RunIndex::Job>> RunIndex::find_job(std::string_view name) {
  auto row =
      WL_TRY(open_.db.prepare(open_.version >= kIndexChecksums ? "SELECT name,next,checksum FROM jobs WHERE name=?1"
                                                               : "SELECT name,next,NULL FROM jobs WHERE name=?1"));
  row.start(name);
  if (!WL_TRY(row.next())) return std::nullopt;
  return WL_TRY(read_job(row));
}

Result<> RunIndex::put_job(const Job& job) {
  auto put = WL_TRY(open_.db.prepare(
      "INSERT INTO jobs(name,next,checksum)VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET next=?2,checksum=?3"));
  return put.run(job.name, job.next, Blob{view(job_digest(job.name, job.next))});
}

Result<> RunIndex::raise_next(std::string_view job, std::uint64_t next) {
  const auto known = WL_TRY(find_job(job));
  if (known && known->next >= next) return {};
  return put_job({std::string(job), next});
}

Result<> RunIndex::insert(IndexRow row, bool replace) {
  row.ordinal = 1;
  auto last = WL_TRY(open_.db.prepare("SELECT max(ordinal) FROM runs"));
  if (WL_TRY(last.next())) row.ordinal += static_cast<std::uint64_t>(last.integer(0));
  auto put = WL_TRY(open_.db.prepare(replace ? "INSERT OR REPLACE INTO runs VALUES(?,?,?,?,?,?,?,?)"
                                             : "INSERT OR IGNORE INTO runs VALUES(?,?,?,?,?,?,?,?)"));
  return put.run(row.ordinal, row.uid, row.job, row.number, row.created_ms, row.ended_ms, row.result,
                 Blob{view(row_digest(row))});
}

// ---- what others call

Result<std::uint64_t> RunIndex::allocate(const IndexRow& row, const std::function<Result<bool>(std::uint64_t)>& claim) {
  auto transaction = WL_TRY(Transaction::begin(open_.db, Transaction::Kind::write));
  const auto job = WL_TRY(find_job(row.job));  // before a folder is claimed
  IndexRow stored = row;
  if (row.number != 0) {
    if (!WL_TRY(claim(row.number)))
      return fail(ErrorKind::conflict, {"the run {}#{} is there already", "运行 {}#{} 已存在"}, {row.job, row.number});
  } else {
    stored.number = job && job->next != 0 ? job->next : 1;
    while (!WL_TRY(claim(stored.number))) ++stored.number;
  }
  const auto number = stored.number;
  WL_CHECK_OK(insert(std::move(stored), true));
  WL_CHECK_OK(raise_next(row.job, number + 1));
  WL_CHECK_OK(transaction.commit());
  return number;
}

Result<> RunIndex::add_found(const IndexRow& row) {
  auto transaction = WL_TRY(Transaction::begin(open_.db, Transaction::Kind::write));
  WL_CHECK_OK(insert(row, false));
  WL_CHECK_OK(raise_next(row.job, row.number + 1));
  return transaction.commit();
}

Result<> RunIndex::set_end(const std::string& job, std::uint64_t number, std::int64_t ended_ms,
                           const std::string& result) {
  auto transaction = WL_TRY(Transaction::begin(open_.db, Transaction::Kind::write));
  auto row = WL_TRY(find(job, number));
  if (!row) return {};
  row->ended_ms = ended_ms;
  row->result = result;
  auto update = WL_TRY(open_.db.prepare("UPDATE runs SET ended_ms=?2,result=?3,checksum=?4 WHERE ordinal=?1"));
  WL_CHECK_OK(update.run(row->ordinal, ended_ms, result, Blob{view(row_digest(*row))}));
  return transaction.commit();
}

Result<> RunIndex::remove(const std::string& job, std::uint64_t number) {
  auto gone = WL_TRY(open_.db.prepare("DELETE FROM runs WHERE job=?1 AND number=?2"));
  return gone.run(job, number);
}

Result<std::optional<IndexRow>> RunIndex::find(std::string_view job, std::uint64_t number) {
  auto row = WL_TRY(select("WHERE job=?1 AND number=?2"));
  row.start(job, number);
  if (WL_TRY(row.next())) {
    auto found = WL_TRY(read_row(row));
    if (found.job != job || found.number != number) return misled("by number", found);
    return found;
  }
  // A number that its job has not given out yet is in no row: to look through all of them for each run that begins
  // would make a start the dearer the more there were. Anything else that is missing may be damage of the index.
  if (const auto known = WL_TRY(find_job(job)); known && number >= known->next) return std::nullopt;
  row = WL_TRY(select("NOT INDEXED WHERE job=?1 AND number=?2"));
  row.start(job, number);
  if (!WL_TRY(row.next())) return std::nullopt;
  return misled("by number", WL_TRY(read_row(row)));
}

Result<std::vector<IndexRow>> RunIndex::check_all() {
  if (open_.version >= kIndexChecksums) {
    auto jobs = WL_TRY(open_.db.prepare("SELECT name,next,checksum FROM jobs"));
    while (WL_TRY(jobs.next())) (void)WL_TRY(read_job(jobs));
  }
  return newest(SIZE_MAX, false);
}

Result<std::vector<IndexRow>> RunIndex::newest(std::size_t limit, bool unfinished_only) {
  auto row = WL_TRY(select(std::string(unfinished_only ? "WHERE ended_ms=0 " : "") + "ORDER BY ordinal DESC LIMIT ?1"));
  row.start(static_cast<std::int64_t>(limit > INT64_MAX ? INT64_MAX : limit));
  return read_rows(row);
}

Result<std::vector<IndexRow>> RunIndex::by_number(std::uint64_t number) {
  auto row = WL_TRY(select("WHERE number=?1 ORDER BY job"));
  row.start(number);
  return read_rows(row);
}

Result<std::vector<IndexRow>> RunIndex::by_uid_prefix(std::string_view prefix) {
  const std::string from(prefix);
  const std::string to = from + "g";  // behind every hex digit
  auto row = WL_TRY(select("WHERE uid>=?1 AND uid<?2 ORDER BY uid LIMIT 5"));
  row.start(from, to);
  auto found = WL_TRY(read_rows(row));
  for (const auto& one : found) {
    if (!one.uid.starts_with(prefix)) return misled("by uid", one);
  }
  if (!found.empty()) return found;
  row = WL_TRY(select("NOT INDEXED WHERE uid>=?1 AND uid<?2 LIMIT 1"));
  row.start(from, to);
  if (!WL_TRY(row.next())) return found;
  return misled("by uid", WL_TRY(read_row(row)));
}

Result<std::vector<IndexRow>> RunIndex::before(std::string_view job, std::uint64_t number, std::size_t limit) {
  auto row = WL_TRY(select("WHERE job=?1 AND number<?2 ORDER BY number DESC LIMIT ?3"));
  // Numbers beyond are negative to SQLite, and nothing would be before them.
  row.start(job, std::min<std::uint64_t>(number, INT64_MAX), static_cast<std::int64_t>(limit));
  auto found = WL_TRY(read_rows(row));
  for (const auto& one : found) {
    if (one.job != job || one.number >= number) return misled("by number", one);
  }
  return found;
}

}  // namespace windlass::journal
