#include "runs/run_table.h"

#include "data/binary.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::runs {

using data::Value;

namespace {

using Object = store::ImageObject::Kind;

constexpr std::size_t kDigest = 32;  ///< hexadecimal digits of a definition's digest
constexpr const char* kParkedTable =
    "CREATE TABLE parked(uid TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID";
// As literals, so that the step to this version and a new file have the same words.
#define WL_BY_UPSTREAM "CREATE UNIQUE INDEX by_upstream ON runs(upstream) WHERE upstream <> ''"
#define WL_ORDERS "CREATE TABLE orders(ref TEXT NOT NULL PRIMARY KEY, request BLOB NOT NULL) STRICT, WITHOUT ROWID"
#define WL_MILESTONES                                                                                               \
  "CREATE TABLE milestones(job TEXT NOT NULL, ordinal INTEGER NOT NULL, newest INTEGER NOT NULL, PRIMARY KEY(job, " \
  "ordinal)) STRICT, WITHOUT ROWID"
#define WL_PROJECTS                                                                                                   \
  "CREATE TABLE projects(name TEXT NOT NULL PRIMARY KEY, max_running INTEGER NOT NULL, max_queued INTEGER NOT NULL) " \
  "STRICT, WITHOUT ROWID"
constexpr store::ImageObject kObjects[] = {
    {Object::table, "runs", "runs",
     "CREATE TABLE runs(id INTEGER PRIMARY KEY, uid TEXT NOT NULL, project TEXT NOT NULL, pipeline TEXT NOT NULL, "
     "branch TEXT NOT NULL, job TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, "
     "cause TEXT NOT NULL, queued INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, "
     "result TEXT NOT NULL, request BLOB NOT NULL, upstream TEXT NOT NULL DEFAULT '', "
     "held_by TEXT NOT NULL DEFAULT '', held INTEGER NOT NULL DEFAULT 0, definition TEXT NOT NULL DEFAULT '') STRICT"},
    {Object::index, "by_uid", "runs", "CREATE UNIQUE INDEX by_uid ON runs(uid)"},
    {Object::index, "by_number", "runs", "CREATE UNIQUE INDEX by_number ON runs(job, number)"},
    {Object::index, "unfinished", "runs", "CREATE INDEX unfinished ON runs(id) WHERE ended = 0"},
    {Object::index, "by_upstream", "runs", WL_BY_UPSTREAM},
    {Object::table_without_rowid, "jobs", "jobs",
     "CREATE TABLE jobs(name TEXT NOT NULL PRIMARY KEY, next INTEGER NOT NULL, properties BLOB NOT NULL DEFAULT x'') "
     "STRICT, WITHOUT ROWID"},
    {Object::table_without_rowid, "parked", "parked", kParkedTable},
    {Object::table_without_rowid, "orders", "orders", WL_ORDERS},
    {Object::table_without_rowid, "milestones", "milestones", WL_MILESTONES},
    {Object::table_without_rowid, "projects", "projects", WL_PROJECTS},
};

constexpr store::SchemaStep kSteps[] = {
    {2, kParkedTable},
    {3,
     "ALTER TABLE runs ADD COLUMN upstream TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE runs ADD COLUMN held_by TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE runs ADD COLUMN held INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE runs ADD COLUMN definition TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE jobs ADD COLUMN properties BLOB NOT NULL DEFAULT x'';" WL_BY_UPSTREAM ";" WL_ORDERS ";" WL_MILESTONES
     ";" WL_PROJECTS},
};
#undef WL_BY_UPSTREAM
#undef WL_ORDERS
#undef WL_MILESTONES
#undef WL_PROJECTS
constexpr std::string_view kSelect =
    "SELECT uid, project, pipeline, branch, job, number, name, user, cause, queued, started, ended, result, request, "
    "upstream, held_by, held, definition FROM runs ";

Value pairs(const std::vector<std::pair<std::string, std::string>>& list) {
  auto out = Value::list();
  for (const auto& [name, value] : list) out.push(Value::list_of(name, value));
  return out;
}

}  // namespace

