#include "engine/declared_properties.h"

#include <cstdlib>
#include <utility>

#include "data/json.h"
#include "groovy/parser.h"
#include "jenkinsfile/convert.h"
#include "jenkinsfile/step_catalog.h"
#include "jenkinsfile/tree_reading.h"
#include "jenkinsfile/validate.h"

namespace windlass::engine {

using data::Value;

namespace {

constexpr int kDeepest = 8;

Value call_of(const Value& item, int depth);

/// A literal, or a list or map of such; null for what only runs.
Value literal_of(const groovy::Expr* expr, int depth) {
  using groovy::NodeKind;
  if (expr == nullptr || depth > kDeepest) return {};
  if (expr->kind == NodeKind::list) {
    auto out = Value::list();
    for (const auto* one : groovy::as<groovy::ListLiteral>(expr)->elements) {
      auto value = literal_of(one, depth + 1);
      if (value.is_null()) return {};
      out.push(std::move(value));
    }
    return out;
  }
  if (expr->kind == NodeKind::map) {
    auto out = Value::map();
    for (const auto& entry : groovy::as<groovy::MapLiteral>(expr)->entries) {
      const auto key = jenkinsfile::find_key(entry.key);
      auto value = literal_of(entry.value, depth + 1);
      if (!key || value.is_null()) return {};
      out.set(std::string(*key), std::move(value));
    }
    return out;
  }
  const auto literal = jenkinsfile::read_literal(expr);
  using Kind = jenkinsfile::Value::Kind;
  switch (literal.kind) {
    case Kind::boolean:
      return Value(literal.text == "true");
    case Kind::string:
      return Value(literal.text);
    case Kind::integer:
    case Kind::long_:
      return Value(static_cast<std::int64_t>(std::strtoll(literal.text.c_str(), nullptr, 10)));
    default:
      return {};
  }
}

/// The value of a list that is written in an argument (`${[…]}` in the model); null where it only runs.
Value list_of(const std::string& code) {
  if (!code.starts_with("${[") || !code.ends_with("]}")) return {};
  const auto source = std::make_shared<const groovy::Source>("list", code.substr(2, code.size() - 3));
  const auto parsed = groovy::parse(source);
  const auto& statements = parsed.tree->unit.statements;
  if (!parsed.diagnostics.empty() || statements.size() != 1 ||
      statements[0]->kind != groovy::NodeKind::expression_statement) {
    return {};
  }
  return literal_of(groovy::as<groovy::ExpressionStatement>(statements[0])->expression, 0);
}

/// A literal, or a call like logRotator(…) in place of one; null for what only runs.
Value argument_of(const Value& value, int depth) {
  if (const auto* literal = value.find("value")) {
    return value.get_bool("isLiteral") ? *literal : literal->is_string() ? list_of(literal->text()) : Value();
  }
  if (!value.get_string("name").empty() && depth < kDeepest) return call_of(value, depth + 1);
  return {};
}

/// The named arguments as a map with the call's name as $class, or the first unnamed one in `$unnamed`.
Value call_of(const Value& item, int depth) {
  auto out = Value::map_of("$class", item.get_string("name"));
  const auto* arguments = item.find("arguments");
  if (arguments == nullptr) return out;
  const auto take = [&](const Value& one) {
    const auto key = one.get_string("key");
    auto value = argument_of(key.empty() ? one : *one.find("value"), depth);
    if (value.is_null()) {
      out.set(std::string(kLeftOut), true);
    } else {
      out.set(key.empty() ? "$unnamed" : key, std::move(value));
    }
  };
  if (arguments->is_map()) take(*arguments);
  for (const auto& one : arguments->is_list() ? arguments->items() : Value::List{}) {
    if (one.get_string("key").empty() || one.find("value") != nullptr) take(one);
  }
  return out;
}

Value told(const Value& item) {
  auto call = call_of(item, 0);
  auto args = Value::list();
  if (const auto* unnamed = call.find("$unnamed")) {
    args.push(*unnamed);
  } else {
    auto fields = Value::map();
    for (const auto& entry : call.members()) {
      if (entry.key != "$class") fields.set(entry.key, entry.value);
    }
    if (fields.has_members()) args.push(std::move(fields));
  }
  return Value::map_of("name", item.get_string("name"), "args", std::move(args));
}

}  // namespace

std::optional<Value> declared_properties(const std::string& script) {
  static const catalog::Catalog kCatalog;  // immutable constants: no state
  auto source = std::make_shared<const groovy::Source>("WorkflowScript", script);
  auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty()) return std::nullopt;
  auto steps = jenkinsfile::make_step_catalog(kCatalog);
  auto validation = jenkinsfile::validate(*parsed.tree, *steps);
  if (!validation.errors.empty() || validation.models.empty()) return std::nullopt;
  const auto json = jenkinsfile::to_json(*source, validation.models.front(), *steps);
  auto out = Value::map();
  for (const auto* section : {"options", "triggers", "parameters"}) {
    auto list = Value::list();
    const auto* found = data::find_json_pointer(json, std::string("/pipeline/") + section + "/" + section);
    for (const auto& one : found != nullptr && found->is_list() ? found->items() : Value::List{}) list.push(told(one));
    out.set(section, std::move(list));
  }
  return out;
}

}  // namespace windlass::engine
