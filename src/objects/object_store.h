// The one interface to objects, wherever they are kept: the embedded store here, a real Kubernetes API server
// elsewhere. Controllers and surfaces are written against it only.
//
// All calls are made on the reactor's thread and answer there. A write that has answered is durable. Values are taken
// and given whole; nothing is shared.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/object_options.h"
#include "objects/resource_type.h"

namespace windlass::objects {

template <class T>
using ApiTask = boost::asio::awaitable<Outcome<T>>;

struct WatchEvent {
  enum class Kind : std::uint8_t { added, modified, deleted, bookmark };
  Kind kind = Kind::added;
  std::int64_t version = 0;
  data::Value object;  ///< null for a bookmark
};

struct WatchOptions {
  std::string namespace_;  ///< empty: all
  LabelSelector labels;
  FieldSelector fields;
  std::int64_t from = 0;       ///< events behind this resource version
  bool metadata_only = false;  ///< as of a list
};

class Watcher {
 public:
  virtual ~Watcher() = default;
  /// The next events in order; empty when none came before `deadline`. 410 when the position is no longer kept: list
  /// again. One call at a time.
  virtual ApiTask<std::vector<WatchEvent>> next(std::chrono::steady_clock::time_point deadline) = 0;
  /// How far it has looked: a good resource version for a bookmark.
  [[nodiscard]] virtual std::int64_t position() const = 0;
  /// Makes a waiting next() return at once with nothing.
  virtual void wake() = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual ApiTask<data::Value> get(const ResourceType& type, std::string namespace_, std::string name) = 0;
  /// What is known of it without asking, where its kind is being watched, else a get(). Never older than what this
  /// process has written, but others may have changed it a moment ago: for a reconciler, which is called again then.
  virtual ApiTask<data::Value> look(const ResourceType& type, std::string namespace_, std::string name) {
    return get(type, std::move(namespace_), std::move(name));
  }
  virtual ApiTask<ListResult> list(const ResourceType& type, ListOptions options) = 0;
  virtual ApiTask<data::Value> create(const ResourceType& type, std::string namespace_, data::Value object,
                                      bool dry_run = false) = 0;
  virtual ApiTask<data::Value> update(const ResourceType& type, std::string namespace_, std::string name,
                                      data::Value object, Part part = Part::main, bool dry_run = false) = 0;
  /// Reads, changes and writes without anybody between; `modifier` may be called again after a conflict, on any thread,
  /// and must be pure.
  virtual ApiTask<data::Value> modify(const ResourceType& type, std::string namespace_, std::string name,
                                      Modifier modifier, Part part = Part::main, bool dry_run = false) = 0;
  virtual ApiTask<data::Value> remove(const ResourceType& type, std::string namespace_, std::string name,
                                      DeleteOptions options = {}) = 0;
  virtual std::unique_ptr<Watcher> watch(const ResourceType& type, WatchOptions options) = 0;
};

}  // namespace windlass::objects

/// WL_TRY for a coroutine that gives an Outcome: `auto object = WL_API_TRY(co_await store.get(…));`
#define WL_API_TRY(...)                                                        \
  __extension__({                                                              \
    auto api_result = (__VA_ARGS__);                                           \
    if (!api_result) co_return std::unexpected(std::move(api_result).error()); \
    std::move(api_result).value();                                             \
  })
