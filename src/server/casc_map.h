// The ConfigMap with Configuration as Code, watched: KubeSphere's chart makes it, its console edits it. What came of it
// is told to the ConfigMap as an event. Only its own namespace is looked into.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "controllers/events.h"
#include "objects/object_store.h"
#include "rt/task.h"
#include "server/live_casc.h"

namespace windlass::server {

class CascMap {
 public:
  /// All must outlive the io_context's last run. An empty name: there is none, and nothing is watched.
  CascMap(boost::asio::io_context& io, objects::ObjectStore& store, LiveCasc& casc, std::string namespace_,
          std::string name, std::function<std::int64_t()> now_millis, std::function<void(std::string_view)> log);

  void start();
  /// The io_context has then no work of it left.
  void stop();
  /// Reads the ConfigMap and the files now. Errors: unavailable; why what is there is not taken.
  rt::Task<> reload();

 private:
  boost::asio::awaitable<void> watch();
  boost::asio::awaitable<void> pause();
  /// Takes the ConfigMap as it is now; where to watch from. What is wrong with it is said there. Errors: unavailable.
  rt::Task<std::int64_t> look();

  boost::asio::io_context& io_;
  objects::ObjectStore& store_;
  LiveCasc& casc_;
  std::string namespace_, name_;
  std::function<void(std::string_view)> log_;
  controllers::EventRecorder events_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<objects::Watcher> watcher_;
  std::string said_;  ///< why it could not be read, the last time
  bool stopping_ = false;
};

}  // namespace windlass::server
