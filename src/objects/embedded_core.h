// The objects of an embedded store: what the Kubernetes API promises about create, get, list, update, delete and watch,
// kept in SQLite. Everything here happens inside a transaction that the caller opened and will commit; nothing is told
// to anybody before that. No thread, no clock, no randomness of its own.
//
// Invariants: every write gets the next resource version of one counter for the whole store, and leaves one row in
// `changes`, so that a watch is a scan of that table; a body is the JSON text that clients see. Bodies of Secrets pass
// through the Sealer. Source: the API conventions of Kubernetes by behaviour; docs/formats/objects.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/object_options.h"
#include "objects/resource_type.h"
#include "objects/selector.h"
#include "store/database.h"
#include "store/migrate.h"

namespace windlass::objects {

/// Encrypts what is secret before it meets the disk.
class Sealer {
 public:
  virtual ~Sealer() = default;
  /// `context` binds the bytes to their place: opened with another one they are refused.
  [[nodiscard]] virtual std::string seal(std::string_view plain, std::string_view context) = 0;
  [[nodiscard]] virtual Result<std::string> open(std::string_view sealed, std::string_view context) = 0;
  /// The same sealed by the newest key; nothing when it is.
  [[nodiscard]] virtual Result<std::optional<std::string>> seal_anew(std::string_view /*sealed*/,
                                                                     std::string_view /*context*/) {
    return std::nullopt;
  }
};

/// What a write needs from the world around it.
struct Moment {
  std::int64_t now_millis = 0;            ///< since 1970
  std::function<std::uint64_t()> random;  ///< uids and generated names
};

struct Change {
  enum class Kind : std::uint8_t { added = 1, modified = 2, deleted = 3 };
  std::int64_t version = 0;
  Kind kind = Kind::added;
  std::string namespace_, name;
  data::Value object;
  std::optional<data::Value> labels_before;  ///< of a modified object: a selector may have matched only before
};

class EmbeddedCore {
 public:
  /// The tables and how they came to be (store/migrate.h).
  static const store::Schema& schema();
  /// The label of a run that its lists go by.
  static constexpr std::string_view kPipelineLabel = "devops.kubesphere.io/pipeline";
  static bool is_run(const ResourceType& type);

  /// `database` and `sealer` must outlive it. Prepares its statements.
  static Result<EmbeddedCore> open(store::Database& database, Sealer& sealer);

  // ---- inside a read transaction
  Outcome<data::Value> get(const ResourceType& type, std::string_view namespace_, std::string_view name);
  Outcome<ListResult> list(const ResourceType& type, const ListOptions& options);
  Outcome<std::int64_t> newest_version();
  /// Changes of one type after `from`, at most `limit`, in order. 410 when some are no longer kept.
  Outcome<std::vector<Change>> changes(const ResourceType& type, std::string_view namespace_, std::int64_t from,
                                       std::size_t limit);

  // ---- inside a write transaction. `dry_run` does everything but the writing.
  Outcome<data::Value> create(const ResourceType& type, std::string_view namespace_, data::Value object,
                              const Moment& moment, bool dry_run);
  Outcome<data::Value> update(const ResourceType& type, std::string_view namespace_, std::string_view name,
                              data::Value object, Part part, const Moment& moment, bool dry_run);
  /// Reads, changes, writes: the patch of a client. `change` sees the stored object.
  Outcome<data::Value> modify(const ResourceType& type, std::string_view namespace_, std::string_view name,
                              const Modifier& change, Part part, const Moment& moment, bool dry_run);
  /// The object as it was when it went, or as it waits for its finalizers.
  Outcome<data::Value> remove(const ResourceType& type, std::string_view namespace_, std::string_view name,
                              const DeleteOptions& options, const Moment& moment);
  /// Deletes what lost its owner or its namespace, some `limit` objects of each; false when a further call would change
  /// nothing (what is left waits for finalizers).
  Outcome<bool> collect_garbage(std::size_t limit, const Moment& moment);
  /// How far seal_anew() has come.
  struct SealCursor {
    std::int64_t object = 0, change = 0;
    bool done = false;
  };
  /// Seals the next `limit` bodies by the newest key; what is sealed by it already is passed over.
  Outcome<SealCursor> seal_anew(store::Database& database, SealCursor from, std::size_t limit);
  /// What was written since it was asked last: the resources (storage names) and the versions.
  struct Written {
    std::set<std::string, std::less<>> resources;
    std::int64_t before = 0, newest = 0;
  };
  Written take_written() { return std::exchange(written_, {}); }
  /// Whether collect_garbage() may find something.
  Outcome<bool> has_garbage();
  /// Forgets changes but the newest `keep`.
  Outcome<void> trim_changes(std::int64_t keep);

 private:
  // Kinds of rows in the table `garbage`.
  static constexpr int kGarbageOfOwner = 1;      ///< the uid is gone: its dependents go
  static constexpr int kGarbageForeground = 2;   ///< the uid waits for its dependents
  static constexpr int kGarbageOrphan = 3;       ///< the uid waits until its dependents have let go
  static constexpr int kGarbageOfNamespace = 4;  ///< a namespace's name
  struct Row {
    data::Value object;
    std::int64_t version = 0;
  };
  explicit EmbeddedCore(Sealer& sealer) : sealer_(&sealer) {}
  Outcome<ListResult> list_newest(const ResourceType& type, const ListOptions& options);
  Outcome<std::optional<Row>> find(const ResourceType& type, std::string_view namespace_, std::string_view name);
  Outcome<data::Value> decode(const ResourceType& type, std::string_view namespace_, std::string_view name,
                              std::string_view body);
  Outcome<data::Value> write(const ResourceType& type, data::Value object, Change::Kind kind,
                             const data::Value* before);
  Outcome<data::Value> erase(const ResourceType& type, data::Value object);
  Outcome<data::Value> store_updated(const ResourceType& type, Row stored, data::Value object, Part part, bool dry_run);
  Outcome<void> check_new(const ResourceType& type, std::string_view namespace_, const data::Value& object,
                          const std::string& name);
  Outcome<bool> exists(const std::string& uid);
  Outcome<bool> collect_owner(const std::string& uid, int kind, std::size_t limit, const Moment& moment);
  Outcome<bool> collect_namespace(const std::string& name, std::size_t limit, const Moment& moment);

  Sealer* sealer_;
  Written written_;
  store::Statement get_, get_uid_, put_, erase_, list_all_, list_namespace_, list_pipeline_, newest_of_pipeline_,
      count_pipeline_, newest_, bump_, changes_, oldest_, log_, trim_;
  store::Statement owners_clear_, owners_add_, dependents_, garbage_add_, garbage_next_, garbage_done_, in_namespace_;
};

/// A value of `stringData` as `data` keeps it: base64.
std::string encode_secret_text(const std::string& plain);

}  // namespace windlass::objects
