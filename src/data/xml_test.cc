#include "data/xml.h"

#include <gtest/gtest.h>

#include "data/junit.h"
#include "data/maven_pom.h"

namespace windlass::data {
namespace {

std::string message(std::string_view text) {
  auto parsed = parse_xml(text);
  return parsed ? "accepted" : parsed.error().message;
}

TEST(Xml, TreeTextAttributesAndPositions) {
  const XmlNode root =
      parse_xml(
          "<?xml version='1.1' encoding='UTF-8'?>\n<a x='1&amp;2'>\n  <b>t<![CDATA[<c>]]>&#xe9;</b>\n  <b/>\n</a>")
          .value();
  EXPECT_EQ(root.name, "a");
  EXPECT_EQ(root.attribute("x"), "1&2");
  EXPECT_EQ(root.attribute("y", "none"), "none");
  ASSERT_EQ(root.children.size(), 2u);
  EXPECT_EQ(root.children[0].content(), "t<c>é");
  EXPECT_EQ(root.children[0].line, 3u);
  EXPECT_EQ(root.children[0].column, 3u);
  EXPECT_EQ(root.find("nope"), nullptr);
  EXPECT_EQ(parse_xml("<a> </a>").value().content(), " ");
  EXPECT_EQ(parse_xml("<?xml version='1.1'?><a>&#x1;</a>").value().content(), "\x01");
}

TEST(Xml, ErrorsSayLineAndColumn) {
  EXPECT_EQ(message("<a>\n <b></c></a>").substr(0, 24), "XML, line 2, column 7: S");
  EXPECT_NE(message("<a/><b/>").find("second root"), std::string::npos);
  for (const char* text : {"", "x", "<a", "<a b=c/>", "</a>", "<!-- only -->", "<a><b></a></b>"}) {
    EXPECT_FALSE(parse_xml(text)) << text;
  }
}

TEST(Xml, T31NoEntityIsExpandedAndNothingOutsideIsRead) {
  const XmlNode root =
      parse_xml("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY l \"lol\">]><a>&x;&l;&lt;</a>").value();
  EXPECT_EQ(root.content(), "&x;&l;<");
}

TEST(Xml, T28DepthNodesAndBytesAreBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_FALSE(parse_xml(deep));
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  EXPECT_EQ(parse_xml(deep).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(parse_xml(deep, {.max_depth = 1'000'000}).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(parse_xml("<a><b/><b/><b/></a>", {.max_nodes = 2}).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(parse_xml("<a/>", {.max_bytes = 3}).error().kind, ErrorKind::exhausted);
}

TEST(Xml, WriterEscapesAndIndents) {
  XmlNode root = XmlNode::element("r");
  root.attributes.push_back({"a", "<\"\n&"});
  root.children.push_back(XmlNode::element("b", "x < y\x01"));
  root.children.push_back(XmlNode::element("c"));
  root.children.back().children.push_back(XmlNode::element("d", "1"));
  EXPECT_EQ(format_xml(root),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r a=\"&lt;&quot;&#10;&amp;\">\n  <b>x &lt; y?</b>\n  <c>\n   "
            " <d>1</d>\n  </c>\n</r>\n");
  EXPECT_EQ(format_xml(parse_xml(format_xml(root)).value()), format_xml(root));
}

TEST(MavenPom, ReadsWhatPipelinesAskFor) {
  const Value pom = parse_maven_pom(R"(<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>
  <artifactId> app </artifactId>
  <version>1.2.3-SNAPSHOT</version>
  <properties><java.version>17</java.version><empty/></properties>
  <modules><module>a</module><module>b</module></modules>
  <dependencies>
    <dependency><groupId>x</groupId><artifactId>y</artifactId><version>${v}</version><scope>test</scope></dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>z</artifactId><extensions>true</extensions>
    <configuration><arg>1</arg><arg>2</arg></configuration></plugin></plugins></build>
</project>)")
                        .value();
  EXPECT_EQ(pom.get_string("version"), "1.2.3-SNAPSHOT");
  EXPECT_EQ(pom.get_string("artifactId"), "app");
  EXPECT_EQ(pom.get_string("packaging"), "jar");
  EXPECT_EQ(pom.find("parent")->get_string("groupId"), "g");
  EXPECT_EQ(*pom.find("properties"), Value::map_of("java.version", "17", "empty", ""));
  EXPECT_EQ(*pom.find("modules"), Value::list_of("a", "b"));
  EXPECT_EQ(pom.find("dependencies")->items()[0].get_string("version"), "${v}");
  const Value& plugin = pom.find("build")->find("plugins")->items()[0];
  EXPECT_EQ(plugin.get_string("extensions"), "true");
  EXPECT_EQ(*plugin.find("configuration"), Value::map_of("arg", Value::list_of("1", "2")));
  EXPECT_EQ(parse_maven_pom(format_maven_pom(pom).value()).value().size(), pom.size());
  const Value back = parse_maven_pom(format_maven_pom(pom).value()).value();
  for (const auto& entry : pom.members()) EXPECT_EQ(*back.find(entry.key), entry.value) << entry.key;
}

TEST(MavenPom, RefusesOthers) {
  EXPECT_EQ(parse_maven_pom("<settings/>").error().message,
            "pom: expected the root element <project>, found <settings>");
  EXPECT_FALSE(format_maven_pom("text"));
  EXPECT_FALSE(format_maven_pom(Value::map_of("properties", Value::map_of("a b", "1"))));
  EXPECT_EQ(parse_maven_pom("<project/>").value().get_string("packaging"), "jar");
}

TEST(Junit, CountsNestedSuitesAndTakesAnyDialect) {
  const TestReport report = parse_junit(R"(<testsuites tests="999">
  <testsuite name="outer" time="1,234.5" timestamp="2020-01-01T00:00:00">
    <testcase classname="c.A" name="ok" time="0.5"/>
    <testcase name="pkg.B.fails"><failure message="expected 1" type="T">trace</failure><system-out>out</system-out></testcase>
    <testcase name="errs"><error>boom</error></testcase>
    <testsuite name="inner" package="p"><testcase name="s"><skipped message="later"/></testcase></testsuite>
    <testsuite name="empty"/>
    <system-err>err</system-err>
  </testsuite>
</testsuites>)")
                                .value();
  EXPECT_EQ(report.total, 4u);
  EXPECT_EQ(report.failed, 2u);
  EXPECT_EQ(report.skipped, 1u);
  EXPECT_EQ(report.passed(), 1u);
  ASSERT_EQ(report.suites.size(), 2u);
  const TestSuite& outer = report.suites[0];
  EXPECT_EQ(outer.seconds, 1234.5);
  EXPECT_EQ(outer.error_output, "err");
  EXPECT_EQ(outer.cases[1].class_name, "pkg.B");
  EXPECT_EQ(outer.cases[1].name, "fails");
  EXPECT_EQ(outer.cases[1].message, "expected 1");
  EXPECT_EQ(outer.cases[1].details, "trace");
  EXPECT_EQ(outer.cases[1].output, "out");
  EXPECT_TRUE(outer.cases[2].is_error);
  EXPECT_EQ(outer.cases[2].class_name, "outer");
  EXPECT_EQ(report.suites[1].name, "p.inner");
  EXPECT_EQ(report.suites[1].cases[0].message, "later");
}

TEST(Junit, SecondsOfAllSorts) {
  const std::pair<const char*, double> cases[] = {
      {"1.5", 1.5}, {"1,234.5", 1234.5}, {"1.234,5", 1234.5}, {"0,125", 0.125}, {"1,234", 1234},
      {"", 0},      {"abc", 0},          {"-1", 0},           {"1e400", 0},     {"NaN", 0}};
  for (const auto& [text, seconds] : cases) EXPECT_EQ(parse_junit_seconds(text), seconds) << text;
}

TEST(Junit, RefusesOthersAndCutsLongTexts) {
  EXPECT_FALSE(parse_junit("<html/>"));
  EXPECT_FALSE(parse_junit("<testsuite>"));
  EXPECT_EQ(parse_junit("<testcase name='x'/>").value().total, 1u);
  JunitOptions options;
  options.max_text = 10;
  const auto report =
      parse_junit("<testsuite><testcase><failure>" + std::string(100, 'x') + "</failure></testcase></testsuite>",
                  options)
          .value();
  EXPECT_EQ(report.suites[0].cases[0].details, "xxxxxxxxxx\n…[90 more bytes]");
}

}  // namespace
}  // namespace windlass::data
