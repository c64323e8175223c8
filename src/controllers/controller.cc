#include "controllers/controller.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <limits>
#include <ranges>

#include "objects/metadata.h"

namespace windlass::controllers {

namespace asio = boost::asio;
using data::Value;

struct Controller::Impl : std::enable_shared_from_this<Controller::Impl> {
  Impl(asio::io_context& io_, objects::ObjectStore& store_, Reconciler& reconciler_, ControllerOptions options_)
      : io(io_),
        store(store_),
        reconciler(reconciler_),
        options(std::move(options_)),
        own_timers(options.timers == nullptr ? rt::make_timers(io_) : nullptr),
        timers(options.timers == nullptr ? *own_timers : *options.timers) {}

  asio::io_context& io;
  objects::ObjectStore& store;
  Reconciler& reconciler;
  ControllerOptions options;
  WorkQueue queue;
  std::map<Key, Failure> failed;
  std::vector<std::unique_ptr<ObjectFeed>> feeds;
  std::unique_ptr<rt::Timers> own_timers;
  rt::Timers& timers;
  rt::Timers::Id timer = 0;  ///< for the earliest of the delayed keys
  std::uint64_t visits = 0;
  bool started = false;
  bool stopping = false;
  bool turn_posted = false;

  void log(const std::string& line) const {
    if (options.log) options.log("controller " + options.name + ": " + line);
  }

  void enqueue(const Key& key) {
    if (stopping) return;
    queue.add(key);
    stir();
  }

  /// Begins visits on a later turn of the loop, so that a burst of events becomes one.
  void stir() {
    if (!started || std::exchange(turn_posted, true)) return;
    asio::post(io, [self = shared_from_this()] {
      self->turn_posted = false;
      self->begin_visits();
    });
  }

  void begin_visits() {
    if (stopping) return;
    while (queue.in_work() < options.parallel) {
      auto key = queue.take(timers.now());
      if (!key) break;
      asio::co_spawn(io, visit(std::move(*key)), asio::detached);
    }
    timers.cancel(std::exchange(timer, 0));
    if (const auto due = queue.next_due(); due && queue.in_work() < options.parallel) {
      timer = timers.at(*due, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->begin_visits();
      });
    }
  }

  asio::awaitable<void> visit(Key key) {
    const auto self = shared_from_this();
    ++visits;
    auto outcome = co_await reconciler.reconcile(key);
    queue.done(key);
    if (outcome) {
      failed.erase(key);
      if (outcome->after) queue.add_at(key, timers.now() + *outcome->after);
    } else if (outcome.error().kind != ErrorKind::cancelled) {
      auto& failure = failed[key];
      failure.key = key;
      failure.reason = outcome.error().text();
      const auto pause = options.backoff.after(++failure.attempts);
      queue.add_at(key, timers.now() + pause);
      log(key.text() + ": " + failure.reason + "; attempt " + std::to_string(failure.attempts) + ", again in " +
          std::to_string(pause.count()) + " ms");
    }
    begin_visits();
  }
};

Controller::Controller(asio::io_context& io, objects::ObjectStore& store, const objects::ResourceType& type,
                       Reconciler& reconciler, ControllerOptions options)
    : impl_(std::make_shared<Impl>(io, store, reconciler, std::move(options))) {
  watch(type,
        [raw = impl_.get()](const Value& object) -> std::vector<Key> {
          if (raw->options.wanted && !raw->options.wanted(object)) return {};
          return {{objects::meta_text(object, "namespace"), objects::meta_text(object, "name")}};
        },
        {.namespace_ = {},
         .labels = impl_->options.labels,
         .fields = impl_->options.fields,
         .metadata_only = impl_->options.metadata_only,
         .only_changes = false,
         .timers = nullptr,
         .log = {},
         .hub = nullptr});
}

Controller::~Controller() { stop(); }

void Controller::also(const objects::ResourceType& type, std::function<std::vector<Key>(const Value&)> keys,
                      bool only_changes) {
  watch(type, std::move(keys),
        {.namespace_ = {},
         .labels = {},
         .fields = {},
         .metadata_only = false,
         .only_changes = only_changes,
         .timers = nullptr,
         .log = {},
         .hub = nullptr});
}

void Controller::watch(const objects::ResourceType& type, std::function<std::vector<Key>(const Value&)> keys,
                       ObjectFeed::Options options) {
  options.log = [raw = impl_.get()](std::string_view line) { raw->log(std::string(line)); };
  options.timers = impl_->options.timers;
  options.hub = impl_->options.hub;
  impl_->feeds.push_back(
      std::make_unique<ObjectFeed>(impl_->io, impl_->store, type, std::move(options),
                                   [weak = std::weak_ptr(impl_), keys = std::move(keys)](objects::WatchEvent event) {
                                     const auto impl = weak.lock();
                                     if (!impl) return;
                                     for (const auto& key : keys(event.object)) impl->enqueue(key);
                                   }));
}

void Controller::start() {
  if (std::exchange(impl_->started, true)) return;
  // Those of changes first: what they begin behind is asked for before any visit reads.
  for (auto& feed : std::views::reverse(impl_->feeds)) feed->start();
  impl_->stir();
}

void Controller::stop() {
  if (std::exchange(impl_->stopping, true)) return;
  for (auto& feed : impl_->feeds) feed->stop();
  impl_->timers.cancel(impl_->timer);
}

void Controller::enqueue(const Key& key) { impl_->enqueue(key); }

void Controller::enqueue_after(const Key& key, std::chrono::milliseconds delay) {
  if (impl_->stopping) return;
  impl_->queue.add_at(key, impl_->timers.now() + delay);
  impl_->stir();
}

bool Controller::synced() const {
  return std::all_of(impl_->feeds.begin(), impl_->feeds.end(), [](const auto& feed) { return feed->synced(); });
}

std::int64_t Controller::position() const {
  std::int64_t out = std::numeric_limits<std::int64_t>::max();
  for (const auto& feed : impl_->feeds) out = std::min(out, feed->position());
  return out;
}

bool Controller::idle() const { return synced() && impl_->queue.idle(); }

std::vector<Failure> Controller::failures() const {
  std::vector<Failure> out;
  out.reserve(impl_->failed.size());
  for (const auto& [key, failure] : impl_->failed) out.push_back(failure);
  return out;
}

std::uint64_t Controller::visits() const { return impl_->visits; }

}  // namespace windlass::controllers
