// A watch of a real API server as ObjectStore's Watcher: one coroutine reads, whoever asks takes, with a deadline. At
// most one message of the server waits to be taken, so a slow taker slows the server and nothing piles up.
//
// A connection that breaks is made again from the last version, a few times with pauses; then, or when the server says
// 410, the taker hears of it and lists again.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "kube/client.h"
#include "objects/object_store.h"

namespace windlass::cluster {

/// Hears of a watch before whoever takes its events: each connection of it, and what came.
struct WatchListener {
  std::function<void()> began, ended;
  std::function<void(const objects::WatchEvent&)> told;
};

class ClusterWatcher final : public objects::Watcher {
 public:
  ClusterWatcher(kube::Client& client, const objects::ResourceType& type, objects::WatchOptions options,
                 WatchListener listener = {});
  /// Ends the watch.
  ~ClusterWatcher() override;

  objects::ApiTask<std::vector<objects::WatchEvent>> next(std::chrono::steady_clock::time_point deadline) override;
  [[nodiscard]] std::int64_t position() const override;
  void wake() override;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::cluster
