#include "objects/schema.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::objects {
namespace {

using data::Value;

Value json(std::string_view text) {
  auto value = data::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Value();
}
const ResourceType& pipelines() { return *find_resource("devops.kubesphere.io", "v1alpha3", "pipelines"); }

std::string problems(std::string_view text) {
  std::string out;
  for (const auto& problem : check_schema(pipelines(), json(text)))
    out += problem.field + ": " + problem.message + "\n";
  return out;
}

TEST(Schema, EveryKindHasOne) {
  for (const auto& type : resource_types()) {
    EXPECT_FALSE(schema_of(type).get_string("description").empty()) << type.kind;
  }
}

TEST(Schema, WhatIsWrongIsNamedByPath) {
  EXPECT_EQ(
      problems(R"({"spec":{"type":"pipeline","pipeline":{"name":"a","parameters":[{"name":"p","type":"string"}]}}})"),
      "");
  EXPECT_EQ(problems(R"({"spec":{}})"), "spec.type: Required value\n");
  EXPECT_EQ(problems(R"({"spec":{"type":"pipeline","pipeline":{"name":7}}})"),
            "spec.pipeline.name: Invalid value: \"integer\": spec.pipeline.name in body must be of type string: "
            "\"integer\"\n");
  EXPECT_EQ(problems(R"({"spec":{"type":"other"}})"),
            "spec.type: Unsupported value: \"other\": supported values: \"pipeline\", \"multi-branch-pipeline\"\n");
  EXPECT_EQ(problems(R"({"spec":{"type":"pipeline","pipeline":{"name":"a","parameters":[{"name":"p"}]}}})"),
            "spec.pipeline.parameters[0].type: Required value\n");
  EXPECT_EQ(problems(R"({"spec":{"type":"pipeline","pipeline":null}})"), "") << "null is as good as absent";
}

TEST(Schema, UnknownFieldsGoAndAreNamed) {
  auto object = json(R"({"apiVersion":"v","kind":"Pipeline","metadata":{"any":1},"extra":1,
                         "spec":{"type":"pipeline","foo":1,"pipeline":{"name":"a","parameters":[{"name":"p","bar":2}]}}})");
  EXPECT_EQ(prune(pipelines(), object),
            (std::vector<std::string>{"extra", "spec.foo", "spec.pipeline.parameters[0].bar"}))
      << data::format_json(object);
  EXPECT_EQ(
      data::format_json(object),
      R"({"apiVersion":"v","kind":"Pipeline","metadata":{"any":1},"spec":{"type":"pipeline","pipeline":{"name":"a",)"
      R"("parameters":[{"name":"p"}]}}})");
  auto run = json(R"({"spec":{"pipelineSpec":{"anything":{"goes":1}}}})");
  EXPECT_TRUE(prune(*find_resource("devops.kubesphere.io", "v1alpha3", "pipelineruns"), run).empty());
}

}  // namespace
}  // namespace windlass::objects
