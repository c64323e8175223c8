#include "objects/patch.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::objects {
namespace {

data::Value json(std::string_view text) {
  auto value = data::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : data::Value();
}
std::string patched(std::string_view document, std::string_view patch) {
  auto out = apply_json_patch(json(document), json(patch));
  return out ? data::format_json(*out) : std::to_string(out.error().code) + " " + out.error().message;
}

TEST(JsonPatch, EveryOperation) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/b","value":[1]},{"op":"add","path":"/b/0","value":0},
      {"op":"add","path":"/b/-","value":2}])"),
            R"({"a":1,"b":[0,1,2]})");
  EXPECT_EQ(patched(R"({"a":{"x~/y":1}})", R"([{"op":"replace","path":"/a/x~0~1y","value":2}])"),
            R"({"a":{"x~/y":2}})");
  EXPECT_EQ(patched(R"({"a":[1,2,3]})", R"([{"op":"remove","path":"/a/1"}])"), R"({"a":[1,3]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"move","from":"/a","path":"/b"}])"), R"({"b":1})");
  EXPECT_EQ(patched(R"({"a":[1]})", R"([{"op":"copy","from":"/a","path":"/b"}])"), R"({"a":[1],"b":[1]})");
  EXPECT_EQ(patched(R"({"a":{"p":1,"q":2}})", R"([{"op":"test","path":"/a","value":{"q":2,"p":1}}])"),
            R"({"a":{"p":1,"q":2}})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":[]}])"), "[]");
}

TEST(JsonPatch, WhatDoesNotFitIsRefusedWhole) {
  EXPECT_TRUE(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])").starts_with("422 "));
  EXPECT_TRUE(patched(R"({"a":1})", R"([{"op":"remove","path":"/b"}])").starts_with("422 "));
  EXPECT_TRUE(patched(R"({"a":[1]})", R"([{"op":"add","path":"/a/5","value":2}])").starts_with("422 "));
  EXPECT_TRUE(patched(R"({"a":[1]})", R"([{"op":"add","path":"/a/01","value":2}])").starts_with("422 "));
  EXPECT_TRUE(patched(R"({"a":1})", R"([{"op":"grow","path":"/a"}])").starts_with("400 "));
  EXPECT_TRUE(patched(R"({"a":1})", R"([{"op":"add","path":"a","value":1}])").starts_with("400 "));
  EXPECT_TRUE(patched(R"({"a":1})", R"([{"op":"add","path":"/a"}])").starts_with("400 "));
  EXPECT_TRUE(patched(R"({"a":{}})", R"([{"op":"move","from":"/a","path":"/a/b"}])").starts_with("400 "));
  EXPECT_TRUE(patched(R"({"a":1})", R"({"op":"add"})").starts_with("400 "));
}

TEST(JsonPatch, CopiesCannotGrowWithoutEnd) {
  std::string patch = "[";
  for (int i = 0; i < 60; ++i) patch += R"({"op":"copy","from":"/a","path":"/a/-"},)";
  patch.back() = ']';
  EXPECT_TRUE(patched(R"({"a":["0123456789012345678901234567890123456789"]})", patch).starts_with("400 "));
}

TEST(MergePatch, NullRemovesAndMapsMerge) {
  EXPECT_EQ(data::format_json(apply_merge_patch(json(R"({"a":{"b":1,"c":2},"d":[1]})"),
                                                json(R"({"a":{"b":null,"e":{"f":null}},"d":[2]})"))),
            R"({"a":{"c":2,"e":{}},"d":[2]})");
}

TEST(StrategicPatch, ListsOfMapsMergeByTheirKeys) {
  auto out = apply_strategic_patch(
      json(
          R"({"metadata":{"finalizers":["a","b"],"ownerReferences":[{"uid":"1","name":"x"},{"uid":"2","name":"y"}]}})"),
      json(R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"],
               "ownerReferences":[{"uid":"1","name":"z"},{"uid":"2","$patch":"delete"},{"uid":"3","name":"n"}]}})"));
  ASSERT_TRUE(out);
  EXPECT_EQ(
      data::format_json(*out),
      R"({"metadata":{"finalizers":["b","c"],"ownerReferences":[{"uid":"1","name":"z"},{"uid":"3","name":"n"}]}})");
}

TEST(StrategicPatch, Directives) {
  EXPECT_EQ(data::format_json(*apply_strategic_patch(json(R"({"a":{"x":1},"b":2})"),
                                                     json(R"({"a":{"$patch":"replace","y":2},"b":null})"))),
            R"({"a":{"y":2}})");
  EXPECT_EQ(data::format_json(*apply_strategic_patch(json(R"({"a":{"x":1,"y":2}})"),
                                                     json(R"({"a":{"$retainKeys":["y","z"],"z":3}})"))),
            R"({"a":{"y":2,"z":3}})");
}

}  // namespace
}  // namespace windlass::objects
