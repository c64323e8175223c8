// What becomes an event: changes of runs, of what agents have to do, and of objects. Where clients hear them is
// kapis/event_hub.h; what each says is docs/formats/event-stream.md.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kapis/event_hub.h"
#include "objects/object_store.h"
#include "runs/run_types.h"

namespace windlass::server {

class EventFeed {
 public:
  /// Everything given must outlive the io_context's last run.
  EventFeed(boost::asio::io_context& io, objects::ObjectStore& store, kapis::EventHub& hub,
            std::function<std::int64_t()> now_millis, std::function<void(std::string_view)> log);
  ~EventFeed();

  void run_changed(const runs::RunInfo& run, const runs::RunDelta& delta);
  void load_changed(const std::vector<engine::SharedResources::NodeLoad>& nodes);
  /// Begins to watch objects.
  void start();
  void stop();

 private:
  struct Known {
    bool queued = false;
    std::string reason;            ///< code of why it waits
    std::set<std::string> inputs;  ///< ids of the questions that were told
  };
  struct Watch;

  boost::asio::io_context& io_;
  objects::ObjectStore& store_;
  kapis::EventHub& hub_;
  std::function<std::int64_t()> now_;
  std::function<void(std::string_view)> log_;
  std::unordered_map<std::string, Known> runs_;  ///< those that have not ended
  std::unordered_map<std::string, std::string> load_;
  std::vector<std::shared_ptr<Watch>> watches_;
};

}  // namespace windlass::server
