#include "objects/selector.h"

#include <gtest/gtest.h>

namespace windlass::objects {
namespace {

using data::Value;

bool matches(std::string_view text, const Value& labels) {
  auto selector = LabelSelector::parse(text);
  EXPECT_TRUE(selector) << text;
  return selector && selector->matches(&labels);
}

TEST(LabelSelector, EveryOperatorAsKubernetesHasIt) {
  const auto labels = Value::map_of("app", "web", "tier", "front", "empty", "");
  EXPECT_TRUE(matches("", labels));
  EXPECT_TRUE(matches("app=web", labels));
  EXPECT_TRUE(matches("app==web,tier=front", labels));
  EXPECT_FALSE(matches("app!=web", labels));
  EXPECT_TRUE(matches("missing!=x", labels));
  EXPECT_TRUE(matches("app in (api, web)", labels));
  EXPECT_FALSE(matches("app notin (api,web)", labels));
  EXPECT_TRUE(matches("missing notin (a)", labels));
  EXPECT_TRUE(matches("app", labels));
  EXPECT_TRUE(matches("!missing", labels));
  EXPECT_FALSE(matches("!app", labels));
  EXPECT_TRUE(matches("empty=", labels));
  EXPECT_TRUE(matches("empty in (,x)", labels));
  EXPECT_TRUE(matches(" app = web , tier ", labels));
  EXPECT_FALSE(LabelSelector::parse("app=web")->matches(nullptr));
}

TEST(LabelSelector, WrongTextsAreOneSentence) {
  for (const auto* text : {"a=b=c", "a in", "a in (b", "a in b)", "=b", ",", "a,,b", "a b", "!", "-a=b", "a=b c", "a=%",
                           "a/b/c=d", "app in (web) x"}) {
    auto selector = LabelSelector::parse(text);
    ASSERT_FALSE(selector) << text;
    EXPECT_EQ(selector.error().code, 400) << text;
    EXPECT_TRUE(selector.error().message.contains("unable to parse requirement")) << selector.error().message;
  }
  EXPECT_FALSE(LabelSelector::parse(std::string(20000, 'a')));
}

TEST(FieldSelector, PathsIntoTheObject) {
  const auto object =
      Value::map_of("metadata", Value::map_of("name", "x"), "status", Value::map_of("phase", "Running"));
  EXPECT_TRUE(FieldSelector::parse("metadata.name=x,status.phase!=Failed")->matches(object));
  EXPECT_TRUE(FieldSelector::parse("metadata.name==x")->matches(object));
  EXPECT_FALSE(FieldSelector::parse("metadata.name=y")->matches(object));
  EXPECT_TRUE(FieldSelector::parse("metadata.namespace=")->matches(object));
  EXPECT_FALSE(FieldSelector::parse("nonsense"));
  EXPECT_FALSE(FieldSelector::parse("=x"));
}

TEST(Names, DnsRules) {
  EXPECT_EQ(check_dns_subdomain("a.b-c.d"), "");
  EXPECT_NE(check_dns_subdomain("A"), "");
  EXPECT_NE(check_dns_subdomain("a..b"), "");
  EXPECT_NE(check_dns_subdomain("-a"), "");
  EXPECT_NE(check_dns_subdomain(""), "");
  EXPECT_NE(check_dns_subdomain(std::string(254, 'a')), "");
  EXPECT_EQ(check_dns_subdomain(std::string(100, 'a')), "");
  EXPECT_NE(check_dns_label(std::string(64, 'a')), "");
  EXPECT_NE(check_dns_label("a.b"), "");
}

}  // namespace
}  // namespace windlass::objects
