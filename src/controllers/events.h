// Events (core/v1): what happened to an object, for `kubectl describe` and the page. One object per kind of occurrence
// (object, type, reason, message): repeating it counts, so that a controller that retries does not flood the store.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "controllers/controller.h"
#include "data/value.h"
#include "objects/object_store.h"

namespace windlass::controllers {

enum class EventType : std::uint8_t { normal, warning };

class EventRecorder {
 public:
  /// `component` is who says it: "pipeline-controller". `store` must outlive what record() started.
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
};

/// Deletes events an hour after they last happened, as Kubernetes does. A Reconciler of the kind Event.
class EventExpiry final : public Reconciler {
 public:
  EventExpiry(objects::ObjectStore& store, std::function<std::int64_t()> now_millis)
      : store_(store), now_millis_(std::move(now_millis)) {}
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  objects::ObjectStore& store_;
  std::function<std::int64_t()> now_millis_;
};

}  // namespace windlass::controllers
