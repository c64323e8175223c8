// The client, watches and informers against a server that follows a script, on a clock that the test moves.
#include "kube/client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <sys/stat.h>

#include "data/json.h"
#include "kube/api_answer.h"
#include "kube/informer.h"
#include "kube/pod_log.h"
#include "net/testing/scripted_peer.h"
#include "objects/metadata.h"
#include "rt/testing/manual_timers.h"

namespace windlass::kube {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using data::Value;
using net::Reply;
using Then = Reply::Then;

template <class T>
asio::awaitable<void> keep(ApiTask<T> task, std::optional<objects::Outcome<T>>& into) {
  into = co_await std::move(task);
}

struct World {
  explicit World(std::vector<std::vector<Reply>> script, Identity identity = {}, ClientOptions options = {})
      : peer(io, timers, std::move(script)) {
    Access access;
    access.name = "test";
    access.server = *net::parse_url("http://127.0.0.1:8001", "x");
    access.identity = std::move(identity);
    Surroundings surroundings;
    surroundings.wall_millis = [this] { return wall; };
    surroundings.random = [] { return std::uint64_t{1} << 63U; };  // a half
    surroundings.read_file = [this](const std::string& path) -> Result<std::string> {
      if (const auto found = files.find(path); found != files.end()) return found->second;
      return fail(ErrorKind::unavailable, path + " cannot be read");
    };
    client = std::move(*Client::make(io, timers, peer.connector, std::move(access), std::move(surroundings), options));
  }
  ~World() {
    client->close();
    timers.settle();
  }
  template <class T>
  objects::Outcome<T> wait(ApiTask<T> task) {
    std::optional<objects::Outcome<T>> out;
    asio::co_spawn(io, keep(std::move(task), out), asio::detached);
    EXPECT_TRUE(timers.run_until([&] { return out.has_value(); }));
    return out ? std::move(*out) : objects::internal("it never ended");
  }
  std::string header_of(std::size_t request, const std::string& name) {
    const auto& text = peer.requests.at(request);
    const auto at = text.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto from = at + name.size() + 4;
    return text.substr(from, text.find("\r\n", from) - from);
  }

  asio::io_context io;
  rt::ManualTimers timers{io};
  net::ScriptedPeer peer;
  std::map<std::string, std::string> files;
  std::int64_t wall = 1'800'000'000'000;
  std::unique_ptr<Client> client;
};

std::string first_line(const std::string& request) { return request.substr(0, request.find("\r\n")); }

TEST(Client, AsksAsTheApiWantsIt) {
  Identity identity;
  identity.token = "secret";
  identity.impersonate = "ann";
  World world({{Reply::json(200, "{\"kind\":\"Pod\"}"), Reply::json(201, "{}"), Reply::json(200, "{}"),
                Reply::json(200, "{}"), Reply::json(200, "{}"), Reply::json(200, "{\"items\":[]}")}},
              identity);
  EXPECT_EQ(world.wait(world.client->get(resources::pods(), "ns", "p"))->get_string("kind"), "Pod");
  EXPECT_EQ(first_line(world.peer.requests[0]), "GET /api/v1/namespaces/ns/pods/p HTTP/1.1");
  EXPECT_EQ(world.header_of(0, "Authorization"), "Bearer secret");
  EXPECT_EQ(world.header_of(0, "Impersonate-User"), "ann");
  EXPECT_TRUE(world.wait(
      world.client->create(resources::pods(), "ns", Value::map_of("a", 1), {.subresource = "", .dry_run = true})));
  EXPECT_EQ(first_line(world.peer.requests[1]),
            "POST /api/v1/namespaces/ns/pods?fieldManager=windlass&dryRun=All HTTP/1.1");
  EXPECT_TRUE(world.peer.requests[1].ends_with("\r\n\r\n{\"a\":1}"));
  EXPECT_TRUE(world.wait(world.client->update(resources::pods(), "ns", "p", Value::map(), {.subresource = "status"})));
  EXPECT_EQ(first_line(world.peer.requests[2]),
            "PUT /api/v1/namespaces/ns/pods/p/status?fieldManager=windlass HTTP/1.1");
  EXPECT_TRUE(world.wait(world.client->patch(resources::leases(), "ns", "l", PatchKind::apply, Value::map(),
                                             {.subresource = "", .dry_run = false, .force = true})));
  EXPECT_EQ(first_line(world.peer.requests[3]),
            "PATCH /apis/coordination.k8s.io/v1/namespaces/ns/leases/l?fieldManager=windlass&force=true HTTP/1.1");
  EXPECT_EQ(world.header_of(3, "Content-Type"), "application/apply-patch+yaml");
  EXPECT_TRUE(world.wait(world.client->remove(resources::pods(), "ns", "p", {.uid = "u1"})));
  EXPECT_NE(world.peer.requests[4].find("\"preconditions\":{\"uid\":\"u1\"}"), std::string::npos);
  EXPECT_TRUE(world.wait(world.client->list(resources::secrets(),
                                            {.namespace_ = "ns", .labels = "a=b", .limit = 5, .metadata_only = true})));
  EXPECT_EQ(first_line(world.peer.requests[5]),
            "GET /api/v1/namespaces/ns/secrets?labelSelector=a%3Db&limit=5 HTTP/1.1");
  EXPECT_TRUE(world.header_of(5, "Accept").starts_with("application/json;as=PartialObjectMetadataList;"));
  EXPECT_EQ(world.client->http().connections_opened(), 1u);
}

TEST(Client, ABurstUsesTheConnectionsOfTheOneBeforeAndWhatIsIdleForLongIsClosed) {
  World world({{Reply::json(200, "{}"), Reply::json(200, "{}"), Reply::json(200, "{}"), Reply::json(200, "{}")}});
  const auto burst = [&](std::size_t calls) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < calls; ++i) {
      asio::co_spawn(
          world.io,
          [&]() -> asio::awaitable<void> {
            done += co_await world.client->get(resources::pods(), "ns", "p") ? 1U : 0U;
          },
          asio::detached);
    }
    EXPECT_TRUE(world.timers.run_until([&] { return done == calls; }));
  };
  burst(20);
  burst(20);
  EXPECT_EQ(world.client->http().connections_opened(), 20u);
  world.timers.advance(61s);
  burst(1);
  burst(20);
  EXPECT_EQ(world.client->http().connections_opened(), 40u) << "none of the first is left";
}

