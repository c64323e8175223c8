#include "objects/embedded_core.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "data/json.h"
#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::objects {

using data::Value;

namespace {

using Object = store::ImageObject::Kind;

/// Runs by their pipeline's label, in order of their names: lists of a pipeline's runs read no others.
#define WL_BY_PIPELINE "CREATE INDEX objects_pipeline ON objects(namespace, pipeline, name) WHERE pipeline <> ''"

constexpr store::ImageObject kObjects[] = {
    {Object::table, "objects", "objects",
     "CREATE TABLE objects(id INTEGER PRIMARY KEY, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT "
     "NULL, "
     "uid TEXT NOT NULL, version INTEGER NOT NULL, labels BLOB NOT NULL, body BLOB NOT NULL, pipeline TEXT NOT NULL "
     "DEFAULT '') STRICT"},
    {Object::index, "objects_key", "objects", "CREATE UNIQUE INDEX objects_key ON objects(resource, namespace, name)"},
    {Object::index, "objects_uid", "objects", "CREATE UNIQUE INDEX objects_uid ON objects(uid)"},
    {Object::index, "objects_pipeline", "objects", WL_BY_PIPELINE},
    {Object::table_without_rowid, "owners", "owners",
     "CREATE TABLE owners(owner TEXT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY(owner, uid)) STRICT, WITHOUT ROWID"},
    {Object::index, "owners_uid", "owners", "CREATE INDEX owners_uid ON owners(uid)"},
    {Object::table, "changes", "changes",
     "CREATE TABLE changes(version INTEGER PRIMARY KEY, kind INTEGER NOT NULL, resource TEXT NOT NULL, namespace TEXT "
     "NOT NULL, name TEXT NOT NULL, labels_before BLOB, body BLOB NOT NULL) STRICT"},
    {Object::table, "counter", "counter",
     "CREATE TABLE counter(id INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT"},
    {Object::table_without_rowid, "garbage", "garbage",
     "CREATE TABLE garbage(kind INTEGER NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(kind, subject)) STRICT, WITHOUT "
     "ROWID"},
};
constexpr store::SchemaStep kSteps[] = {
    {2,
     "ALTER TABLE objects ADD COLUMN pipeline TEXT NOT NULL DEFAULT '';"
     "UPDATE objects SET pipeline = coalesce(json_extract(CAST(labels AS TEXT), "
     "'$.\"devops.kubesphere.io/pipeline\"'), '') WHERE resource = "
     "'pipelineruns.devops.kubesphere.io';" WL_BY_PIPELINE},
};
#undef WL_BY_PIPELINE

/// The continue token: "VERSION/NAMESPACE/NAME" in base64.
std::string make_token(std::int64_t version, std::string_view namespace_, std::string_view name) {
  return text::encode_base64(std::to_string(version) + "/" + std::string(namespace_) + "/" + std::string(name),
                             text::Base64::url, false);
}
bool read_token(const std::string& token, std::int64_t& version, std::string& namespace_, std::string& name) {
  auto plain = text::decode_base64(token, text::Base64::url);
  if (!plain) return false;
  const auto first = plain->find('/');
  const auto second = first == std::string::npos ? first : plain->find('/', first + 1);
  if (second == std::string::npos) return false;
  const auto [end, error] = std::from_chars(plain->data(), plain->data() + first, version);
  if (error != std::errc() || end != plain->data() + first) return false;
  namespace_ = plain->substr(first + 1, second - first - 1);
  name = plain->substr(second + 1);
  return true;
}

}  // namespace

const store::Schema& EmbeddedCore::schema() {
  static constexpr store::Schema kSchema{
      .application = 0x574c4f62, .version = 2, .objects = kObjects, .steps = kSteps};  // "WLOb"
  return kSchema;
}

