#include "data/json_path.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::data {
namespace {

std::string found(const char* document, const char* path) {
  const auto value = parse_json(document).value();
  const auto matches = find_json_path(value, path);
  if (!matches) return "! " + matches.error().message;
  std::string out;
  for (const auto* one : matches->values) out += (out.empty() ? "" : " ") + format_json(*one);
  return out;
}

TEST(JsonPath, WhatTriggersAreWrittenWith) {
  constexpr auto kPush = R"({"ref":"refs/heads/main","repo":{"name":"shop","a.b":1},
                             "commits":[{"id":"x","files":["f","g"]},{"id":"y","files":[]}]})";
  EXPECT_EQ(found(kPush, "$.ref"), R"("refs/heads/main")");
  EXPECT_EQ(found(kPush, "ref"), R"("refs/heads/main")");
  EXPECT_EQ(found(kPush, "$.repo.name"), R"("shop")");
  EXPECT_EQ(found(kPush, "$['repo']['a.b']"), "1");
  EXPECT_EQ(found(kPush, "$.commits[0].id"), R"("x")");
  EXPECT_EQ(found(kPush, "$.commits[-1].id"), R"("y")");
  EXPECT_EQ(found(kPush, "$.commits[*].id"), R"("x" "y")");
  EXPECT_EQ(found(kPush, "$.commits[*].files[*]"), R"("f" "g")");
  EXPECT_EQ(found(kPush, "$..id"), R"("x" "y")");
  EXPECT_EQ(found(kPush, "$..files[1]"), R"("g")");
  EXPECT_EQ(found(kPush, "$.commits[7].id"), "");
  EXPECT_EQ(found(kPush, "$.ref.name"), "");
  EXPECT_EQ(found("[1,2]", "$"), "[1,2]");
}

TEST(JsonPath, WhatIsNoneHasASentence) {
  for (const auto* path : {"$.", "$x", "$[", "$['a", "$[a]", "$.a[?(@.b)]", "$.a[1:2]", "$.[0]"}) {
    EXPECT_TRUE(found("{}", path).starts_with("! ‘")) << path << ": " << found("{}", path);
  }
}

}  // namespace
}  // namespace windlass::data