TEST(Client, FailuresAreTheServersOwn) {
  World world(
      {{Reply::json(404, R"({"kind":"Status","reason":"NotFound","message":"pods \"p\" not found","code":404})"),
        Reply::json(200, "[1]"), Reply::json(200, "<html>")}});
  auto answer = world.wait(world.client->get(resources::pods(), "ns", "p"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, 404);
  EXPECT_EQ(answer.error().message, "pods \"p\" not found");
  EXPECT_EQ(world.wait(world.client->get(resources::pods(), "ns", "p")).error().code, 500);
  EXPECT_EQ(world.wait(world.client->get(resources::pods(), "ns", "p")).error().code, 500);
  EXPECT_EQ(world.wait(world.client->get(resources::pods(), "ns", "../nodes")).error().code, 400);
  EXPECT_EQ(world.peer.requests.size(), 3u);
}

TEST(Client, A429HoldsAllCallsForAsLongAsItSays) {
  const auto busy = Reply::json(429, "{}", "Retry-After: 7\r\n");
  World world({{busy, Reply::json(200, "{}"), Reply::json(200, "{}")}});
  const auto began = world.timers.now();
  EXPECT_TRUE(world.wait(world.client->create(resources::pods(), "ns", Value::map())));
  EXPECT_EQ(world.timers.now() - began, 7s);
  EXPECT_EQ(world.peer.requests.size(), 2u);
  EXPECT_TRUE(world.wait(world.client->get(resources::pods(), "ns", "p")));
  EXPECT_EQ(world.timers.now() - began, 7s);
}

