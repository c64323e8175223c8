#include "journal/schema.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <vector>

#include "journal/seal.h"
#include "store/image.h"

namespace windlass::journal {

namespace {

using store::ImageObject;
using Kind = store::ImageObject::Kind;

constexpr std::string_view kLineIndex = "CREATE INDEX log_of_line ON log(line)";
constexpr std::string_view kNodeIndex = "CREATE INDEX log_of_node ON log(node,before)";

std::vector<ImageObject> run_objects(std::uint32_t version = kRunSchemaVersion) {
  // As ALTER TABLE writes it, so that a new file and an upgraded one are the same.
  constexpr std::string_view kFirstLog =
      "CREATE TABLE log(row INTEGER PRIMARY KEY,start INTEGER,branch INTEGER,token TEXT,position INTEGER,"
      "after_entry INTEGER,bytes BLOB,checksum BLOB)STRICT";
  constexpr std::string_view kSecondLog =
      "CREATE TABLE log(row INTEGER PRIMARY KEY,start INTEGER,branch INTEGER,token TEXT,position INTEGER,"
      "after_entry INTEGER,bytes BLOB,checksum BLOB, node INTEGER, time_ms INTEGER)STRICT";
  constexpr std::string_view kLog =
      "CREATE TABLE log(row INTEGER PRIMARY KEY,start INTEGER,branch INTEGER,token TEXT,position INTEGER,"
      "after_entry INTEGER,bytes BLOB,checksum BLOB, node INTEGER, time_ms INTEGER, line INTEGER, before INTEGER, "
      "packed INTEGER)STRICT";
  std::vector<ImageObject> out = {
      {Kind::table, "run", "run",
       "CREATE TABLE run(id INTEGER PRIMARY KEY,uid TEXT,job TEXT,number INTEGER,created_ms INTEGER,semantics INTEGER,"
       "inputs BLOB,secrets BLOB,checksum BLOB)STRICT"},
      {Kind::table, "state", "state",
       "CREATE TABLE state(id INTEGER PRIMARY KEY,epoch INTEGER,sequence INTEGER,chain BLOB,log_rows INTEGER,"
       "log_bytes INTEGER,log_chain BLOB,nodes INTEGER,records INTEGER,programs INTEGER,ended_ms INTEGER,result TEXT,"
       "checksum BLOB)STRICT"},
      {Kind::table, "seal", "seal", "CREATE TABLE seal(id INTEGER PRIMARY KEY,wrapped BLOB)STRICT"},
      {Kind::table, "branches", "branches",
       "CREATE TABLE branches(id INTEGER PRIMARY KEY,path TEXT,last_line INTEGER)STRICT"},
      {Kind::table_without_rowid, "streams", "streams",
       "CREATE TABLE streams(token TEXT PRIMARY KEY,stored INTEGER)STRICT,WITHOUT ROWID"},
      {Kind::table, "entries", "entries",
       "CREATE TABLE entries(sequence INTEGER PRIMARY KEY,type INTEGER,effect INTEGER,branch INTEGER,ordinal INTEGER,"
       "step TEXT,line INTEGER,col INTEGER,arguments BLOB,payload_kind INTEGER,secrecy INTEGER,payload BLOB,blob BLOB,"
       "time_ms INTEGER,checksum BLOB)STRICT"},
      {Kind::index, "one_result", "entries", "CREATE UNIQUE INDEX one_result ON entries(branch,ordinal)WHERE type=3"},
      {Kind::table, "log", "log",
       version >= kLogLines   ? kLog
       : version >= kLogNodes ? kSecondLog
                              : kFirstLog},
      {Kind::table, "nodes", "nodes",
       "CREATE TABLE nodes(id INTEGER PRIMARY KEY,parent INTEGER,kind INTEGER,display_name TEXT,step TEXT,branch TEXT,"
       "start_ms INTEGER,end_ms INTEGER,result TEXT,cause TEXT,detail BLOB,began INTEGER,changed INTEGER,checksum BLOB)"
       "STRICT"},
      {Kind::table_without_rowid, "records", "records",
       "CREATE TABLE records(kind TEXT,key TEXT,entry INTEGER,payload BLOB,checksum BLOB,PRIMARY KEY(kind,key))"
       "STRICT,WITHOUT ROWID"},
      {Kind::table_without_rowid, "programs", "programs",
       "CREATE TABLE programs(role TEXT PRIMARY KEY,hash BLOB,bytes BLOB)STRICT,WITHOUT ROWID"},
  };
  if (version >= kLogLines) {
    out.push_back({Kind::index, "log_of_line", "log", kLineIndex});
    out.push_back({Kind::index, "log_of_node", "log", kNodeIndex});
  }
  return out;
}

std::vector<ImageObject> index_objects(std::uint32_t version = kIndexSchemaVersion) {
  // As ALTER TABLE writes them, here too.
  constexpr std::string_view kFirstJobs = "CREATE TABLE jobs(name TEXT PRIMARY KEY,next INTEGER)STRICT,WITHOUT ROWID";
  constexpr std::string_view kJobs =
      "CREATE TABLE jobs(name TEXT PRIMARY KEY,next INTEGER, checksum BLOB)STRICT,WITHOUT ROWID";
  constexpr std::string_view kFirstRuns =
      "CREATE TABLE runs(ordinal INTEGER PRIMARY KEY,uid TEXT,job TEXT,number INTEGER,created_ms INTEGER,"
      "ended_ms INTEGER,result TEXT)STRICT";
  constexpr std::string_view kRuns =
      "CREATE TABLE runs(ordinal INTEGER PRIMARY KEY,uid TEXT,job TEXT,number INTEGER,created_ms INTEGER,"
      "ended_ms INTEGER,result TEXT, checksum BLOB)STRICT";
  const bool summed = version >= kIndexChecksums;
  return {
      {Kind::table_without_rowid, "jobs", "jobs", summed ? kJobs : kFirstJobs},
      {Kind::table, "runs", "runs", summed ? kRuns : kFirstRuns},
      {Kind::index, "one_number", "runs", "CREATE UNIQUE INDEX one_number ON runs(job,number)"},
      {Kind::index, "by_uid", "runs", "CREATE UNIQUE INDEX by_uid ON runs(uid)"},
  };
}

Result<std::int64_t> pragma(store::Database& db, std::string_view name) {
  auto statement = WL_TRY(db.prepare("PRAGMA " + std::string(name)));
  if (!WL_TRY(statement.next())) return 0;
  return statement.integer(0);
}

Result<std::uint32_t> check_schema(store::Database& db, std::uint32_t application, std::uint32_t newest,
                                   std::vector<ImageObject> (*objects_of)(std::uint32_t)) {
  if (WL_TRY(pragma(db, "application_id")) != application)
    return fail(ErrorKind::corrupt, {"{} is damaged: it is not a database of this kind", "{} 已损坏：不是此类数据库"},
                {db.file()});
  const auto version = WL_TRY(pragma(db, "user_version"));
  if (version > newest)
    return fail(ErrorKind::unsupported,
                {"{} has format version {} and this windlass reads up to {}; use the newer windlass that made it",
                 "{} 的格式版本为 {}，而此 windlass 最高可读 {}；请使用创建它的较新版本"},
                {db.file(), version, newest});
  if (version < 1)
    return fail(ErrorKind::corrupt, {"{} is damaged: it has no format version", "{} 已损坏：没有格式版本"},
                {db.file()});
  const auto objects = objects_of(static_cast<std::uint32_t>(version));
  auto rows = WL_TRY(db.prepare("SELECT name,sql FROM sqlite_schema"));
  std::size_t found = 0;
  while (WL_TRY(rows.next())) {
    const auto same = [&](const ImageObject& object) {
      return object.name == rows.bytes(0) && object.sql == rows.bytes(1);
    };
    if (std::ranges::none_of(objects, same))
      return fail(ErrorKind::corrupt,
                  {"{} is damaged: its tables are not those of a journal", "{} 已损坏：其中的表不是日志的表"},
                  {db.file()});
    ++found;
  }
  if (found != objects.size())
    return fail(ErrorKind::corrupt, {"{} is damaged: some of its tables are missing", "{} 已损坏：缺少部分表"},
                {db.file()});
  return static_cast<std::uint32_t>(version);
}

/// Where the rows of an older format stand, by line and within their node.
Result<> address_log(store::Database& db) {
  auto rows = WL_TRY(db.prepare("SELECT row,coalesce(node,0),bytes FROM log ORDER BY row"));
  std::vector<std::array<std::int64_t, 4>> places;  // row, node, line, before
  std::map<std::int64_t, std::int64_t> nodes;
  std::int64_t line = 0;
  while (WL_TRY(rows.next())) {
    const auto bytes = rows.bytes(2);
    auto& before = nodes[rows.integer(1)];
    places.push_back({rows.integer(0), rows.integer(1), line, before});
    before += static_cast<std::int64_t>(bytes.size());
    line += std::ranges::count(bytes, '\n');
  }
  rows = {};
  auto update = WL_TRY(db.prepare("UPDATE log SET node=?2,line=?3,before=?4 WHERE row=?1"));
  for (const auto& [row, node, first, before] : places) WL_CHECK_OK(update.run(row, node, first, before));
  return {};
}

std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

}  // namespace

Result<std::string> make_run_image(std::string_view wrapped_run_key, std::string_view wrapped_secret_key) {
  auto objects = run_objects();
  std::ranges::find(objects, "seal", &ImageObject::name)->rows = {{1, {std::string(wrapped_run_key)}},
                                                                  {2, {std::string(wrapped_secret_key)}}};
  return store::make_image(objects, kRunApplication, kRunSchemaVersion);
}

Result<std::string> make_index_image() {
  return store::make_image(index_objects(), kIndexApplication, kIndexSchemaVersion);
}

Result<std::uint32_t> check_run_schema(store::Database& db) {
  return check_schema(db, kRunApplication, kRunSchemaVersion, run_objects);
}
Result<std::uint32_t> check_index_schema(store::Database& db) {
  return check_schema(db, kIndexApplication, kIndexSchemaVersion, index_objects);
}

Result<> upgrade_run(store::Database& db, std::uint32_t version) {
  if (version < kLogNodes) {
    WL_CHECK_OK(db.exec("ALTER TABLE log ADD COLUMN node INTEGER"));
    WL_CHECK_OK(db.exec("ALTER TABLE log ADD COLUMN time_ms INTEGER"));
  }
  if (version < kLogLines) {
    for (const auto* sql : {"ALTER TABLE log ADD COLUMN line INTEGER", "ALTER TABLE log ADD COLUMN before INTEGER",
                            "ALTER TABLE log ADD COLUMN packed INTEGER"}) {
      WL_CHECK_OK(db.exec(sql));
    }
    WL_CHECK_OK(address_log(db));
    WL_CHECK_OK(db.exec(std::string(kLineIndex).c_str()));
    WL_CHECK_OK(db.exec(std::string(kNodeIndex).c_str()));
  }
  return db.exec(("PRAGMA user_version=" + std::to_string(kRunSchemaVersion)).c_str());
}

Result<> upgrade_index(store::Database& db, std::uint32_t version) {
  if (version < kIndexChecksums) {
    WL_CHECK_OK(db.exec("ALTER TABLE jobs ADD COLUMN checksum BLOB"));
    WL_CHECK_OK(db.exec("ALTER TABLE runs ADD COLUMN checksum BLOB"));
  }
  return db.exec(("PRAGMA user_version=" + std::to_string(kIndexSchemaVersion)).c_str());
}

Digest header_digest(const RunHeader& header, std::string_view sealed_inputs, std::string_view sealed_secrets) {
  return Digester()
      .bytes("windlass run journal 1")
      .bytes(header.uid)
      .bytes(header.job)
      .number(header.number)
      .number(bits(header.created_ms))
      .number(header.semantics)
      .bytes(sealed_inputs)
      .bytes(sealed_secrets)
      .finish();
}

Digest state_digest(const Digest& header, const StateRow& state) {
  return Digester()
      .bytes("state")
      .digest(header)
      .number(state.epoch)
      .number(state.sequence)
      .digest(state.chain)
      .number(state.log_rows)
      .number(state.log_bytes)
      .digest(state.log_chain)
      .number(state.nodes)
      .number(state.records)
      .number(state.programs)
      .number(bits(state.ended_ms))
      .bytes(state.result)
      .finish();
}

Digest next_link(const Digest& previous, const StoredEntry& entry) {
  return Digester()
      .bytes("entry")
      .digest(previous)
      .number(entry.sequence)
      .number(static_cast<std::uint64_t>(entry.type))
      .number(static_cast<std::uint64_t>(entry.effect))
      .bytes(entry.branch)
      .number(entry.ordinal)
      .bytes(entry.step)
      .number(bits(entry.line))
      .number(bits(entry.column))
      .digest(entry.arguments)
      .number(entry.payload_kind)
      .number(static_cast<std::uint64_t>(entry.secrecy))
      .bytes(entry.payload)
      .bytes(entry.blob)
      .number(bits(entry.time_ms))
      .finish();
}

namespace {

/// What every version's checksum of a row of the log begins with; `stored` is what the row holds, packed or not.
Digester link_of(std::string_view version, const Digest& previous, const StoredLog& log, std::string_view stored) {
  Digester out;
  out.bytes(version)
      .digest(previous)
      .number(log.row)
      .number(log.start)
      .bytes(log.branch)
      .bytes(log.token)
      .number(log.position)
      .number(log.after_entry)
      .bytes(stored);
  return out;
}

}  // namespace

Digest next_link(const Digest& previous, const StoredLog& log) {
  auto out = link_of(log.addressed ? "log 3" : "log", previous, log, log.bytes);
  if (log.addressed) out.number(log.node).number(bits(log.time_ms)).number(log.line).number(log.before);
  return out.finish();
}

Digest next_link(const Digest& previous, const StoredLog& log, std::string_view frame) {
  return link_of("log 4", previous, log, frame)
      .number(log.bytes.size())
      .number(log.node)
      .number(bits(log.time_ms))
      .number(log.line)
      .number(log.before)
      .finish();
}

Digest node_digest(const Digest& header, const FlowNode& node) {
  return Digester()
      .bytes("node")
      .digest(header)
      .number(bits(node.id))
      .number(bits(node.parent))
      .number(node.kind)
      .bytes(node.display_name)
      .bytes(node.step)
      .bytes(node.branch)
      .number(bits(node.start_ms))
      .number(bits(node.end_ms))
      .bytes(node.result)
      .bytes(node.cause)
      .bytes(node.detail)
      .finish();
}

Digest record_digest(const Digest& header, std::string_view kind, std::string_view key, std::string_view payload) {
  return Digester().bytes("record").digest(header).bytes(kind).bytes(key).bytes(payload).finish();
}

Digest to_digest(std::string_view bytes) {
  Digest digest{};
  if (bytes.size() == digest.size()) std::ranges::copy(bytes, reinterpret_cast<char*>(digest.data()));
  return digest;
}

}  // namespace windlass::journal
