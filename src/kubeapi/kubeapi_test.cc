// The pure parts: paths, tables, masks, protobuf bodies.
#include <gtest/gtest.h>

#include "data/json.h"
#include "kubeapi/discovery.h"
#include "kubeapi/protobuf.h"
#include "kubeapi/resource_path.h"
#include "kubeapi/table.h"
#include "objects/secrets.h"
#include "text/codec.h"

namespace windlass::kubeapi {
namespace {

using data::Value;
using objects::mask_secret;
using objects::restore_masked;

Value json(std::string_view text) {
  auto value = data::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Value();
}

TEST(ResourcePath, WhatLeadsWhere) {
  auto path = parse_resource_path(
      {"devops.kubesphere.io", "v1alpha3", "namespaces", "p", "pipelineruns", "r", "status"}, false);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->type->kind, "PipelineRun");
  EXPECT_EQ(path->namespace_, "p");
  EXPECT_EQ(path->subresource, "status");
  path = parse_resource_path({"v1", "namespaces", "p"}, true);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->type->kind, "Namespace");
  EXPECT_EQ(path->name, "p");
  path = parse_resource_path({"v1", "namespaces", "p", "finalize"}, true);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->subresource, "finalize");
  path = parse_resource_path({"v1", "namespaces", "p", "status"}, true);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->type->kind, "Namespace");
  path = parse_resource_path({"devops.kubesphere.io", "v1alpha3", "watch", "devopsprojects"}, false);
  ASSERT_TRUE(path);
  EXPECT_TRUE(path->watch);
  EXPECT_TRUE(parse_resource_path({"v1", "secrets"}, true)) << "of all namespaces";
  EXPECT_FALSE(parse_resource_path({"v1", "secrets", "s"}, true)) << "a name needs its namespace";
  EXPECT_FALSE(parse_resource_path({"v1", "pods"}, true));
  EXPECT_FALSE(parse_resource_path({"v2", "secrets"}, true));
  EXPECT_FALSE(
      parse_resource_path({"devops.kubesphere.io", "v1alpha3", "namespaces", "p", "devopsprojects", "x"}, false));
  EXPECT_FALSE(
      parse_resource_path({"devops.kubesphere.io", "v1alpha3", "namespaces", "p", "pipelines", "x", "status"}, false))
      << "pipelines have no status of their own";
  EXPECT_FALSE(parse_resource_path({"v1", "namespaces", "p", "secrets", "s", "data", "x"}, true));
}

TEST(Table, CellsAndAges) {
  const auto& type = *objects::find_resource("devops.kubesphere.io", "v1alpha3", "pipelineruns");
  const auto run = json(R"({"metadata":{"name":"r","creationTimestamp":"2023-11-14T22:13:20Z",
      "annotations":{"devops.kubesphere.io/jenkins-pipelinerun-id":"7"}},"status":{"phase":"Running"}})");
  const auto table = make_table(type, {run}, TableRows::metadata, 1'700'000'000'000 + 200'000, "9", "", true);
  EXPECT_EQ(data::format_json(*table.find("rows")->items()[0].find("cells")), R"(["r","7","Running","3m20s"])");
  EXPECT_EQ(table.find("columnDefinitions")->size(), 4u);
  EXPECT_EQ(make_table(type, {}, TableRows::none, 0, "", "", false).find("columnDefinitions")->size(), 0u);
}

TEST(Table, DurationsAsKubectlPrintsThem) {
  const std::pair<std::int64_t, const char*> kRows[] = {
      {0, "0s"},        {119, "119s"},  {120, "2m"},     {125, "2m5s"},     {600, "10m"},    {10'800, "3h"},
      {11'100, "3h5m"}, {28'800, "8h"}, {172'800, "2d"}, {176'400, "2d1h"}, {691'200, "8d"}, {63'072'000, "2y"}};
  for (const auto& [seconds, text] : kRows) EXPECT_EQ(human_duration(seconds), text);
}

TEST(Secrets, MaskedOutAndTakenBackUnchanged) {
  const auto stored = json(R"({"metadata":{"name":"s"},"data":{"a":"QQ==","b":"Qg=="}})");
  auto shown = stored;
  shown.find("metadata")
      ->set("annotations", json(R"({"kubectl.kubernetes.io/last-applied-configuration":"{secret}","x":"y"})"));
  mask_secret(shown);
  EXPECT_EQ(data::format_json(shown), R"({"metadata":{"name":"s","annotations":{"x":"y"}},"data":{"a":"","b":""}})");
  auto wanted = shown;
  wanted.find("data")->set("b", "Tg==");
  wanted.find("data")->set("c", "");
  restore_masked(wanted, stored);
  EXPECT_EQ(data::format_json(*wanted.find("data")), R"({"a":"QQ==","b":"Tg==","c":""})");
}

TEST(Protobuf, ASecretAsKubectlSendsIt) {
  // runtime.Unknown{v1 Secret, Secret{metadata{name "s", labels{a: b}}, data{k: 01 02}, type "Opaque"}}
  const std::string meta = std::string("\x0a\x01s\x5a\x06\x0a\x01", 7) +
                           "a\x12\x01"
                           "b";
  const std::string data = std::string("\x0a\x01k\x12\x02\x01\x02", 7);
  const std::string raw = "\x0a" + std::string(1, static_cast<char>(meta.size())) + meta + "\x12" +
                          std::string(1, static_cast<char>(data.size())) + data + "\x1a\x06Opaque";
  const std::string types = "\x0a\x02v1\x12\x06Secret";
  std::string body = std::string("k8s\0", 4) + "\x0a" + std::string(1, static_cast<char>(types.size())) + types +
                     "\x12" + std::string(1, static_cast<char>(raw.size())) + raw;
  auto value = decode_protobuf(body);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(
      data::format_json(*value),
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","labels":{"a":"b"}},"data":{"k":"AQI="},"type":"Opaque"})");
  for (std::size_t size = 0; size < body.size(); ++size) {
    if (size == 4 + 2 + types.size()) continue;  // the message itself may be missing: an empty one
    EXPECT_FALSE(decode_protobuf(std::string_view(body).substr(0, size))) << "cut at " << size;
  }
  EXPECT_EQ(decode_protobuf(std::string("k8s\0\x0a\x07\x12\x05Horse\x12\x00", 15)).error().code, 415);
}

TEST(Discovery, EveryKindIsListedOnce) {
  std::size_t kinds = 0;
  for (const auto& group : group_list().find("groups")->items()) {
    for (const auto& version : group.find("versions")->items()) {
      auto list = resource_list(group.get_string("name"), version.get_string("version"));
      ASSERT_TRUE(list);
      for (const auto& resource : list->find("resources")->items()) {
        if (objects::find_resource(group.get_string("name"), version.get_string("version"),
                                   resource.get_string("name")))
          ++kinds;
      }
    }
  }
  for (const auto& resource : resource_list("", "v1")->find("resources")->items()) {
    if (objects::find_resource("", "v1", resource.get_string("name"))) ++kinds;
  }
  EXPECT_EQ(kinds, objects::resource_types().size());
  EXPECT_FALSE(resource_list("nothing.here", "v1"));
}

}  // namespace
}  // namespace windlass::kubeapi