TEST(Client, APauseBeyondTheDeadlineIsSaidAtOnce) {
  World world({{Reply::json(429, "{}", "Retry-After: 50\r\n")}});
  const auto began = world.timers.now();
  const auto answer = world.wait(world.client->get(resources::pods(), "ns", "p"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, 429);
  EXPECT_EQ(answer.error().retry_after_seconds, 50);
  EXPECT_EQ(world.timers.now(), began);
}

TEST(Client, OnlyReadsAreRepeatedAfterA503) {
  World world({{Reply::json(503, "{}", "Retry-After: 1\r\n"), Reply::json(200, "{}"),
                Reply::json(503, "{}", "Retry-After: 1\r\n")}});
  EXPECT_TRUE(world.wait(world.client->get(resources::pods(), "ns", "p")));
  EXPECT_EQ(world.wait(world.client->create(resources::pods(), "ns", Value::map())).error().code, 503);
  EXPECT_EQ(world.peer.requests.size(), 3u);
}

TEST(Client, ARotatedTokenIsReadAgain) {
  Identity identity;
  identity.token_file = "/token";
  World world({{Reply::json(200, "{}"), Reply::json(401, "{}"), Reply::json(200, "{}"), Reply::json(401, "{}"),
                Reply::json(200, "{}")}},
              identity);
  world.files["/token"] = "one\n";
  EXPECT_TRUE(world.wait(world.client->get(resources::pods(), "ns", "p")));
  EXPECT_EQ(world.header_of(0, "Authorization"), "Bearer one");
  world.files["/token"] = "two\n";
  EXPECT_TRUE(world.wait(world.client->get(resources::pods(), "ns", "p")));  // refused with the old one, read anew
  EXPECT_EQ(world.header_of(1, "Authorization"), "Bearer one");
  EXPECT_EQ(world.header_of(2, "Authorization"), "Bearer two");
  EXPECT_EQ(world.wait(world.client->get(resources::pods(), "ns", "p")).error().code,
            401);  // nothing newer: no second try
  world.files["/token"] = "three\n";
  world.timers.advance(11s);
  EXPECT_TRUE(world.wait(world.client->get(resources::pods(), "ns", "p")));
  EXPECT_EQ(world.header_of(4, "Authorization"), "Bearer three");
  world.files.clear();  // while it is exchanged, the old one is still good
  world.timers.advance(11s);
}

TEST(Client, NoSecretGoesOverAPlainConnectionToAnotherMachine) {
  asio::io_context io;
  rt::ManualTimers timers(io);
  net::ScriptedPeer peer(io, timers, {{Reply::json(200, "{}")}});
  Access access;
  access.server = *net::parse_url("http://10.0.0.1:8001", "x");
  access.identity.token = "secret";
  auto surroundings = real_surroundings({});
  auto client = std::move(*Client::make(io, timers, peer.connector, access, surroundings));
  std::optional<objects::Outcome<Value>> out;
  asio::co_spawn(io, keep(client->get_path("/version"), out), asio::detached);
  ASSERT_TRUE(timers.run_until([&] { return out.has_value(); }));
  EXPECT_TRUE(*out);
  EXPECT_EQ(peer.requests.at(0).find("secret"), std::string::npos);
}

TEST(Client, CloseEndsACallThatWaits) {
  World world({{Reply{{}, {}, Then::silence}}});
  std::optional<objects::Outcome<Value>> out;
  asio::co_spawn(world.io, keep(world.client->get_path("/version"), out), asio::detached);
  world.timers.settle();
  world.client->close();
  world.timers.settle();
  ASSERT_TRUE(out && !*out);
  EXPECT_EQ(out->error().code, kCancelled);
}

TEST(PodLog, IsReadAsItComes) {
  World world({{Reply::chunks({"one\n", "two\n"}, true, Then::keep, 5s)}});
  auto log = world.wait(PodLog::open(
      *world.client, {.namespace_ = "ns", .pod = "p", .container = "main", .follow = true, .tail_lines = 3}));
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(first_line(world.peer.requests[0]),
            "GET /api/v1/namespaces/ns/pods/p/log?container=main&follow=true&tailLines=3 HTTP/1.1");
  EXPECT_EQ(*world.wait((*log)->read(world.timers.now() + 60s)), "one\n");
  EXPECT_EQ(*world.wait((*log)->read(world.timers.now() + 60s)), "two\n");
  EXPECT_EQ(*world.wait((*log)->read(world.timers.now() + 60s)), "");
}

// ---- informers

std::string pod(std::string_view name, std::string_view version, std::string_view uid = "u") {
  return "{\"metadata\":{\"namespace\":\"ns\",\"name\":\"" + std::string(name) + "\",\"uid\":\"" + std::string(uid) +
         "\",\"resourceVersion\":\"" + std::string(version) + "\"}}";
}
std::string event(std::string_view type, const std::string& object) {
  return "{\"type\":\"" + std::string(type) + "\",\"object\":" + object + "}\n";
}
Reply list(const std::string& version, const std::vector<std::string>& pods) {
  std::string items;
  for (const auto& one : pods) items += (items.empty() ? "" : ",") + one;
  return Reply::json(200, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + version +
                              "\"},\"items\":[" + items + "]}");
}

struct Told {
  std::string text;
  Informer::Listener listener() {
    return [this](const Delta& delta) {
      static constexpr std::string_view kSigns = "+~-";
      text += kSigns[static_cast<std::size_t>(delta.kind)];
      text +=
          objects::meta_text(delta.object, "name") + "@" + objects::meta_text(delta.object, "resourceVersion") + " ";
    };
  }
};

TEST(Informer, GoesOnAfterAResetFromTheLastBookmark) {
  World world(
      {{list("5", {pod("a", "1")}),
        Reply::chunks({event("ADDED", pod("b", "6")), event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"50\"}}"),
                       "{\"type\":\"ADDED\",\"obj"},
                      false, Then::reset)},
       {Reply::chunks({event("DELETED", pod("a", "51"))}, false, Then::silence)}});
  Told told;
  Informer informer(*world.client, resources::pods(), {.namespace_ = "ns"}, told.listener());
  informer.start();
  EXPECT_TRUE(world.timers.run_until([&] { return told.text == "+a@1 +b@6 -a@51 "; })) << told.text;
  ASSERT_EQ(world.peer.requests.size(), 3u);
  EXPECT_EQ(first_line(world.peer.requests[0]), "GET /api/v1/namespaces/ns/pods?resourceVersion=0 HTTP/1.1");
  EXPECT_NE(world.peer.requests[1].find("resourceVersion=5 "), std::string::npos) << world.peer.requests[1];
  EXPECT_NE(world.peer.requests[1].find("allowWatchBookmarks=true"), std::string::npos);
  EXPECT_NE(world.peer.requests[2].find("resourceVersion=50 "), std::string::npos) << world.peer.requests[2];
  EXPECT_EQ(informer.core().objects().size(), 1u);
  EXPECT_TRUE(informer.core().is_synced());
}

