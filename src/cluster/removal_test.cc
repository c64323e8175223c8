// What an uninstallation takes away, what it keeps, and in which order, against an API server in memory.
#include "cluster/removal.h"

#include <algorithm>

#include "cluster/definitions.h"
#include "cluster/manifests.h"
#include "cluster/testing/small_server.h"

namespace windlass::cluster {
namespace {

using data::Value;
using State = AppliedObject::State;

std::string path_of(const kube::Resource& resource, const std::string& space, const std::string& name) {
  return (resource.group.empty() ? "/api/" + resource.version : "/apis/" + resource.group + "/" + resource.version) +
         (space.empty() ? "" : "/namespaces/" + space) + "/" + resource.plural + "/" + name;
}

struct RemovalTest : testing::Test {
  RemovalTest() {
    InstallOptions options;
    options.image = options.agent_image = "i";
    options.casc = "jenkins: {}";
    options.first_password = "p";
    options.storage = *parse_storage("node:n:/d");
    for (const auto& one : *install_manifests(options)) put(*resource_of_manifest(one), one);
    for (const auto* text :
         {R"({"metadata":{"name":"windlass-project","namespace":"shop","finalizers":["windlass.io/project-rights"],
                                 "labels":{"app.kubernetes.io/managed-by":"windlass"}},
                                 "subjects":[{"kind":"ServiceAccount","name":"windlass","namespace":"kubesphere-devops-system"}]})",
          R"({"metadata":{"name":"windlass-project","namespace":"other","finalizers":["windlass.io/project-rights"],
                                 "labels":{"app.kubernetes.io/managed-by":"windlass"}},
                                 "subjects":[{"kind":"ServiceAccount","name":"windlass","namespace":"somewhere-else"}]})"}) {
      put(*resource_of_manifest(SmallWorld::json(R"({"kind":"RoleBinding"})")), SmallWorld::json(text));
    }
    put(*runs_,
        SmallWorld::json(
            R"({"metadata":{"name":"r","namespace":"shop","finalizers":["x","pipelinerun.finalizers.kubesphere.io"]}})"));
    put(kube::resources::secrets(),
        SmallWorld::json(
            R"({"metadata":{"name":"s","namespace":"shop","finalizers":["finalizers.kubesphere.io/credential"]}})"));
    put(kube::resources::pods(),
        SmallWorld::json(
            R"({"metadata":{"name":"p","namespace":"kubesphere-devops-worker","labels":{"windlass.io/store":"a"}}})"));
    put(kube::resources::pods(),
        SmallWorld::json(R"({"metadata":{"name":"jenkins","namespace":"kubesphere-devops-worker"}})"));
    world_.server.answer = [this](const Asked& one) { return answer(one); };
  }
  void put(const kube::Resource& resource, Value object) {
    const auto path = path_of(resource, objects::meta_text(object, "namespace"), objects::meta_text(object, "name"));
    objects::set_meta(object, "uid", "u-" + path);
    objects::set_meta(object, "resourceVersion", "1");
    world_.store.objects[path] = std::move(object);
  }
  net::Reply answer(const Asked& one) {
    const auto path = one.target.substr(0, one.target.find('?'));
    auto& all = world_.store.objects;
    if (one.method == "PATCH") {
      const auto found = all.find(path);
      if (found == all.end()) return SmallServer::failure(404, "NotFound");
      objects::set_meta(found->second, "finalizers", *one.body.find("metadata")->find("finalizers"));
      return net::Reply::json(200, data::format_json(found->second));
    }
    if (one.method == "GET" && one.target.find("limit=") != std::string::npos) {
      const auto slash = path.rfind('/');
      const auto prefix = path.substr(0, slash), plural = path.substr(slash) + "/";
      Value items = Value::list();
      for (const auto& [at, object] : all) {
        if (!at.starts_with(prefix + "/") || at.find(plural) == std::string::npos) continue;
        if (one.target.find("managed-by") != std::string::npos && objects::label(object, kManagedBy) != kWindlass)
          continue;
        if (one.target.find("store") != std::string::npos && objects::label(object, "windlass.io/store").empty())
          continue;
        items.push(object);
      }
      return net::Reply::json(200,
                              data::format_json(Value::map_of("metadata", Value::map(), "items", std::move(items))));
    }
    return world_.store.answer(one);
  }
  bool remove(bool with_data) {
    RemovalOptions options;
    options.namespace_ = "kubesphere-devops-system";
    options.workers = "kubesphere-devops-worker";
    options.data = with_data;
    told_.clear();
    const auto done = world_.wait(
        remove_installation(*world_.client, options, [this](const AppliedObject& one) { told_.push_back(one); }));
    EXPECT_TRUE(done) << done.error().message;
    return done && *done;
  }
  [[nodiscard]] bool has(const std::string& path) const { return world_.store.objects.contains(path); }
  [[nodiscard]] std::size_t count(State state) const {
    return static_cast<std::size_t>(std::ranges::count(told_, state, &AppliedObject::state));
  }
  static std::string finalizers(const Value& object) {
    const Value* list = objects::metadata_of(object).find("finalizers");
    return list == nullptr ? "" : data::format_json(*list);
  }

  static constexpr const char* kSystem = "/api/v1/namespaces/kubesphere-devops-system/";
  const std::unique_ptr<kube::Resource> runs_ = [] {
    for (const auto* type : custom_types()) {
      if (type->plural == "pipelineruns") return std::make_unique<kube::Resource>(kube::resource_of(*type));
    }
    return std::make_unique<kube::Resource>();
  }();
  SmallWorld world_;
  std::vector<AppliedObject> told_;
};

