// Every tests/jenkinsfile/validation/NAME.Jenkinsfile against NAME.errors: one line `LINE:COLUMN: error|warning:
// MESSAGE` for each finding, in the order in which they are reported. WL_ACCEPT=1 rewrites the expectations and skips,
// so that an accepted change is never mistaken for a passed test.
#include "jenkinsfile/validate.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string>

#include "groovy/parser.h"
#include "jenkinsfile/test_catalog.h"

namespace windlass::jenkinsfile {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string describe(const std::string& text) {
  auto source = std::make_shared<const groovy::Source>("WorkflowScript", text);
  auto parsed = groovy::parse(source);
  std::string out;
  auto add = [&out](const auto& list, const char* severity) {
    for (const groovy::Diagnostic& d : list) {
      std::string message = d.message;
      for (std::size_t at = 0; (at = message.find('\n', at)) != std::string::npos; at += 5)
        message.insert(at + 1, "    ");
      out += std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + ": " + severity + ": " +
             message + "\n";
    }
  };
  add(parsed.diagnostics, "syntax");
  if (!parsed.diagnostics.empty()) return out;
  const auto catalog = test_catalog();
  const auto found = validate(*parsed.tree, *catalog, {.lint = true});
  add(found.errors, "error");
  add(found.warnings, "warning");
  return out;
}

TEST(Validate, Cases) {
  const fs::path folder = "tests/jenkinsfile/validation";
  if (!fs::exists(folder)) GTEST_SKIP() << "run from the source folder";
  const char* accept = std::getenv("WL_ACCEPT");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".Jenkinsfile") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  EXPECT_GE(files.size(), 120U);
  for (const auto& file : files) {
    auto expected = file;
    expected.replace_extension(".errors");
    const auto got = describe(read_file(file));
    if (accept != nullptr) {
      std::ofstream(expected, std::ios::binary) << got;
      continue;
    }
    EXPECT_EQ(got, read_file(expected)) << file.filename();
  }
  if (accept != nullptr) GTEST_SKIP() << "expectations rewritten";
}

TEST(Validate, PipelinesInLibraryMethods) {
  const std::string text =
      "def call(Map config) {\n  pipeline {\n    agent any\n    stages { }\n  }\n}\ndef other() { pipeline { foo() } "
      "}\n";
  auto source = std::make_shared<const groovy::Source>("vars/x.groovy", text);
  auto parsed = groovy::parse(source);
  ASSERT_TRUE(parsed.diagnostics.empty());
  const auto catalog = test_catalog();
  const auto found = validate(*parsed.tree, *catalog, {.role = FileRole::library});
  ASSERT_EQ(found.models.size(), 1U) << "a pipeline block without agent and stages is some other function";
  ASSERT_EQ(found.errors.size(), 1U);
  EXPECT_EQ(found.errors[0].message, "No stages specified");
  EXPECT_EQ(found.errors[0].position.line, 4U);
}

}  // namespace
}  // namespace windlass::jenkinsfile
