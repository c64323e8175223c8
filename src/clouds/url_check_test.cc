// What is found out about an address that an agent cannot use, with whoever answers there.
#include "clouds/url_check.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <optional>

#include "net/testing/scripted_peer.h"
#include "pods/trouble_texts.h"
#include "rt/testing/manual_timers.h"

namespace windlass::clouds {
namespace {

using net::Reply;

struct World {
  explicit World(std::vector<Reply> replies) : peer(io, timers, {std::move(replies)}) {}
  std::string check(const std::string& url) {
    std::optional<data::Value> done;
    boost::asio::co_spawn(
        io,
        [](World* world, std::string what, std::optional<data::Value>& into) -> boost::asio::awaitable<void> {
          into = co_await check_url(world->io, world->timers, world->peer.connector, std::move(what));
        }(this, url, done),
        boost::asio::detached);
    EXPECT_TRUE(timers.run_until([&] { return done.has_value(); }));
    if (!done) return "";
    return done->get_string("code") + ": " + pods::trouble_sentence(done->get_string("code"), *done);
  }
  boost::asio::io_context io;
  rt::ManualTimers timers{io};
  net::ScriptedPeer peer;
};

TEST(UrlCheck, WhoAnswersThere) {
  World ours({Reply::json(403, "the secret is not that of the agent check\n")});
  EXPECT_EQ(ours.check("http://windlass.devops:80/"),
            "url-ours: the server itself reaches that address: what keeps the pod from it lies between them (a network "
            "policy, the pod's DNS, a proxy)");
  ASSERT_EQ(ours.peer.connector.asked.size(), 1u);
  EXPECT_EQ(ours.peer.connector.asked[0], "windlass.devops:80");
  World other({Reply::json(404, "{}"), Reply::json(404, "{}")});
  EXPECT_EQ(other.check("http://172.16.80.38:8080"),
            "url-other: what answers there is no server of this kind: 404 Not Found to GET "
            "/kapis/windlass.io/v1/agents/check/link");
  World jenkins({Reply::json(404, "{}", "X-Jenkins: 2.319\r\n"), Reply::json(404, "{}", "X-Jenkins: 2.319\r\n")});
  EXPECT_EQ(jenkins.check("http://172.16.80.38:8080"),
            "url-jenkins: a Jenkins answers there, 404 Not Found to GET /tcpSlaveAgentListener/");
}

TEST(UrlCheck, NobodyAnswers) {
  World silent({Reply{.pieces = {}, .between = {}, .then = Reply::Then::silence}});
  EXPECT_TRUE(silent.check("http://far:80").starts_with("url-timeout: ")) << silent.check("http://far:80");
  World refused({});
  refused.peer.connector.refuse = true;
  EXPECT_EQ(refused.check("http://near:81"),
            "url-refused: nobody answers there, as the server sees it: no connection to near:81: Connection refused");
  EXPECT_TRUE(refused.check("ftp:/x").starts_with("url-invalid: "));
}

TEST(UrlCheck, WhatIsWrongWithAnAddressByItself) {
  EXPECT_EQ(address_problem("").get_string("code"), "url-none");
  EXPECT_EQ(address_problem("http://localhost:8080").get_string("code"), "url-loopback");
  EXPECT_EQ(address_problem("http://127.0.0.1").get_string("code"), "url-loopback");
  EXPECT_EQ(address_problem("nonsense").get_string("code"), "url-invalid");
  EXPECT_TRUE(address_problem("http://windlass.devops").is_null());
}

}  // namespace
}  // namespace windlass::clouds
