// The objects of a real API server behind the interface of the embedded store, so that controllers and surfaces do not
// know which one they have.
//
// Every get, list and write is a request, so that who has written reads what was written. A modify is a get and an
// update that the server refuses when somebody was faster (409), repeated until it fits; of an object of ours that was
// answered a moment ago, or that a watch tells of, it tries the update at once (known_objects.h). Watches go on over
// broken connections from where they were; 410 is told, and the caller lists again. A kind that the cluster does not
// have is 503 with a sentence, never 404: its objects are not deleted.
//
// No rule about what objects mean.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cluster/known_objects.h"
#include "kube/client.h"
#include "objects/object_store.h"
#include "rt/timers.h"

namespace windlass::cluster {

struct ClusterStoreOptions {
  /// Asked before each write; false: it is refused with 503, because another replica may lead by now. Empty: always.
  std::function<bool()> may_write;
  std::size_t page = 500;   ///< objects in one answer of a list
  unsigned max_tries = 12;  ///< of a modify
  std::size_t kept = 256;   ///< objects of ours whose last answer is what a modify begins with
  std::chrono::milliseconds kept_for{10'000};
};

class ClusterStore final : public objects::ObjectStore {
 public:
  /// `client` must outlive it and its watchers.
  explicit ClusterStore(kube::Client& client, ClusterStoreOptions options = {});

  objects::ApiTask<data::Value> get(const objects::ResourceType& type, std::string namespace_,
                                    std::string name) override;
  objects::ApiTask<data::Value> look(const objects::ResourceType& type, std::string namespace_,
                                     std::string name) override;
  objects::ApiTask<objects::ListResult> list(const objects::ResourceType& type, objects::ListOptions options) override;
  objects::ApiTask<data::Value> create(const objects::ResourceType& type, std::string namespace_, data::Value object,
                                       bool dry_run) override;
  objects::ApiTask<data::Value> update(const objects::ResourceType& type, std::string namespace_, std::string name,
                                       data::Value object, objects::Part part, bool dry_run) override;
  objects::ApiTask<data::Value> modify(const objects::ResourceType& type, std::string namespace_, std::string name,
                                       objects::Modifier modifier, objects::Part part, bool dry_run) override;
  objects::ApiTask<data::Value> remove(const objects::ResourceType& type, std::string namespace_, std::string name,
                                       objects::DeleteOptions options) override;
  std::unique_ptr<objects::Watcher> watch(const objects::ResourceType& type, objects::WatchOptions options) override;

 private:
  [[nodiscard]] objects::Outcome<void> may_write() const;
  objects::ApiTask<objects::ListResult> page(const objects::ResourceType& type, objects::ListOptions options);
  objects::ApiTask<objects::ListResult> whole(const objects::ResourceType& type, objects::ListOptions options);
  objects::ApiTask<objects::ListResult> newest_first(const objects::ResourceType& type, objects::ListOptions options);
  objects::ApiTask<data::Value> write(const objects::ResourceType& type, std::string namespace_, std::string name,
                                      data::Value object, objects::Part part, bool dry_run);
  /// The modify without a look before it; nothing where it needs one.
  objects::ApiTask<std::optional<data::Value>> modify_kept(const objects::ResourceType& type, std::string namespace_,
                                                           std::string name, objects::Modifier modifier,
                                                           objects::Part part, bool dry_run);

  kube::Client& client_;
  ClusterStoreOptions options_;
  std::shared_ptr<KnownObjects> known_;  ///< its watchers tell it too, and may outlive this
};

}  // namespace windlass::cluster
