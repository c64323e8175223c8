#include "engine/run_inputs.h"

#include <gtest/gtest.h>

namespace windlass::engine {
namespace {

TEST(RunInputs, SurviveTheJournalUnchanged) {
  RunInputs in;
  in.script = "echo 'x'";
  in.job = "folder/job";
  in.number = 7;
  in.secret_seed = 0xFEDCBA9876543210ULL;
  in.parameters = {{"A", "1"}, {"B", ""}};
  in.secret_parameters = {"B"};
  in.boolean_parameters = {"A"};
  in.environment = {{"PATH", "/bin"}};
  in.labels = {"linux", "docker"};
  in.nodes = {{"node-1", {"a", "b"}, {{"K", "V"}}}};
  in.libraries = {{"lib", "/l", true}};
  in.tools = {{"maven-3", "/m"}};
  in.credentials = data::Value::list_of(data::Value::map_of("id", "c"));
  in.scm = ScmInput{.folder = "/p", .commit = "abc", .branch = "main"};
  in.restart_stage = "Deploy";
  auto again = run_inputs_from(to_value(in));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_TRUE(to_value(*again) == to_value(in));
  EXPECT_EQ(again->secret_seed, in.secret_seed);
  EXPECT_EQ(again->scm->branch, "main");
  EXPECT_FALSE(run_inputs_from(data::Value("text")));
}

}  // namespace
}  // namespace windlass::engine
