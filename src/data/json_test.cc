#include "data/json.h"

#include <cmath>
#include <gtest/gtest.h>

#include "data/number_text.h"

namespace windlass::data {
namespace {

std::string message(std::string_view text, const JsonParseOptions& options = {}) {
  auto parsed = parse_json(text, options);
  return parsed ? "accepted: " + format_json(*parsed) : parsed.error().message;
}

TEST(Json, NumbersAreTypedAsGroovyTypesThem) {
  struct Case {
    const char* text;
    Value value;
  };
  const Case cases[] = {
      {"1", 1},
      {"-0", 0},
      {"2147483647", 2147483647},
      {"2147483648", 2147483648L},
      {"-2147483648", Value::number(-2147483648L)},
      {"9223372036854775807", 9223372036854775807L},
      {"9223372036854775808", Value::big_integer("9223372036854775808")},
      {"-9223372036854775809", Value::big_integer("-9223372036854775809")},
      {"1.0", Value::decimal("1.0")},
      {"1.50", Value::decimal("1.50")},
      {"1e5", Value::decimal("1E+5")},
      {"-1.5E-10", Value::decimal("-1.5E-10")},
      {"0.00000001", Value::decimal("1E-8")},
      {"0e0", Value::decimal("0")},
      {"-0.0", Value::decimal("0.0")},
      {"123e-2", Value::decimal("1.23")},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_json(c.text).value(), c.value) << c.text;
}

TEST(Json, DoublesHaveJavasText) {
  EXPECT_EQ(format_double(1), "1.0");
  EXPECT_EQ(format_double(1e7), "1.0E7");
  EXPECT_EQ(format_double(9999999), "9999999.0");
  EXPECT_EQ(format_double(1234.5), "1234.5");
  EXPECT_EQ(format_double(1e-3), "0.001");
  EXPECT_EQ(format_double(1.25e-5), "1.25E-5");
  EXPECT_EQ(format_double(0.1), "0.1");
  EXPECT_EQ(format_double(100), "100.0");
  EXPECT_EQ(format_double(123456789.125), "1.23456789125E8");
  EXPECT_EQ(format_double(-0.0), "-0.0");
  EXPECT_EQ(format_double(-INFINITY), "-Infinity");
}

TEST(Json, ErrorsSayLineColumnAndOneSentence) {
  EXPECT_EQ(message("{\"a\": 1,\n \"b\" 2}"), "JSON, line 2, column 6: expected ':' after a member name, found '2'");
  EXPECT_EQ(message("[1 2]"), "JSON, line 1, column 4: expected ',' or ']' after an item, found '2'");
  EXPECT_EQ(message(""), "JSON, line 1, column 1: expected a value, found the end of the text");
  EXPECT_EQ(message("[\"é\" x"), "JSON, line 1, column 6: expected ',' or ']' after an item, found 'x'");
}

TEST(Json, T54StrictReaderRefusesWhatIsNotJson) {
  for (const char* text : {"NaN",
                           "Infinity",
                           "-Infinity",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "1e",
                           "-",
                           "\"\\u12\"",
                           "\"\t\"",
                           "'a'",
                           "[1,]",
                           "{\"a\":1,}",
                           "[,]",
                           "nul",
                           "truex",
                           "{a:1}",
                           "\"abc",
                           "[",
                           "{",
                           "\"\\x\"",
                           "[1] x",
                           "// c\n1",
                           "\"\xff\"",
                           "\"\xed\xa0\x80\"",
                           "1e99999999999",
                           "{\"a\":1 \"b\":2}",
                           "]",
                           "{]"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(Json, T54DuplicateKeysSurrogatesAndLimits) {
  EXPECT_EQ(parse_json(R"({"a":1,"a":2})").value(), Value::map_of("a", 2));
  JsonParseOptions strict;
  strict.allow_duplicate_keys = false;
  strict.allow_lone_surrogates = false;
  EXPECT_NE(message(R"({"a":1,"a":2})", strict).find("given twice"), std::string::npos);
  EXPECT_NE(message(R"("\ud800")", strict).find("surrogate"), std::string::npos);
  EXPECT_EQ(parse_json(R"("\ud83d\ude00")", strict).value(), Value("😀"));
  EXPECT_EQ(format_json(parse_json(R"("\ud800x\udc00")").value()), R"("\ud800x\udc00")");
  EXPECT_EQ(parse_json(std::string(513, '[') + std::string(513, ']')).error().kind, ErrorKind::exhausted);
  EXPECT_TRUE(parse_json(std::string(512, '[') + std::string(512, ']')));
  EXPECT_EQ(parse_json(std::string(10'001, '1')).error().kind, ErrorKind::exhausted);
  JsonParseOptions small;
  small.max_elements = 3;
  EXPECT_EQ(parse_json("[1,2,3]", small).error().kind, ErrorKind::exhausted);
  small.max_bytes = 2;
  EXPECT_EQ(parse_json("[1]", small).error().kind, ErrorKind::exhausted);
}

TEST(Json, T31DepthIsBoundedByOptionAloneAndNeverByTheStack) {
  JsonParseOptions deep;
  deep.max_depth = 1'000'000;
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "{\"a\":[";
  for (int i = 0; i < 200'000; ++i) text += "]}";
  auto value = parse_json(text, deep);
  ASSERT_TRUE(value);
  EXPECT_EQ(format_json(*value), text);
}

TEST(Json, LenientTakesWhatGroovyAndJsonLibTake) {
  JsonParseOptions lenient;
  lenient.lenient = true;
  EXPECT_EQ(message("{a: 1, 'b': 'x\\'y', /* c */ \"d\": [1, 2,], // e\n}", lenient),
            R"(accepted: {"a":1,"b":"x'y","d":[1,2]})");
  EXPECT_EQ(message("\"\t\"", lenient), "accepted: \"\\t\"");
  EXPECT_EQ(message("[01, 1.] x", lenient), "accepted: [1,1]");
  EXPECT_EQ(message("[,]", lenient).substr(0, 4), "JSON");
  EXPECT_EQ(message("\"\xff\"", lenient), "accepted: \"\xEF\xBF\xBD\"");
}

TEST(Json, CompactFormMatchesJsonOutput) {
  EXPECT_EQ(format_json_groovy(Value("é\x01\t\n\r\b\f\"\\\x7f/€😀\u2028")),
            R"("\u00e9\u0001\t\n\r\b\f\"\\\u007f/\u20ac\ud83d\ude00\u2028")");
  EXPECT_EQ(format_json(Value("é/<")), "\"é/<\"");
  EXPECT_EQ(format_json_groovy(Value::list_of(1.0, 1e10, Value::decimal("1.50"), nullptr, Value::map(), Value::list())),
            "[1.0,1.0E10,1.50,null,{},[]]");
  EXPECT_EQ(format_json(Value::object("GitSCM", {})), R"({"$class":"GitSCM"})");
  EXPECT_EQ(format_json(Value::bytes("hi!?")), "\"aGkhPw==\"");
  EXPECT_EQ(format_json(Value(NAN)), "null");
  EXPECT_EQ(check_json_writable(Value::list_of(NAN)).error().message,
            "Number NaN can't be serialized as JSON: NaN are not allowed in JSON.");
  EXPECT_TRUE(check_json_writable(Value::list_of(1.5)));
}

TEST(Json, PrettyPrintMatchesGroovy) {
  EXPECT_EQ(pretty_print_json("{}").value(), "{\n    \n}");
  EXPECT_EQ(pretty_print_json(R"({"a":1,"b":[1,{"c":null}],"d":{"e":[]}})").value(), R"({
    "a": 1,
    "b": [
        1,
        {
            "c": null
        }
    ],
    "d": {
        "e": [
            
        ]
    }
})");
  EXPECT_EQ(pretty_print_json("[1.50,1e5,-0,1E+3]").value(), "[\n    1.50,\n    1e5,\n    -0,\n    1E+3\n]");
  EXPECT_EQ(pretty_print_json(R"({"a":"\u00e9\/\n"})").value(), "{\n    \"a\": \"\\u00e9/\\n\"\n}");
}

TEST(Json, WriteJsonMatchesJsonLib) {
  const JsonStyle style{.layout = JsonLayout::json_lib, .indent = 4};
  auto print = [&](const char* text) { return format_json(parse_json(text).value(), style); };
  EXPECT_EQ(print("{}"), "{}");
  EXPECT_EQ(print(R"({"a":{"x":[]}})"), R"({"a": {"x": []}})");
  EXPECT_EQ(print(R"({"a":1,"b":[1,2,{"c":null,"d":1}],"d":{"e":[],"f":{"g":1}}})"), R"({
    "a": 1,
    "b":     [
        1,
        2,
                {
            "c": null,
            "d": 1
        }
    ],
    "d":     {
        "e": [],
        "f": {"g": 1}
    }
})");
  EXPECT_EQ(print("[[1,2],[]]"), "[\n        [\n        1,\n        2\n    ],\n    []\n]");
  EXPECT_EQ(print(R"({"x":[[1],[]]})"), "{\"x\": [\n    [1],\n    []\n]}");
  EXPECT_EQ(print(R"(["</a/é"])"), R"(["<\/a/é"])");
  EXPECT_EQ(print("[1.50]"), "[1.5]");
  EXPECT_EQ(print("[1.0]"), "[1]");
}

TEST(Json, CanonicalFormIgnoresOrderOfKeys) {
  EXPECT_EQ(format_json_canonical(Value::map_of("b", 1L, "a", Value::map_of("d", 1, "c", 2))),
            R"({"a":{"c":2,"d":1},"b":1})");
}

TEST(Json, PointersFollowRfc6901) {
  const Value doc = parse_json(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8})").value();
  EXPECT_EQ(find_json_pointer(doc, ""), &doc);
  EXPECT_EQ(find_json_pointer(doc, "/foo/1")->text(), "baz");
  EXPECT_EQ(find_json_pointer(doc, "/")->as_int(), 0);
  EXPECT_EQ(find_json_pointer(doc, "/a~1b")->as_int(), 1);
  EXPECT_EQ(find_json_pointer(doc, "/m~0n")->as_int(), 8);
  for (const char* none :
       {"foo", "/foo/2", "/foo/01", "/foo/-", "/foo/99999999999999999999", "/x", "/foo/0/z", "/m~2"}) {
    EXPECT_EQ(find_json_pointer(doc, none), nullptr) << none;
  }
}

}  // namespace
}  // namespace windlass::data
