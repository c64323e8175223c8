// The two tables of the sandbox say the same: what is allowed, and how what is refused is called. Reads the library
// methods written in Groovy as files.
#include "engine/sandbox_rules.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "vm/gdk/tables.h"
#include "vm/java_classes.h"
#include "vm/sandbox.h"

namespace windlass::engine {
namespace {

using Member = std::pair<std::string, std::string>;

std::set<Member> natives() {
  std::set<Member> out;
  for (const auto& table : vm::all_native_tables()) {
    for (const auto& method : table) out.emplace(method.owner, method.name);
  }
  return out;
}

/// `static each(List self, …)`: the names only, as their first parameter may be written in many ways.
std::set<std::string> library_methods() {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator("src/prelude/gdk")) {
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const std::regex method(R"(static [\w.<>\[\]]+ (\w+)\()");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), method); it != std::sregex_iterator(); ++it) {
      out.insert((*it)[1].str());
    }
  }
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

TEST(SandboxRules, WhatIsAllowedExists) {
  const auto known = natives();
  const auto library = library_methods();
  ASSERT_GT(library.size(), 50U) << "run this test from the top of the source tree";
  for (const auto& row : sandbox_rows()) {
    for (const auto& member : words(row.members)) {
      if (member == "<init>") continue;  // exceptions are made without a native
      EXPECT_TRUE(known.contains({std::string(row.owner), member}) || library.contains(member))
          << row.owner << " has no " << member;
    }
  }
}

TEST(SandboxRules, MethodsOfGroovyThatHaveANameOfTheirOwnAreRefusedOnes) {
  const auto known = natives();
  const auto library = library_methods();
  for (const auto& row : vm::refused_groovy_methods()) {
    for (const auto& member : words(row.names)) {
      EXPECT_TRUE(known.contains({std::string(row.owner), member}) || library.contains(member))
          << row.owner << " has no " << member;
      EXPECT_FALSE(sandbox_allows(row.owner, member)) << row.owner << " " << member << " is allowed";
    }
  }
}

}  // namespace
}  // namespace windlass::engine
