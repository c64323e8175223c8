// The small helpers: durations, labels, suggestions, quoting, codecs, encodings, properties, versions, hashes.
#include <gtest/gtest.h>
#include <limits>

#include "text/codec.h"
#include "text/duration.h"
#include "text/edit_distance.h"
#include "text/java_hash.h"
#include "text/label_expression.h"
#include "text/properties.h"
#include "text/shell_quote.h"
#include "text/utf.h"
#include "text/version_compare.h"

namespace windlass::text {
namespace {

TEST(Duration, TwoUnits) {
  constexpr std::int64_t day = 86400000;
  const std::pair<std::int64_t, const char*> rows[] = {{0, "0 ms"},
                                                       {99, "99 ms"},
                                                       {250, "0.25 sec"},
                                                       {100, "0.1 sec"},
                                                       {999, "0.99 sec"},
                                                       {1000, "1 sec"},
                                                       {1250, "1.2 sec"},
                                                       {2000, "2 sec"},
                                                       {9990, "9.9 sec"},
                                                       {10500, "10 sec"},
                                                       {60000, "1 min 0 sec"},
                                                       {600000, "10 min"},
                                                       {7500000, "2 hr 5 min"},
                                                       {36000000, "10 hr"},
                                                       {day, "1 day 0 hr"},
                                                       {3 * day + 4 * 3600000, "3 days 4 hr"},
                                                       {32 * day, "1 mo 2 days"},
                                                       {31 * day, "1 mo 1 day"},
                                                       {365 * day, "1 yr 0 mo"},
                                                       {400000 * day, "1,095 yr"},
                                                       {-2000, "2 sec"}};
  for (const auto& [millis, text] : rows) EXPECT_EQ(format_duration(std::chrono::milliseconds(millis)), text);
}

TEST(Label, EvaluateAndFormat) {
  const std::vector<std::string> labels = {"linux", "docker", "big box", "a-b"};
  struct {
    const char* text;
    bool matches;
    const char* formatted;
  } rows[] = {
      {"linux", true, "linux"},
      {"", true, ""},
      {"  ", true, ""},
      {"windows || linux", true, "windows||linux"},
      {"linux && !docker", false, "linux&&!docker"},
      {"windows || linux && docker", true, "windows||linux&&docker"},
      {"(windows || linux) && docker", true, "(windows||linux)&&docker"},
      {"windows -> docker", true, "windows->docker"},
      {"linux -> windows", false, "linux->windows"},
      {"linux <-> docker", true, "linux<->docker"},
      {"\"big box\"", true, "\"big box\""},
      {"a-b", true, "a-b"},
      {"!(linux&&windows)", true, "!(linux&&windows)"},
      {"!!linux", true, "!!linux"},
      {"a->b->c", false, "a->b->c"},
  };
  for (const auto& row : rows) {
    auto label = LabelExpression::parse(row.text);
    ASSERT_TRUE(label) << row.text << ": " << label.error().message;
    EXPECT_EQ(label->matches(labels), row.matches) << row.text;
    EXPECT_EQ(label->format(), row.formatted) << row.text;
    EXPECT_EQ(LabelExpression::parse(label->format())->format(), label->format());
  }
  EXPECT_EQ(LabelExpression::parse("a && (b || !a)")->names(), (std::vector<std::string>{"a", "b"}));
}

TEST(Label, Errors) {
  for (auto text : {"a b", "&&", "a &&", "(a", "a)", "\"a", "!", "a & b", "a <- b"}) {
    auto label = LabelExpression::parse(text);
    ASSERT_FALSE(label) << text;
    EXPECT_NE(label.error().message.find("column"), std::string::npos);
  }
  EXPECT_EQ(LabelExpression::parse("a b").error().message,
            "invalid label expression `a b`: expected an operator or the end at column 3, found `b`");
  EXPECT_FALSE(LabelExpression::parse(std::string(5000, '(')));
  EXPECT_FALSE(LabelExpression::parse(std::string(5000, '!')));
}

TEST(Suggestion, NearestName) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("stpes", "steps"), 1U);
  EXPECT_EQ(edit_distance("abc", "abcdefgh", 2), 3U);
  const std::vector<std::string> names = {"steps", "stages", "post", "environment"};
  EXPECT_EQ(nearest_name("stepss", names), "steps");
  EXPECT_EQ(nearest_name("Stages", names), "stages");
  EXPECT_EQ(nearest_name("enviroment", names), "environment");
  EXPECT_EQ(nearest_name("xyz", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
}

TEST(Shell, QuoteAndSplit) {
  EXPECT_EQ(shell_quote("plain-1.0/x"), "plain-1.0/x");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_join({"a b", "c"}), "'a b' c");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"a", "b c", "", "it's \"x\"", "\\"}}) {
    EXPECT_EQ(split_shell_words(shell_join(words)).value(), words);
  }
  EXPECT_EQ(split_shell_words("a\\ b \"c $d \\\" \\x\" ''").value(),
            (std::vector<std::string>{"a b", "c $d \" \\x", ""}));
  EXPECT_FALSE(split_shell_words("'a"));
  EXPECT_FALSE(split_shell_words("\"a"));
  EXPECT_FALSE(split_shell_words("a\\"));
}

