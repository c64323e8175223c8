// A controller: brings the world in line with the objects of one kind, one key at a time. It knows objects only through
// ObjectStore, so that an embedded store and a real API server are the same to it.
//
//   list + watch ─► work queue (one visit per key at a time) ─► Reconciler::reconcile ─► done | again after | failed
//
// A visit is told which object, never what happened to it: it reads, compares, acts, and may be repeated at any time.
// Events may be merged, and one that came between two lists may be missing, so what must happen at a deletion belongs
// behind a finalizer. A visit that fails comes again later and later; why is logged, counted and shown by failures().
//
// Everything happens on the io_context's thread. Source: the behaviour of controller-runtime.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/object_feed.h"
#include "controllers/work_queue.h"
#include "data/value.h"
#include "objects/object_store.h"
#include "rt/task.h"
#include "rt/timers.h"

namespace windlass::controllers {

struct Requeue {
  std::optional<std::chrono::milliseconds> after;  ///< nothing: until the object changes
};

class Reconciler {
 public:
  virtual ~Reconciler() = default;
  /// One visit. The object may be gone by now: that is no error. Must be fit to be repeated.
  virtual rt::Task<Requeue> reconcile(Key key) = 0;
};

struct ControllerOptions {
  std::string name;          ///< in logs: "pipeline"
  std::size_t parallel = 4;  ///< visits at a time, of different keys
  Backoff backoff;
  objects::LabelSelector labels;  ///< of the objects of its own kind; empty: all
  objects::FieldSelector fields;
  bool metadata_only = false;  ///< events of its own kind may come without content
  /// Which events of its own kind are worth a visit; empty: all.
  std::function<bool(const data::Value&)> wanted;
  std::function<void(std::string_view)> log;  ///< one line, without its end
  rt::Timers* timers = nullptr;               ///< null: the real clock. They must outlive the io_context's last run
  FeedHub* hub = nullptr;                     ///< who shares its watches; null: nobody. Must outlive it
};

/// A key whose last visit failed.
struct Failure {
  Key key;
  std::uint32_t attempts = 0;  ///< in a row
  std::string reason;
};

class Controller {
 public:
  /// All but `options` must outlive the io_context's last run.
  Controller(boost::asio::io_context& io, objects::ObjectStore& store, const objects::ResourceType& type,
             Reconciler& reconciler, ControllerOptions options);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Watches another kind too: `keys` says whom of ours an object of it concerns (a run its pipeline). `only_changes`:
  /// those that are there at the start are not looked at, because each of ours is visited then anyway. Before start().
  void also(const objects::ResourceType& type, std::function<std::vector<Key>(const data::Value&)> keys,
            bool only_changes = false);
  void start();
  /// Begins no further visit, wakes the watches; visits that run come to their end. The io_context has then no work of
  /// this controller left.
  void stop();

  void enqueue(const Key& key);
  void enqueue_after(const Key& key, std::chrono::milliseconds delay);

  /// All kinds it watches have been listed once.
  [[nodiscard]] bool synced() const;
  /// It has been told of every change up to this resource version, of all kinds it watches.
  [[nodiscard]] std::int64_t position() const;
  /// Synced, nothing due, nothing in work.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] std::vector<Failure> failures() const;
  [[nodiscard]] std::uint64_t visits() const;

  struct Impl;

 private:
  void watch(const objects::ResourceType& type, std::function<std::vector<Key>(const data::Value&)> keys,
             ObjectFeed::Options options);

  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::controllers
