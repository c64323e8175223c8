#include "data/xml_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace windlass::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kShop = R"(<shop open="yes">
  <book id="1"><title lang="en">One</title><price>10</price></book>
  <book id="2"><title lang="de">Zwei</title><price>20</price></book>
  <shelf><book id="3"><title>Three</title></book><x:note>n</x:note></shelf>
</shop>)";

std::vector<std::string> texts(std::string_view path, std::size_t most = 1000) {
  static const auto kRoot = parse_xml(kShop).value();
  std::vector<std::string> out;
  for (const auto& [node, attribute] : find_xml_path(kRoot, path, most).value()) {
    out.push_back(attribute != nullptr ? attribute->value : node->is_text() ? node->text : node->content());
  }
  return out;
}

TEST(XmlPath, NamesLeadDown) {
  EXPECT_THAT(texts("/shop/book/title"), ElementsAre("One", "Zwei"));
  EXPECT_THAT(texts("shop/book/price"), ElementsAre("10", "20"));
  EXPECT_THAT(texts("/shop/*/title"), ElementsAre("One", "Zwei"));
  EXPECT_THAT(texts("/shop/shelf/x:note"), ElementsAre("n"));
  EXPECT_THAT(texts("/shop/./book/title/text()"), ElementsAre("One", "Zwei"));
  EXPECT_THAT(texts("/book"), IsEmpty());
  EXPECT_THAT(texts("/"), testing::SizeIs(1));
}

TEST(XmlPath, AnyDepthGivesEachOnceInOrder) {
  EXPECT_THAT(texts("//title"), ElementsAre("One", "Zwei", "Three"));
  EXPECT_THAT(texts("//shop//book//title"), ElementsAre("One", "Zwei", "Three"));
  EXPECT_THAT(texts("//*//title"), ElementsAre("One", "Zwei", "Three"));
  EXPECT_THAT(texts("/shop//book[1]/title"), ElementsAre("One", "Three"));
  EXPECT_THAT(texts("//title", 2), ElementsAre("One", "Zwei"));
  const auto root = parse_xml("<r><x><t>1</t></x><t>2</t><x><t>3</t></x></r>").value();
  std::string order;
  for (const auto& match : find_xml_path(root, "//t").value()) order += match.node->content();
  EXPECT_EQ(order, "123");
}

TEST(XmlPath, AttributesAreValues) {
  EXPECT_THAT(texts("/shop/@open"), ElementsAre("yes"));
  EXPECT_THAT(texts("//book/@id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(texts("//title/@*"), ElementsAre("en", "de"));
  EXPECT_THAT(texts("/shop/@closed"), IsEmpty());
}

TEST(XmlPath, Conditions) {
  EXPECT_THAT(texts("/shop/book[2]/title"), ElementsAre("Zwei"));
  EXPECT_THAT(texts("/shop/book[last()]/title"), ElementsAre("Zwei"));
  EXPECT_THAT(texts("//book[@id='3']/title"), ElementsAre("Three"));
  EXPECT_THAT(texts("//title[@lang]"), ElementsAre("One", "Zwei"));
  EXPECT_THAT(texts("//book[price = \"20\"]/title"), ElementsAre("Zwei"));
  EXPECT_THAT(texts("//book[price][2]/title"), ElementsAre("Zwei"));
  EXPECT_THAT(texts("/shop[@open='no']/book"), IsEmpty());
  EXPECT_THAT(texts("/shop[1]/book[3]"), IsEmpty());
}

TEST(XmlPath, WhatIsNoneIsSaid) {
  const auto root = parse_xml("<a/>").value();
  for (const std::string_view path :
       {"", " ", "//", "/a/", "/a[", "/a[1", "/a[@]", "/a[b=]", "/a[b='x]", "/a/..", "/a/@b/c", "count(/a)",
        "/a/parent::b", "/a[position()=1]", "/a b", "/@", "/a|/b"}) {
    const auto found = find_xml_path(root, path);
    ASSERT_FALSE(found) << path;
    EXPECT_EQ(found.error().kind, ErrorKind::invalid) << path;
    EXPECT_THAT(found.error().message, HasSubstr("no path that is known here"));
  }
}

TEST(XmlPath, ADeepDocumentTakesNoLongerThanItIsLarge) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "<a>";
  for (int i = 0; i < 400; ++i) text += "</a>";
  const auto root = parse_xml(text).value();
  std::string path;
  for (int i = 0; i < 50; ++i) path += "//a";
  EXPECT_EQ(find_xml_path(root, path).value().size(), 351U);
}

}  // namespace
}  // namespace windlass::data