Value to_value(const RunRequest& request) {
  auto environment = Value::map();
  for (const auto& [name, value] : request.environment) environment.set(name, value);
  auto out = Value::map_of("script", request.script, "user_name", request.user_name, "disable_concurrent",
                           request.disable_concurrent, "quiet", request.quiet_millis, "restart_stage",
                           request.restart_stage, "restart_of", static_cast<std::int64_t>(request.restart_of),
                           "restart_step", static_cast<std::int64_t>(request.restart_step));
  auto secret = Value::list(), booleans = Value::list();
  for (const auto& name : request.secret_parameters) secret.push(name);
  for (const auto& name : request.boolean_parameters) booleans.push(name);
  out.set("secret_parameters", std::move(secret));
  out.set("boolean_parameters", std::move(booleans));
  out.set("max_running", request.max_running);
  out.set("by_user", request.by_user);
  out.set("parameters", pairs(request.parameters));
  out.set("environment", std::move(environment));
  return out;
}

RunRequest request_from(const Value& value) {
  RunRequest out;
  out.script = value.get_string("script");
  out.user_name = value.get_string("user_name");
  out.disable_concurrent = value.get_bool("disable_concurrent");
  out.quiet_millis = value.get_int("quiet");
  out.max_running = value.get_int("max_running");
  out.by_user = value.get_bool("by_user");
  out.restart_stage = value.get_string("restart_stage");
  out.restart_of = static_cast<std::uint64_t>(value.get_int("restart_of"));
  out.restart_step = static_cast<std::uint64_t>(value.get_int("restart_step"));
  if (const auto* list = value.find("secret_parameters")) {
    for (const auto& name : list->items()) out.secret_parameters.insert(name.text());
  }
  if (const auto* list = value.find("boolean_parameters")) {
    for (const auto& name : list->items()) out.boolean_parameters.insert(name.text());
  }
  if (const auto* list = value.find("parameters")) {
    for (const auto& pair : list->items()) {
      if (pair.size() == 2) out.parameters.emplace_back(pair.items()[0].text(), pair.items()[1].text());
    }
  }
  if (const auto* map = value.find("environment")) {
    for (const auto& entry : map->members()) out.environment[entry.key] = entry.value.text();
  }
  return out;
}

const store::Schema& RunTable::schema() {
  static constexpr store::Schema kSchema{
      .application = 0x574c526e, .version = 3, .objects = kObjects, .steps = kSteps};  // "WLRn"
  return kSchema;
}

Result<std::unique_ptr<RunTable>> RunTable::open(const std::string& path, std::shared_ptr<const journal::KeyRing> key,
                                                 std::shared_ptr<store::Disk> disk) {
  const store::Database::Options options{.vfs = disk ? disk->vfs() : std::string()};
  auto database = WL_TRY(store::open_or_make(path, schema(), options, disk.get()));
  return std::unique_ptr<RunTable>(new RunTable(std::move(disk), std::move(database), std::move(key)));
}

Result<RunRow> RunTable::read(store::Statement& row, bool with_request) {
  RunRow out;
  auto& info = out.info;
  info.uid = row.bytes(0);
  out.request.project = row.bytes(1);
  out.request.pipeline = row.bytes(2);
  out.request.branch = row.bytes(3);
  info.job = row.bytes(4);
  info.number = static_cast<std::uint64_t>(row.integer(5));
  info.name = row.bytes(6);
  info.user_id = row.bytes(7);
  info.cause = row.bytes(8);
  info.queued_millis = row.integer(9);
  info.started_millis = row.integer(10);
  info.ended_millis = row.integer(11);
  info.result = row.bytes(12);
  if (info.ended_millis != 0) info.version = kFinalVersion;
  info.upstream = row.bytes(14);
  info.held_by = row.bytes(15);
  info.held_millis = row.integer(16);
  info.definition = row.bytes(17);
  info.phase = info.ended_millis != 0 ? Phase::ended : info.started_millis != 0 ? Phase::running : Phase::queued;
  if (with_request && !row.bytes(13).empty()) {
    const auto clear = WL_TRY(key_->unseal("run " + info.uid, row.bytes(13)));
    const auto value = WL_TRY(data::decode_binary(clear));
    auto request = request_from(value);
    request.project = out.request.project;
    request.pipeline = out.request.pipeline;
    request.branch = out.request.branch;
    out.request = std::move(request);
  }
  out.request.uid = info.uid;
  out.request.name = info.name;
  out.request.user_id = info.user_id;
  out.request.cause = info.cause;
  out.request.upstream = info.upstream;
  return out;
}

Result<std::optional<RunRow>> RunTable::first(store::Statement& row) {
  if (!WL_TRY(row.next())) return std::nullopt;
  return WL_TRY(read(row, true));
}

