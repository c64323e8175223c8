#include "journal/commit_recovery.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <unistd.h>
#include <utility>

#include "journal/commit_rows.h"
#include "journal/schema.h"

namespace windlass::journal {

namespace {

using store::Database;
using store::Transaction;

/// The checksum of its `state` row; all zero before its first commit. One of an older format becomes one of this: the
/// log holds rows of no other.
Result<Digest> state_of(Database& db) {
  if (const auto version = WL_TRY(check_run_schema(db)); version < kRunSchemaVersion) {
    auto transaction = WL_TRY(Transaction::begin(db, Transaction::Kind::write));
    WL_CHECK_OK(upgrade_run(db, version));
    WL_CHECK_OK(transaction.commit());
  }
  auto row = WL_TRY(db.prepare("SELECT checksum FROM state WHERE id=1"));
  if (!WL_TRY(row.next())) return Digest{};
  return to_digest(row.bytes(0));
}

Result<Database> open_run(const RunPlace& place, store::Disk& disk) {
  auto db = WL_TRY(Database::open(place.database(), {.sync = Database::Sync::normal, .vfs = disk.vfs()}));
  db.keep_log_at_close();
  return db;
}

/// Empty, as it was before its first commit.
Result<Database> make_again(const RunPlace& place, const CommitRecord& first, store::Disk& disk) {
  for (const char* end : {"", "-wal", "-shm"}) (void)::unlink((place.database() + end).c_str());
  const auto job = std::filesystem::path(place.folder).parent_path().string();
  (void)WL_TRY(disk.make_folder(job));
  (void)WL_TRY(disk.make_folder(place.folder));
  const auto image = WL_TRY(make_run_image(first.wrapped_run, first.wrapped_secret));
  WL_CHECK_OK(disk.write_unsynced(place.database(), image));
  return open_run(place, disk);
}

Result<> play(Database& db, std::span<const CommitRecord* const> records) {
  {
    RowStatements statements;
    for (const auto* record : records) {
      auto transaction = WL_TRY(Transaction::begin(db, Transaction::Kind::write));
      WL_CHECK_OK(play_rows(db, statements, record->rows));
      WL_CHECK_OK(transaction.commit());
    }
  }
  // As the commit that ended it would have done: the page with the secret key goes.
  if (!records.empty() && records.back()->ends) (void)WL_TRY(db.checkpoint());
  return {};
}

Result<> recover_run(std::span<const CommitRecord* const> history, const RunPlace& place, store::Disk& disk) {
  const auto& first = *history.front();
  std::optional<Database> db;
  Digest now{};
  std::optional<Error> problem;
  if (::access(place.database().c_str(), F_OK) == 0) {
    if (auto opened = open_run(place, disk); !opened) {
      problem = std::move(opened).error();
    } else if (auto state = state_of(*opened); !state) {
      problem = std::move(state).error();
    } else {
      db.emplace(std::move(*opened));
      now = *state;
    }
  }
  if (problem && problem->kind != ErrorKind::corrupt) return fail(std::move(*problem));
  if (!db || now == Digest{}) {
    // Its keys are those of the first commit, whatever an attempt before that left there.
    if (first.creates()) {
      db.reset();
      db.emplace(WL_TRY(make_again(place, first, disk)));
      return play(*db, history);
    }
    if (problem) return fail(std::move(*problem));
    return fail(ErrorKind::corrupt,
                {"the journal {} is gone, and the commit log has only the end of it",
                 "日志 {} 已不存在，而提交日志中只有它的末尾"},
                {place.database()});
  }
  // The first record that leads there, as those behind it may change nothing in that row, and can be written again.
  std::size_t next = history.size();
  if (first.before == now) next = 0;
  for (std::size_t i = 0; i < history.size() && next != 0; ++i) {
    if (history[i]->after != now || history[i]->before == now) continue;
    next = i + 1;
    break;
  }
  if (next == history.size() && history.back()->after != now)
    return fail(ErrorKind::corrupt,
                {"the journal {} is damaged: what it says last is in no commit of the commit log",
                 "日志 {} 已损坏：它最后的内容不在提交日志的任何一次提交中"},
                {place.database()});
  return play(*db, history.subspan(next));
}

}  // namespace

std::vector<std::size_t> follow_commits(std::span<const CommitRecord* const> records) {
  std::vector<std::size_t> out;
  for (auto i = records.size(); i-- > 0;) {
    if (records[i]->kind == CommitRecord::Kind::removed) break;
    if (!out.empty() && records[out.back()]->before != records[i]->after) continue;
    out.push_back(i);
    if (records[i]->creates()) break;
  }
  std::ranges::reverse(out);
  return out;
}

Result<> recover_commits(const CommitSegments& segments, store::Disk& disk, const CommitRecovery& how) {
  std::map<std::pair<std::string_view, std::uint64_t>, std::pair<bool, std::vector<const CommitRecord*>>> runs;
  for (const auto& [end, record] : segments.records) {
    auto& [lags, records] = runs[{record.job, record.number}];
    records.push_back(&record);
    lags = lags || !segments.landed || end > *segments.landed;
  }
  for (const auto& [name, run] : runs) {
    const auto& [lags, records] = run;
    if (!lags) continue;
    std::vector<const CommitRecord*> history;
    for (const auto i : follow_commits(records)) history.push_back(records[i]);
    if (history.empty()) continue;
    const auto place = WL_TRY(how.place(std::string(name.first), name.second));
    auto done = recover_run(history, place, disk);
    if (done) continue;
    if (done.error().kind != ErrorKind::corrupt) return done;
    how.notice(done.error().text());
  }
  return {};
}

}  // namespace windlass::journal
