#include "jenkinsfile/transform.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "groovy/parser.h"
#include "jenkinsfile/libraries.h"
#include "jenkinsfile/test_catalog.h"
#include "jenkinsfile/tree_reading.h"
#include "jenkinsfile/validate.h"
#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {
namespace {

using groovy::as;
using groovy::NodeKind;

std::unique_ptr<groovy::Tree> parse(const std::string& text) {
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>("WorkflowScript", text));
  EXPECT_TRUE(parsed.diagnostics.empty()) << text;
  return std::move(parsed.tree);
}

/// The transformed `pipeline`'s MODEL.
const groovy::MapLiteral* transformed(groovy::Tree& tree) {
  const auto catalog = test_catalog();
  const auto found = validate(tree, *catalog);
  EXPECT_TRUE(found.errors.empty());
  transform(tree, found.models);
  const auto* call = find_call(tree.unit.statements.back());
  EXPECT_EQ(own_name(*call), "__declarative");
  return as<groovy::MapLiteral>(call->arguments.positional[0]);
}

const groovy::Expr* entry(const groovy::Expr* map, std::string_view key) {
  for (const auto& each : as<groovy::MapLiteral>(map)->entries) {
    if (find_key(each.key) == key) return each.value;
  }
  return nullptr;
}

/// Arguments of every `__get('name', …)` below, in written order.
std::vector<std::string> asked(const groovy::Node* node) {
  std::vector<std::string> out;
  walk(node, [&out](const groovy::Node* each) {
    if (each->kind == NodeKind::method_call && own_name(*as<groovy::MethodCall>(each)) == "__get") {
      out.emplace_back(*find_key(as<groovy::MethodCall>(each)->arguments.positional[0]));
      return false;
    }
    return true;
  });
  return out;
}

TEST(Transform, ModelHasTheSectionsAndKeepsWrittenClosures) {
  auto tree = parse(
      "pipeline {\n agent { docker { image \"i${x}\"\n args '-v' } }\n options { timeout(time: 1, unit: 'HOURS') }\n"
      " stages { stage('A') { when { not { branch 'x' } }\n steps { echo 'a' } } }\n post { always { echo 'p' } "
      "}\n}\n");
  const auto* model = transformed(*tree);
  EXPECT_EQ(*find_key(entry(entry(model, "agent"), "type")), "docker");
  EXPECT_EQ(entry(entry(model, "agent"), "args")->kind, NodeKind::closure) << "evaluated when the agent is taken";
  const auto* stage = as<groovy::ListLiteral>(entry(model, "stages"))->elements[0];
  EXPECT_EQ(*find_key(entry(stage, "name")), "A");
  EXPECT_EQ(tree->source().slice(entry(stage, "steps")->span), "{ echo 'a' }");
  EXPECT_EQ(tree->source().slice(entry(entry(model, "post"), "always")->span), "{ echo 'p' }");
  const auto* condition = as<groovy::ListLiteral>(entry(entry(stage, "when"), "conditions"))->elements[0];
  EXPECT_EQ(*find_key(entry(condition, "type")), "not");
  EXPECT_EQ(as<groovy::ListLiteral>(entry(condition, "children"))->elements.size(), 1U);
  EXPECT_EQ(entry(model, "tools"), nullptr);
}

TEST(Transform, EnvironmentReferences) {
  struct Case {
    const char* value;
    std::vector<std::string> asked;
  };
  const Case cases[] = {
      {"\"${B}\"", {"B"}},
      {"\"${env.B}\"", {"B"}},
      {"\"${env['B']}-${other}\"", {"B", "other"}},
      {"\"${A}x\"", {"A"}},     // at run time: busy, hence the outer one
      {"\"/x:${env.A}\"", {}},  // the outer one, untouched
      {"\"${env.OTHER}\"", {}},
      {"sh(script: \"echo ${B}\", returnStdout: true).trim()", {"B"}},
      {"java.util.UUID.randomUUID().toString()", {}},
      {"B.toLowerCase()", {"B"}},
      {"\"${params.B}\"", {}},
      {"'$B'", {}},
      {"'a' + \"${B}\" + 'c'", {"B"}},
  };
  for (const auto& one : cases) {
    auto tree = parse(std::string("pipeline {\n agent any\n environment {\n  A = ") + one.value +
                      "\n  B = 'b'\n }\n stages { stage('s') { steps { echo 'x' } } }\n}\n");
    const auto* a = as<groovy::ListLiteral>(entry(transformed(*tree), "environment"))->elements[0];
    EXPECT_EQ(asked(entry(a, "value")), one.asked) << one.value;
  }
}

TEST(Libraries, Annotations) {
  auto tree =
      parse("@Library(['a@1', 'b']) _\n@Library('c@x') import org.foo.Bar\n@Library('a@1') def y = 1\necho 'x'\n");
  const auto found = collect_libraries(*tree);
  std::string all;
  for (const auto& one : found) all += one.name() + "|" + one.version() + " ";
  EXPECT_EQ(all, "c|x a|1 b| ");
}

}  // namespace
}  // namespace windlass::jenkinsfile
