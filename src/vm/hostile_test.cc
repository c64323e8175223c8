// Programs that are wrong on purpose: each must end with a sentence or a result, in bounded time and memory.
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>

#include "groovy/parser.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string out;
  out.reserve(text.size() * static_cast<std::size_t>(times));
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

Compiled compile_text(std::string text, ScriptKind kind = ScriptKind::pipeline) {
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>("WorkflowScript", std::move(text)));
  if (!parsed.diagnostics.empty()) return std::unexpected(CompileFailure{parsed.diagnostics});
  return compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), "WorkflowScript", kind);
}

std::string error_of(const Compiled& compiled) {
  return compiled || compiled.error().diagnostics.empty() ? "" : compiled.error().diagnostics.front().message;
}

TEST(HostileCode, LongChainsCompileOrAreRefusedInOneSentence) {
  for (const std::string_view link :
       {" + 'a'", " - 1", " && b", " || b", ".c", ".C", ".d()", "[0]", "?.e", " == f", " << g", "*.h", ".'i'", "()"}) {
    for (const std::string_view use : {"x = a", "x += a", "if (a", "assert a", "x[a"}) {
      const bool open = use.back() == 'a' && use.find_first_of("([") != std::string_view::npos;
      const std::string closing = !open ? "" : use.starts_with("if") ? ") c" : "] = 1";
      const auto compiled = compile_text(std::string(use) + repeated(link, 20'000) + closing);
      if (compiled) continue;
      ASSERT_EQ(compiled.error().diagnostics.size(), 1U) << use << link;
      EXPECT_EQ(error_of(compiled), "the expression or block is nested too deeply") << use << link;
    }
  }
}

TEST(HostileCode, LongElseIfChainsCompile) { EXPECT_TRUE(compile_text(repeated("if (a) { b } else ", 20'000) + "c")); }

/// Each finally block is there once for every way out of its body: nested ones double at each level.
TEST(HostileCode, DoublingFinallyBlocksAreRefused) {
  const auto plain = compile_text(repeated("try { a } finally { ", 60) + "b" + repeated(" }", 60));
  EXPECT_EQ(error_of(plain), "Method code too large!");
  const auto closures = compile_text(repeated("try { a } finally { c = { -> ", 60) + "b" + repeated(" } }", 60));
  EXPECT_EQ(error_of(closures), "Method code too large!");
}

TEST(HostileCode, ManyNamesAreLinear) {
  std::string variables, methods, classes, fields, texts;
  for (int i = 0; i < 10'000; ++i) {
    const std::string n = std::to_string(i);
    variables += "def v" + n + " = " + n + "\n";
    methods += "def m" + n + "() { x" + n + " }\n";
    classes += "class C" + n + " { }\n";
    fields += "int f" + n + "\n";
    texts += "a(\"b$c\")\n";
  }
  EXPECT_TRUE(compile_text(variables));
  EXPECT_TRUE(compile_text(variables + "return { v0 + v9999 }"));
  EXPECT_TRUE(compile_text(methods));
  EXPECT_TRUE(compile_text(classes));
  EXPECT_TRUE(compile_text("class A {\n" + fields + "}"));
  EXPECT_TRUE(compile_text(texts));
  EXPECT_NE(error_of(compile_text(repeated(texts, 7))), "");
}

}  // namespace
}  // namespace windlass::vm