Result<EmbeddedCore> EmbeddedCore::open(store::Database& database, Sealer& sealer) {
  EmbeddedCore core(sealer);
  const std::pair<store::Statement*, std::string_view> statements[] = {
      {&core.get_, "SELECT version, body FROM objects WHERE resource = ? AND namespace = ? AND name = ?"},
      {&core.get_uid_, "SELECT resource, namespace, name FROM objects WHERE uid = ?"},
      {&core.put_,
       "INSERT INTO objects(resource, namespace, name, uid, version, labels, body, pipeline) VALUES(?, ?, ?, ?, ?, ?, "
       "?, "
       "?) ON CONFLICT(resource, namespace, name) DO UPDATE SET version = excluded.version, labels = excluded.labels, "
       "body = excluded.body, pipeline = excluded.pipeline"},
      {&core.erase_, "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?"},
      {&core.list_all_,
       "SELECT namespace, name, labels, body FROM objects WHERE resource = ? AND (namespace, name) > (?, ?) ORDER BY "
       "namespace, name"},
      {&core.list_namespace_,
       "SELECT namespace, name, labels, body FROM objects WHERE resource = ? AND namespace = ? AND name > ? ORDER BY "
       "name"},
      {&core.list_pipeline_,
       "SELECT namespace, name, labels, body FROM objects INDEXED BY objects_pipeline WHERE pipeline <> '' AND "
       "namespace = ? AND pipeline = ? AND name > ? ORDER BY name"},
      {&core.newest_of_pipeline_,
       "SELECT o.namespace, o.name, o.labels, o.body FROM (SELECT id FROM objects INDEXED BY objects_pipeline WHERE "
       "pipeline <> '' AND namespace = ? AND pipeline = ? ORDER BY id DESC LIMIT ? OFFSET ?) AS page JOIN objects AS "
       "o ON o.id = page.id ORDER BY o.id DESC"},
      {&core.count_pipeline_,
       "SELECT count(*) FROM objects INDEXED BY objects_pipeline WHERE pipeline <> '' AND namespace = ? AND "
       "pipeline = ?"},
      {&core.newest_, "SELECT version FROM counter WHERE id = 1"},
      {&core.bump_,
       "INSERT INTO counter(id, version) VALUES(1, 2) ON CONFLICT(id) DO UPDATE SET version = version + 1"},
      {&core.changes_,
       "SELECT version, kind, namespace, name, labels_before, body FROM changes WHERE version > ? AND resource = ? AND "
       "(? = '' OR namespace = ?) ORDER BY version LIMIT ?"},
      {&core.oldest_, "SELECT min(version) FROM changes"},
      {&core.log_,
       "INSERT INTO changes(version, kind, resource, namespace, name, labels_before, body) VALUES(?, ?, ?, ?, ?, ?, "
       "?)"},
      {&core.trim_, "DELETE FROM changes WHERE version <= (SELECT max(version) FROM changes) - ?"},
      {&core.owners_clear_, "DELETE FROM owners WHERE uid = ?"},
      {&core.owners_add_, "INSERT OR IGNORE INTO owners(owner, uid) VALUES(?, ?)"},
      {&core.dependents_,
       "SELECT o.resource, o.namespace, o.name FROM owners w JOIN objects o ON o.uid = w.uid WHERE w.owner = ? LIMIT "
       "?"},
      {&core.garbage_add_, "INSERT OR IGNORE INTO garbage(kind, subject) VALUES(?, ?)"},
      {&core.garbage_next_, "SELECT kind, subject FROM garbage ORDER BY kind, subject"},
      {&core.garbage_done_, "DELETE FROM garbage WHERE kind = ? AND subject = ?"},
      {&core.in_namespace_,
       "SELECT resource, namespace, name FROM objects WHERE namespace = ? AND namespace <> '' LIMIT ?"},
  };
  for (const auto& [statement, sql] : statements) *statement = WL_TRY(database.prepare(sql));
  return core;
}

bool EmbeddedCore::is_run(const ResourceType& type) {
  return type.plural == "pipelineruns" && type.group == "devops.kubesphere.io";
}

Outcome<Value> EmbeddedCore::decode(const ResourceType& type, std::string_view namespace_, std::string_view name,
                                    std::string_view body) {
  std::string opened;
  if (type.kind == "Secret" && type.group.empty()) {
    auto plain = sealer_->open(body, std::string(namespace_) + "/" + std::string(name));
    if (!plain) {
      return internal("the secret " + std::string(name) + " cannot be decrypted: " + plain.error().message);
    }
    opened = std::move(*plain);
    body = opened;
  }
  auto value = data::parse_json(body);
  if (!value) {
    return internal("the stored " + storage_name(type) + " \"" + std::string(name) +
                    "\" is damaged: " + value.error().message);
  }
  return std::move(*value);
}

Outcome<std::optional<EmbeddedCore::Row>> EmbeddedCore::find(const ResourceType& type, std::string_view namespace_,
                                                             std::string_view name) {
  const auto resource = storage_name(type);
  get_.start(resource, namespace_, name);
  auto found = get_.next();
  if (!found) return store_failure(found.error());
  if (!*found) {
    get_.reset();
    return std::nullopt;
  }
  Row row;
  row.version = get_.integer(0);
  auto object = decode(type, namespace_, name, get_.bytes(1));
  get_.reset();
  if (!object) return std::unexpected(std::move(object).error());
  row.object = std::move(*object);
  return row;
}

