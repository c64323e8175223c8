// Every object of a kind, then every change, to one function: list and watch kept going for ever. When the store no
// longer has the changes behind our position (410) it lists again, so a function may see an object twice and may miss
// one that went meanwhile.
//
// Feeds of one hub that want the same share one watch: a kind that six controllers look at is asked for once.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "objects/object_store.h"
#include "rt/timers.h"

namespace windlass::controllers {

class FeedHub;

class ObjectFeed {
 public:
  struct Options {
    std::string namespace_;  ///< empty: all
    objects::LabelSelector labels;
    objects::FieldSelector fields;
    bool metadata_only = false;                 ///< content may be missing: the callback looks at metadata alone
    bool only_changes = false;                  ///< what is there at the start need not be told
    rt::Timers* timers = nullptr;               ///< null: the real clock
    std::function<void(std::string_view)> log;  ///< one line when the store begins or ceases not to answer
    FeedHub* hub = nullptr;                     ///< who shares the watch; null: nobody. Must outlive it
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

  struct Source;
  struct Listener;

 private:
  boost::asio::io_context& io_;
  objects::ObjectStore& store_;
  const objects::ResourceType& type_;
  Options options_;
  std::shared_ptr<Listener> listener_;
  std::shared_ptr<Source> source_;  ///< from start() on
};

/// Feeds that are started in one turn of the loop and want the same objects of one store have one watch; what comes
/// later has one of its own.
class FeedHub {
 public:
  /// How many watches there are.
  [[nodiscard]] std::size_t watches() const;

 private:
  friend class ObjectFeed;
  std::vector<std::weak_ptr<ObjectFeed::Source>> sources_;
};

}  // namespace windlass::controllers