TEST(Codec, Base64) {
  EXPECT_EQ(encode_base64(""), "");
  EXPECT_EQ(encode_base64("f"), "Zg==");
  EXPECT_EQ(encode_base64("foob", Base64::standard, false), "Zm9vYg");
  EXPECT_EQ(encode_base64("\xfb\xff\xfe", Base64::url), "-__-");
  EXPECT_EQ(encode_base64(std::string(60, 'a'), Base64::mime).size(), 82U);
  EXPECT_TRUE(encode_base64(std::string(60, 'a'), Base64::chunked).ends_with("\n"));
  for (std::size_t size = 0; size < 20; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 37 + size));
    for (auto variant : {Base64::standard, Base64::url, Base64::mime, Base64::chunked}) {
      EXPECT_EQ(decode_base64(encode_base64(bytes, variant), variant).value(), bytes);
      EXPECT_EQ(decode_base64_lenient(encode_base64(bytes, variant)), bytes);
    }
    EXPECT_EQ(decode_hex(encode_hex(bytes, size % 2 == 0)).value(), bytes);
  }
  for (auto bad : {"Zg=", "Z", "Zg==Zg", "Z?g=", "Zg===", "====", "Zm9v="}) EXPECT_FALSE(decode_base64(bad)) << bad;
  EXPECT_FALSE(decode_hex("abc"));
  EXPECT_FALSE(decode_hex("zz"));
}

TEST(Codec, Urls) {
  EXPECT_EQ(encode_form_url("a b&c=\303\244*~"), "a+b%26c%3D%C3%A4*%7E");
  EXPECT_EQ(decode_form_url("a+b%26c%3d%C3%A4").value(), "a b&c=\303\244");
  EXPECT_EQ(decode_form_url("%4").error().message, "URLDecoder: Incomplete trailing escape (%) pattern");
  EXPECT_FALSE(decode_form_url("%zz"));
  EXPECT_EQ(encode_uri_component("a b/~"), "a%20b%2F~");
  EXPECT_EQ(escape_json("a\"\\\n\x01"), "a\\\"\\\\\\n\\u0001");
}

TEST(Utf, Conversions) {
  std::u16string text = u"a\u00e9\u65e5\xD83D\xDE00\xD800z";
  EXPECT_EQ(utf8_to_utf16(utf16_to_utf8(text)), text);
  EXPECT_EQ(utf16_to_utf8(u"\xD800"), "\355\240\200");
  EXPECT_EQ(utf16_to_utf8_strict(u"\xD800x"), "?x");
  EXPECT_FALSE(is_valid_utf8("\355\240\200"));
  EXPECT_FALSE(is_valid_utf8("\300\200"));
  EXPECT_FALSE(is_valid_utf8("\364\220\200\200"));
  EXPECT_TRUE(is_valid_utf8("\364\217\277\277"));
  EXPECT_EQ(repair_utf8("a\377b\342\202c"), "a\357\277\275b\357\277\275c");
  EXPECT_EQ(utf16_length("a\360\237\230\200"), 3U);
  EXPECT_EQ(latin1_to_utf8("\351"), "\303\251");
  EXPECT_EQ(utf8_to_latin1("\303\251"), "\351");
  EXPECT_EQ(utf8_to_latin1("\346\227\245"), std::nullopt);
  EXPECT_EQ(display_width("a\346\227\245e\314\201"), 4U);
  EXPECT_EQ(clip_to_width("a\346\227\245b", 2), "a");
}

