#include "data/yaml.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "data/json.h"

namespace windlass::data {
namespace {

std::string json_of(std::string_view text, YamlDialect dialect = YamlDialect::snake) {
  auto parsed = parse_yaml_documents(text, {.dialect = dialect});
  if (!parsed) return parsed.error().message;
  std::string out;
  for (const auto& document : *parsed) out += (out.empty() ? "" : " | ") + format_json(document);
  return out;
}

TEST(Yaml, PlainWordsOfTheSnakeDialect) {
  struct Case {
    const char* text;
    Value value;
  };
  const Case cases[] = {
      {"1", 1},
      {"-1", -1},
      {"+1", 1},
      {"017", 15},
      {"018", "018"},
      {"08", "08"},
      {"00", 0},
      {"-017", -15},
      {"0o17", "0o17"},
      {"0x1F", 31},
      {"0b101", 5},
      {"0x", "0x"},
      {"1_000", 1000},
      {"1_", 1},
      {"0_", "0_"},
      {"_1", "_1"},
      {"12:30", 750},
      {"12:30:45", 45045},
      {"-12:30", -750},
      {"1:60", "1:60"},
      {"0:0", "0:0"},
      {"1:2:3:4", 223384},
      {"190:20:30.15", 685230.15},
      {"1.5", 1.5},
      {"1e3", 1000.0},
      {"1.", 1.0},
      {"0.", 0.0},
      {"-.5", -0.5},
      {"+.5", 0.5},
      {"._1", 0.1},
      {"1.e5", 100000.0},
      {".e5", ".e5"},
      {"1.2.3", "1.2.3"},
      {"1_000.5", 1000.5},
      {".inf", std::numeric_limits<double>::infinity()},
      {"-.Inf", -std::numeric_limits<double>::infinity()},
      {".NaN", NAN},
      {"1e400", std::numeric_limits<double>::infinity()},
      {"yes", true},
      {"Off", false},
      {"yEs", "yEs"},
      {"y", "y"},
      {"Null", nullptr},
      {"~", nullptr},
      {"nULL", "nULL"},
      {"2147483648", 2147483648L},
      {"9223372036854775808", Value::big_integer("9223372036854775808")},
      {"0xffffffffffffffff", Value::big_integer("18446744073709551615")},
      {"2001-1-1", "2001-1-1"},
      {"!!str 1", "1"},
      {"!!int \"1\"", 1},
      {"!!float 1", 1.0},
      {"!!bool yes", true},
      {"!!binary aGk=", Value::bytes("hi")},
      {"! x", "x"},
      {"=", "="},
  };
  for (const auto& c : cases) {
    auto parsed = parse_yaml(c.text);
    ASSERT_TRUE(parsed) << c.text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, c.value) << c.text << " gave " << format_json(*parsed);
  }
}

TEST(Yaml, DatesKeepTheirTextAndTime) {
  const std::pair<const char*, std::int64_t> cases[] = {{"2001-12-14", 1008288000000},
                                                        {"2001-12-14t21:59:43.10-05:00", 1008385183100},
                                                        {"2001-12-14 21:59:43.10 -5", 1008385183100},
                                                        {"2001-12-15 2:59:43.10", 1008385183100}};
  for (const auto& [text, millis] : cases) {
    const Value date = parse_yaml(text).value();
    EXPECT_EQ(date.class_name(), "java.util.Date");
    EXPECT_EQ(date.get_string("text"), text);
    EXPECT_EQ(date.get_int("millis"), millis) << text;
  }
  EXPECT_EQ(format_yaml(parse_yaml("a: 1970-01-01").value()), "a: 1970-01-01T00:00:00Z\n");
}

TEST(Yaml, OtherDialects) {
  EXPECT_EQ(json_of("[yes, y, N, 017, 0o17, 1_000, 12:30:45, 2001-12-14, 0x1F, 1e3]", YamlDialect::k8s),
            R"([true,true,false,15,15,1000,"12:30:45","2001-12-14",31,1000.0])");
  EXPECT_EQ(json_of("{on: 1, a: 2, a: 3}", YamlDialect::k8s), R"({"true":1,"a":3})");
  EXPECT_EQ(json_of("[yes, true, 017, 0o17, 1_000, 12:30, ~, 0x1F, 1.5]", YamlDialect::strict),
            R"(["yes",true,17,15,"1_000","12:30",null,31,1.5])");
  EXPECT_EQ(json_of("a: 1\na: 2", YamlDialect::strict), "YAML, line 2, column 1: the key 'a' is given twice");
  EXPECT_EQ(json_of("<<: {a: 1}", YamlDialect::strict), R"({"<<":{"a":1}})");
}

TEST(Yaml, MergesAliasesAndKeys) {
  EXPECT_EQ(json_of("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2"), R"({"a":{"k":1},"b":{"k":1,"l":2}})");
  EXPECT_EQ(json_of("b:\n  <<: [{k: 1, m: 3}, {k: 2, n: 4}]\n  k: 9"), R"({"b":{"k":9,"m":3,"n":4}})");
  EXPECT_EQ(json_of("{1: a, true: b, ~: c, 1.5: d, [x]: e, off: f}"),
            R"({"1":"a","true":"b","null":"c","1.5":"d","[\"x\"]":"e","false":"f"})");
  EXPECT_EQ(json_of("b:\n  <<: 5").substr(0, 27), "YAML, line 2, column 7: exp");
  EXPECT_EQ(json_of("a: *nope"), "YAML, line 1, column 4: found undefined alias nope");
  EXPECT_EQ(json_of("a: &a [*a]"), "YAML, line 1, column 8: the alias *a stands inside of what it names");
  EXPECT_EQ(json_of("--- &a x\n--- *a\n").substr(0, 14), "YAML, line 2, ");
  EXPECT_EQ(json_of("!!set {a, b}"), R"(["a","b"])");
  EXPECT_EQ(json_of("!!omap [a: 1, b: 2]"), R"({"a":1,"b":2})");
  EXPECT_EQ(json_of("!!pairs [a: 1, a: 2]"), R"([["a",1],["a",2]])");
}

TEST(Yaml, DocumentsAndErrors) {
  EXPECT_EQ(json_of("---\na\n---\nb\n..."), R"("a" | "b")");
  EXPECT_EQ(json_of(""), "");
  EXPECT_EQ(json_of("---\n---\n"), "null | null");
  EXPECT_TRUE(parse_yaml("#c").value().is_null());
  EXPECT_FALSE(parse_yaml("--- 1\n--- 2\n"));
  EXPECT_EQ(json_of("a: b: c"), "YAML, line 1, column 5: mapping values are not allowed in this context");
  EXPECT_EQ(
      json_of("{a"),
      "YAML, line 2, column 1: did not find expected ',' or '}' while parsing a flow mapping that starts on line 1");
}

TEST(Yaml, T31ForeignTagsAreRefused) {
  EXPECT_EQ(json_of("a: !!java.io.File [x]"),
            "YAML, line 1, column 4: the tag !!java.io.File is not supported; only YAML's own types may be named");
  EXPECT_EQ(json_of("!foo x").substr(0, 40), "YAML, line 1, column 1: the tag !foo is ");
  for (const char* text : {"!!python/object/apply:os.system [x]", "!!javax.script.ScriptEngineManager {}", "!<x> y",
                           "!!int abc", "!!binary '*'", "!!set [a]", "!!omap [1]"}) {
    EXPECT_FALSE(parse_yaml(text)) << text;
  }
}

TEST(Yaml, T28BillionLaughsAndDepthAreBounded) {
  std::string laughs = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) laughs += (k > 0 ? "," : "") + previous;
    laughs += "]\n";
  }
  EXPECT_EQ(parse_yaml(laughs).error().kind, ErrorKind::exhausted);
  std::string wide = "a: &a " + std::string(1'000'000, 'x') + "\nb: [";
  for (int i = 0; i < 200; ++i) wide += "*a,";
  EXPECT_EQ(parse_yaml(wide + "]").error().kind, ErrorKind::exhausted);
  EXPECT_FALSE(parse_yaml(std::string(600, '[')));
  EXPECT_FALSE(parse_yaml(std::string(100'000, '[')));
  std::string nested;
  for (int i = 0; i < 600; ++i) nested += "- ";
  EXPECT_EQ(parse_yaml(nested + "x").error().kind, ErrorKind::exhausted);
  EXPECT_EQ(parse_yaml("abc", {.max_bytes = 2}).error().kind, ErrorKind::exhausted);
}

TEST(Yaml, WritesAsSnakeYamlDoes) {
  EXPECT_EQ(format_yaml(
                parse_yaml(
                    "{a: 1, b: [x, y], c: {}, d: [], e: {f: {g: 1}}, h: [[1, 2], [3]], i: [{a: 1, b: 2}, {c: {d: 1}}]}")
                    .value()),
            "a: 1\nb:\n- x\n- y\nc: {}\nd: []\ne:\n  f:\n    g: 1\nh:\n- - 1\n  - 2\n- - 3\ni:\n- a: 1\n  b: 2\n- c:\n "
            "   d: 1\n");
  const std::pair<Value, const char*> roots[] = {{"abc", "abc\n"},       {1, "1\n"},
                                                 {nullptr, "null\n"},    {Value::list(), "[]\n"},
                                                 {Value::map(), "{}\n"}, {"a\nb", "|-\n  a\n  b\n"},
                                                 {"yes", "'yes'\n"}};
  for (const auto& [value, text] : roots) EXPECT_EQ(format_yaml(value), text);
  EXPECT_EQ(format_yaml_documents({Value::map_of("a", 1), Value::list_of(2), "x", Value::list()}),
            "a: 1\n---\n- 2\n--- x\n--- []\n");
}

TEST(Yaml, QuotesAsSnakeYamlDoes) {
  struct Case {
    std::string text;
    const char* written;
  };
  const Case cases[] = {{"", "''"},
                        {" ", "' '"},
                        {"a b", "a b"},
                        {"yes", "'yes'"},
                        {"y", "y"},
                        {"~", "'~'"},
                        {"1", "'1'"},
                        {"018", "018"},
                        {"12:30", "'12:30'"},
                        {"2001-12-14", "'2001-12-14'"},
                        {"-", "'-'"},
                        {"- a", "'- a'"},
                        {"a: b", "'a: b'"},
                        {"a:", "'a:'"},
                        {"a :b", "a :b"},
                        {":a", ":a"},
                        {"#a", "'#a'"},
                        {"a #b", "'a #b'"},
                        {"a#b", "a#b"},
                        {"@a", "'@a'"},
                        {"!a", "'!a'"},
                        {"*a", "'*a'"},
                        {"?", "'?'"},
                        {"?a", "?a"},
                        {"-a", "-a"},
                        {"---", "'---'"},
                        {"...", "'...'"},
                        {",a", "',a'"},
                        {"a,b", "a,b"},
                        {"[a", "'[a'"},
                        {"a]", "a]"},
                        {"\"a", "'\"a'"},
                        {"'a", "'''a'"},
                        {"it's", "it's"},
                        {"a\\b", "a\\b"},
                        {"=", "="},
                        {"<<", "'<<'"},
                        {".", "."},
                        {"0o17", "0o17"},
                        {"é", "é"},
                        {"😀", "😀"},
                        {std::string("a\0b", 3), "!!binary |-\n  YQBi"},
                        {"\u00a0", "\u00a0"},
                        {"a\tb", "\"a\\tb\""},
                        {" a", "' a'"},
                        {"a ", "'a '"},
                        {"a\nb", "|-\n  a\n  b"},
                        {"a\nb\n", "|\n  a\n  b"},
                        {"a\n\nb", "|-\n  a\n\n  b"},
                        {"\na", "|2-\n\n  a"},
                        {"a\n", "|\n  a"},
                        {"\n", "|2+\n"},
                        {"a \nb", "\"a \\nb\""},
                        {"a\r\nb", "\"a\\r\\nb\""},
                        {"  a\n b", "|2-\n    a\n   b"},
                        {"a: b\nc", "|-\n  a: b\n  c"},
                        {"1:60", "1:60"},
                        {"1,000", "1,000"},
                        {"a'b: c", "'a''b: c'"},
                        {"\x7f", "!!binary |-\n  fw=="},
                        {"https://x.y/z", "https://x.y/z"},
                        {"0.1e5", "'0.1e5'"}};
  for (const auto& c : cases) EXPECT_EQ(format_yaml(Value::list_of(c.text)), std::string("- ") + c.written + "\n");
}

TEST(Yaml, NumbersKeysAndFoldsAsSnakeYamlDoes) {
  EXPECT_EQ(format_yaml(Value::list_of(1, 2147483648L, 1.5, 1e10, Value::decimal("1.50"), Value::decimal("1E+3"), NAN,
                                       INFINITY, true)),
            "- 1\n- 2147483648\n- 1.5\n- 1.0E10\n- 1.50\n- 1E+3\n- .NaN\n- .inf\n- true\n");
  const std::string long_key(130, 'k');
  EXPECT_EQ(format_yaml(Value::map_of("yes", 1, "", 4, "a\nb", 8, long_key, 9, "a: b", 10)),
            "'yes': 1\n? ''\n: 4\n? |-\n  a\n  b\n: 8\n? " + long_key + "\n: 9\n'a: b': 10\n");
  EXPECT_EQ(format_yaml(Value::map_of("a", "x\ny\n", "b", Value::list_of("x\ny", "z"), "c",
                                      Value::list_of(Value::map_of("d", "line1\nline2\n\n", "e", "a\n\n b")))),
            "a: |\n  x\n  y\nb:\n- |-\n  x\n  y\n- z\nc:\n- d: |+\n    line1\n    line2\n\n  e: |-\n    a\n\n     b\n");
  std::string words;
  for (int i = 0; i < 40; ++i) words += i > 0 ? " word" : "word";
  const std::string sixteen = "word word word word word word word word word word word word word word word word";
  EXPECT_EQ(format_yaml(Value::map_of("k", words)),
            "k: " + sixteen + "\n  " + sixteen + "\n  word word word word word word word word\n");
  EXPECT_EQ(format_yaml(Value::map_of("q", "it's: " + words)).substr(0, 94),
            "q: 'it''s: " + sixteen.substr(0, 74) + "\n  word w");
  EXPECT_EQ(format_yaml(Value::map_of("a", Value::bytes("hi"))), "a: !!binary |-\n  aGk=\n");
}

TEST(Yaml, WhatIsWrittenReadsBack) {
  const Value value =
      Value::map_of("text", "a: b\n c\n", "list",
                    Value::list_of("", " x", "y\t", "- z", "1", "true", "multi\n\n\nline", "\xef\xbb\xbf"), "k\ny",
                    Value::map_of("", Value::list_of(Value::list_of(1, Value::map())), "d", 1.5), "n", nullptr);
  EXPECT_EQ(parse_yaml(format_yaml(value)).value(), value) << format_yaml(value);
}

TEST(Yaml, KeysMayStayWhatTheyAre) {
  const auto read = [](std::string_view text) { return parse_yaml(text, {.typed_keys = true}).value(); };
  const auto keyed = [](Value::List pairs) {
    return Value::object(std::string(kKeyedMap), Value::map_of("entries", Value(std::move(pairs))).members());
  };
  EXPECT_EQ(read("a: 1\n'2': 3\n"), Value::map_of("a", 1, "2", 3));
  EXPECT_EQ(read("1: a\n'1': b\n1: c\n"), keyed({Value::list_of(1, "c"), Value::list_of("1", "b")}));
  EXPECT_EQ(read("x: {true: 1, ~: 2, 1.5: 3}\n"),
            Value::map_of("x", keyed({Value::list_of(true, 1), Value::list_of(nullptr, 2), Value::list_of(1.5, 3)})));
  EXPECT_EQ(read("a: &x {1: one, 2: two}\nb: {<<: *x, 2: zwei}\n").find("b")->find("entries")->items(),
            (Value::List{Value::list_of(1, "one"), Value::list_of(2, "zwei")}));
  EXPECT_EQ(read("? [1, 2]\n: a\n"), keyed({Value::list_of(Value::list_of(1, 2), "a")}));
  EXPECT_EQ(read("!!set {1, b}"), Value::list_of(1, "b"));
  for (const char* text : {"1: a\n'1': b\n", "x:\n  true: 1\n  null: 2\n  '3': 4\n", "? [1, {a: 2}]\n: 3\n"}) {
    EXPECT_EQ(format_yaml(read(text)), text);
  }
  YamlStyle automatic;
  automatic.flow = YamlFlow::automatic;
  EXPECT_EQ(format_yaml(read("1: a\n"), automatic), "{1: a}\n");
}

TEST(Yaml, WhatStandsInSeveralPlacesIsAnchored) {
  const auto first = [](int id, Value value) {
    return Value::object(std::string(kSharedNode), Value::map_of("id", id, "value", std::move(value)).members());
  };
  const auto again = [](int id) { return Value::object(std::string(kSharedNode), Value::map_of("id", id).members()); };
  const Value value = Value::map_of("x", first(1, Value::list_of(1, 2)), "y",
                                    Value::list_of(again(1), first(12, Value::map_of("k", 1)), again(12)));
  EXPECT_EQ(format_yaml(value), "x: &id001\n- 1\n- 2\ny:\n- *id001\n- &id012\n  k: 1\n- *id012\n");
  YamlStyle flow;
  flow.flow = YamlFlow::flow;
  EXPECT_EQ(format_yaml(value, flow), "{x: &id001 [1, 2], y: [*id001, &id012 {k: 1}, *id012]}\n");
  const Value itself = first(1, Value::list_of(again(1)));
  EXPECT_EQ(format_yaml_documents({itself, itself}), "&id001\n- *id001\n--- &id001\n- *id001\n");
}

TEST(Yaml, WordsMayStayAsWritten) {
  YamlParseOptions options;
  options.words_as_written = true;
  EXPECT_EQ(parse_yaml("{a: 1.20, b: yes, c: 0400, d: 12:30, e: ~, f: !!int 7, y: 'x'}", options).value(),
            Value::map_of("a", "1.20", "b", "yes", "c", "0400", "d", "12:30", "e", nullptr, "f", 7, "y", "x"));
  EXPECT_EQ(parse_yaml("a: &x {k: 1}\nb: {<<: *x}\n", options).value().find("b")->get_string("k"), "1");
}

TEST(Yaml, PlacesOfMembers) {
  std::vector<YamlPlace> places;
  YamlParseOptions options;
  options.places = &places;
  ASSERT_TRUE(parse_yaml("a:\n  b:\n  - c: 1\n  - {d: 2, e: [{f: 3}]}\ng: x\n", options));
  std::string all;
  for (const auto& one : places)
    all += one.path + " " + std::to_string(one.line) + ":" + std::to_string(one.column) + ", ";
  EXPECT_EQ(all, "a 1:1, a.b 2:3, a.b[0].c 3:5, a.b[1].d 4:6, a.b[1].e 4:12, a.b[1].e[0].f 4:17, g 5:1, ");
}

}  // namespace
}  // namespace windlass::data
