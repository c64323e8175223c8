// Every object of a kind, then every change, to one function: list and watch kept going for ever. When the store no
// longer has the changes behind our position (410) it lists again, so a function may see an object twice and may miss
// one that went meanwhile.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "objects/object_store.h"
#include "rt/timers.h"

namespace windlass::controllers {

class ObjectFeed {
 public:
  struct Options {
    std::string namespace_;  ///< empty: all
    objects::LabelSelector labels;
    objects::FieldSelector fields;
    bool metadata_only = false;                 ///< content may be missing: the callback looks at metadata alone
    bool only_changes = false;                  ///< what is there at the start is not told, if no change is lost later
    rt::Timers* timers = nullptr;               ///< null: the real clock
    std::function<void(std::string_view)> log;  ///< one line when the store begins or ceases not to answer
  };
  using Callback = std::function<void(objects::WatchEvent)>;

  /// `store` must outlive the io_context's last run. Objects of a list come as `added`.
  ObjectFeed(boost::asio::io_context& io, objects::ObjectStore& store, const objects::ResourceType& type,
             Options options, Callback callback);
  ~ObjectFeed();
  ObjectFeed(const ObjectFeed&) = delete;
  ObjectFeed& operator=(const ObjectFeed&) = delete;

  void start();
  /// The callback is not called any more.
  void stop();
  /// The first list (of what is told from then on) is through.
  [[nodiscard]] bool synced() const;
  /// Every change up to this resource version was told; 0 before the first list is through.
  [[nodiscard]] std::int64_t position() const;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::controllers