TEST(Informer, ListsAnewAfter410) {
  const std::string gone = R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})";
  World world({{list("5", {pod("a", "1"), pod("b", "2")}), Reply::chunks({event("ERROR", gone)}, false, Then::keep)},
               {list("90", {pod("b", "80"), pod("c", "81")}), Reply::json(410, gone), list("95", {pod("c", "81")}),
                Reply::chunks({}, false, Then::silence)}});
  Told told;
  Informer informer(*world.client, resources::pods(), {.namespace_ = "ns"}, told.listener());
  informer.start();
  EXPECT_TRUE(world.timers.run_until([&] { return world.peer.requests.size() == 6; }));
  EXPECT_EQ(told.text, "+a@1 +b@2 -a@1 ~b@80 +c@81 -b@80 ");
  EXPECT_EQ(world.peer.requests[2].find("resourceVersion=0"),
            std::string::npos);  // not from a cache that may be as old
}

TEST(Informer, WaitsLongerAndLongerForAServerThatIsAway) {
  World world({{list("5", {})}});
  Told told;
  world.peer.connector.refuse = true;
  Informer informer(*world.client, resources::pods(), {}, told.listener());
  const auto began = world.timers.now();
  informer.start();
  EXPECT_FALSE(world.timers.run_until([] { return false; }, began + 10min));
  const auto tries = world.peer.connector.asked.size();
  EXPECT_GE(tries, 20u);  // never gives up
  EXPECT_LE(tries, 40u);  // and never storms
  EXPECT_NE(informer.core().trouble().message.find("Connection refused"), std::string::npos);
  EXPECT_FALSE(informer.core().is_synced());
  world.peer.connector.refuse = false;
  EXPECT_TRUE(world.timers.run_until([&] { return informer.core().is_synced(); }, world.timers.now() + 31s));
  EXPECT_EQ(informer.core().trouble().message, "");
}

TEST(Informer, AServerThatGoesSilentIsLeft) {
  World world({{list("5", {pod("a", "1")}), Reply::chunks({}, false, Then::silence)},
               {Reply::chunks({event("MODIFIED", pod("a", "9"))}, false, Then::silence)}});
  Told told;
  Informer informer(*world.client, resources::pods(), {}, told.listener());
  informer.start();
  EXPECT_TRUE(world.timers.run_until([&] { return told.text == "+a@1 ~a@9 "; })) << told.text;
}

