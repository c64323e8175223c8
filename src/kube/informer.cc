#include "kube/informer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "kube/api_answer.h"

namespace windlass::kube {

using objects::ApiStatus;
using objects::Outcome;

namespace {

/// The watch's own time: different for each, so that they do not all end together.
constexpr std::chrono::seconds kShortest{240};
constexpr double kSpreadSeconds = 240;

}  // namespace

struct Informer::Impl : std::enable_shared_from_this<Informer::Impl> {
  Impl(Client& client_, Resource resource_, InformerQuery query_, Listener listener_, InformerOptions options_)
      : client(client_),
        resource(std::move(resource_)),
        query(std::move(query_)),
        listener(std::move(listener_)),
        options(options_),
        core(options_),
        changed(client_.io(), client_.timers()) {}

  Client& client;
  Resource resource;
  InformerQuery query;
  Listener listener;
  InformerOptions options;
  InformerCore core;
  rt::Signal changed;  ///< synced, or stopped
  Watch* watch = nullptr;
  bool started = false;
  bool stopped = false;

  void tell(const std::vector<Delta>& deltas) {
    for (const auto& delta : deltas) {
      if (stopped) return;
      listener(delta);
    }
  }

  ApiTask<bool> list(InformerCore::Step step) {
    ListQuery ask;
    ask.namespace_ = query.namespace_;
    ask.labels = query.labels;
    ask.fields = query.fields;
    ask.metadata_only = query.metadata_only;
    ask.limit = options.page;
    ask.continue_ = step.continue_;
    // The server's memory answers without a limit, and quicker: a page of it is the whole.
    if (step.from_cache) {
      ask.version = "0";
      ask.limit = 0;
    }
    auto page = WL_API_TRY(co_await client.list(resource, std::move(ask)));
    if (stopped) co_return true;
    const bool was_synced = core.is_synced();
    auto deltas = WL_API_TRY(core.listed(std::move(page), client.timers().now()));
    tell(deltas);
    if (!was_synced && core.is_synced()) changed.notify();
    co_return true;
  }

  ApiTask<bool> follow(InformerCore::Step step) {
    WatchQuery ask;
    ask.namespace_ = query.namespace_;
    ask.labels = query.labels;
    ask.fields = query.fields;
    ask.metadata_only = query.metadata_only;
    ask.version = step.version;
    ask.timeout = kShortest +
                  std::chrono::seconds(static_cast<int>(client.credentials().surroundings().chance() * kSpreadSeconds));
    auto opened = WL_API_TRY(co_await Watch::open(client, resource, std::move(ask)));
    if (stopped) co_return true;
    watch = opened.get();
    Outcome<bool> out = true;
    for (;;) {
      auto events = co_await opened->next();
      if (stopped) break;
      if (!events) {
        out = std::unexpected(std::move(events).error());
        break;
      }
      if (!*events) break;
      auto deltas = core.watched(std::move(**events), client.timers().now());
      if (!deltas) {
        out = std::unexpected(std::move(deltas).error());
        break;
      }
      tell(*deltas);
      if (stopped) break;
    }
    watch = nullptr;
    co_return out;
  }

  static boost::asio::awaitable<void> run(std::shared_ptr<Impl> self) {
    auto& timers = self->client.timers();
    while (!self->stopped) {
      auto step = self->core.next();
      if (step.after.count() > 0) {
        (void)co_await self->changed.wait(timers.now() + step.after);
        if (self->stopped) break;
      }
      const bool is_watch = step.kind == InformerCore::Step::Kind::watch;
      auto done = is_watch ? co_await self->follow(std::move(step)) : co_await self->list(std::move(step));
      if (self->stopped || (!done && done.error().code == kCancelled)) break;
      const auto chance = self->client.credentials().surroundings().chance();
      if (!done) {
        self->core.ended(&done.error(), timers.now(), chance);
      } else if (is_watch) {
        self->core.ended(nullptr, timers.now(), chance);
      }
    }
  }
};

Informer::Informer(Client& client, Resource resource, InformerQuery query, Listener listener, InformerOptions options)
    : impl_(std::make_shared<Impl>(client, std::move(resource), std::move(query), std::move(listener), options)) {}
Informer::~Informer() { stop(); }

void Informer::start() {
  if (std::exchange(impl_->started, true)) return;
  boost::asio::co_spawn(impl_->client.io(), Impl::run(impl_), boost::asio::detached);
}

void Informer::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  if (impl_->watch != nullptr) impl_->watch->close();
  impl_->changed.notify();
}

boost::asio::awaitable<bool> Informer::synced(rt::Timers::Moment deadline) {
  auto impl = impl_;
  while (!impl->core.is_synced() && !impl->stopped && impl->client.timers().now() < deadline) {
    (void)co_await impl->changed.wait(deadline);
  }
  co_return impl->core.is_synced();
}

const InformerCore& Informer::core() const { return impl_->core; }

}  // namespace windlass::kube
