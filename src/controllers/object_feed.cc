#include "controllers/object_feed.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <utility>
#include <variant>

namespace windlass::controllers {

namespace asio = boost::asio;

namespace {
constexpr std::size_t kListPart = 100;  ///< as trees in memory an object is tens of kilobytes
constexpr std::chrono::seconds kLookEvery{60};
constexpr std::chrono::milliseconds kFirstPause{200}, kLongestPause{10'000};
}  // namespace

struct ObjectFeed::Impl : std::enable_shared_from_this<ObjectFeed::Impl> {
  Impl(asio::io_context& io_, objects::ObjectStore& store_, const objects::ResourceType& type_, Options options_,
       Callback callback_)
      : store(store_),
        type(type_),
        options(std::move(options_)),
        callback(std::move(callback_)),
        own_timers(options.timers == nullptr ? rt::make_timers(io_) : nullptr),
        timers(options.timers == nullptr ? *own_timers : *options.timers),
        io(io_),
        stopped(io_, timers) {}

  objects::ObjectStore& store;
  const objects::ResourceType& type;
  Options options;
  Callback callback;
  std::unique_ptr<rt::Timers> own_timers;
  rt::Timers& timers;
  asio::io_context& io;
  rt::Signal stopped;
  objects::Watcher* watcher = nullptr;
  bool stopping = false;
  bool synced = false;
  std::int64_t told = 0;
  std::string trouble;  ///< what was logged last; empty: all is well

  void tell(objects::WatchEvent event) {
    if (!stopping) callback(std::move(event));
  }

  /// The resource version to watch from.
  objects::ApiTask<std::int64_t> list() {
    if (options.only_changes && !synced) {
      objects::ListOptions one;
      one.limit = 1;
      one.metadata_only = options.metadata_only;
      auto newest = co_await store.list(type, std::move(one));
      if (!newest) co_return std::unexpected(std::move(newest).error());
      co_return newest->resource_version;
    }
    objects::ListOptions wanted;
    wanted.namespace_ = options.namespace_;
    wanted.labels = options.labels;
    wanted.fields = options.fields;
    wanted.metadata_only = options.metadata_only;
    wanted.limit = kListPart;
    std::int64_t version = 0;
    do {
      auto part = co_await store.list(type, wanted);
      if (!part) co_return std::unexpected(std::move(part).error());
      // A list in parts stands as of its first part: what changed since is in the watch.
      if (wanted.continue_.empty()) version = part->resource_version;
      wanted.continue_ = std::move(part->continue_);
      for (auto& object : part->items) tell({objects::WatchEvent::Kind::added, version, std::move(object)});
    } while (!wanted.continue_.empty() && !stopping);
    co_return version;
  }

  /// Until the watch breaks or we stop.
  objects::ApiTask<std::monostate> follow(std::int64_t version) {
    objects::WatchOptions wanted;
    wanted.namespace_ = options.namespace_;
    wanted.labels = options.labels;
    wanted.fields = options.fields;
    wanted.metadata_only = options.metadata_only;
    wanted.from = version;
    auto watching = store.watch(type, std::move(wanted));
    watcher = watching.get();
    while (!stopping) {
      auto events = co_await watching->next(timers.now() + kLookEvery);
      if (!events) {
        watcher = nullptr;
        co_return std::unexpected(std::move(events).error());
      }
      for (auto& event : *events) {
        if (event.kind != objects::WatchEvent::Kind::bookmark) tell(std::move(event));
      }
      told = watching->position();
    }
    watcher = nullptr;
    co_return std::monostate();
  }

  asio::awaitable<void> run() {
    const auto self = shared_from_this();
    auto pause = kFirstPause;
    while (!stopping) {
      auto version = co_await list();
      if (version) {
        synced = true;
        told = *version;
        pause = kFirstPause;
        if (options.log && !std::exchange(trouble, {}).empty()) {
          options.log("the store gives " + std::string(type.plural) + " again");
        }
        auto followed = co_await follow(*version);
        if (followed || followed.error().code == 410) continue;
        version = std::unexpected(std::move(followed).error());
      }
      if (stopping) break;
      // Once, however long it lasts: a kind that a cluster does not have may be missing for weeks.
      if (options.log && trouble != version.error().message) {
        trouble = version.error().message;
        options.log("the store does not give " + std::string(type.plural) + ": " + trouble +
                    "; it is asked again, at least every " +
                    std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kLongestPause).count()) + " s");
      }
      (void)co_await stopped.wait(timers.now() + pause);
      pause = std::min(pause * 2, kLongestPause);
    }
  }
};

ObjectFeed::ObjectFeed(asio::io_context& io, objects::ObjectStore& store, const objects::ResourceType& type,
                       Options options, Callback callback)
    : impl_(std::make_shared<Impl>(io, store, type, std::move(options), std::move(callback))) {}

ObjectFeed::~ObjectFeed() { stop(); }

void ObjectFeed::start() { asio::co_spawn(impl_->io, impl_->run(), asio::detached); }

void ObjectFeed::stop() {
  if (std::exchange(impl_->stopping, true)) return;
  impl_->stopped.notify();
  if (impl_->watcher != nullptr) impl_->watcher->wake();
}

bool ObjectFeed::synced() const { return impl_->synced; }

std::int64_t ObjectFeed::position() const {
  // A watch that found nothing of its kind has looked further than it has told.
  return impl_->watcher != nullptr ? std::max(impl_->told, impl_->watcher->position()) : impl_->told;
}

}  // namespace windlass::controllers
