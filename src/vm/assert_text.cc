// The text of a condition as an `assert` with a message shows it: not the source but Groovy's own writing of the tree,
// with every operation in parentheses, quotes left out and signs of unary operators forgotten. Checked against 2.4.21.
#include <algorithm>

#include "vm/compiler.h"

namespace windlass::vm {

using namespace groovy;

namespace {

std::string joined(List<Expr*> elements, const std::function<std::string(const Expr*)>& text) {
  std::string out;
  for (const Expr* e : elements) out += (out.empty() ? "" : ", ") + text(e);
  return out;
}

}  // namespace

std::string FunctionCompiler::assertion_text(const Expr* e) {
  const auto text = [this](const Expr* inner) { return assertion_text(inner); };
  const auto type_name = [this](const TypeRef* type) {
    const std::uint16_t ref = u_.type(type, context_);
    if (ref == kNone16) return std::string("java.lang.Object");
    const ClassRef& r = u_.unit().class_refs[ref];
    if (r.known != kNoClass) return std::string(java_classes()[r.known].name);
    return r.candidates.empty() ? r.written : r.candidates.front();
  };
  const auto arguments_text = [&](const Arguments& args) {
    std::string out;
    for (const MapEntry& entry : args.named)
      out += (out.empty() ? "" : ", ") + text(entry.key) + ":" + text(entry.value);
    if (!out.empty()) out = "[" + out + "]";
    const std::string rest = joined(args.positional, text);
    return "(" + out + (out.empty() || rest.empty() ? "" : ", ") + rest + ")";
  };
  switch (e->kind) {
    case NodeKind::constant: {
      const auto* c = as<Constant>(e);
      switch (c->type) {
        case ConstantType::null:
          return "null";
        case ConstantType::boolean_true:
          return "true";
        case ConstantType::boolean_false:
          return "false";
        default:
          return std::string(c->text);
      }
    }
    case NodeKind::gstring: {
      const auto* g = as<GString>(e);
      std::string out;
      for (std::size_t i = 0; i < g->strings.size(); ++i) {
        out += g->strings[i];
        if (i < g->values.size()) out += "$" + text(g->values[i]);
      }
      return out;
    }
    case NodeKind::variable:
      return std::string(as<Variable>(e)->name);
    case NodeKind::this_ref:
      return "this";
    case NodeKind::super_ref:
      return "super";
    case NodeKind::binary: {
      const auto* b = as<Binary>(e);
      return "(" + text(b->left) + " " + std::string(u_.tree().source().slice(b->op_span)) + " " + text(b->right) + ")";
    }
    case NodeKind::assign: {
      const auto* a = as<Assign>(e);
      return "(" + text(a->target) + " " + std::string(u_.tree().source().slice(a->op_span)) + " " + text(a->value) +
             ")";
    }
    case NodeKind::unary:
      return text(as<Unary>(e)->operand);
    case NodeKind::increment: {
      const auto* i = as<Increment>(e);
      const std::string sign = i->delta > 0 ? "++" : "--";
      return "(" + (i->prefix ? sign + text(i->operand) : text(i->operand) + sign) + ")";
    }
    case NodeKind::ternary: {
      const auto* t = as<Ternary>(e);
      return "(" + text(t->condition) + ") ? " + text(t->when_true) + " : " + text(t->when_false);
    }
    case NodeKind::elvis: {
      const auto* t = as<Elvis>(e);
      return "(" + text(t->value) + ") ? " + text(t->value) + " : " + text(t->fallback);
    }
    case NodeKind::property: {
      const auto* p = as<Property>(e);
      return text(p->object) + (p->spread ? "*" : "") + (p->safe ? "?" : "") + "." + text(p->name);
    }
    case NodeKind::index: {
      const auto* i = as<Index>(e);
      const std::string inner = joined(i->arguments, text);
      return text(i->object) + "[" + (i->arguments.size() == 1 ? inner : "[" + inner + "]") + "]";
    }
    case NodeKind::method_call: {
      const auto* c = as<MethodCall>(e);
      const std::string object = c->object == nullptr ? "this" : text(c->object);
      const std::string name = c->implicit_call ? "call" : text(c->name);
      return object + (c->spread ? "*" : "") + (c->safe ? "?" : "") + "." + name + arguments_text(c->arguments);
    }
    case NodeKind::new_object: {
      const auto* n = as<NewObject>(e);
      return "new " + type_name(n->type) + arguments_text(n->arguments);
    }
    case NodeKind::list:
      return "[" + joined(as<ListLiteral>(e)->elements, text) + "]";
    case NodeKind::map: {
      const auto& entries = as<MapLiteral>(e)->entries;
      if (entries.empty()) return "[:]";
      std::string out;
      for (const MapEntry& entry : entries)
        out += (out.empty() ? "" : ", ") + text(entry.key) + ":" + text(entry.value);
      return "[" + out + "]";
    }
    case NodeKind::range: {
      const auto* r = as<RangeLiteral>(e);
      return "(" + text(r->from) + (r->inclusive ? ".." : "..<") + text(r->to) + ")";
    }
    case NodeKind::closure:
      return "{ -> ... }";
    case NodeKind::method_pointer:
      return text(as<MethodPointer>(e)->object) + ".&" + text(as<MethodPointer>(e)->name);
    case NodeKind::cast: {
      const auto* c = as<Cast>(e);
      const std::string name = type_name(c->type);
      const bool primitive = name.find('.') == std::string::npos;
      return "(" + name + (primitive ? "" : " -> " + name) + ") " + text(c->value);
    }
    case NodeKind::instance_of: {
      const auto* i = as<InstanceOf>(e);
      return "(" + text(i->value) + " instanceof " + type_name(i->type) + ")";
    }
    case NodeKind::spread:
      return "*" + text(as<Spread>(e)->value);
    default:
      return std::string(u_.tree().source().slice(e->span));
  }
}

void FunctionCompiler::assertion_variables(const Expr* e, std::vector<const Expr*>& out) {
  switch (e->kind) {
    case NodeKind::variable:
    case NodeKind::this_ref:
      out.push_back(e);
      break;
    case NodeKind::unary:
      if (as<Unary>(e)->op == UnaryOp::logical_not) assertion_variables(as<Unary>(e)->operand, out);
      break;
    case NodeKind::binary:
      assertion_variables(as<Binary>(e)->left, out);
      assertion_variables(as<Binary>(e)->right, out);
      break;
    case NodeKind::assign:
      assertion_variables(as<Assign>(e)->target, out);
      assertion_variables(as<Assign>(e)->value, out);
      break;
    case NodeKind::index:
      assertion_variables(as<Index>(e)->object, out);
      for (const Expr* argument : as<Index>(e)->arguments) assertion_variables(argument, out);
      break;
    case NodeKind::instance_of:
      assertion_variables(as<InstanceOf>(e)->value, out);
      break;
    default:
      break;
  }
}

}  // namespace windlass::vm
