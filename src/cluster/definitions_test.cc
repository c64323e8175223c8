// What is installed in a cluster is what an API server of 1.20 takes, and what the embedded store checks too.
#include "cluster/definitions.h"

#include <gtest/gtest.h>
#include <set>

#include "cluster/install.h"
#include "cluster/testing/small_server.h"
#include "objects/metadata.h"

namespace windlass::cluster {
namespace {

using data::Value;

/// The rules of structural schemas (apiextensions.k8s.io/v1) that ours could break.
void check_structural(const Value& schema, const std::string& path) {
  static const std::set<std::string> kKnown = {"type",       "description",
                                               "properties", "additionalProperties",
                                               "items",      "required",
                                               "enum",       "format",
                                               "nullable",   "x-kubernetes-preserve-unknown-fields"};
  for (const auto& [key, value] : schema.members()) EXPECT_TRUE(kKnown.contains(key)) << path << ": " << key;
  const auto type = schema.get_string("type");
  const bool open = schema.get_bool("x-kubernetes-preserve-unknown-fields");
  EXPECT_TRUE(!type.empty() || open) << path << ": says no type";
  EXPECT_FALSE(schema.find("properties") != nullptr && schema.find("additionalProperties") != nullptr) << path;
  // An empty text is null to some servers.
  if (type == "string" && schema.find("enum") == nullptr && !path.ends_with(".apiVersion") &&
      !path.ends_with(".kind")) {
    EXPECT_TRUE(schema.get_bool("nullable")) << path;
  }
  if (type == "array") EXPECT_NE(schema.find("items"), nullptr) << path;
  if (const Value* properties = schema.find("properties")) {
    EXPECT_EQ(type, "object") << path;
    for (const auto& [name, one] : properties->members()) check_structural(one, path + "." + name);
  }
  for (const auto* below : {"items", "additionalProperties"}) {
    if (const Value* one = schema.find(below)) check_structural(*one, path + "[]");
  }
}

TEST(Definitions, AreWhatAnApiServerTakes) {
  const auto all = definitions();
  EXPECT_EQ(all.size(), 14u);
  for (const auto& one : all) {
    const auto& spec = *one.find("spec");
    const auto& names = *spec.find("names");
    EXPECT_EQ(objects::meta_text(one, "name"), names.get_string("plural") + "." + spec.get_string("group"));
    ASSERT_EQ(spec.find("versions")->size(), 1u);
    const auto& version = spec.find("versions")->items()[0];
    const auto& schema = *version.find("schema")->find("openAPIV3Schema");
    EXPECT_EQ(schema.get_string("type"), "object");
    check_structural(schema, objects::meta_text(one, "name"));
    for (const auto* shared : {"apiVersion", "kind", "metadata"}) {
      EXPECT_NE(schema.find("properties")->find(shared), nullptr) << shared;
    }
    if (version.find("subresources") != nullptr) EXPECT_NE(schema.find("properties")->find("status"), nullptr);
    EXPECT_EQ(objects::annotation(one, kFingerprint).size(), 16u);
  }
}

TEST(Definitions, WhoseTheyAreDecidesWhatHappensToThem) {
  const auto& type = *objects::find_kind("devops.kubesphere.io", "Pipeline");
  const auto wanted = definition_of(type);
  EXPECT_EQ(standing_of(type, wanted, wanted), Standing::current);
  auto old = wanted;
  objects::set_annotation(old, kFingerprint, "0");
  EXPECT_EQ(standing_of(type, old, wanted), Standing::old);
  auto theirs = SmallWorld::json(R"({"spec":{"versions":[{"name":"v1alpha3","served":true}]}})");
  EXPECT_EQ(standing_of(type, theirs, wanted), Standing::foreign);
  theirs = SmallWorld::json(R"({"spec":{"versions":[{"name":"v1alpha1","served":true},{"name":"v1alpha3"}]}})");
  EXPECT_EQ(standing_of(type, theirs, wanted), Standing::lacking);
}

Installation install(SmallWorld& world) {
  std::optional<Installation> out;
  boost::asio::co_spawn(
      world.io, [&]() -> boost::asio::awaitable<void> { out = co_await install_definitions(*world.client, {}); },
      boost::asio::detached);
  EXPECT_TRUE(world.timers.run_until([&] { return out.has_value(); }));
  return out.value_or(Installation());
}

TEST(Definitions, AreInstalledOnceAndBroughtUpToDate) {
  SmallWorld world;
  std::map<std::string, Value> stored;
  int writes = 0;
  world.server.answer = [&](const Asked& one) {
    const auto path = one.target.substr(0, one.target.find('?'));
    if (one.method == "PATCH") {
      EXPECT_NE(one.target.find("force=true"), std::string::npos);
      ++writes;
      stored[path] = one.body;
      stored[path].set("status", SmallWorld::json(R"({"conditions":[{"type":"Established","status":"True"}]})"));
    }
    const auto found = stored.find(path);
    if (found == stored.end()) return SmallServer::failure(404, "NotFound");
    return net::Reply::json(200, data::format_json(found->second));
  };
  const auto root = std::string("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/");
  stored[root + "webhooks.devops.kubesphere.io"] =
      SmallWorld::json(R"({"spec":{"versions":[{"name":"v1alpha3","served":true}]}})");
  auto done = install(world);
  EXPECT_EQ(done.made.size(), 13u);
  EXPECT_EQ(done.foreign, std::vector<std::string>{"webhooks.devops.kubesphere.io"});
  EXPECT_TRUE(done.problems.empty()) << done.problems[0];
  done = install(world);
  EXPECT_EQ(writes, 13) << "what is there is not written again";
  EXPECT_TRUE(done.made.empty() && done.changed.empty());
  objects::set_annotation(stored[root + "pipelines.devops.kubesphere.io"], kFingerprint, "of an older program");
  done = install(world);
  EXPECT_EQ(done.changed, std::vector<std::string>{"pipelines.devops.kubesphere.io"});
}

TEST(Definitions, WhoMayNotInstallThemIsToldTheCommandOnce) {
  SmallWorld world;
  world.server.answer = [&](const Asked& one) {
    return SmallServer::failure(one.method == "GET" && one.target.find("apiext") != std::string::npos ? 404 : 403,
                                one.method == "GET" ? "NotFound" : "Forbidden");
  };
  const auto done = install(world);
  ASSERT_EQ(done.problems.size(), 1u);
  EXPECT_NE(done.problems[0].find("windlass cluster crds | kubectl apply -f -"), std::string::npos);
}

}  // namespace
}  // namespace windlass::cluster