TEST(Utf, Case) {
  EXPECT_EQ(to_upper(u"stra\u00dfe \ufb01 \u0149"), u"STRASSE FI \u02bcN");
  EXPECT_EQ(to_lower(u"\u039f\u0394\u039f\u03a3 \u03a3 \u0130"), u"\u03bf\u03b4\u03bf\u03c2 \u03c3 i\u0307");
  EXPECT_EQ(latin1_to_upper("stra\337e \344\367"), "STRASSE \304\367");
  EXPECT_EQ(latin1_to_upper("\377"), std::nullopt);
  EXPECT_EQ(latin1_to_lower("\304\327A"), "\344\327a");
  EXPECT_TRUE(equals_ignore_case(u"\u00c4b\u212a", u"\u00e4BK"));
  EXPECT_FALSE(equals_ignore_case(u"\u00df", u"ss"));
  EXPECT_TRUE(is_java_whitespace(U'\u2003'));
  EXPECT_FALSE(is_java_whitespace(U'\u00a0'));
  EXPECT_TRUE(is_java_identifier_start(U'$'));
  EXPECT_TRUE(is_upper(U'\u2160'));
}

TEST(Hash, LikeJava) {
  EXPECT_EQ(hash_string("hello world"), 1794106052);
  EXPECT_EQ(hash_utf8_string("\346\227\245\346\234\254"), 835047);
  EXPECT_EQ(hash_long(-1), 0);
  EXPECT_EQ(hash_long(4294967296), 1);
  EXPECT_EQ(hash_double(1.5), 1073217536);
  EXPECT_EQ(hash_double(std::numeric_limits<double>::quiet_NaN()), 2146959360);
  EXPECT_EQ(hash_boolean(true), 1231);
  EXPECT_EQ(hash_map_capacity(12), 16U);
  EXPECT_EQ(hash_map_capacity(13), 32U);
}

TEST(Properties, ParseAndFormat) {
  auto entries = parse_properties(
      "# comment\n! another\n\na=1\nb : two words \nc three\nd\\ e\\=f=\\u00e9\\t\\n\nlong=first \\\n   "
      "second\na=2\nempty=\nonly\r\nz\\\\=\\q");
  ASSERT_TRUE(entries);
  EXPECT_EQ(*entries, (PropertyList{{"a", "2"},
                                    {"b", "two words "},
                                    {"c", "three"},
                                    {"d e=f", "\303\251\t\n"},
                                    {"long", "first second"},
                                    {"empty", ""},
                                    {"only", ""},
                                    {"z\\", "q"}}));
  EXPECT_EQ(parse_properties(format_properties(*entries)).value(), *entries);
  EXPECT_EQ(parse_properties(format_properties(*entries, false)).value(), *entries);
  EXPECT_EQ(format_properties({{"a b", " \303\251 x"}}), "a\\ b=\\ \\u00E9 x\n");
  EXPECT_EQ(parse_properties("a=\\u12g4").error().message, "Malformed \\uxxxx encoding.");
  EXPECT_EQ(parse_properties("a=x\\").value(), (PropertyList{{"a", "x"}}));
}

TEST(Version, Order) {
  const char* ascending[] = {"",     "1-dev",   "1.0-alpha-1", "1.0-beta1", "1.0-rc1", "1.0-rc2", "1.0-SNAPSHOT",
                             "1.0",  "1.0-sp1", "1.0-xyz",     "1.0.1",     "1.0.2",   "1.0.10",  "1.1",
                             "1.10", "v2"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t k = 0; k < std::size(ascending); ++k) {
      EXPECT_EQ(compare_versions(ascending[i], ascending[k]), (i > k) - (i < k)) << ascending[i] << ' ' << ascending[k];
    }
  }
  EXPECT_EQ(compare_versions("1", "1.0.0"), 0);
  EXPECT_EQ(compare_versions("1.0-final", "1"), 0);
  EXPECT_EQ(compare_versions("99999999999999999999", "100000000000000000000"), -1);
}

}  // namespace
}  // namespace windlass::text
