#include "jenkinsfile/parameter_names.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "catalog/catalog.h"
#include "groovy/parser.h"
#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {
namespace {

using groovy::as;
using groovy::NodeKind;

constexpr std::size_t kMost = 200;

std::optional<std::string_view> literal(const groovy::Expr* expr) {
  if (expr == nullptr || expr->kind != NodeKind::constant) return std::nullopt;
  const auto* constant = as<groovy::Constant>(expr);
  if (constant->type != groovy::ConstantType::string) return std::nullopt;
  return constant->text;
}

/// A list of texts, or one text of many lines: both are what `choices` takes.
std::vector<std::string> choices_of(const groovy::Expr* expr) {
  std::vector<std::string> out;
  if (expr == nullptr) return out;
  if (expr->kind == NodeKind::list) {
    for (const auto* element : as<groovy::ListLiteral>(expr)->elements) {
      if (const auto text = literal(element)) out.emplace_back(*text);
    }
  } else if (auto text = literal(expr)) {
    while (!text->empty()) {
      const auto end = std::min(text->find('\n'), text->size());
      if (end != 0) out.emplace_back(text->substr(0, end));
      text->remove_prefix(std::min(end + 1, text->size()));
    }
  }
  return out;
}

}  // namespace

std::vector<ParameterName> parameter_names_of(const std::string& script) {
  std::vector<ParameterName> out;
  const auto parsed = groovy::parse(std::make_shared<const groovy::Source>("Jenkinsfile", script));
  if (parsed.tree == nullptr) return out;
  const catalog::Catalog catalog;
  const auto take = [&](const groovy::MethodCall& call) {
    const auto kind = literal(call.name);
    if (!kind || call.object != nullptr || catalog.find_symbol(*kind, "parameter") == nullptr) return;
    ParameterName found;
    for (const auto& entry : call.arguments.named) {
      const auto key = literal(entry.key);
      if (key == "name") found.name = literal(entry.value).value_or("");
      if (key == "description") found.description = literal(entry.value).value_or("");
      if (key == "choices" && kind == "choice") found.values = choices_of(entry.value);
    }
    if (kind == "booleanParam") found.values = {"true", "false"};
    if (found.name.empty() || out.size() >= kMost) return;
    if (std::ranges::find(out, found.name, &ParameterName::name) == out.end()) out.push_back(std::move(found));
  };
  walk_unit(parsed.tree->unit, [&](const groovy::Node* node) {
    if (node->kind != NodeKind::method_call) return true;
    const auto& call = *as<groovy::MethodCall>(node);
    // `string(name: 'x', variable: 'Y')` of other blocks is no parameter.
    const auto name = literal(call.name);
    if (name == "input") return false;  // whose parameters are those of a question
    if (name != "parameters") return true;
    for (const auto* argument : call.arguments.positional) {
      walk(argument, [&](const groovy::Node* inner) {
        if (inner->kind == NodeKind::method_call) take(*as<groovy::MethodCall>(inner));
        return true;
      });
    }
    return false;
  });
  return out;
}

}  // namespace windlass::jenkinsfile
