// Texts that are wrong on purpose: what the fuzzer found, and nesting that must be refused in a sentence.
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>

#include "groovy/dump.h"
#include "groovy/lexer.h"
#include "groovy/parser.h"

namespace windlass::groovy {
namespace {

ParseResult parse_text(std::string text, ParseLimits limits = {}) {
  return parse(std::make_shared<const Source>("WorkflowScript", std::move(text)), limits);
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  out.reserve(text.size() * static_cast<std::size_t>(times));
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Hostile, AnErrorTokenNeverEndsBeforeItBegins) {
  for (const auto& token : lex("/${>\n").tokens) EXPECT_LE(token.begin, token.end);
}

TEST(Hostile, AStringAtTheDepthLimitIsRefusedInASentence) {
  for (std::uint32_t depth = 1; depth < 40; ++depth) {
    auto result = parse_text(R"(!!!"${!!!!!{!{!!{!!!!!"${)", {.max_depth = depth});
    ASSERT_EQ(result.diagnostics.size(), 1U);
  }
}

/// Each shape nested 10,000 times, closed and not: one sentence, no crash, and the dump of what is there is bounded.
TEST(Hostile, TenThousandLevelsOfAnyShapeAreRefused) {
  const std::pair<std::string_view, std::string_view> shapes[] = {
      {"(", ")"},
      {"[", "]"},
      {"[a:", "]"},
      {"{", "}"},
      {"f {", "}"},
      {"f(", ")"},
      {"a[", "]"},
      {"\"${", "}\""},
      {"\"\"\"${", "}\"\"\""},
      {"if (a) {", "}"},
      {"if (a) ", ""},
      {"for (a in b) {", "}"},
      {"while (a) ", ""},
      {"try {", "} finally { }"},
      {"switch (a) { case 1: ", "}"},
      {"synchronized (a) {", "}"},
      {"class A { ", "}"},
      {"def a() {", "}"},
      {"new A() { def b = ", "}"},
      {"a ? ", " : b"},
      {"a ? b : ", ""},
      {"a ?: ", ""},
      {"a = ", ""},
      {"!", ""},
      {"- ", ""},
      {"(int) ", ""},
      {"new ", ""},
      {"A<", ">"},
      {"@A(", ")"},
      {"a: ", ""},
      {"*", ""},
      {"++", ""},
      {"~", ""},
      {"return ", ""},
      {"assert a : ", ""},
      {"throw ", ""},
      {"{ a = ", " -> }"},
      {"pipeline { stages { stage('a') {", "}}}"},
  };
  for (const auto& [open, close] : shapes) {
    for (const bool closed : {true, false}) {
      auto result = parse_text(repeated(open, 10'000) + (closed ? "x" + repeated(close, 10'000) : std::string()));
      ASSERT_FALSE(result.diagnostics.empty()) << open;
      EXPECT_LT(result.diagnostics.front().message.size(), 500U) << open;
      (void)dump(*result.tree);
    }
  }
}

/// Chains that are long without being deep are ordinary programs.
TEST(Hostile, LongChainsAreParsed) {
  for (const std::string_view link : {" + 'a'", " && b", ".c", ".d()", "[0]", "?.e", " == f", " << g"}) {
    auto result = parse_text("x = a" + repeated(link, 100'000));
    EXPECT_TRUE(result.diagnostics.empty()) << link;
    (void)dump(*result.tree);
  }
  auto result = parse_text(repeated("if (a) b else ", 100'000) + "c");
  EXPECT_TRUE(result.diagnostics.empty());
  (void)dump(*result.tree);
}

}  // namespace
}  // namespace windlass::groovy
