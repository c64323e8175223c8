#include "controllers/generic_trigger.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::controllers {
namespace {

data::Value pipeline(const std::string& webhook) {
  const auto object =
      data::parse_json(R"({"metadata":{"name":"a","namespace":"p"},"spec":{"pipeline":{"generic_webhook":)" + webhook +
                       "}}}")
          .value();
  return active_webhook(object, {});
}

TEST(GenericTrigger, TheJenkinsfilesWhereThePipelineHasNone) {
  runs::JobProperties told;
  told.webhook = data::parse_json(R"({"enable":true,"token":"mine","post_variables":[
    {"key":"ref","expression":"$.ref","regexp_filter":"^refs/heads/"},{"key":"none","expression":"$.x","default_value":"d"},
    {"key":"who","expression":"$.commits[*].by"},{"key":"one","expression":"$.commits[0]"},{"key":"n","expression":"$.n"},
    {"key":"xml","expression":"/a/b","expression_type":"XPath"},{"key":"bad","expression":"$["}]})")
                     .value();
  const auto bare =
      data::parse_json(R"({"metadata":{"name":"a"},"spec":{"pipeline":{"generic_webhook":{"enable":false}}}})");
  const auto hook = active_webhook(*bare, told);
  ASSERT_EQ(hook.get_string("token"), "mine");
  const auto body =
      data::parse_json(R"({"ref":"refs/heads/main","n":7,"commits":[{"by":"ann","tags":["a"]},{"by":"bob"}]})").value();
  const auto got = try_trigger(hook, {{}, {}, body});
  const std::map<std::string, std::string> wanted = {{"ref", "main"},
                                                     {"none", "d"},
                                                     {"who", R"(["ann","bob"])"},
                                                     {"who_0", "ann"},
                                                     {"who_1", "bob"},
                                                     {"n", "7"},
                                                     {"one", R"({"by":"ann","tags":["a"]})"},
                                                     {"one_by", "ann"},
                                                     {"one_tags", R"(["a"])"},
                                                     {"one_tags_0", "a"},
                                                     {"xml", ""},
                                                     {"bad", ""}};
  EXPECT_EQ(got.variables, wanted);
  // Its own comes first.
  const auto own =
      data::parse_json(R"({"metadata":{},"spec":{"pipeline":{"generic_webhook":{"enable":true,"token":"t"}}}})");
  EXPECT_EQ(active_webhook(*own, told).get_string("token"), "t");
}

TEST(GenericTrigger, AnXPathLooksIntoABodyOfXml) {
  const auto hook = pipeline(R"--({"enable":true,"token":"t","post_variables":[
    {"key":"ref","expression":"/push/ref","expression_type":"XPath","regexp_filter":"^refs/heads/"},
    {"key":"by","expression":"//commit[1]/@by","expression_type":"XPath"},
    {"key":"c","expression":"/push/commits/commit","expression_type":"XPath"},
    {"key":"none","expression":"/push/none","expression_type":"XPath","default_value":"d"},
    {"key":"bad","expression":"count(/push)","expression_type":"XPath","default_value":"e"},
    {"key":"json","expression":"$.push","default_value":"f"}]})--");
  TriggerRequest request;
  request.text =
      "<push><ref>refs/heads/main</ref><commits>\n"
      "<commit by=\"ann\"><id>1</id></commit>\n<commit by=\"bob\"><the-id>2</the-id></commit>\n</commits></push>";
  auto got = try_trigger(hook, request).variables;
  EXPECT_EQ(got["ref"], "main");
  EXPECT_EQ(got["by"], "ann");
  EXPECT_EQ(got["c"].substr(0, 17), "<commit by=\"ann\">");
  EXPECT_EQ(got["c_0_id"], "1");
  EXPECT_EQ(got["c_1_the_id"], "2");
  EXPECT_EQ(got["none"], "d");
  EXPECT_EQ(got["bad"], "e");
  EXPECT_EQ(got["json"], "f");
  EXPECT_EQ(got.size(), 8U);
  request.text = "<push><ref>";
  EXPECT_EQ(try_trigger(hook, request).variables.at("ref"), "");
}

TEST(GenericTrigger, VariablesComeFromQueryAndHeaders) {
  const auto got = try_trigger(pipeline(R"({"enable":true,"token":"t","cause":"by $who",
      "request_variables":[{"key":"who"},{"key":"ref","regexp_filter":"^refs/heads/"}],
      "header_variables":[{"key":"X-Github-Event"}]})"),
                               {{{"who", "ada"}, {"who", "eve"}, {"ref", "refs/heads/main"}, {"other", "x"}},
                                {{"x-github-event", "push"}, {"Accept", "*/*"}},
                                {}});
  ASSERT_TRUE(got.triggered);
  EXPECT_EQ(got.cause, "by ada");
  const std::map<std::string, std::string> wanted = {{"ref", "main"},
                                                     {"ref_0", "main"},
                                                     {"who", "ada"},
                                                     {"who_0", "ada"},
                                                     {"who_1", "eve"},
                                                     {"x_github_event", "push"},
                                                     {"x_github_event_0", "push"}};
  EXPECT_EQ(got.variables, wanted);
}

TEST(GenericTrigger, AnExpressionDecides) {
  const auto hook = R"({"enable":true,"token":"t","request_variables":[{"key":"ref"}],"filter_text":"${ref} $nothing",
                       "filter_expression":"^(main|dev) "})";
  EXPECT_TRUE(try_trigger(pipeline(hook), {{{"ref", "main"}}, {}, {}}).triggered);
  const auto no = try_trigger(pipeline(hook), {{{"ref", "mainly"}}, {}, {}});
  EXPECT_FALSE(no.triggered);
  EXPECT_EQ(no.text, "mainly $nothing");
  EXPECT_FALSE(try_trigger(pipeline(R"({"enable":true,"token":"t","filter_expression":"("})"), {}).triggered);
}

TEST(GenericTrigger, OffOrWithoutATokenIsNone) {
  EXPECT_TRUE(pipeline(R"({"enable":false,"token":"t"})").is_null());
  EXPECT_TRUE(pipeline(R"({"enable":true,"token":""})").is_null());
  EXPECT_EQ(pipeline(R"({"enable":true,"token":"t"})").get_string("token"), "t");
  EXPECT_TRUE(pipeline("{}").is_null());
}

}  // namespace
}  // namespace windlass::controllers
