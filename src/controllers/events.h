// Events (core/v1): what happened to an object, for `kubectl describe` and the page. One object per kind of occurrence
// (object, type, reason, message): repeating it counts, so that a controller that retries does not flood the store.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "data/value.h"
#include "objects/object_store.h"

namespace windlass::controllers {

enum class EventType : std::uint8_t { normal, warning };

class EventRecorder {
 public:
  /// `component` is who says it: "pipeline-controller". `store` must outlive what record() started.
  ///
  /// Of one object it says 25 things at once and then one each five minutes, as client-go does: what is in trouble
  /// every second floods nobody's store. What is left out is not counted either.
  EventRecorder(objects::ObjectStore& store, std::string component, std::function<std::int64_t()> now_millis,
                std::function<void(std::string_view)> log)
      : store_(store), component_(std::move(component)), now_millis_(std::move(now_millis)), log_(std::move(log)) {}

  /// Says it about `object` (its kind, namespace, name and uid are taken). Events of objects without a namespace are in
  /// that of their project, else in `default`. Never fails: what cannot be written is logged; an object or namespace
  /// that goes meanwhile is no matter.
  boost::asio::awaitable<void> record(const data::Value& object, EventType type, std::string reason,
                                      std::string message);

 private:
  objects::ObjectStore& store_;
  std::string component_;
  std::function<std::int64_t()> now_millis_;
  std::function<void(std::string_view)> log_;
  /// How much may still be said of an object, by its uid.
  struct Allowance {
    double left = 0;
    std::int64_t at_millis = 0;
  };
  std::unordered_map<std::string, Allowance> allowances_;
  bool may_say(const std::string& uid);
};

/// Deletes events an hour after they last happened, as Kubernetes does. It looks through all of them from time to time:
/// a timer for each of ten thousand would be more than the events are worth. On the reactor's thread.
class EventExpiry {
 public:
  /// `store` must outlive the io_context's last run.
  EventExpiry(boost::asio::io_context& io, objects::ObjectStore& store, std::function<std::int64_t()> now_millis,
              std::function<void(std::string_view)> log);
  ~EventExpiry();
  EventExpiry(const EventExpiry&) = delete;
  EventExpiry& operator=(const EventExpiry&) = delete;

  void start();
  /// Looks no more; the io_context has then no work of it left.
  void stop();
  /// One look; how long until the next is due, five minutes at least.
  boost::asio::awaitable<std::chrono::milliseconds> look();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::controllers
