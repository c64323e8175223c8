#include "cluster/leader.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <ctime>
#include <utility>

#include "kube/api_answer.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;
using kube::LeaseCore;
using std::chrono::nanoseconds;

namespace {
constexpr std::chrono::milliseconds kAgain{500};  ///< after a call that failed
}

std::string lease_identity(std::string_view host, std::string_view folder, std::string_view random) {
  std::string out(host.substr(0, 100));
  std::replace(out.begin(), out.end(), '/', '-');
  return out + "/" + std::string(folder) + "/" + std::string(random);
}

std::string_view folder_of_identity(std::string_view identity) {
  const auto first = identity.find('/');
  const auto last = identity.rfind('/');
  if (first == std::string_view::npos || first == last) return {};
  const auto out = identity.substr(first + 1, last - first - 1);
  return out.find('/') == std::string_view::npos ? out : std::string_view();
}

nanoseconds boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

struct Leader::Impl : std::enable_shared_from_this<Leader::Impl> {
  Impl(kube::Client& client_, LeaderOptions options_)
      : client(client_),
        options(std::move(options_)),
        core(options.lease),
        resource(kube::resources::leases()),
        turn(client_.io(), client_.timers()) {}

  kube::Client& client;
  LeaderOptions options;
  LeaseCore core;
  kube::Resource resource;
  rt::Signal turn;  ///< woken by stop()
  std::function<void()> leads;
  std::function<void(std::string)> lost;
  std::atomic<std::int64_t> deadline{0};  ///< nanoseconds since boot
  bool leading = false, stopped = false;
  rt::Timers::Id watchdog = 0;
  std::string told_holder, told_trouble;

  void log(const std::string& line) const {
    if (options.log) options.log(line);
  }

  /// Something about the lease may be different: says so to whoever acts by it.
  void look() {
    if (stopped) return;
    const auto now = options.boot_time();
    const bool ours = core.holder() == options.lease.identity;
    const bool holds = ours && core.holds(now);
    deadline.store(holds ? core.deadline().count() : 0, std::memory_order_release);
    client.timers().cancel(std::exchange(watchdog, 0));
    if (leading && !holds) {
      const auto why = ours ? "the lease " + options.lease.name + " could not be renewed in time" +
                                  (told_trouble.empty() ? std::string() : " (" + told_trouble + ")")
                            : "the lease " + options.lease.name + " was taken by " +
                                  (core.holder().empty() ? std::string("nobody") : core.holder());
      stopped = true;
      turn.notify();
      return lost(why);
    }
    if (!holds) {
      // Who holds it has ended: its folder has one process, and that is this one.
      const auto folder = folder_of_identity(core.holder());
      if (!ours && !options.folder.empty() && folder == options.folder) core.holder_ended();
      if (core.holder() != told_holder) {
        told_holder = core.holder();
        if (!told_holder.empty() && folder != options.folder) log("stands by: " + told_holder + " leads");
      }
      return;
    }
    watchdog = client.timers().at(
        client.timers().now() + std::chrono::duration_cast<rt::Timers::Clock::duration>(core.deadline() - now),
        [weak = weak_from_this()] {
          if (const auto self = weak.lock()) {
            self->watchdog = 0;
            self->look();
          }
        });
    if (!std::exchange(leading, true)) {
      log("leads, by the lease " + options.lease.namespace_ + "/" + options.lease.name);
      leads();
    }
  }

  void trouble(const objects::ApiStatus& why) {
    if (told_trouble == why.message) return;
    told_trouble = why.message;
    log("the lease " + options.lease.namespace_ + "/" + options.lease.name + " cannot be used: " + why.message);
  }

  boost::asio::awaitable<bool> pause(nanoseconds how_long) {
    if (stopped) co_return false;
    (void)co_await turn.wait(client.timers().now() + std::chrono::duration_cast<rt::Timers::Clock::duration>(
                                                         std::max(how_long, nanoseconds(0))));
    co_return !stopped;
  }

  /// What the server has now; false: it did not say.
  boost::asio::awaitable<bool> read() {
    const auto now = options.boot_time();
    auto stored = co_await client.get(resource, options.lease.namespace_, options.lease.name);
    if (stopped) co_return false;
    if (stored) {
      core.observed(&*stored, now);
      told_trouble.clear();
    } else if (stored.error().code == 404) {
      core.observed(nullptr, now);
    } else {
      trouble(stored.error());
      co_return false;
    }
    look();
    co_return true;
  }

  /// Writes; a write that is refused, or not answered, is followed by a look.
  boost::asio::awaitable<bool> write(LeaseCore::Step step) {
    const auto sent = options.boot_time();
    const bool fresh = step.kind == LeaseCore::Step::Kind::create;
    auto done =
        fresh ? co_await client.create(resource, options.lease.namespace_, std::move(step.object))
              : co_await client.update(resource, options.lease.namespace_, options.lease.name, std::move(step.object));
    if (stopped) co_return false;
    if (done) {
      core.written(*done, sent);
      told_trouble.clear();
      look();
      co_return true;
    }
    if (fresh && done.error().code == 404 && done.error().kind == "namespaces") {
      auto made = co_await client.create(kube::resources::namespaces(), "",
                                         Value::map_of("apiVersion", "v1", "kind", "Namespace", "metadata",
                                                       Value::map_of("name", options.lease.namespace_)));
      if (!made && made.error().code != 409) trouble(made.error());
      co_return static_cast<bool>(made);
    }
    if (done.error().code != 409) trouble(done.error());
    co_return co_await read() && done.error().code == 409;
  }

  static boost::asio::awaitable<void> run(std::shared_ptr<Impl> self) {
    while (!self->stopped && !co_await self->read()) {
      if (!co_await self->pause(kAgain)) co_return;
    }
    while (!self->stopped) {
      auto step = self->core.next(self->options.boot_time(), self->options.wall_millis());
      bool good = false;
      if (step.kind == LeaseCore::Step::Kind::look) {
        if (!co_await self->pause(step.at - self->options.boot_time())) co_return;
        // Who holds it has just to renew it.
        good = self->leading || co_await self->read();
      } else {
        good = co_await self->write(std::move(step));
      }
      if (!good && !co_await self->pause(kAgain)) co_return;
    }
  }
};

Leader::Leader(kube::Client& client, LeaderOptions options)
    : impl_(std::make_shared<Impl>(client, std::move(options))) {}
Leader::~Leader() { stop(); }

void Leader::start(std::function<void()> leads, std::function<void(std::string)> lost) {
  impl_->leads = std::move(leads);
  impl_->lost = std::move(lost);
  boost::asio::co_spawn(impl_->client.io(), Impl::run(impl_), boost::asio::detached);
}

bool Leader::may_act() const {
  return impl_->options.boot_time().count() < impl_->deadline.load(std::memory_order_acquire);
}

boost::asio::awaitable<void> Leader::release(rt::Timers::Moment deadline) {
  const auto impl = impl_;
  stop();
  auto object = impl->core.release(impl->options.boot_time(), impl->options.wall_millis());
  impl->deadline.store(0, std::memory_order_release);
  if (object.is_null() || impl->client.timers().now() >= deadline) co_return;
  auto given = co_await impl->client.update(impl->resource, impl->options.lease.namespace_, impl->options.lease.name,
                                            std::move(object));
  if (!given) impl->log("the lease could not be given back: " + given.error().message);
}

void Leader::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  impl_->client.timers().cancel(std::exchange(impl_->watchdog, 0));
  impl_->turn.notify();
}

}  // namespace windlass::cluster
