// All objects of one kind, always: lists, watches, tells what changes, lists again after 410, and never gives up. The
// decisions are informer_core.h's; this one does what it says.
//
// The listener is called on the reactor's thread while the server waits, so nothing is queued: it takes what it needs
// and returns. What it is told of is in objects() already.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "kube/client.h"
#include "kube/informer_core.h"
#include "kube/watch.h"

namespace windlass::kube {

struct InformerQuery {
  std::string namespace_;  ///< empty: all
  std::string labels, fields;
  bool metadata_only = false;  ///< Secrets: their content stays where it is
};

class Informer {
 public:
  using Listener = std::function<void(const Delta&)>;

  /// `client` must outlive it.
  Informer(Client& client, Resource resource, InformerQuery query, Listener listener, InformerOptions options = {});
  /// Stops it; nothing is told any more.
  ~Informer();
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  void start();
  void stop();
  /// True once the first list is whole; false at `deadline` or when it was stopped.
  boost::asio::awaitable<bool> synced(rt::Timers::Moment deadline);
  /// What is known, what is wrong, since when nothing came.
  [[nodiscard]] const InformerCore& core() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::kube