Outcome<Value> EmbeddedCore::get(const ResourceType& type, std::string_view namespace_, std::string_view name) {
  auto row = find(type, namespace_, name);
  if (!row) return std::unexpected(std::move(row).error());
  if (!*row) return not_found(type.subject(name));
  return std::move((*row)->object);
}

Outcome<std::int64_t> EmbeddedCore::newest_version() {
  newest_.start();
  auto found = newest_.next();
  if (!found) return store_failure(found.error());
  const std::int64_t version = *found ? newest_.integer(0) : 1;
  newest_.reset();
  return version;
}

namespace {

/// The pipeline whose runs alone can pass; empty: any.
std::string pipeline_of(const ResourceType& type, const ListOptions& options) {
  if (!EmbeddedCore::is_run(type) || options.namespace_.empty()) return {};
  for (const auto& one : options.labels.requirements()) {
    if (one.key == EmbeddedCore::kPipelineLabel && one.op == Requirement::Operator::in && one.values.size() == 1 &&
        !one.values.front().empty()) {
      return one.values.front();
    }
  }
  return {};
}

}  // namespace

Outcome<ListResult> EmbeddedCore::list_newest(const ResourceType& type, const ListOptions& options) {
  const auto pipeline = pipeline_of(type, options);
  if (pipeline.empty() || options.labels.requirements().size() != 1 || !options.fields.empty()) {
    auto plain = options;
    plain.newest_first = false;
    plain.limit = plain.offset = 0;
    plain.continue_.clear();
    auto all = list(type, plain);
    if (!all) return all;
    all->total = all->items.size();
    const auto key = [](const Value& one) {
      return std::pair(meta_text(one, "creationTimestamp"), meta_text(one, "name"));
    };
    std::sort(all->items.begin(), all->items.end(), [&](const Value& a, const Value& b) { return key(b) < key(a); });
    all->items.erase(all->items.begin(),
                     all->items.begin() + static_cast<std::ptrdiff_t>(std::min(options.offset, all->items.size())));
    if (options.limit != 0 && all->items.size() > options.limit) all->items.resize(options.limit);
    return all;
  }
  ListResult out;
  auto newest = newest_version();
  if (!newest) return std::unexpected(std::move(newest).error());
  out.resource_version = *newest;
  count_pipeline_.start(options.namespace_, pipeline);
  auto counted = count_pipeline_.next();
  if (!counted) return store_failure(counted.error());
  out.total = static_cast<std::size_t>(*counted ? count_pipeline_.integer(0) : 0);
  count_pipeline_.reset();
  newest_of_pipeline_.start(options.namespace_, pipeline,
                            options.limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(options.limit),
                            static_cast<std::int64_t>(options.offset));
  for (;;) {
    auto more = newest_of_pipeline_.next();
    if (!more) return store_failure(more.error());
    if (!*more) break;
    auto object =
        decode(type, newest_of_pipeline_.bytes(0), newest_of_pipeline_.bytes(1), newest_of_pipeline_.bytes(3));
    if (!object) {
      newest_of_pipeline_.reset();
      return std::unexpected(std::move(object).error());
    }
    out.items.push_back(std::move(*object));
  }
  newest_of_pipeline_.reset();
  return out;
}

Outcome<ListResult> EmbeddedCore::list(const ResourceType& type, const ListOptions& options) {
  if (options.newest_first) return list_newest(type, options);
  ListResult out;
  std::string after_namespace, after_name;
  if (options.continue_.empty()) {
    auto newest = newest_version();
    if (!newest) return std::unexpected(std::move(newest).error());
    out.resource_version = *newest;
  } else if (!read_token(options.continue_, out.resource_version, after_namespace, after_name)) {
    return bad_request("continue key is not valid: start the list again without it");
  }
  const auto resource = storage_name(type);
  const auto pipeline = pipeline_of(type, options);
  auto& statement = !pipeline.empty() ? list_pipeline_ : options.namespace_.empty() ? list_all_ : list_namespace_;
  if (!pipeline.empty()) {
    statement.start(options.namespace_, pipeline, after_name);
  } else if (options.namespace_.empty()) {
    statement.start(resource, after_namespace, after_name);
  } else {
    statement.start(resource, options.namespace_, after_name);
  }
  for (;;) {
    auto more = statement.next();
    if (!more) return store_failure(more.error());
    if (!*more) break;
    const std::string namespace_(statement.bytes(0)), name(statement.bytes(1));
    if (!options.labels.empty()) {
      auto labels = data::parse_json(statement.bytes(2));
      if (!labels || !options.labels.matches(&*labels)) continue;
    }
    auto object = decode(type, namespace_, name, statement.bytes(3));
    if (!object) {
      statement.reset();
      return std::unexpected(std::move(object).error());
    }
    if (!options.fields.matches(*object)) continue;
    if (options.limit != 0 && out.items.size() == options.limit) {
      // One more than asked for: the list goes on behind the last one given.
      const auto& last = out.items.back();
      out.continue_ = make_token(out.resource_version, meta_text(last, "namespace"), meta_text(last, "name"));
      break;
    }
    out.items.push_back(std::move(*object));
  }
  statement.reset();
  return out;
}