Result<std::optional<RunRow>> RunTable::find(const std::string& uid) {
  auto row = WL_TRY(database_.prepare(std::string(kSelect) + "WHERE uid = ?"));
  row.start(uid);
  return first(row);
}

Result<std::optional<RunRow>> RunTable::find(const std::string& job, std::uint64_t number) {
  auto row = WL_TRY(database_.prepare(std::string(kSelect) + "WHERE job = ? AND number = ?"));
  row.start(job, number);
  return first(row);
}

Result<std::vector<RunRow>> RunTable::of_job(const std::string& job, std::size_t limit, std::uint64_t before) {
  auto row = WL_TRY(database_.prepare(std::string(kSelect) +
                                      "WHERE job = ?1 AND (?2 = 0 OR number < ?2) ORDER BY number DESC LIMIT ?3"));
  row.start(job, before, static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
  std::vector<RunRow> out;
  while (WL_TRY(row.next())) out.push_back(WL_TRY(read(row, false)));
  return out;
}

Result<std::vector<std::string>> RunTable::jobs(const std::string& after, std::size_t most) {
  auto row = WL_TRY(database_.prepare("SELECT name FROM jobs WHERE name > ? ORDER BY name LIMIT ?"));
  row.start(after, static_cast<std::int64_t>(std::min<std::size_t>(most, INT64_MAX)));
  std::vector<std::string> out;
  while (WL_TRY(row.next())) out.emplace_back(row.bytes(0));
  return out;
}

Result<std::vector<RunRow>> RunTable::unfinished() {
  auto row = WL_TRY(database_.prepare(
      "SELECT runs.uid, project, pipeline, branch, job, number, name, user, cause, queued, started, ended, result, "
      "CASE WHEN record IS NULL THEN request ELSE x'' END, upstream, held_by, held, definition, record "
      "FROM runs LEFT JOIN parked ON parked.uid = runs.uid WHERE ended = 0 ORDER BY id"));
  row.start();
  std::vector<RunRow> out;
  while (WL_TRY(row.next())) {
    auto one = WL_TRY(read(row, true));
    // One that cannot be unsealed says nothing, which is seen when it is read.
    if (!row.bytes(18).empty()) one.parked = key_->unseal("parked " + one.info.uid, row.bytes(18)).value_or("?");
    out.push_back(std::move(one));
  }
  return out;
}

Result<> RunTable::set_parked(const std::vector<std::pair<std::string, std::string>>& runs) {
  auto transaction = WL_TRY(store::Transaction::begin(database_, store::Transaction::Kind::write));
  auto put = WL_TRY(database_.prepare("INSERT OR REPLACE INTO parked VALUES(?, ?)"));
  for (const auto& [uid, record] : runs) {
    const auto sealed = key_->seal("parked " + uid, record);
    WL_CHECK_OK(put.run(uid, store::Blob{sealed}));
  }
  return transaction.commit();
}

Result<> RunTable::set_back(const std::vector<std::string>& uids) {
  auto transaction = WL_TRY(store::Transaction::begin(database_, store::Transaction::Kind::write));
  auto gone = WL_TRY(database_.prepare("DELETE FROM parked WHERE uid = ?"));
  for (const auto& uid : uids) WL_CHECK_OK(gone.run(uid));
  return transaction.commit();
}

Result<RunRow> RunTable::accept(const RunRequest& asked, std::int64_t now_millis, bool& fresh) {
  fresh = false;
  if (auto known = WL_TRY(find(asked.uid))) return std::move(*known);
  auto request = asked;
  if (!request.upstream.empty()) WL_CHECK_OK(take_order(request, now_millis));
  auto transaction = WL_TRY(store::Transaction::begin(database_, store::Transaction::Kind::write));
  if (!request.upstream.empty()) {
    auto taken = WL_TRY(database_.prepare("DELETE FROM orders WHERE ref = ?"));
    WL_CHECK_OK(taken.run(request.upstream));
  }
  auto row = WL_TRY(insert(request, now_millis));
  WL_CHECK_OK(transaction.commit());
  fresh = true;
  return row;
}

Result<std::vector<RunRow>> RunTable::accept_all(const std::vector<RunRequest>& requests, std::int64_t now_millis) {
  std::vector<RunRow> out;
  auto transaction = WL_TRY(store::Transaction::begin(database_, store::Transaction::Kind::write));
  for (const auto& request : requests) out.push_back(WL_TRY(insert(request, now_millis)));
  WL_CHECK_OK(transaction.commit());
  return out;
}

Result<RunRow> RunTable::insert(const RunRequest& request, std::int64_t now_millis) {
  const auto job = request.job();
  std::uint64_t number = std::max<std::uint64_t>(1, request.at_least_number);
  {
    auto next = WL_TRY(database_.prepare("SELECT next FROM jobs WHERE name = ?"));
    next.start(job);
    if (WL_TRY(next.next())) number = std::max(number, static_cast<std::uint64_t>(next.integer(0)));
  }
  const auto bytes = WL_TRY(data::encode_binary(to_value(request)));
  const auto sealed = key_->seal("run " + request.uid, bytes);
  const auto definition = text::encode_hex(text::digest("SHA-256", request.script).value_or("")).substr(0, kDigest);
  auto insert = WL_TRY(
      database_.prepare("INSERT INTO runs VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', ?, ?, '', 0, ?)"));
  WL_CHECK_OK(insert.run(request.uid, request.project, request.pipeline, request.branch, job, number, request.name,
                         request.user_id, request.cause, now_millis, store::Blob{sealed}, request.upstream,
                         definition));
  auto raise = WL_TRY(
      database_.prepare("INSERT INTO jobs(name, next) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET next = max(next, ?2)"));
  WL_CHECK_OK(raise.run(job, number + 1));
  RunRow out;
  out.request = request;
  out.info.uid = request.uid;
  out.info.job = job;
  out.info.name = request.name;
  out.info.number = number;
  out.info.user_id = request.user_id;
  out.info.cause = request.cause;
  out.info.queued_millis = now_millis;
  out.info.upstream = request.upstream;
  out.info.definition = definition;
  return out;
}

Result<> RunTable::set_started(const std::string& uid, std::int64_t now_millis) {
  // Not synced: that it has begun is what its journal says.
  const store::Lazily lazily(database_);
  auto update = WL_TRY(database_.prepare("UPDATE runs SET started = ?2 WHERE uid = ?1 AND started = 0"));
  return update.run(uid, now_millis);
}

Result<> RunTable::set_ended(const std::string& uid, const std::string& result, std::int64_t now_millis,
                             bool journal_knows) {
  std::optional<store::Lazily> lazily;
  if (journal_knows) lazily.emplace(database_);
  auto update =
      WL_TRY(database_.prepare("UPDATE runs SET ended = ?2, result = ?3, request = x'' WHERE uid = ?1 AND ended = 0"));
  return update.run(uid, now_millis, result);
}

Result<> RunTable::seal_anew() {
  auto transaction = WL_TRY(store::Transaction::begin(database_, store::Transaction::Kind::write));
  struct Column {
    const char *select, *update, *context;
  };
  constexpr Column kColumns[] = {
      {"SELECT uid, request FROM runs WHERE request <> x''", "UPDATE runs SET request = ?2 WHERE uid = ?1", "run "},
      {"SELECT uid, record FROM parked", "UPDATE parked SET record = ?2 WHERE uid = ?1", "parked "},
      {"SELECT ref, request FROM orders", "UPDATE orders SET request = ?2 WHERE ref = ?1", "order "},
      {"SELECT name, properties FROM jobs WHERE properties <> x''", "UPDATE jobs SET properties = ?2 WHERE name = ?1",
       "job "},
  };
  for (const auto& column : kColumns) {
    std::vector<std::pair<std::string, std::string>> fresh;
    {
      auto row = WL_TRY(database_.prepare(column.select));
      row.start();
      while (WL_TRY(row.next())) {
        const std::string uid(row.bytes(0));
        auto sealed = WL_TRY(key_->resealed(column.context + uid, row.bytes(1)));
        if (sealed) fresh.emplace_back(uid, std::move(*sealed));
      }
    }
    if (fresh.empty()) continue;
    auto update = WL_TRY(database_.prepare(column.update));
    for (const auto& [uid, sealed] : fresh) WL_CHECK_OK(update.run(uid, store::Blob{sealed}));
  }
  return transaction.commit();
}

Result<> RunTable::remove(const std::string& uid) {
  // A record goes when its run comes back; one of a run that was given up while parked goes here.
  auto record = WL_TRY(database_.prepare("DELETE FROM parked WHERE uid = ?"));
  WL_CHECK_OK(record.run(uid));
  auto gone = WL_TRY(database_.prepare("DELETE FROM runs WHERE uid = ? AND ended <> 0"));
  return gone.run(uid);
}

}  // namespace windlass::runs
