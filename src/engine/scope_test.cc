#include "engine/scope.h"

#include <gtest/gtest.h>

namespace windlass::engine {
namespace {

TEST(Scope, OverridesReferToEarlierOnesAndPathPlusPrepends) {
  Environment env{{"PATH", "/bin"}, {"A", "1"}};
  apply_overrides(env, {"B=${A}2", "PATH+MAVEN=/m/bin", "C=$B-$$x-$NOPE", "broken"});
  EXPECT_EQ(env["B"], "12");
  EXPECT_EQ(env["PATH"], "/m/bin:/bin");
  EXPECT_EQ(env["C"], "12-$x-$NOPE");
  EXPECT_FALSE(env.contains("broken"));
}

TEST(Scope, BlocksWinOverAssignedVariablesAndInnermostWins) {
  auto outer = std::make_shared<Scope>();
  outer->overrides = {"X=outer", "Y=outer"};
  Scope inner;
  inner.outer = outer;
  inner.overrides = {"X=inner"};
  auto env = environment_of(&inner, {{"X", "controller"}}, {{"Z", "run"}}, {{"X", "assigned"}, {"Z", "assigned"}});
  EXPECT_EQ(env["X"], "inner");
  EXPECT_EQ(env["Y"], "outer");
  EXPECT_EQ(env["Z"], "assigned");
}

TEST(Scope, WorkingFolderJoinsDirsUpToTheWorkspace) {
  auto node = std::make_shared<Scope>();
  node->workspace = "/w/job";
  auto dir = std::make_shared<Scope>();
  dir->outer = node;
  dir->cwd = "a";
  Scope deeper;
  deeper.outer = dir;
  deeper.cwd = "b";
  EXPECT_EQ(working_folder(&deeper), "/w/job/a/b");
  deeper.cwd = "/abs";
  EXPECT_EQ(working_folder(&deeper), "/abs");
  EXPECT_EQ(working_folder(nullptr), "");
}

}  // namespace
}  // namespace windlass::engine
