// What the tests on a real cluster share: a client with its loop, and kubectl, which looks from its own side.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "data/json.h"
#include "kube/client.h"
#include "kube/load_access.h"
#include "net/connector.h"

extern char** environ;

namespace windlass::kube {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using data::Value;

inline std::string kubeconfig_path() {
  const char* path = std::getenv("WL_CLUSTER_KUBECONFIG");
  return path != nullptr ? path : "";
}

inline std::string shell(const std::string& command) {
  std::string out;
  if (FILE* pipe = ::popen(command.c_str(), "r")) {
    char space[4096];
    while (const auto count = std::fread(space, 1, sizeof space, pipe)) out.append(space, count);
    ::pclose(pipe);
  }
  return out;
}
inline std::string kubectl(const std::string& arguments) {
  return shell("kubectl --kubeconfig '" + kubeconfig_path() + "' " + arguments + " 2>&1");
}

template <class T>
asio::awaitable<void> keep(ApiTask<T> task, std::optional<objects::Outcome<T>>& into) {
  into = co_await std::move(task);
}

/// A client with its loop; the administrator unless told otherwise.
struct World {
  World() : World(*load_access(kubeconfig_path(), "", surroundings())) {}
  explicit World(Access access) {
    auto made = Client::make(io, *timers, *connector, std::move(access), surroundings());
    if (made) client = std::move(*made);
    EXPECT_TRUE(client) << made.error().message;
  }
  ~World() {
    if (client) client->close();
    io.restart();
    io.run();
  }
  static Surroundings surroundings() {
    std::vector<std::string> environment;
    for (char** one = environ; *one != nullptr; ++one) environment.emplace_back(*one);
    return real_surroundings(environment);
  }
  template <class T>
  objects::Outcome<T> wait(ApiTask<T> task) {
    std::optional<objects::Outcome<T>> out;
    asio::co_spawn(io, keep(std::move(task), out), asio::detached);
    (void)until([&] { return out.has_value(); });
    return out ? std::move(*out) : objects::internal("it never ended");
  }
  /// Lets things happen until it is so; false after a minute.
  template <class Done>
  bool until(Done done, std::chrono::seconds limit = 60s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    io.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      io.run_one_for(100ms);
      if (io.stopped()) io.restart();
    }
    return true;
  }
  rt::Timers::Moment in(std::chrono::seconds seconds) { return timers->now() + seconds; }

  asio::io_context io;
  std::unique_ptr<rt::Timers> timers = rt::make_timers(io);
  std::unique_ptr<net::Connector> connector = net::make_tcp_connector(io, *timers);
  std::unique_ptr<Client> client;
};

/// A namespace of this process whose own account is there: pods are admitted.
inline std::string make_space(World& world, const std::string& name) {
  static int count = 0;
  auto space = name + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  const auto made = world.wait(
      world.client->create(resources::namespaces(), "", Value::map_of("metadata", Value::map_of("name", space))));
  EXPECT_TRUE(made) << made.error().message;
  // Before 1.24 an account has a token a moment after it is there, and no pod may be made until then.
  static const bool has_tokens =
      kubectl("-n kube-system get serviceaccount default -o jsonpath={.secrets}").starts_with("[");
  EXPECT_TRUE(world.until([&] {
    const auto account = world.wait(world.client->get(resources::service_accounts(), space, "default"));
    const auto* tokens = account ? account->find("secrets") : nullptr;
    return account && (!has_tokens || (tokens != nullptr && tokens->size() > 0));
  }));
  return space;
}

}  // namespace windlass::kube
