// One watch: a request whose answer goes on for minutes, event by event. Who wants all changes for ever uses an
// Informer.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kube/client.h"
#include "kube/watch_decoder.h"

namespace windlass::kube {

struct WatchQuery {
  std::string namespace_;  ///< empty: all
  std::string labels, fields;
  std::string version;                ///< events behind it
  std::chrono::seconds timeout{300};  ///< after which the server ends it in order
  bool metadata_only = false;
};

class Watch {
 public:
  /// Asks with bookmarks. Errors: 410 where the version is no longer kept, those of Client.
  static ApiTask<std::unique_ptr<Watch>> open(Client& client, Resource resource, WatchQuery query);

  /// The next events; nothing at its end in order. A server that goes silent for longer than its own time-out and half
  /// a minute has gone. Errors: 410, 503 (it broke off), kCancelled. One call at a time; `close()` ends it.
  ApiTask<std::optional<std::vector<Event>>> next();
  void close() { answer_->close(); }

 private:
  Watch(std::unique_ptr<net::HttpAnswer> answer, rt::Timers::Moment end) : answer_(std::move(answer)), end_(end) {}

  std::unique_ptr<net::HttpAnswer> answer_;
  WatchDecoder decoder_;
  rt::Timers::Moment end_;
};

}  // namespace windlass::kube
