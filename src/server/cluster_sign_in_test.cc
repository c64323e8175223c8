// Whose token it is, as the cluster says: never a guess, never somebody of ours, never for long.
#include "server/cluster_sign_in.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "text/codec.h"

namespace windlass::server {
namespace {

using rights::User;

std::string jwt_of(const std::string& algorithm) {
  const auto part = [](const std::string& text) { return text::encode_base64(text, text::Base64::url, false); };
  return part(R"({"alg":")" + algorithm + R"("})") + "." + part(R"({"sub":"x"})") + ".c2ln";
}

struct World {
  World() {
    options.review_token = [this](std::string token,
                                  std::vector<std::string> audiences) -> objects::ApiTask<kube::Person> {
      ++asked;
      asked_for = std::move(audiences);
      if (down) co_return std::unexpected(objects::internal("connection refused").error());
      if (token != "good") co_return std::unexpected(objects::unauthorized().error());
      co_return person;
    };
    options.review_access = [this](kube::Person who, kube::Attributes what) -> objects::ApiTask<kube::Verdict> {
      ++asked;
      if (down) co_return std::unexpected(objects::internal("connection refused").error());
      about = who.name + " " + what.text() + " " + std::to_string(who.extra.size());
      co_return kube::Verdict{.allowed = what.verb == "get", .denied = false, .reason = {}};
    };
    options.now = [this] { return now; };
    person.name = "admin";
    person.groups = {"devs"};
    person.extra = {{"scopes", {"narrow"}}};
    sign_in.emplace(options);
  }

  Result<User> review(const std::string& token) {
    std::optional<Result<User>> out;
    boost::asio::io_context io;
    boost::asio::co_spawn(
        io,
        [](World* self, std::string given, std::optional<Result<User>>* to) -> boost::asio::awaitable<void> {
          *to = co_await self->sign_in->review(std::move(given));
        }(this, token, &out),
        boost::asio::detached);
    io.run();
    return std::move(*out);
  }
  Result<bool> allows(User user, rights::Attributes what) {
    std::optional<Result<bool>> out;
    boost::asio::io_context io;
    boost::asio::co_spawn(
        io,
        [](World* self, User who, rights::Attributes asked_about,
           std::optional<Result<bool>>* to) -> boost::asio::awaitable<void> {
          *to = co_await self->sign_in->allows(std::move(who), std::move(asked_about));
        }(this, std::move(user), std::move(what), &out),
        boost::asio::detached);
    io.run();
    return std::move(*out);
  }

  ClusterSignInOptions options;
  kube::Person person;
  std::optional<ClusterSignIn> sign_in;
  std::chrono::steady_clock::time_point now{};
  int asked = 0;
  std::vector<std::string> asked_for;
  std::string about;
  bool down = false;
};

TEST(ClusterSignIn, APersonOfTheClusterIsNobodyOfOurs) {
  World world;
  const auto user = world.review("good").value();
  EXPECT_EQ(user.name, "cluster:admin");
  EXPECT_EQ(user.cluster_name, "admin");
  EXPECT_EQ(user.groups, (std::vector<std::string>{"devs", "system:authenticated"}));
  EXPECT_FALSE(user.is_admin());
  EXPECT_EQ(world.asked_for, std::vector<std::string>{"windlass"}) << "a token for another audience is none";
}

TEST(ClusterSignIn, AnswersHoldForSecondsAndNoLonger) {
  World world;
  EXPECT_FALSE(world.sign_in->kept("good"));
  EXPECT_TRUE(world.review("good").value().authenticated());
  EXPECT_TRUE(world.review("good").value().authenticated());
  EXPECT_EQ(world.asked, 1);
  world.now += ClusterSignIn::kKnown;
  EXPECT_FALSE(world.sign_in->kept("good"));
  EXPECT_TRUE(world.review("good").value().authenticated());
  EXPECT_EQ(world.asked, 2);
  EXPECT_FALSE(world.review("bad").value().authenticated());
  EXPECT_FALSE(world.review("bad").value().authenticated());
  EXPECT_EQ(world.asked, 3);
  world.now += ClusterSignIn::kUnknown;
  EXPECT_FALSE(world.review("bad").value().authenticated());
  EXPECT_EQ(world.asked, 4);
}

TEST(ClusterSignIn, AClusterThatIsAwayLetsNobodyInAndIsNotRemembered) {
  World world;
  world.down = true;
  const auto answer = world.review("good");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(answer.error().message.find("good"), std::string::npos) << "the token is in no message";
  world.down = false;
  EXPECT_TRUE(world.review("good").value().authenticated());
}

TEST(ClusterSignIn, WhatIsOursOrKubeSpheresIsNeverSentAway) {
  for (const auto& token : {std::string("wl_abc_def"), jwt_of("HS256"), std::string(), std::string("a b"),
                            std::string("a\nb"), std::string(20'000, 'x')}) {
    World world;
    EXPECT_FALSE(ClusterSignIn::may_be_of_cluster(token)) << token.substr(0, 40);
    EXPECT_FALSE(world.review(token).value().authenticated());
    EXPECT_EQ(world.asked, 0) << token.substr(0, 40);
  }
  EXPECT_TRUE(ClusterSignIn::may_be_of_cluster(jwt_of("RS256")));
  EXPECT_TRUE(ClusterSignIn::may_be_of_cluster("opaque"));
}

TEST(ClusterSignIn, WithoutAnAudienceNobodyIsAskedAbout) {
  World world;
  EXPECT_TRUE(world.review("good").value().authenticated());
  world.sign_in->configure({}, false);
  EXPECT_FALSE(world.review("good").value().authenticated()) << "what was kept is gone with it";
  EXPECT_EQ(world.asked, 1);
}

TEST(ClusterSignIn, FewAnswersAreKept) {
  World world;
  for (std::size_t i = 0; i < ClusterSignIn::kMostKept + 1; ++i) (void)world.review("bad" + std::to_string(i));
  EXPECT_FALSE(world.sign_in->kept("bad0")) << "the oldest went";
  EXPECT_TRUE(world.sign_in->kept("bad1"));
}

TEST(ClusterSignIn, TheClustersRolesAreAskedWhereThatIsConfigured) {
  World world;
  auto user = world.review("good").value();
  const rights::Attributes get{"get", "devops.kubesphere.io", "pipelines", "", "demo", "app", {}};
  auto create = get;
  create.verb = "create";
  EXPECT_FALSE(world.allows(user, get).value());
  EXPECT_EQ(world.asked, 1) << "it is not configured";
  world.sign_in->configure({"windlass"}, true);
  EXPECT_TRUE(world.allows(user, get).value());
  EXPECT_EQ(world.about, "admin get pipelines.devops.kubesphere.io app in namespace demo 1");
  EXPECT_TRUE(world.allows(user, get).value());
  EXPECT_EQ(world.asked, 2) << "kept";
  EXPECT_FALSE(world.allows(user, create).value());
  world.now += ClusterSignIn::kAllowed;
  world.down = true;
  const auto away = world.allows(user, get);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().kind, ErrorKind::unavailable);
  world.down = false;
  auto everywhere = get;
  everywhere.namespace_.clear();
  EXPECT_FALSE(world.allows(user, everywhere).value()) << "about objects in a namespace only";
  User ours;
  ours.name = "admin";
  EXPECT_FALSE(world.allows(ours, get).value()) << "an account of ours is nobody whom the cluster knows";
  user.scopes.read_only = true;
  EXPECT_FALSE(world.allows(user, get).value()) << "a narrower token is not widened";
}

}  // namespace
}  // namespace windlass::server
