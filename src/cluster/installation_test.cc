// What an installation writes and what it leaves alone, against an API server in memory.
#include "cluster/installation.h"

#include "cluster/manifests.h"
#include "cluster/testing/small_server.h"

namespace windlass::cluster {
namespace {

using data::Value;
using State = AppliedObject::State;

/// The Secret with the first administrator's password, alone.
class FirstPassword : public testing::Test {
 protected:
  FirstPassword() {
    world_.server.answer = [this](const Asked& one) {
      const auto path = one.target.substr(0, one.target.find('?'));
      if (one.method == "PATCH") {
        world_.store.objects[path] = one.body;
        objects::set_meta(world_.store.objects[path], "resourceVersion", std::to_string(++world_.store.version));
      }
      const auto found = world_.store.objects.find(path);
      if (found == world_.store.objects.end()) return SmallServer::failure(404, "NotFound");
      return net::Reply::json(200, data::format_json(found->second));
    };
  }
  State apply(const std::string& password) {
    InstallOptions options;
    options.image = options.agent_image = "i";
    options.first_password = password;
    std::vector<Value> secret;
    for (auto& one : install_manifests(options).value()) {
      if (one.get_string("kind") == "Secret") secret.push_back(std::move(one));
    }
    EXPECT_EQ(secret.size(), 1U);
    std::optional<State> told;
    const auto done =
        world_.wait(apply_manifests(*world_.client, secret, [&told](const AppliedObject& one) { told = one.state; }));
    EXPECT_TRUE(done && *done);
    return told.value_or(State::failed);
  }
  [[nodiscard]] std::string password() const {
    return world_.store.objects.at(kPath).find("data")->get_string("jenkins-admin-password");
  }

  static constexpr const char* kPath = "/api/v1/namespaces/kubesphere-devops-system/secrets/devops-jenkins";
  SmallWorld world_;
};

TEST_F(FirstPassword, IsMadeOnceAndNeverWrittenAgain) {
  EXPECT_EQ(apply("one"), State::made);
  EXPECT_EQ(password(), "b25l");
  EXPECT_EQ(apply("two"), State::same);
  EXPECT_EQ(password(), "b25l");
}

TEST_F(FirstPassword, OfAnotherInstallationIsUsedAsItIs) {
  world_.store.objects[kPath] = SmallWorld::json(
      R"({"metadata":{"name":"devops-jenkins","resourceVersion":"7"},"data":{"jenkins-admin-password":"dGhlaXJz"}})");
  EXPECT_EQ(apply("ours"), State::kept);
  EXPECT_EQ(password(), "dGhlaXJz");
}

TEST(InstallManifests, HaveNoSecretThatNobodyGave) {
  InstallOptions options;
  options.image = options.agent_image = "i";
  for (const auto& one : install_manifests(options).value()) EXPECT_NE(one.get_string("kind"), "Secret");
}

}  // namespace
}  // namespace windlass::cluster
