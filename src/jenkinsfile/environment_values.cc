#include "jenkinsfile/environment_values.h"

#include <vector>

#include "jenkinsfile/tree_reading.h"

namespace windlass::jenkinsfile {
namespace {

using groovy::as;
using groovy::Expr;
using groovy::NodeKind;

class Rewriter {
 public:
  Rewriter(Builder& builder, const std::set<std::string, std::less<>>& keys, const std::string& own)
      : builder_(builder), keys_(keys), own_(own) {}

  Expr* rewrite(Expr* expr);

 private:
  bool is_other_key(std::string_view name) const { return name != own_ && keys_.contains(name); }

  /// `__get('name', { -> name })`: the parameter of the closure that holds the value.
  Expr* ask(std::string_view name, Expr* original) {
    auto* call = as<groovy::MethodCall>(builder_.call(
        "__get", {builder_.string(name, original->span), builder_.closure(original, original->span)}, original->span));
    return call;
  }

  template <class T>
  T* copy(const T* node) {
    auto* out = builder_.tree().make<T>(node->kind, node->span);
    *out = *node;
    return out;
  }
  groovy::List<Expr*> list(const groovy::List<Expr*>& from) {
    std::vector<Expr*> out;
    for (auto* expr : from) out.push_back(rewrite(expr));
    return builder_.tree().list(out);
  }
  groovy::List<groovy::MapEntry> entries(const groovy::List<groovy::MapEntry>& from) {
    std::vector<groovy::MapEntry> out;
    for (const auto& entry : from) out.push_back({entry.key, rewrite(entry.value), entry.span});
    return builder_.tree().list(out);
  }
  /// A bare name before a dot may be the first part of a package, which stays as it is. In capitals it is a variable or
  /// a class, and asking gives either.
  Expr* object(Expr* expr) {
    if (expr == nullptr || expr->kind != NodeKind::variable) return expr == nullptr ? nullptr : rewrite(expr);
    const auto name = as<groovy::Variable>(expr)->name;
    const bool capital = !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && name != own_;
    return capital || is_other_key(name) ? ask(name, expr) : expr;
  }

  Builder& builder_;
  const std::set<std::string, std::less<>>& keys_;
  const std::string& own_;
};

Expr* Rewriter::rewrite(Expr* expr) {
  if (expr == nullptr) return nullptr;
  switch (expr->kind) {
    case NodeKind::variable:
      return ask(as<groovy::Variable>(expr)->name, expr);
    case NodeKind::gstring: {
      auto* out = copy(as<groovy::GString>(expr));
      out->values = list(out->values);
      return out;
    }
    case NodeKind::binary: {
      auto* out = copy(as<groovy::Binary>(expr));
      // A long chain leans to the left: its spine is copied in a loop.
      for (auto* spine = out;;) {
        spine->right = rewrite(spine->right);
        if (spine->left->kind != NodeKind::binary) {
          spine->left = rewrite(spine->left);
          break;
        }
        auto* left = copy(as<groovy::Binary>(spine->left));
        spine->left = left;
        spine = left;
      }
      return out;
    }
    case NodeKind::unary: {
      auto* out = copy(as<groovy::Unary>(expr));
      out->operand = rewrite(out->operand);
      return out;
    }
    case NodeKind::ternary: {
      auto* out = copy(as<groovy::Ternary>(expr));
      out->condition = rewrite(out->condition);
      out->when_true = rewrite(out->when_true);
      out->when_false = rewrite(out->when_false);
      return out;
    }
    case NodeKind::elvis: {
      auto* out = copy(as<groovy::Elvis>(expr));
      out->value = rewrite(out->value);
      out->fallback = rewrite(out->fallback);
      return out;
    }
    case NodeKind::property: {
      const auto* property = as<groovy::Property>(expr);
      const auto name = property->name->kind == NodeKind::constant ? find_key(property->name) : std::nullopt;
      if (property->object->kind == NodeKind::variable && as<groovy::Variable>(property->object)->name == "env" &&
          name) {
        return is_other_key(*name) ? ask(*name, expr) : expr;
      }
      auto* out = copy(property);
      out->object = object(out->object);
      return out;
    }
    case NodeKind::index: {
      const auto* index = as<groovy::Index>(expr);
      if (index->object->kind == NodeKind::variable && as<groovy::Variable>(index->object)->name == "env" &&
          index->arguments.size() == 1 && index->arguments[0]->kind == NodeKind::constant) {
        const auto name = find_key(index->arguments[0]);
        return name && is_other_key(*name) ? ask(*name, expr) : expr;
      }
      auto* out = copy(index);
      out->object = object(out->object);
      out->arguments = list(out->arguments);
      return out;
    }
    case NodeKind::method_call: {
      auto* out = copy(as<groovy::MethodCall>(expr));
      out->object = object(out->object);
      out->arguments.named = entries(out->arguments.named);
      out->arguments.positional = list(out->arguments.positional);
      return out;
    }
    case NodeKind::new_object: {
      auto* out = copy(as<groovy::NewObject>(expr));
      out->arguments.named = entries(out->arguments.named);
      out->arguments.positional = list(out->arguments.positional);
      return out;
    }
    case NodeKind::list: {
      auto* out = copy(as<groovy::ListLiteral>(expr));
      out->elements = list(out->elements);
      return out;
    }
    case NodeKind::map: {
      auto* out = copy(as<groovy::MapLiteral>(expr));
      out->entries = entries(out->entries);
      return out;
    }
    case NodeKind::cast: {
      auto* out = copy(as<groovy::Cast>(expr));
      out->value = rewrite(out->value);
      return out;
    }
    case NodeKind::constant:
    case NodeKind::this_ref:
    case NodeKind::super_ref:
    case NodeKind::assign:
    case NodeKind::increment:
    case NodeKind::constructor_call:
    case NodeKind::new_array:
    case NodeKind::range:
    case NodeKind::closure:
    case NodeKind::method_pointer:
    case NodeKind::instance_of:
    case NodeKind::spread:
    case NodeKind::spread_map:
    case NodeKind::declaration:
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
  return expr;
}

}  // namespace

groovy::Expr* rewrite_environment_value(Builder& builder, groovy::Expr* expr,
                                        const std::set<std::string, std::less<>>& keys, const std::string& own) {
  return Rewriter(builder, keys, own).rewrite(expr);
}

}  // namespace windlass::jenkinsfile
