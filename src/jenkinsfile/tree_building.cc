#include "jenkinsfile/tree_building.h"

namespace windlass::jenkinsfile {

using groovy::NodeKind;

groovy::Expr* Builder::string(std::string_view text, groovy::Span span) {
  auto* node = tree_.make<groovy::Constant>(NodeKind::constant, span);
  node->type = groovy::ConstantType::string;
  node->text = tree_.text(text);
  node->quote = '\'';
  return node;
}

groovy::Expr* Builder::boolean(bool value, groovy::Span span) {
  auto* node = tree_.make<groovy::Constant>(NodeKind::constant, span);
  node->type = value ? groovy::ConstantType::boolean_true : groovy::ConstantType::boolean_false;
  node->text = value ? "true" : "false";
  return node;
}

groovy::Expr* Builder::list(const std::vector<groovy::Expr*>& elements, groovy::Span span) {
  auto* node = tree_.make<groovy::ListLiteral>(NodeKind::list, span);
  node->elements = tree_.list(elements);
  return node;
}

groovy::Expr* Builder::call(std::string_view name, const std::vector<groovy::Expr*>& arguments, groovy::Span span) {
  auto* node = tree_.make<groovy::MethodCall>(NodeKind::method_call, span);
  node->name = string(name, span);
  node->arguments.positional = tree_.list(arguments);
  node->arguments.parenthesized = true;
  node->arguments.span = span;
  return node;
}

groovy::Expr* Builder::closure(groovy::Expr* expr, groovy::Span span, std::string_view parameter) {
  auto* statement = tree_.make<groovy::ExpressionStatement>(NodeKind::expression_statement, span);
  statement->expression = expr;
  auto* body = tree_.make<groovy::Block>(NodeKind::block, span);
  body->statements = tree_.list(std::vector<groovy::Stmt*>{statement});
  body->scope = true;
  auto* node = tree_.make<groovy::Closure>(NodeKind::closure, span);
  node->has_arrow = true;
  node->body = body;
  if (!parameter.empty()) {
    groovy::Parameter declared;
    declared.name = tree_.text(parameter);
    declared.span = span;
    node->parameters = tree_.list(std::vector<groovy::Parameter>{declared});
  }
  return node;
}

groovy::Expr* Builder::map(const std::vector<groovy::MapEntry>& entries, groovy::Span span) {
  auto* node = tree_.make<groovy::MapLiteral>(NodeKind::map, span);
  node->entries = tree_.list(entries);
  return node;
}

groovy::MapEntry Builder::entry(std::string_view key, groovy::Expr* value) {
  return {string(key, value->span), value, value->span};
}

}  // namespace windlass::jenkinsfile
