// Tests of the small text readers: CSV, TOML, manifest.
#include <gtest/gtest.h>

#include "data/csv.h"
#include "data/json.h"
#include "data/manifest.h"
#include "data/toml.h"

namespace windlass::data {
namespace {

using Records = std::vector<CsvRecord>;

TEST(Csv, ReadsAsCommonsCsvDoes) {
  const std::pair<std::string_view, Records> cases[] = {
      {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"a,b\n\nc", {{"a", "b"}, {"c"}}},
      {"a,\"b \"\"q\"\" c\",d", {{"a", "b \"q\" c", "d"}}},
      {"\"a\nb\",c", {{"a\nb", "c"}}},
      {"\"a\" ,b", {{"a", "b"}}},
      {" \"a\",b", {{" \"a\"", "b"}}},
      {"a,", {{"a", ""}}},
      {"", {}},
      {",", {{"", ""}}},
      {"\n", {}},
      {"\"\"", {{""}}},
      {"a\"b,c", {{"a\"b", "c"}}},
      {"a\rb", {{"a"}, {"b"}}},
      {"a,b\r", {{"a", "b"}}},
      {"#c\nd", {{"#c"}, {"d"}}},
  };
  for (const auto& [text, records] : cases) EXPECT_EQ(parse_csv(text).value(), records) << text;
  EXPECT_EQ(parse_csv("x\na,\"b\"x").error().message,
            "CSV, line 2: text follows a closing quote; double the quotes inside of a field");
  EXPECT_FALSE(parse_csv("\"a"));
  EXPECT_EQ(parse_csv("# c\na; 'b;' ", {.delimiter = ';', .quote = '\'', .comment = '#', .trim = true}).value(),
            (Records{{"a", "b;"}}));
  EXPECT_EQ(parse_csv("a,b,c", {}, {.max_fields = 2}).error().kind, ErrorKind::exhausted);
}

TEST(Csv, WritesAsCommonsCsvDoes) {
  const std::pair<CsvRecord, const char*> cases[] = {{{"a", "b"}, "a,b\r\n"},
                                                     {{"", ""}, "\"\",\r\n"},
                                                     {{""}, "\"\"\r\n"},
                                                     {{"a,b", "c\"d"}, "\"a,b\",\"c\"\"d\"\r\n"},
                                                     {{"a\nb"}, "\"a\nb\"\r\n"},
                                                     {{" a", "b "}, "\" a\",\"b \"\r\n"},
                                                     {{"#a", "b"}, "\"#a\",b\r\n"},
                                                     {{"x", ""}, "x,\r\n"},
                                                     {{"é", "1"}, "é,1\r\n"},
                                                     {{"a\tb"}, "a\tb\r\n"},
                                                     {{"-1"}, "-1\r\n"},
                                                     {{"a", " "}, "a,\" \"\r\n"},
                                                     {{"%", "\"a\""}, "%,\"\"\"a\"\"\"\r\n"}};
  for (const auto& [record, text] : cases) EXPECT_EQ(format_csv({record}), text);
}

TEST(Csv, FirstFieldThatLooksLikeAByteOrderMarkSurvives) {
  const Records records = {{"\xEF\xBB\xBFx", "y"}};
  EXPECT_EQ(parse_csv(format_csv(records)).value(), records);
  EXPECT_EQ(parse_csv("\xEF\xBB\xBFx").value(), (Records{{"x"}}));
}

TEST(Manifest, MainEntriesAndContinuations) {
  const Value value = parse_manifest(
                          "Manifest-Version: 1.0\r\nClass-Path: a.jar\r\n  b.jar\r\nEmpty:\r\n\r\nName: com/x/\r\n "
                          "y.class\r\nSHA: 1\r\n\r\n\r\nName: z\r\n")
                          .value();
  EXPECT_EQ(
      format_json(value),
      R"({"main":{"Manifest-Version":"1.0","Class-Path":"a.jar b.jar","Empty":""},"entries":{"com/x/y.class":{"SHA":"1"},"z":{}}})");
  EXPECT_EQ(parse_manifest("A: 1\nnonsense\n").error().message, "manifest, line 2: expected 'Name: value'");
  EXPECT_FALSE(parse_manifest(" x\n"));
  EXPECT_FALSE(parse_manifest("A: 1\n\nB: 2\n"));
  EXPECT_EQ(parse_manifest("A: 1\nB: 2\n", {.max_attributes = 1}).error().kind, ErrorKind::exhausted);
}

std::string toml(std::string_view text) {
  auto parsed = parse_toml(text);
  return parsed ? format_json(*parsed) : parsed.error().message;
}

TEST(Toml, ReadsTheWholeLanguage) {
  EXPECT_EQ(toml("a = 1 # c\nb.c = 'x\\y'\n\"q r\" = \"\\u00e9\\n\"\nt = true\n"),
            R"({"a":1,"b":{"c":"x\\y"},"q r":"é\n","t":true})");
  EXPECT_EQ(toml("[a.b]\nx = 1\n[a]\ny = 2\n[[l]]\nz = 1\n[[l]]\n[l.m]\nw = 3\n"),
            R"({"a":{"b":{"x":1},"y":2},"l":[{"z":1},{"m":{"w":3}}]})");
  EXPECT_EQ(toml("n = [0x1F, 0o17, 0b11, 1_000, +5, -0, 9223372036854775808, 1.5, -1e3, inf, 5e-1]"),
            R"({"n":[31,15,3,1000,5,0,9223372036854775808,1.5,-1000.0,null,0.5]})");
  EXPECT_EQ(toml("d = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5+01:00, 1979-05-27, 07:32:00]"),
            R"({"d":["1979-05-27T07:32:00Z","1979-05-27 07:32:00.5+01:00","1979-05-27","07:32:00"]})");
  EXPECT_EQ(toml("m = \"\"\"\nx\\\n   y \"q\" \"\"\"\"\"\nl = '''a\n'b'''\n"), R"({"m":"xy \"q\" \"\"","l":"a\n'b"})");
  EXPECT_EQ(toml("i = {a = 1, b.c = [1, {d = 2},], e = {}}"), R"({"i":{"a":1,"b":{"c":[1,{"d":2}]},"e":{}}})");
  EXPECT_EQ(toml("a = [ # c\n 1,\r\n 2,\n]\n"), R"({"a":[1,2]})");
}

TEST(Toml, RefusesWithPosition) {
  EXPECT_EQ(toml("a = 1\nb = x\n"), "TOML, line 2, column 5: 'x' is not a value; texts need quotes");
  for (const char* text : {"a = 1\na = 2",
                           "[a]\n[a]",
                           "a = {b = 1}\n[a.c]",
                           "a = 1\n[a]",
                           "[[a]]\n[a]",
                           "a = []\n[[a]]",
                           "a.b = 1\n[a]",
                           "a = 01",
                           "a = 1__0",
                           "a = 1.",
                           "a = .5",
                           "a = \"x",
                           "a = \"\n\"",
                           "= 1",
                           "a =",
                           "a",
                           "[a",
                           "a = 1 b = 2",
                           "a = {b = 1,}",
                           "a = \"\\x\"",
                           "a = \"\\ud800\"",
                           "a = 1979-13-01",
                           "a = 0x",
                           "a = +0x1",
                           "a = \x01",
                           "\xff",
                           "[a]\nb.c = 1\n[a.b]",
                           "a = {b.c = 1, b = 2}",
                           "\"\"\"a\"\"\" = 1",
                           "a = 1e",
                           "a = _1",
                           "a = 1_"}) {
    EXPECT_FALSE(parse_toml(text)) << text;
  }
}

TEST(Toml, T31DepthAndCountAreBounded) {
  EXPECT_EQ(parse_toml("a = " + std::string(100'000, '[')).error().kind, ErrorKind::exhausted);
  std::string dotted = "a";
  for (int i = 0; i < 100'000; ++i) dotted += ".a";
  EXPECT_EQ(parse_toml(dotted + " = 1").error().kind, ErrorKind::exhausted);
  EXPECT_EQ(parse_toml("[" + dotted + "]").error().kind, ErrorKind::exhausted);
  std::string tables = "a = ";
  for (int i = 0; i < 100'000; ++i) tables += "{a=";
  EXPECT_EQ(parse_toml(tables).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(parse_toml("a = [1,2,3]", {.max_values = 3}).error().kind, ErrorKind::exhausted);
}

TEST(Toml, WritesWhatItReads) {
  const Value value = parse_toml(
                          "a = 1\ns = \"x\\ty\\u0001\"\nl = [1, [2]]\n[t]\nf = 1.0\n[t.u]\n\"k k\" = "
                          "1979-05-27\n[[r]]\nx = 1\n[[r]]\ny = 2\n")
                          .value();
  EXPECT_EQ(format_toml(value).value(),
            "a = 1\ns = \"x\\ty\\u0001\"\nl = [1, [2]]\n\n[t]\nf = 1.0\n\n[t.u]\n\"k k\" = \"1979-05-27\"\n\n[[r]]\nx "
            "= 1\n\n[[r]]\ny = 2\n");
  EXPECT_EQ(parse_toml(format_toml(value).value()).value(), value);
  EXPECT_EQ(format_toml(Value::map_of("n", nullptr, "m", Value::list_of(Value::map_of("x", nullptr), 1))).value(),
            "m = [{}, 1]\n");
  EXPECT_FALSE(format_toml(1));
}

}  // namespace
}  // namespace windlass::data
