// The state of an informer, without I/O: what to ask next, what is known, what has changed for those who listen.
//
//   list (pages) ─► watch from the list's version ─► bookmarks and events move the version on
//       ▲                │ ended by itself: watch on from the version seen last
//       │ 410            │ failed: a pause, then the same
//       └────────────────┘
// A list replaces what is known: what is not in it any more is told as deleted. An object of the same name with another
// uid is told as the old one's end and the new one's beginning. Known objects are never told twice at one version.
// Source: controller-runtime's FAQ and Kubernetes API concepts, by behaviour.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "kube/pace.h"
#include "kube/watch_decoder.h"
#include "objects/api_status.h"

namespace windlass::kube {

/// "namespace/name", or "name" of what has no namespace.
std::string object_key(const data::Value& object);

struct Delta {
  enum class Kind : std::uint8_t { added, modified, deleted };
  Kind kind = Kind::added;
  data::Value object;  ///< of a deletion: as it was known last, or as the server told it at the end
};

struct InformerOptions {
  std::size_t page = 500;
  std::size_t max_objects = 200'000;  ///< more in the cluster: the informer fails with a sentence
  BackoffOptions backoff;
};

class InformerCore {
 public:
  explicit InformerCore(InformerOptions options = {}) : options_(options), backoff_(options.backoff) {}

  /// What to do next.
  struct Step {
    enum class Kind : std::uint8_t { list, watch };
    Kind kind = Kind::list;
    std::string continue_;               ///< of a list: the page
    bool from_cache = false;             ///< of a list: resourceVersion=0 may answer, quick and maybe a little old
    std::string version;                 ///< of a watch: events behind it
    std::chrono::milliseconds after{0};  ///< a pause before
  };
  [[nodiscard]] Step next();

  /// A page of a list. Gives what has changed when the list is whole.
  objects::Outcome<std::vector<Delta>> listed(data::Value list, PaceMoment now);
  /// Events of the watch.
  objects::Outcome<std::vector<Delta>> watched(std::vector<Event> events, PaceMoment now);
  /// The watch or the list ended: `why` null: by itself, in order. `chance` in [0, 1).
  void ended(const objects::ApiStatus* why, PaceMoment now, double chance);

  /// A whole list has been seen.
  [[nodiscard]] bool is_synced() const { return synced_; }
  /// The last failure, until something works again; empty message: none.
  [[nodiscard]] const objects::ApiStatus& trouble() const { return trouble_; }
  [[nodiscard]] const std::map<std::string, data::Value, std::less<>>& objects() const { return objects_; }
  [[nodiscard]] const data::Value* find(std::string_view key) const;
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  void restart_list();
  objects::Outcome<void> put(data::Value object, std::vector<Delta>& out);
  void remove(std::string_view key, data::Value last, std::vector<Delta>& out);

  InformerOptions options_;
  Backoff backoff_;
  std::map<std::string, data::Value, std::less<>> objects_;
  std::map<std::string, data::Value, std::less<>> arriving_;  ///< of a list that is not whole yet
  std::string version_;                                       ///< empty: list first
  std::string continue_;
  bool first_list_ = true;
  bool synced_ = false;
  std::chrono::milliseconds pause_{0};
  std::optional<PaceMoment> last_end_;
  objects::ApiStatus trouble_;
};

}  // namespace windlass::kube
