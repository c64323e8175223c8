// Every step that runs in the prelude has its function, and no function is without a step. Reads the sources as files,
// since this module does not include the prelude.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <string>

#include "catalog/catalog.h"

namespace windlass::catalog {
namespace {

std::set<std::string> prelude_steps() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("src/prelude")) {
    if (entry.path().extension() != ".groovy") continue;
    std::ifstream in(entry.path());
    std::string text(std::istreambuf_iterator<char>(in), {});
    for (auto at = text.find("\ndef step_"); at != std::string::npos; at = text.find("\ndef step_", at + 1)) {
      names.insert(text.substr(at + 10, text.find('(', at) - at - 10));
    }
  }
  return names;
}

TEST(PreludeCoverage, StepsAndFunctionsMatch) {
  Catalog catalog;
  auto functions = prelude_steps();
  ASSERT_FALSE(functions.empty()) << "run this test from the top of the source tree";
  for (const auto& step : catalog.steps()) {
    EXPECT_EQ(functions.contains(std::string(step.name)), step.runs_in_prelude()) << step.name;
  }
  for (const auto& name : functions) EXPECT_NE(catalog.find_step(name), nullptr) << name;
}

}  // namespace
}  // namespace windlass::catalog
