#include "controllers/object_feed.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <variant>

namespace windlass::controllers {

namespace asio = boost::asio;

namespace {
constexpr std::size_t kListPart = 100;  ///< as trees in memory an object is tens of kilobytes
constexpr std::chrono::seconds kLookEvery{60};
constexpr std::chrono::milliseconds kFirstPause{200}, kLongestPause{10'000};

bool same(const std::vector<objects::Requirement>& a, const std::vector<objects::Requirement>& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    return one.key == other.key && one.op == other.op && one.values == other.values;
  });
}

}  // namespace

/// Who is told.
struct ObjectFeed::Listener {
  Callback callback;
  bool stopped = false;
};

/// One list and watch, for all who listen.
struct ObjectFeed::Source : std::enable_shared_from_this<ObjectFeed::Source> {
  Source(asio::io_context& loop, objects::ObjectStore& from, const objects::ResourceType& kind, Options wanted)
      : store(from),
        type(kind),
        options(std::move(wanted)),
        own_timers(options.timers == nullptr ? rt::make_timers(loop) : nullptr),
        timers(options.timers == nullptr ? *own_timers : *options.timers),
        io(loop),
        stopped(loop, timers) {}

  objects::ObjectStore& store;
  const objects::ResourceType& type;
  Options options;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::unique_ptr<rt::Timers> own_timers;
  rt::Timers& timers;
  asio::io_context& io;
  rt::Signal stopped;
  objects::Watcher* watcher = nullptr;
  bool begun = false;  ///< nobody joins any more
  bool stopping = false;
  bool synced = false;
  std::int64_t told = 0;
  std::string trouble;  ///< what was logged last; empty: all is well

  [[nodiscard]] bool gives(const objects::ObjectStore& from, const objects::ResourceType& kind,
                           const Options& wanted) const {
    return !begun && &store == &from && &type == &kind && options.timers == wanted.timers &&
           options.namespace_ == wanted.namespace_ && options.metadata_only == wanted.metadata_only &&
           same(options.labels.requirements(), wanted.labels.requirements()) &&
           same(options.fields.requirements(), wanted.fields.requirements());
  }

  void tell(const objects::WatchEvent& event) {
    for (std::size_t i = 0; i < listeners.size() && !stopping; ++i) {
      if (!listeners[i]->stopped) listeners[i]->callback(event);
    }
  }

  void stop() {
    if (std::exchange(stopping, true)) return;
    stopped.notify();
    if (watcher != nullptr) watcher->wake();
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
        if (event.kind != objects::WatchEvent::Kind::bookmark) tell(event);
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
    : io_(io),
      store_(store),
      type_(type),
      options_(std::move(options)),
      listener_(std::make_shared<Listener>(Listener{std::move(callback), false})) {}

ObjectFeed::~ObjectFeed() { stop(); }

void ObjectFeed::start() {
  if (source_) return;
  auto* hub = options_.hub;
  if (hub == nullptr) {
    source_ = std::make_shared<Source>(io_, store_, type_, options_);
    source_->listeners.push_back(listener_);
    source_->begun = true;
    return asio::co_spawn(io_, source_->run(), asio::detached);
  }
  std::erase_if(hub->sources_, [](const auto& weak) { return weak.expired(); });
  for (const auto& weak : hub->sources_) {
    const auto source = weak.lock();
    if (!source || !source->gives(store_, type_, options_)) continue;
    source->listeners.push_back(listener_);
    source_ = source;
    return;
  }
  // All who join are told of everything: of those who want changes only, none is behind a list that others wait for.
  options_.only_changes = false;
  source_ = std::make_shared<Source>(io_, store_, type_, options_);
  source_->listeners.push_back(listener_);
  hub->sources_.push_back(source_);
  asio::post(io_, [source = source_] {
    source->begun = true;
    if (!source->stopping) asio::co_spawn(source->io, source->run(), asio::detached);
  });
}

void ObjectFeed::stop() {
  listener_->stopped = true;
  if (!source_) return;
  if (std::ranges::all_of(source_->listeners, [](const auto& one) { return one->stopped; })) source_->stop();
}

bool ObjectFeed::synced() const { return source_ && source_->synced; }

std::int64_t ObjectFeed::position() const {
  if (!source_) return 0;
  // A watch that found nothing of its kind has looked further than it has told.
  return source_->watcher != nullptr ? std::max(source_->told, source_->watcher->position()) : source_->told;
}

std::size_t FeedHub::watches() const {
  return static_cast<std::size_t>(std::ranges::count_if(sources_, [](const auto& weak) {
    const auto source = weak.lock();
    return source && !source->stopping;
  }));
}

}  // namespace windlass::controllers
