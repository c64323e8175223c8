#include "controllers/job_facts.h"

#include <gtest/gtest.h>

#include "controllers/downstream.h"

namespace windlass::controllers {
namespace {

using Names = std::vector<std::string>;

TEST(Downstream, NamesMeanWhatTheyMeanInJenkins) {
  EXPECT_EQ(names_meant("p/a", "b"), (Names{"p/b", "b"}));
  EXPECT_EQ(names_meant("p/a", "./b"), (Names{"p/b", "./b"}));
  EXPECT_EQ(names_meant("p/a", "../q/b"), (Names{"q/b", "../q/b"}));
  EXPECT_EQ(names_meant("p/a", "q/b"), (Names{"p/q/b", "q/b"}));
  EXPECT_EQ(names_meant("p/a", "/q/b"), (Names{"q/b"}));
  EXPECT_EQ(names_meant("p/a", "../../b"), (Names{"../../b"}));
  EXPECT_EQ(names_meant("p/a/main", "b"), (Names{"p/a/b", "b"}));
  EXPECT_EQ(names_meant("p/a", ""), (Names{}));
}

TEST(Downstream, AProjectLetsOthersInByName) {
  EXPECT_TRUE(lets_build("a, b", "b"));
  EXPECT_TRUE(lets_build("*", "anybody"));
  EXPECT_FALSE(lets_build("ab", "a"));
  EXPECT_FALSE(lets_build("", ""));
  EXPECT_FALSE(lets_build(" , ", ""));
}

TEST(JobFacts, WhoWaitsForWhom) {
  JobFacts facts;
  runs::JobProperties after;
  after.upstream = {{.projects = {"a", "../p/x"}, .threshold = "UNSTABLE"}};
  facts.set("p/b", after);
  facts.set("q/b", after);
  const Key a{"p", "a"}, x{"p", "x"}, c{"p", "c"};
  EXPECT_EQ(facts.waiting_for(a, "SUCCESS"), (std::vector<Key>{{"p", "b"}}));
  EXPECT_EQ(facts.waiting_for(a, "UNSTABLE").size(), 1u);
  // A name that says the project is heard by pipelines of others, too.
  EXPECT_EQ(facts.waiting_for(x, "SUCCESS"), (std::vector<Key>{{"p", "b"}, {"q", "b"}}));
  EXPECT_TRUE(facts.waiting_for(a, "FAILURE").empty());
  EXPECT_TRUE(facts.waiting_for(c, "SUCCESS").empty());
  facts.set("p/b", {});
  EXPECT_TRUE(facts.waiting_for(a, "SUCCESS").empty());
}

}  // namespace
}  // namespace windlass::controllers