TEST_F(RemovalTest, TheServerAndItsRightsGoAndDataStays) {
  auto& foreign = world_.store.objects.at(std::string(kSystem) + "services/devops-jenkins");
  objects::set_meta(foreign, "labels", Value::map());
  ASSERT_TRUE(remove(false));
  EXPECT_EQ(told_.front().kind, "Deployment") << "before its rights";
  EXPECT_FALSE(has("/apis/apps/v1/namespaces/kubesphere-devops-system/deployments/devops-apiserver"));
  EXPECT_FALSE(has(std::string(kSystem) + "services/devops-apiserver"));
  EXPECT_FALSE(has("/apis/rbac.authorization.k8s.io/v1/clusterroles/windlass"));
  EXPECT_FALSE(has("/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/windlass-project"));
  EXPECT_TRUE(has("/apis/rbac.authorization.k8s.io/v1/namespaces/other/rolebindings/windlass-project")) << "another's";
  EXPECT_TRUE(has(std::string(kSystem) + "services/devops-jenkins"));
  EXPECT_EQ(count(State::kept), 1U);
  EXPECT_TRUE(has(std::string(kSystem) + "persistentvolumeclaims/windlass"));
  EXPECT_TRUE(has(std::string(kSystem) + "configmaps/jenkins-casc-config"));
  EXPECT_TRUE(has(std::string(kSystem) + "secrets/devops-jenkins")) << "the volume has its password";
  EXPECT_TRUE(has("/api/v1/persistentvolumes/windlass-kubesphere-devops-system"));
  EXPECT_TRUE(has("/api/v1/namespaces/kubesphere-devops-system"));
  EXPECT_TRUE(has("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/pipelineruns.devops.kubesphere.io"));
  EXPECT_TRUE(has(path_of(kube::resources::pods(), "kubesphere-devops-worker", "p")));
  EXPECT_EQ(finalizers(world_.store.objects.at(path_of(*runs_, "shop", "r"))),
            R"(["x","pipelinerun.finalizers.kubesphere.io"])");
  // Once more: there is nothing to do, and that is no failure.
  ASSERT_TRUE(remove(false));
  EXPECT_EQ(count(State::removed), 0U);
}

TEST_F(RemovalTest, DataGoesWhereItIsAskedForAndPeoplesObjectsAreLetGo) {
  ASSERT_TRUE(remove(true));
  EXPECT_FALSE(has(std::string(kSystem) + "persistentvolumeclaims/windlass"));
  EXPECT_FALSE(has(std::string(kSystem) + "configmaps/jenkins-casc-config"));
  EXPECT_FALSE(has(std::string(kSystem) + "secrets/devops-jenkins"));
  EXPECT_FALSE(has("/api/v1/persistentvolumes/windlass-kubesphere-devops-system"));
  EXPECT_FALSE(has(path_of(kube::resources::pods(), "kubesphere-devops-worker", "p")));
  EXPECT_TRUE(has(path_of(kube::resources::pods(), "kubesphere-devops-worker", "jenkins")));
  EXPECT_EQ(finalizers(world_.store.objects.at(path_of(*runs_, "shop", "r"))), R"(["x"])");
  EXPECT_EQ(finalizers(world_.store.objects.at(path_of(kube::resources::secrets(), "shop", "s"))), "[]");
  EXPECT_TRUE(has("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/pipelineruns.devops.kubesphere.io"));
}

TEST_F(RemovalTest, WhatIsRefusedIsSaidAndNothingGoesOn) {
  world_.server.answer = [this](const Asked& one) {
    return one.method == "DELETE" ? SmallServer::failure(403, "Forbidden") : answer(one);
  };
  EXPECT_FALSE(remove(true));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_.front().state, State::failed);
  EXPECT_EQ(told_.front().kind, "Deployment");
}

}  // namespace
}  // namespace windlass::cluster