TEST(Informer, NothingIsToldAfterStop) {
  World world(
      {{list("5", {pod("a", "1")}), Reply::chunks({event("ADDED", pod("b", "6"))}, false, Then::silence, 10s)}});
  Told told;
  {
    Informer informer(*world.client, resources::pods(), {}, told.listener());
    informer.start();
    EXPECT_TRUE(world.timers.run_until([&] { return world.peer.requests.size() == 2; }));
  }
  world.timers.advance(1min);
  EXPECT_EQ(told.text, "+a@1 ");
}

// ---- exec plugins: real processes, so real time

struct Plugin {
  explicit Plugin(const std::string& script) {
    char pattern[] = "/tmp/windlass_plugin_XXXXXX";
    folder = ::mkdtemp(pattern);
    std::ofstream(folder + "/login") << "#!/bin/sh\n" << script;
    ::chmod((folder + "/login").c_str(), 0700);
    identity.exec = ExecPlugin{.api_version = "client.authentication.k8s.io/v1",
                               .command = folder + "/login",
                               .arguments = {"x y"},
                               .environment = {{"FOLDER", folder}},
                               .install_hint = "install it"};
  }
  ~Plugin() { (void)std::system(("rm -rf " + folder).c_str()); }
  std::string folder;
  Identity identity;
};

asio::awaitable<void> ask_headers(Credentials& credentials, rt::Timers& timers, std::vector<std::string>& out) {
  auto headers = co_await credentials.headers(timers.now() + 20s);
  out.push_back(!headers ? "error: " + headers.error().message : headers->empty() ? "" : headers->front().second);
}

std::vector<std::string> ask(const Plugin& plugin, int times, bool refuse_between = false) {
  asio::io_context io;
  auto timers = rt::make_timers(io);
  Access access;
  access.server = *net::parse_url("https://h", "x");
  access.identity = plugin.identity;
  Credentials credentials(io, *timers, access, real_surroundings({"PATH=/usr/bin:/bin"}));
  std::vector<std::string> out;
  for (int i = 0; i < times; ++i) {
    asio::co_spawn(io, ask_headers(credentials, *timers, out), asio::detached);
    if (!refuse_between) continue;
    io.run();
    io.restart();
    credentials.refused();
  }
  io.run();
  return out;
}

constexpr std::string_view kPrint =
    "echo one >> $FOLDER/count\nprintf "
    "'{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' "
    "\"$1-$(wc -l < $FOLDER/count)\"\n";

TEST(ExecPlugin, RunsOnceForAllWhoWaitAndAgainAfterARefusal) {
  const Plugin plugin{std::string(kPrint)};
  EXPECT_EQ(ask(plugin, 3), (std::vector<std::string>{"Bearer x y-1", "Bearer x y-1", "Bearer x y-1"}));
  EXPECT_EQ(ask(plugin, 2, true), (std::vector<std::string>{"Bearer x y-2", "Bearer x y-3"}));
}

TEST(ExecPlugin, WhatIsWrongWithItIsSaid) {
  auto said = ask(Plugin("echo no such account >&2; exit 3"), 1).at(0);
  EXPECT_NE(said.find("ended with exit code 3: no such account; install it"), std::string::npos) << said;
  said = ask(Plugin("echo geheim"), 1).at(0);
  EXPECT_NE(said.find("did not print an ExecCredential as JSON"), std::string::npos) << said;
  EXPECT_EQ(said.find("geheim"), std::string::npos);
  Plugin missing("");
  missing.identity.exec->command = "/nowhere/login";
  said = ask(missing, 1).at(0);
  EXPECT_NE(said.find("does not run: "), std::string::npos) << said;
}

TEST(ExecPlugin, SeesWhatItIsAskedFor) {
  const Plugin plugin(
      "printf "
      "'{\"apiVersion\":\"client.authentication.k8s.io/"
      "v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$(echo $KUBERNETES_EXEC_INFO | tr -d "
      "'\\\"{}')\"\n");
  const auto said = ask(plugin, 1).at(0);
  EXPECT_NE(said.find("interactive:false"), std::string::npos) << said;
}

}  // namespace
}  // namespace windlass::kube
