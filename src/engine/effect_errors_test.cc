// Every Java class that an effect throws is known to the evaluator; an unknown one would reach the script as a
// RuntimeException, which no `catch` and no report expects. Reads the sources as files.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <string>

#include "vm/java_classes.h"

namespace windlass::engine {
namespace {

std::set<std::string> thrown_classes(const std::string& folder) {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".cc" || entry.path().string().ends_with("_test.cc")) continue;
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    for (auto at = text.find("Exception\""); at != std::string::npos; at = text.find("Exception\"", at + 1)) {
      const auto begin = text.rfind('"', at) + 1;
      auto name = text.substr(begin, at + 9 - begin);
      if (name.find('.') != std::string::npos && name.find(' ') == std::string::npos) out.insert(std::move(name));
    }
  }
  return out;
}

TEST(EffectErrors, AreClassesThatScriptsCanCatch) {
  auto names = thrown_classes("src/steps");
  names.merge(thrown_classes("src/engine"));
  ASSERT_GT(names.size(), 10u) << "run this test from the top of the source tree";
  for (const auto& name : names) EXPECT_NE(vm::find_java_class(name), vm::kNoClass) << name;
}

}  // namespace
}  // namespace windlass::engine
