#include "jenkinsfile/walk.h"

#include <algorithm>

namespace windlass::jenkinsfile {

using groovy::as;
using groovy::Node;
using groovy::NodeKind;

namespace {

struct Children {
  std::vector<const Node*> nodes;

  void add(const Node* node) {
    if (node != nullptr) nodes.push_back(node);
  }
  template <class T>
  void all(const groovy::List<T*>& list) {
    for (const auto* node : list) add(node);
  }
  void entries(const groovy::List<groovy::MapEntry>& list) {
    for (const auto& entry : list) {
      add(entry.key);
      add(entry.value);
    }
  }
  void arguments(const groovy::Arguments& arguments) {
    entries(arguments.named);
    all(arguments.positional);
  }
  void parameters(const groovy::List<groovy::Parameter>& list) {
    for (const auto& parameter : list) add(parameter.default_value);
  }
  void class_body(const groovy::ClassDecl* declaration) {
    if (declaration == nullptr) return;
    for (const auto* field : declaration->fields) add(field->initial_value);
    for (const auto* method : declaration->methods) {
      parameters(method->parameters);
      add(method->body);
    }
    for (const auto& initializer : declaration->initializers) add(initializer.body);
    for (const auto& constant : declaration->constants) {
      arguments(constant.arguments);
      class_body(constant.body);
    }
    for (const auto* inner : declaration->classes) class_body(inner);
  }
};

void add_expression(Children& out, const Node* node) {
  switch (node->kind) {
    case NodeKind::gstring:
      out.all(as<groovy::GString>(node)->values);
      break;
    case NodeKind::binary:
      out.add(as<groovy::Binary>(node)->left);
      out.add(as<groovy::Binary>(node)->right);
      break;
    case NodeKind::assign:
      out.add(as<groovy::Assign>(node)->target);
      out.add(as<groovy::Assign>(node)->value);
      break;
    case NodeKind::unary:
      out.add(as<groovy::Unary>(node)->operand);
      break;
    case NodeKind::increment:
      out.add(as<groovy::Increment>(node)->operand);
      break;
    case NodeKind::ternary:
      out.add(as<groovy::Ternary>(node)->condition);
      out.add(as<groovy::Ternary>(node)->when_true);
      out.add(as<groovy::Ternary>(node)->when_false);
      break;
    case NodeKind::elvis:
      out.add(as<groovy::Elvis>(node)->value);
      out.add(as<groovy::Elvis>(node)->fallback);
      break;
    case NodeKind::property:
      out.add(as<groovy::Property>(node)->object);
      out.add(as<groovy::Property>(node)->name);
      break;
    case NodeKind::index:
      out.add(as<groovy::Index>(node)->object);
      out.all(as<groovy::Index>(node)->arguments);
      break;
    case NodeKind::method_call:
      out.add(as<groovy::MethodCall>(node)->object);
      out.add(as<groovy::MethodCall>(node)->name);
      out.arguments(as<groovy::MethodCall>(node)->arguments);
      break;
    case NodeKind::constructor_call:
      out.arguments(as<groovy::ConstructorCall>(node)->arguments);
      break;
    case NodeKind::new_object:
      out.arguments(as<groovy::NewObject>(node)->arguments);
      out.class_body(as<groovy::NewObject>(node)->body);
      break;
    case NodeKind::new_array:
      out.all(as<groovy::NewArray>(node)->sizes);
      break;
    case NodeKind::list:
      out.all(as<groovy::ListLiteral>(node)->elements);
      break;
    case NodeKind::map:
      out.entries(as<groovy::MapLiteral>(node)->entries);
      break;
    case NodeKind::range:
      out.add(as<groovy::RangeLiteral>(node)->from);
      out.add(as<groovy::RangeLiteral>(node)->to);
      break;
    case NodeKind::closure:
      out.parameters(as<groovy::Closure>(node)->parameters);
      out.add(as<groovy::Closure>(node)->body);
      break;
    case NodeKind::method_pointer:
      out.add(as<groovy::MethodPointer>(node)->object);
      break;
    case NodeKind::cast:
      out.add(as<groovy::Cast>(node)->value);
      break;
    case NodeKind::instance_of:
      out.add(as<groovy::InstanceOf>(node)->value);
      break;
    case NodeKind::spread:
      out.add(as<groovy::Spread>(node)->value);
      break;
    case NodeKind::spread_map:
      out.add(as<groovy::SpreadMap>(node)->value);
      break;
    case NodeKind::declaration:
      out.add(as<groovy::Declaration>(node)->value);
      break;
    case NodeKind::constant:
    case NodeKind::variable:
    case NodeKind::this_ref:
    case NodeKind::super_ref:
    case NodeKind::block:
    case NodeKind::expression_statement:
    case NodeKind::if_:
    case NodeKind::while_:
    case NodeKind::for_in:
    case NodeKind::for_c:
    case NodeKind::switch_:
    case NodeKind::try_:
    case NodeKind::throw_:
    case NodeKind::return_:
    case NodeKind::break_:
    case NodeKind::continue_:
    case NodeKind::assert_:
    case NodeKind::synchronized_:
    case NodeKind::class_statement:
    case NodeKind::empty:
      break;
  }
}

void add_statement(Children& out, const Node* node) {
  switch (node->kind) {
    case NodeKind::block:
      out.all(as<groovy::Block>(node)->statements);
      break;
    case NodeKind::expression_statement:
      out.add(as<groovy::ExpressionStatement>(node)->expression);
      break;
    case NodeKind::if_:
      out.add(as<groovy::If>(node)->condition);
      out.add(as<groovy::If>(node)->then_branch);
      out.add(as<groovy::If>(node)->else_branch);
      break;
    case NodeKind::while_:
      out.add(as<groovy::While>(node)->condition);
      out.add(as<groovy::While>(node)->body);
      break;
    case NodeKind::for_in:
      out.add(as<groovy::ForIn>(node)->iterable);
      out.add(as<groovy::ForIn>(node)->body);
      break;
    case NodeKind::for_c:
      out.add(as<groovy::ForC>(node)->init);
      out.add(as<groovy::ForC>(node)->condition);
      out.add(as<groovy::ForC>(node)->update);
      out.add(as<groovy::ForC>(node)->body);
      break;
    case NodeKind::switch_:
      out.add(as<groovy::Switch>(node)->subject);
      for (const auto& one : as<groovy::Switch>(node)->cases) {
        out.add(one.value);
        out.all(one.body);
      }
      break;
    case NodeKind::try_:
      out.add(as<groovy::Try>(node)->body);
      for (const auto& clause : as<groovy::Try>(node)->catches) out.add(clause.body);
      out.add(as<groovy::Try>(node)->finally_block);
      break;
    case NodeKind::throw_:
      out.add(as<groovy::Throw>(node)->value);
      break;
    case NodeKind::return_:
      out.add(as<groovy::Return>(node)->value);
      break;
    case NodeKind::assert_:
      out.add(as<groovy::Assert>(node)->condition);
      out.add(as<groovy::Assert>(node)->message);
      break;
    case NodeKind::synchronized_:
      out.add(as<groovy::Synchronized>(node)->lock);
      out.add(as<groovy::Synchronized>(node)->body);
      break;
    case NodeKind::class_statement:
      out.class_body(as<groovy::ClassStatement>(node)->declaration);
      break;
    case NodeKind::constant:
    case NodeKind::gstring:
    case NodeKind::variable:
    case NodeKind::this_ref:
    case NodeKind::super_ref:
    case NodeKind::binary:
    case NodeKind::assign:
    case NodeKind::unary:
    case NodeKind::increment:
    case NodeKind::ternary:
    case NodeKind::elvis:
    case NodeKind::property:
    case NodeKind::index:
    case NodeKind::method_call:
    case NodeKind::constructor_call:
    case NodeKind::new_object:
    case NodeKind::new_array:
    case NodeKind::list:
    case NodeKind::map:
    case NodeKind::range:
    case NodeKind::closure:
    case NodeKind::method_pointer:
    case NodeKind::cast:
    case NodeKind::instance_of:
    case NodeKind::spread:
    case NodeKind::spread_map:
    case NodeKind::declaration:
    case NodeKind::break_:
    case NodeKind::continue_:
    case NodeKind::empty:
      break;
  }
}

}  // namespace

std::vector<const Node*> children_of(const Node* node) {
  Children out;
  if (node->kind >= NodeKind::block) {
    add_statement(out, node);
  } else {
    add_expression(out, node);
  }
  return std::move(out.nodes);
}

void walk(const Node* root, const std::function<bool(const Node*)>& visit) {
  if (root == nullptr) return;
  std::vector<const Node*> open{root};
  while (!open.empty()) {
    const auto* node = open.back();
    open.pop_back();
    if (!visit(node)) continue;
    auto children = children_of(node);
    open.insert(open.end(), children.rbegin(), children.rend());
  }
}

void walk_unit(const groovy::Unit& unit, const std::function<bool(const Node*)>& visit) {
  for (const auto* statement : unit.statements) walk(statement, visit);
  for (const auto* method : unit.methods) walk(method->body, visit);
  Children classes;
  for (const auto* declaration : unit.classes) classes.class_body(declaration);
  for (const auto* node : classes.nodes) walk(node, visit);
}

}  // namespace windlass::jenkinsfile
