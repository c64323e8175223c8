// Copies of a run that end where its owner might have been killed: for crash tests, and to look at an earlier state.
//
// Works on a copy of the database only; the run itself is read. Source: docs/formats/journal.md, "Cutting".
#include <algorithm>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include "journal/run_database.h"
#include "journal/state_folder.h"
#include "journal/state_keys.h"
#include "store/disk.h"

namespace windlass::journal {

/// Takes rows behind a cut out of a copy and makes its heads and checksums those of the shorter journal.
class RunCutter {
 public:
  static Result<> cut(RunDatabase& run, std::uint64_t sequence) {
    auto transaction = WL_TRY(store::Transaction::begin(run.db_, store::Transaction::Kind::write));
    auto state = WL_TRY(run.read_state());
    if (sequence > state.sequence)
      return fail(ErrorKind::invalid,
                  {"the journal has {} entries; it cannot be cut after {}", "日志共有 {} 条，不能在第 {} 条之后截断"},
                  {state.sequence, sequence});
    const std::string at = std::to_string(sequence);
    for (const auto& sql : {"DELETE FROM entries WHERE sequence>" + at, "DELETE FROM log WHERE after_entry>" + at,
                            "DELETE FROM records WHERE entry>" + at, "DELETE FROM nodes WHERE began>" + at,
                            std::string("DELETE FROM streams")})
      WL_CHECK_OK(run.db_.exec(sql.c_str()));
    state.sequence = sequence;
    state.chain = WL_TRY(digest_at(run, "SELECT checksum FROM entries ORDER BY sequence DESC LIMIT 1"));
    state.log_chain = WL_TRY(digest_at(run, "SELECT checksum FROM log ORDER BY row DESC LIMIT 1"));
    state.ended_ms = 0;
    state.result.clear();
    WL_CHECK_OK(reopen_nodes(run, sequence));
    WL_CHECK_OK(count_log(run, state));
    state.nodes = WL_TRY(number_of(run, "SELECT count(*) FROM nodes"));
    state.records = WL_TRY(number_of(run, "SELECT count(*) FROM records"));
    auto update = WL_TRY(run.db_.prepare(
        "UPDATE state SET sequence=?,chain=?,log_rows=?,log_bytes=?,log_chain=?,nodes=?,records=?,ended_ms=0,result='',"
        "checksum=?"));
    const auto checksum = state_digest(run.header_digest_, state);
    WL_CHECK_OK(update.run(state.sequence, store::Blob{view(state.chain)}, state.log_rows, state.log_bytes,
                           store::Blob{view(state.log_chain)}, state.nodes, state.records,
                           store::Blob{view(checksum)}));
    update = {};
    return transaction.commit();
  }

  static Result<> copy_database(RunDatabase& run, const std::string& target) {
    auto into = WL_TRY(run.db_.prepare("VACUUM INTO ?1"));
    return into.run(target);
  }

 private:
  static Result<Digest> digest_at(RunDatabase& run, std::string_view sql) {
    auto row = WL_TRY(run.db_.prepare(sql));
    if (!WL_TRY(row.next())) return run.header_digest_;
    return to_digest(row.bytes(0));
  }

  static Result<std::uint64_t> number_of(RunDatabase& run, std::string_view sql) {
    auto row = WL_TRY(run.db_.prepare(sql));
    if (!WL_TRY(row.next())) return 0;
    return static_cast<std::uint64_t>(row.integer(0));
  }

  /// A node that something happened to behind the cut goes on again; what it was called then is not kept anywhere.
  static Result<> reopen_nodes(RunDatabase& run, std::uint64_t sequence) {
    auto row = WL_TRY(run.db_.prepare("SELECT id FROM nodes WHERE changed>?1"));
    row.start(sequence);
    std::vector<std::int64_t> ids;
    while (WL_TRY(row.next())) ids.push_back(row.integer(0));
    row = {};
    for (auto& node : WL_TRY(run.nodes())) {
      if (std::ranges::find(ids, node.id) == ids.end()) continue;
      node.end_ms = 0;
      node.result.clear();
      node.cause.clear();
      const auto digest = node_digest(run.header_digest_, node);
      auto update =
          WL_TRY(run.db_.prepare("UPDATE nodes SET end_ms=0,result='',cause='',changed=began,checksum=?2 WHERE id=?1"));
      WL_CHECK_OK(update.run(node.id, store::Blob{view(digest)}));
    }
    return {};
  }

