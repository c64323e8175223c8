#include "cluster/cluster_watcher.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>
#include <utility>

#include "cluster/object_shape.h"
#include "kube/api_answer.h"
#include "kube/watch.h"
#include "rt/timers.h"

namespace windlass::cluster {

using objects::Outcome;
using objects::WatchEvent;

namespace {

/// The watch's own time: different for each, so that they do not all end together.
constexpr std::chrono::seconds kShortest{240};
constexpr double kSpreadSeconds = 240;
/// Breaks in a row that are not told.
constexpr int kForgiven = 4;
constexpr kube::BackoffOptions kPauses{.first = std::chrono::milliseconds(200),
                                       .most = std::chrono::milliseconds(2000),
                                       .factor = 2,
                                       .forgiven = std::chrono::milliseconds(10'000)};

WatchEvent::Kind kind_of(kube::Event::Kind kind) {
  switch (kind) {
    case kube::Event::Kind::added:
      return WatchEvent::Kind::added;
    case kube::Event::Kind::modified:
      return WatchEvent::Kind::modified;
    case kube::Event::Kind::deleted:
      return WatchEvent::Kind::deleted;
    case kube::Event::Kind::bookmark:
      break;
  }
  return WatchEvent::Kind::bookmark;
}

}  // namespace

struct ClusterWatcher::Impl : std::enable_shared_from_this<ClusterWatcher::Impl> {
  Impl(kube::Client& client_, const objects::ResourceType& type_, objects::WatchOptions options,
       WatchListener listener_)
      : client(client_),
        type(type_),
        listener(std::move(listener_)),
        seen(options.from),
        handed(options.from),
        came(client_.io(), client_.timers()),
        taken(client_.io(), client_.timers()) {
    auto fields = split_fields(type, options.fields);
    rest = std::move(fields.rest);
    query.fields = std::move(fields.query);
    query.labels = selector_text(options.labels);
    if (type.namespaced) query.namespace_ = std::move(options.namespace_);
    query.metadata_only = options.metadata_only;
  }

  kube::Client& client;
  const objects::ResourceType& type;
  WatchListener listener;
  kube::WatchQuery query;
  objects::FieldSelector rest;      ///< what the server cannot select
  std::int64_t seen, handed;        ///< versions: read, and given to whoever asked
  std::vector<WatchEvent> waiting;  ///< one message of the server
  std::optional<objects::ApiStatus> failure;
  rt::Signal came, taken;
  kube::Watch* watch = nullptr;
  bool started = false, stopped = false, woken = false;

  Outcome<void> keep(std::vector<kube::Event> events) {
    for (auto& event : events) {
      WatchEvent out;
      out.kind = kind_of(event.kind);
      auto version = version_of(event.object);
      if (!version) return std::unexpected(std::move(version).error());
      seen = out.version = *version;
      if (out.kind != WatchEvent::Kind::bookmark) {
        shape_answer(type, event.object);
        // One that the selection loses is gone for who watches; whoever never had it is told nothing wrong.
        if (!rest.empty() && !rest.matches(event.object)) {
          if (out.kind == WatchEvent::Kind::added) continue;
          out.kind = WatchEvent::Kind::deleted;
        }
        out.object = std::move(event.object);
      }
      if (listener.told) listener.told(out);
      waiting.push_back(std::move(out));
    }
    return {};
  }

  /// Until the watch ends: in order (nothing), or with why.
  objects::ApiTask<bool> follow() {
    auto asked = query;
    asked.version = std::to_string(seen);
    asked.timeout = kShortest + std::chrono::seconds(
                                    static_cast<int>(client.credentials().surroundings().chance() * kSpreadSeconds));
    auto opened = WL_API_TRY(co_await kube::Watch::open(client, kube::resource_of(type), std::move(asked)));
    if (stopped) co_return true;
    watch = opened.get();
    if (listener.began) listener.began();
    Outcome<bool> out = true;
    while (!stopped) {
      auto events = co_await opened->next();
      if (stopped) break;
      if (!events) {
        out = std::unexpected(std::move(events).error());
        break;
      }
      if (!*events) break;
      if (auto kept = keep(std::move(**events)); !kept) {
        out = std::unexpected(std::move(kept).error());
        break;
      }
      came.notify();
      while (!waiting.empty() && !stopped) (void)co_await taken.wait(rt::Timers::Moment::max());
    }
    watch = nullptr;
    if (listener.ended) listener.ended();
    co_return out;
  }

  static boost::asio::awaitable<void> run(std::shared_ptr<Impl> self) {
    auto& timers = self->client.timers();
    kube::Backoff backoff(kPauses);
    int breaks = 0;
    while (!self->stopped) {
      const auto before = self->seen;
      const auto began = timers.now();
      auto ended = co_await self->follow();
      if (self->stopped) co_return;
      if (self->seen != before) breaks = 0;
      if (ended && timers.now() - began > std::chrono::seconds(1)) continue;
      if (!ended) {
        const auto code = ended.error().code;
        // What another try may help: the server is away or has too much to do.
        const bool passing = code == 429 || code >= 500;
        if (!passing || ++breaks > kForgiven) {
          self->failure = explain(self->type, std::move(ended).error());
          self->came.notify();
          co_return;
        }
      }
      const auto pause = backoff.failed(timers.now(), self->client.credentials().surroundings().chance());
      (void)co_await self->taken.wait(timers.now() + pause);
    }
  }

  void stop() {
    if (std::exchange(stopped, true)) return;
    if (watch != nullptr) watch->close();
    taken.notify();
    came.notify();
  }
};

ClusterWatcher::ClusterWatcher(kube::Client& client, const objects::ResourceType& type, objects::WatchOptions options,
                               WatchListener listener)
    : impl_(std::make_shared<Impl>(client, type, std::move(options), std::move(listener))) {}
ClusterWatcher::~ClusterWatcher() { impl_->stop(); }

objects::ApiTask<std::vector<WatchEvent>> ClusterWatcher::next(std::chrono::steady_clock::time_point deadline) {
  const auto impl = impl_;
  if (!std::exchange(impl->started, true)) {
    boost::asio::co_spawn(impl->client.io(), Impl::run(impl), boost::asio::detached);
  }
  while (impl->waiting.empty() && !impl->failure && !impl->stopped && !std::exchange(impl->woken, false)) {
    if (!co_await impl->came.wait(deadline)) break;
  }
  if (!impl->waiting.empty()) {
    auto out = std::exchange(impl->waiting, {});
    impl->handed = impl->seen;
    impl->taken.notify();
    co_return out;
  }
  if (impl->failure) co_return std::unexpected(*impl->failure);
  co_return std::vector<WatchEvent>();
}

std::int64_t ClusterWatcher::position() const { return impl_->handed; }

void ClusterWatcher::wake() {
  impl_->woken = true;
  impl_->came.notify();
}

}  // namespace windlass::cluster
