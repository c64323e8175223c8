#include "objects/check_objects.h"

#include <algorithm>
#include <set>

#include "data/json.h"
#include "objects/metadata.h"

namespace windlass::objects {

using data::Value;

namespace {

constexpr std::size_t kMostFindings = 1000;

class Checker {
 public:
  Checker(store::Database& database, Sealer& sealer, const std::function<void(const ResourceType&, const Value&)>& seen)
      : database_(database), sealer_(sealer), seen_(seen) {}

  ObjectsCheck run() {
    if (!note(database_.check_structure()) || !note(store::schema_version(database_, EmbeddedCore::schema())) ||
        !note(check_tables())) {
      return std::move(out_);  // what its rows say means nothing then
    }
    note(read_counter());
    note(read_objects());
    note(read_changes());
    note(read_owners());
    return std::move(out_);
  }

 private:
  template <class T>
  bool note(const Result<T>& result) {
    if (!result) find(result.error().message);
    return result.has_value();
  }
  /// An older file has the tables of its time; the next start brings them up to date.
  Result<> check_tables() {
    if (WL_TRY(store::schema_version(database_, EmbeddedCore::schema())) != EmbeddedCore::schema().version) return {};
    return store::check_tables(database_, EmbeddedCore::schema());
  }
  void find(std::string sentence) {
    if (out_.findings.size() < kMostFindings) out_.findings.push_back(std::move(sentence));
  }
  void find(const std::string& what, const std::string& why) {
    find(database_.file() + " is damaged: " + what + " " + why);
  }

  Result<> read_counter() {
    auto row = WL_TRY(database_.prepare("SELECT version FROM counter WHERE id = 1"));
    if (WL_TRY(row.next())) newest_ = row.integer(0);
    return {};
  }

  static const ResourceType* type_of(std::string_view resource) {
    const auto types = resource_types();
    const auto found = std::ranges::find_if(types, [&](const auto& type) { return storage_name(type) == resource; });
    return found == types.end() ? nullptr : &*found;
  }

  /// The body as an object; nothing (and a finding) when it is none.
  std::optional<Value> body_of(const ResourceType& type, const std::string& what, std::string_view namespace_,
                               std::string_view name, std::string_view body) {
    std::string opened;
    if (type.kind == "Secret" && type.group.empty()) {
      auto plain = sealer_.open(body, std::string(namespace_) + "/" + std::string(name));
      if (!plain) {
        find(what, "cannot be opened with the keys that are there");
        return std::nullopt;
      }
      opened = std::move(*plain);
      body = opened;
    }
    auto value = data::parse_json(body);
    if (!value || !value->is_map()) {
      find(what, "is no JSON object");
      return std::nullopt;
    }
    return std::move(*value);
  }

  Result<> read_objects() {
    auto row = WL_TRY(database_.prepare("SELECT resource, namespace, name, uid, version, labels, body FROM objects"));
    row.start();
    while (WL_TRY(row.next())) {
      ++out_.objects;
      const std::string resource(row.bytes(0)), namespace_(row.bytes(1)), name(row.bytes(2)), uid(row.bytes(3));
      const auto what = resource + " " + (namespace_.empty() ? "" : namespace_ + "/") + name;
      uids_.insert(uid);
      if (row.integer(4) > newest_) find(what, "is newer than the newest version");
      const auto* type = type_of(resource);
      if (type == nullptr) {
        find(what, "is of a kind that is not known");
        continue;
      }
      const auto object = body_of(*type, what, namespace_, name, row.bytes(6));
      if (!object) continue;
      if (meta_text(*object, "name") != name || meta_text(*object, "namespace") != namespace_ ||
          meta_text(*object, "uid") != uid || meta_text(*object, "resourceVersion") != std::to_string(row.integer(4))) {
        find(what, "is another object than its place says");
        continue;
      }
      const Value* labels = metadata_of(*object).find("labels");
      if (row.bytes(5) != (labels != nullptr && labels->has_members() ? data::format_json(*labels) : "{}")) {
        find(what, "has other labels than its row");
      }
      seen_(*type, *object);
    }
    return {};
  }

  Result<> read_changes() {
    auto row = WL_TRY(
        database_.prepare("SELECT version, kind, resource, namespace, name, body FROM changes ORDER BY version"));
    row.start();
    while (WL_TRY(row.next())) {
      ++out_.changes;
      const std::string namespace_(row.bytes(3)), name(row.bytes(4));
      const auto what =
          "change " + std::to_string(row.integer(0)) + " (" + std::string(row.bytes(2)) + " " + name + ")";
      if (row.integer(0) > newest_) find(what, "is newer than the newest version");
      if (row.integer(1) < 1 || row.integer(1) > 3) find(what, "is of a kind that is not known");
      if (const auto* type = type_of(row.bytes(2))) {
        (void)body_of(*type, what, namespace_, name, row.bytes(5));
      } else {
        find(what, "is of a kind that is not known");
      }
    }
    return {};
  }

  Result<> read_owners() {
    auto row = WL_TRY(database_.prepare("SELECT uid FROM owners"));
    row.start();
    while (WL_TRY(row.next())) {
      if (!uids_.contains(std::string(row.bytes(0)))) find("an owner", "is noted for an object that is not there");
    }
    return {};
  }

  store::Database& database_;
  Sealer& sealer_;
  const std::function<void(const ResourceType&, const Value&)>& seen_;
  std::int64_t newest_ = 1;
  std::set<std::string> uids_;
  ObjectsCheck out_;
};

}  // namespace

ObjectsCheck check_objects(store::Database& database, Sealer& sealer,
                           const std::function<void(const ResourceType&, const Value&)>& seen) {
  return Checker(database, sealer, seen).run();
}

}  // namespace windlass::objects
