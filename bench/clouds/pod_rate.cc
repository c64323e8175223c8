// How soon N pods are there: made by a bare loop of POSTs, or ordered from a PodFleet with a run for each. Prints the
// seconds from the first request to the last answer and what the process used of a core. Wants the kubeconfig of an API
// server; no node, so that the pods stay pending. Everything is in a namespace of its own, which is deleted.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <unistd.h>

#include "clouds/pod_fleet.h"
#include "data/json.h"
#include "kube/load_access.h"
#include "net/connector.h"

extern char** environ;

namespace {

using namespace windlass;
using data::Value;
using Clock = std::chrono::steady_clock;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "pod_rate: %s\n", why.c_str());
  std::exit(1);
}

Value manifest(const std::string& name) {
  return *data::parse_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
      R"("},"spec":{"restartPolicy":"Never","nodeSelector":{"windlass.io/none":"none"},"containers":[)"
      R"({"name":"jnlp","image":"localhost/base:1","env":[{"name":"JENKINS_URL","value":"http://x/"}]},)"
      R"({"name":"tool","image":"localhost/base:1","command":["cat"],"tty":true}]}})");
}

double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Bench {
  kube::Client& client;
  std::string space;
  int count, connections;
  int next = 0, made = 0;

  boost::asio::awaitable<void> prepare() {
    auto done = co_await client.create(kube::resources::namespaces(), "",
                                       Value::map_of("metadata", Value::map_of("name", space)));
    if (!done) die(done.error().message);
    // Pods are admitted when the namespace's account and its token are there.
    while (!co_await client.create(kube::resources::pods(), space, manifest("probe"),
                                   {.subresource = "", .dry_run = true})) {
      co_await rt::sleep_until(client.io(), client.timers(), client.timers().now() + std::chrono::milliseconds(20));
    }
  }
  boost::asio::awaitable<void> post_some() {
    while (next < count) {
      auto done = co_await client.create(kube::resources::pods(), space, manifest("raw-" + std::to_string(next++)));
      if (!done) die(done.error().message);
      ++made;
    }
  }
  boost::asio::awaitable<void> remove() { (void)co_await client.remove(kube::resources::namespaces(), "", space); }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) die("usage: windlass_pod_rate KUBECONFIG raw|fleet COUNT [CONNECTIONS]");
  std::vector<std::string> environment;
  for (char** one = environ; *one != nullptr; ++one) environment.emplace_back(*one);
  auto surroundings = kube::real_surroundings(environment);
  auto access = kube::load_access(argv[1], "", surroundings);
  if (!access) die(access.error().text());
  boost::asio::io_context io;
  auto timers = rt::make_timers(io);
  auto connector = net::make_tcp_connector(io, *timers);
  kube::ClientOptions limits;
  const std::string mode = argv[2];
  if (argc == 5) limits.max_calls = static_cast<std::size_t>(std::atoi(argv[4]));
  auto client = kube::Client::make(io, *timers, *connector, *access, surroundings, limits);
  if (!client) die(client.error().text());
  Bench bench{.client = **client,
              .space = "windlass-bench-" + std::to_string(::getpid()),
              .count = std::atoi(argv[3]),
              .connections = argc == 5 ? std::atoi(argv[4]) : 4};
  const auto until = [&](auto done) {
    while (!done()) {
      if (io.stopped()) io.restart();
      io.run_one_for(std::chrono::milliseconds(100));
    }
  };
  bool ready = false;
  boost::asio::co_spawn(io, bench.prepare(), [&](const std::exception_ptr&) { ready = true; });
  until([&] { return ready; });

  clouds::FleetOptions options;
  options.store_id = bench.space;
  options.namespaces = {bench.space};
  options.wall_millis = [] { return std::int64_t{std::time(nullptr)} * 1000; };
  options.is_alive = [](std::string_view) { return true; };
  clouds::PodFleet fleet(**client, options);
  fleet.start();
  const auto used = processor_seconds();
  const auto began = Clock::now();
  if (mode == "raw") {
    for (int i = 0; i < bench.connections; ++i) boost::asio::co_spawn(io, bench.post_some(), boost::asio::detached);
  } else {
    for (int i = 0; i < bench.count; ++i) {
      clouds::Order order;
      order.plan.cloud = "kubernetes";
      order.plan.namespace_ = bench.space;
      order.plan.name = "fleet-" + std::to_string(i);
      order.plan.template_id = "t";
      order.plan.agent_container = "jnlp";
      order.plan.manifest = manifest(order.plan.name);
      order.run_uid = "run-" + std::to_string(i);
      order.effect_key = "1";
      fleet.launch(std::move(order), [&](const clouds::PodEvent& event) {
        bench.made += event.kind == clouds::PodEvent::Kind::created ? 1 : 0;
        if (event.kind == clouds::PodEvent::Kind::failed) die(sentence(event.trouble));
      });
    }
  }
  until([&] { return bench.made == bench.count; });
  const auto seconds = std::chrono::duration<double>(Clock::now() - began).count();
  std::printf("%.3f %.3f\n", seconds, processor_seconds() - used);
  fleet.stop();
  bool removed = false;
  boost::asio::co_spawn(io, bench.remove(), [&](const std::exception_ptr&) { removed = true; });
  until([&] { return removed; });
  (*client)->close();
  io.restart();
  io.run();
  return 0;
}