  static Result<> count_log(RunDatabase& run, StateRow& state) {
    state.log_rows = WL_TRY(number_of(run, "SELECT count(*) FROM log"));
    state.log_bytes = WL_TRY(
        number_of(run, run.version_ >= kLogLines
                           ? "SELECT coalesce(sum(CASE WHEN packed>0 THEN packed ELSE length(bytes) END),0) FROM log"
                           : "SELECT coalesce(sum(length(bytes)),0) FROM log"));
    WL_CHECK_OK(run.db_.exec("INSERT INTO streams SELECT token,max(position) FROM log WHERE token<>'' GROUP BY token"));
    return run.db_.exec(
        "UPDATE branches SET last_line=coalesce((SELECT max(position) FROM log WHERE log.branch=branches.id AND "
        "token=''),0)");
  }
};

namespace {

/// The copy as SQLite writes it is in rollback mode; two bytes of its header say so.
Result<> set_log_mode(std::string& bytes) {
  if (bytes.size() < 100) return fail(ErrorKind::internal, {"the copy of a database is empty", "数据库的副本为空"});
  bytes[18] = bytes[19] = 2;
  return {};
}

Result<> copy_tree(const std::string& from, const std::string& to) {
  if (::access(from.c_str(), F_OK) != 0) return {};
  std::error_code problem;
  std::filesystem::copy(
      from, to, std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks, problem);
  if (problem)
    return fail(ErrorKind::unavailable, {"cannot copy {} to {}: {}", "无法将 {} 复制到 {}：{}"},
                {from, to, problem.message()});
  return {};
}

}  // namespace

Result<> copy_run_database(const std::string& state, const std::string& folder, std::optional<std::uint64_t> sequence,
                           const std::string& target) {
  const auto keys = WL_TRY(read_state_keys(state));
  {
    auto db = WL_TRY(store::Database::open(state + "/runs/" + folder + "/run.db", {}));
    db.keep_log_at_close();
    auto snapshot = WL_TRY(store::Transaction::begin(db, store::Transaction::Kind::read));
    WL_CHECK_OK(check_run_schema(db));
    WL_CHECK_OK(db.copy_to(target));
  }
  if (!sequence) return {};
  auto db = WL_TRY(store::Database::open(target, {.sync = store::Database::Sync::normal}));
  auto shorter = WL_TRY(RunDatabase::open(std::move(db), {}, keys.get()));
  return RunCutter::cut(shorter, *sequence);
}

Result<std::unique_ptr<StateFolder>> copy_cut(StateFolder& from, const RunInfo& run, std::uint64_t sequence,
                                              const std::string& target) {
  const auto disk = store::make_disk();
  const std::string job = WL_TRY(encode_job(run.job));
  const std::string folder = "/runs/" + job + "/" + std::to_string(run.number);
  for (const std::string& part :
       {std::string(), std::string("/keys"), std::string("/programs"), std::string("/runs"), "/runs/" + job, folder})
    (void)WL_TRY(disk->make_folder(target + part));
  const auto keys = WL_TRY(read_state_keys(from.path()));
  auto bytes_of_keys = keys->bytes();
  auto kept = disk->write_file(target + "/keys/state.key", std::string_view(bytes_of_keys).substr(0, kKeyBytes));
  if (kept && bytes_of_keys.size() > kKeyBytes) {
    kept = disk->write_file(target + "/keys/state.key.old", std::string_view(bytes_of_keys).substr(kKeyBytes));
  }
  wipe(bytes_of_keys);
  WL_CHECK_OK(kept);

  const RunPlace source{from.path() + folder, from.path() + "/programs"};
  const RunPlace copy{target + folder, target + "/programs"};
  const std::string draft = copy.folder + "/draft.db";
  {
    auto db = WL_TRY(store::Database::open(source.database(), {}));
    db.keep_log_at_close();
    auto original = WL_TRY(RunDatabase::open(std::move(db), source, keys.get()));
    WL_CHECK_OK(RunCutter::copy_database(original, draft));
    for (const auto& part : WL_TRY(original.program())) {
      if (::access((source.programs + "/" + part.hash).c_str(), F_OK) == 0)
        WL_CHECK_OK(copy_tree(source.programs + "/" + part.hash, copy.programs + "/" + part.hash));
    }
  }
  auto bytes = WL_TRY(store::read_file(draft, SIZE_MAX));
  ::unlink(draft.c_str());
  WL_CHECK_OK(set_log_mode(bytes));
  WL_CHECK_OK(disk->write_file(copy.database(), bytes));
  WL_CHECK_OK(copy_tree(source.blobs(), copy.blobs()));
  WL_CHECK_OK(copy_tree(source.folder + "/files", copy.folder + "/files"));
  {
    auto db = WL_TRY(store::Database::open(copy.database(), {.sync = store::Database::Sync::normal}));
    auto shorter = WL_TRY(RunDatabase::open(std::move(db), copy, keys.get()));
    WL_CHECK_OK(RunCutter::cut(shorter, sequence));
  }
  return StateFolder::open(target);
}

}  // namespace windlass::journal
