#include "controllers/generic_trigger.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::controllers {
namespace {

data::Value pipeline(const std::string& webhook) {
  return data::parse_json(R"({"metadata":{"name":"a","namespace":"p"},"spec":{"pipeline":{"generic_webhook":)" +
                          webhook + "}}}")
      .value();
}

TEST(GenericTrigger, VariablesComeFromQueryAndHeaders) {
  const auto got = try_trigger(pipeline(R"({"enable":true,"token":"t","cause":"by $who",
      "request_variables":[{"key":"who"},{"key":"ref","regexp_filter":"^refs/heads/"}],
      "header_variables":[{"key":"X-Github-Event"}]})"),
                               {{{"who", "ada"}, {"who", "eve"}, {"ref", "refs/heads/main"}, {"other", "x"}},
                                {{"x-github-event", "push"}, {"Accept", "*/*"}}});
  ASSERT_TRUE(got && got->triggered);
  EXPECT_EQ(got->cause, "by ada");
  const std::map<std::string, std::string> wanted = {{"ref", "main"},
                                                     {"ref_0", "main"},
                                                     {"who", "ada"},
                                                     {"who_0", "ada"},
                                                     {"who_1", "eve"},
                                                     {"x_github_event", "push"},
                                                     {"x_github_event_0", "push"}};
  EXPECT_EQ(got->variables, wanted);
}

TEST(GenericTrigger, AnExpressionDecides) {
  const auto hook = R"({"enable":true,"token":"t","request_variables":[{"key":"ref"}],"filter_text":"${ref} $nothing",
                       "filter_expression":"^(main|dev) "})";
  EXPECT_TRUE(try_trigger(pipeline(hook), {{{"ref", "main"}}, {}})->triggered);
  const auto no = try_trigger(pipeline(hook), {{{"ref", "mainly"}}, {}});
  EXPECT_FALSE(no->triggered);
  EXPECT_EQ(no->text, "mainly $nothing");
  EXPECT_FALSE(try_trigger(pipeline(R"({"enable":true,"token":"t","filter_expression":"("})"), {})->triggered);
}

TEST(GenericTrigger, OffOrWithoutATokenIsNone) {
  EXPECT_FALSE(try_trigger(pipeline(R"({"enable":false,"token":"t"})"), {}));
  EXPECT_FALSE(try_trigger(pipeline(R"({"enable":true,"token":""})"), {}));
  EXPECT_EQ(trigger_token(pipeline(R"({"enable":true,"token":"t"})")), "t");
  EXPECT_EQ(trigger_token(pipeline("{}")), "");
}

}  // namespace
}  // namespace windlass::controllers