Outcome<std::vector<Change>> EmbeddedCore::changes(const ResourceType& type, std::string_view namespace_,
                                                   std::int64_t from, std::size_t limit) {
  auto newest = newest_version();
  if (!newest) return std::unexpected(std::move(newest).error());
  if (from < *newest) {
    oldest_.start();
    auto found = oldest_.next();
    if (!found) return store_failure(found.error());
    const bool lost = !*found || oldest_.is_null(0) || oldest_.integer(0) > from + 1;
    const std::int64_t oldest = lost && *found ? oldest_.integer(0) : 0;
    oldest_.reset();
    if (lost) {
      return expired("too old resource version: " + std::to_string(from) + " (" + std::to_string(oldest) + ")");
    }
  }
  std::vector<Change> out;
  const auto resource = storage_name(type);
  changes_.start(from, resource, namespace_, namespace_, static_cast<std::int64_t>(limit));
  for (;;) {
    auto more = changes_.next();
    if (!more) return store_failure(more.error());
    if (!*more) break;
    Change change;
    change.version = changes_.integer(0);
    change.kind = static_cast<Change::Kind>(changes_.integer(1));
    change.namespace_ = changes_.bytes(2);
    change.name = changes_.bytes(3);
    if (!changes_.is_null(4)) {
      if (auto labels = data::parse_json(changes_.bytes(4))) change.labels_before = std::move(*labels);
    }
    auto object = decode(type, change.namespace_, change.name, changes_.bytes(5));
    if (!object) {
      changes_.reset();
      return std::unexpected(std::move(object).error());
    }
    change.object = std::move(*object);
    out.push_back(std::move(change));
  }
  changes_.reset();
  return out;
}

Outcome<EmbeddedCore::SealCursor> EmbeddedCore::seal_anew(store::Database& database, SealCursor from,
                                                          std::size_t limit) {
  struct Fresh {
    std::int64_t id;
    std::string body;
  };
  const auto part = [&](const char* select, const char* update, std::int64_t& at) -> Result<bool> {
    std::vector<Fresh> fresh;
    std::size_t seen = 0;
    {
      auto row = WL_TRY(database.prepare(select));
      row.start(at, static_cast<std::int64_t>(limit));
      while (WL_TRY(row.next())) {
        ++seen;
        at = row.integer(0);
        const auto context = std::string(row.bytes(1)) + "/" + std::string(row.bytes(2));
        if (auto sealed = WL_TRY(sealer_->seal_anew(row.bytes(3), context))) fresh.push_back({at, std::move(*sealed)});
      }
    }
    auto write = WL_TRY(database.prepare(update));
    for (const auto& one : fresh) WL_CHECK_OK(write.run(one.id, store::Blob{one.body}));
    return seen == limit;
  };
  // The versions of the objects stay: nobody who watches learns of it.
  auto more =
      part("SELECT id, namespace, name, body FROM objects WHERE resource = 'secrets' AND id > ? ORDER BY id LIMIT ?",
           "UPDATE objects SET body = ?2 WHERE id = ?1", from.object);
  if (!more) return store_failure(more.error());
  if (!*more) {
    more = part(
        "SELECT version, namespace, name, body FROM changes WHERE resource = 'secrets' AND version > ? ORDER BY "
        "version "
        "LIMIT ?",
        "UPDATE changes SET body = ?2 WHERE version = ?1", from.change);
    if (!more) return store_failure(more.error());
    from.done = !*more;
  }
  return from;
}

Outcome<void> EmbeddedCore::trim_changes(std::int64_t keep) {
  if (auto done = trim_.run(keep); !done) return store_failure(done.error());
  return {};
}

}  // namespace windlass::objects
