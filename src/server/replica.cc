#include "server/replica.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <thread>

#include "cluster/connection.h"
#include "cluster/install.h"
#include "cluster/leader.h"
#include "net/http_server.h"
#include "server/file_system.h"
#include "text/codec.h"

namespace windlass::server {

namespace asio = boost::asio;
using net::Request;
using net::Response;

namespace {

constexpr std::chrono::milliseconds kLookAtLock{250};
constexpr std::chrono::seconds kRelease{2};

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

rt::Task<Response> health(Request request) {
  if (request.path == "/healthz" || request.path == "/livez") co_return Response::text(200, "ok");
  co_return Response::text(503, "this server stands by: another one works\n");
}

}  // namespace

struct Replica::Impl {
  Impl(asio::io_context& io_, ReplicaOptions options_, DataFolder folder_)
      : io(io_), options(std::move(options_)), folder(std::move(folder_)) {}
  ~Impl() {
    end_lease();
    if (http) http->stop(std::chrono::seconds(0));
  }

  asio::io_context& io;
  ReplicaOptions options;
  std::optional<DataFolder> folder;
  std::unique_ptr<cluster::Connection> connection;
  std::unique_ptr<rt::Signal> turn;  ///< woken by stop()
  std::unique_ptr<net::HttpServer> http;
  std::function<void(Result<>)> ready;
  bool stopped = false;

  // ---- the lease, on its own thread
  asio::io_context lease_io{1};
  std::unique_ptr<cluster::Connection> lease_connection;
  std::unique_ptr<cluster::Leader> leader;
  std::thread lease_thread;

  void end_lease() {
    if (!lease_thread.joinable()) return;
    asio::post(lease_io, [this] {
      leader->stop();
      lease_connection->close();
    });
    lease_thread.join();
  }

  boost::asio::awaitable<void> run() {
    if (!co_await lock()) co_return;
    if (auto begun = begin_lease(); !begun) ready(std::move(begun));
  }

  /// One process of this machine at a time: what has ended, the kernel knows at once.
  boost::asio::awaitable<bool> lock() {
    auto& timers = connection->timers();
    for (bool told = false; !stopped; told = true) {
      auto locked = folder->lock();
      if (locked) co_return true;
      if (locked.error().kind != ErrorKind::conflict) {
        ready(std::move(locked));
        co_return false;
      }
      if (!told) options.log("stands by: " + locked.error().message);
      (void)co_await turn->wait(timers.now() + kLookAtLock);
    }
    co_return false;
  }

  Result<> begin_lease() {
    const auto mark = WL_TRY(lock_mark(folder->file("lock")));
    cluster::LeaderOptions lease;
    lease.lease.namespace_ = options.lease_namespace;
    lease.lease.name = options.lease_name;
    std::string random(8, '\0');
    for (auto& byte : random) byte = static_cast<char>(options.surroundings.random() & 0xFFU);
    lease.lease.identity = cluster::lease_identity(options.host, mark, text::encode_hex(random));
    lease.folder = mark;
    lease.boot_time = cluster::boot_time;
    lease.wall_millis = options.surroundings.wall_millis;
    lease.log = options.log;
    leader = std::make_unique<cluster::Leader>(lease_connection->client(), std::move(lease));
    leader->start([this] { asio::post(io, [this] { leads(); }); }, options.end);
    lease_thread = std::thread([this] { lease_io.run(); });
    return {};
  }

  void leads() {
    if (stopped) return;
    asio::co_spawn(io, prepare(), asio::detached);
  }

  boost::asio::awaitable<void> prepare() {
    const auto done = co_await cluster::install_definitions(connection->client(), [this] { return leader->may_act(); });
    if (stopped) co_return;
    if (!done.made.empty()) options.log("installed in the cluster: " + joined(done.made));
    if (!done.changed.empty()) options.log("brought up to date in the cluster: " + joined(done.changed));
    if (!done.foreign.empty()) options.log("somebody else's, used as they are: " + joined(done.foreign));
    for (const auto& problem : done.problems) options.log(problem);
    if (http) http->stop(std::chrono::seconds(0));
    ready({});
  }
};

Replica::Replica(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Replica::~Replica() = default;

Result<std::unique_ptr<Replica>> Replica::make(asio::io_context& io, ReplicaOptions options) {
  auto folder = WL_TRY(DataFolder::open(options.data_folder));
  WL_CHECK_OK(check_is_local(folder.path()));
  auto impl = std::make_unique<Impl>(io, std::move(options), std::move(folder));
  const auto& given = impl->options;
  const auto agent = "windlass/" + given.version;
  using Use = cluster::Connection::Use;
  impl->connection = WL_TRY(cluster::Connection::make(io, given.access, given.surroundings, agent, Use::objects));
  impl->lease_connection =
      WL_TRY(cluster::Connection::make(impl->lease_io, given.access, given.surroundings, agent + " lease", Use::lease));
  impl->turn = std::make_unique<rt::Signal>(io, impl->connection->timers());
  return std::unique_ptr<Replica>(new Replica(std::move(impl)));
}

void Replica::start(std::function<void(Result<>)> ready) {
  impl_->ready = std::move(ready);
  // Without it a Kubernetes would take one that only waits for dead. Not being able to listen is no reason not to wait:
  // beside another server of this machine the address is its.
  impl_->http = std::make_unique<net::HttpServer>(impl_->io, net::HttpServerOptions{}, health, impl_->options.log);
  if (!impl_->options.listen.ends_with(":0") && !impl_->http->listen(impl_->options.listen)) impl_->http.reset();
  asio::co_spawn(impl_->io, impl_->run(), asio::detached);
}

void Replica::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  if (impl_->http) impl_->http->stop(std::chrono::seconds(0));
  impl_->turn->notify();
  impl_->connection->close();
}

void Replica::release() {
  auto& impl = *impl_;
  if (!impl.lease_thread.joinable()) return;
  asio::post(impl.lease_io, [&impl] {
    asio::co_spawn(
        impl.lease_io,
        [&impl]() -> asio::awaitable<void> {
          co_await impl.leader->release(impl.lease_connection->timers().now() + kRelease);
          impl.lease_connection->close();
        },
        asio::detached);
  });
  impl.lease_thread.join();
}

DataFolder Replica::take_folder() { return std::move(*impl_->folder); }
kube::Client& Replica::client() { return impl_->connection->client(); }
bool Replica::may_act() const { return impl_->leader && impl_->leader->may_act(); }

void Replica::fence() const {
  if (!may_act()) impl_->options.end("the lease has run out, and another replica may lead");
}

std::string Replica::cluster() const { return impl_->options.access.server.text(); }

}  // namespace windlass::server
