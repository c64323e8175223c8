#include "vm/capture_analysis.h"

namespace windlass::vm {

using namespace groovy;

void CaptureAnalysis::use(std::string_view name, bool assigned) {
  const auto newest = newest_.find(name);
  if (newest == newest_.end() || newest->second == 0) return;
  const Entry& entry = scope_[newest->second - 1];
  auto& facts = facts_[entry.node];
  if (entry.depth != depth_) facts.captured = true;
  if (assigned) facts.reassigned = true;
}

void CaptureAnalysis::declare(std::string_view name, const void* node) {
  std::uint32_t& newest = newest_[name];
  scope_.push_back({name, node, depth_, newest});
  newest = static_cast<std::uint32_t>(scope_.size());
}

void CaptureAnalysis::leave(std::size_t mark) {
  for (; scope_.size() > mark; scope_.pop_back()) newest_[scope_.back().name] = scope_.back().shadowed;
}

void CaptureAnalysis::method(const MethodDecl& m) {
  const auto mark = scope_.size();
  ++depth_;
  for (const Parameter& p : m.parameters) {
    if (p.default_value != nullptr) expression(p.default_value);
    declare(p.name, &p);
    if (p.default_value != nullptr) facts_[&p].reassigned = true;
  }
  if (m.body != nullptr) block(m.body->statements);
  --depth_;
  leave(mark);
}

void CaptureAnalysis::closure_or_block(List<Parameter> parameters, const Block* body) {
  const auto mark = scope_.size();
  ++depth_;
  for (const Parameter& p : parameters) {
    if (p.default_value != nullptr) expression(p.default_value);
    declare(p.name, &p);
    if (p.default_value != nullptr) facts_[&p].reassigned = true;
  }
  if (body != nullptr) block(body->statements);
  --depth_;
  leave(mark);
}

void CaptureAnalysis::statements(List<Stmt*> list) { block(list); }
void CaptureAnalysis::expression_root(const Expr* expr) { expression(expr); }

void CaptureAnalysis::class_body(const ClassDecl& declaration) {
  for (const MethodDecl* m : declaration.methods) method(*m);
  ++depth_;
  for (const FieldDecl* f : declaration.fields) expression(f->initial_value);
  for (const Initializer& i : declaration.initializers) block(i.body->statements);
  --depth_;
  for (const EnumConstant& c : declaration.constants) {
    arguments(c.arguments);
    if (c.body != nullptr) class_body(*c.body);
  }
}

void CaptureAnalysis::block(List<Stmt*> list) {
  const auto mark = scope_.size();
  for (const Stmt* s : list) statement(s);
  leave(mark);
}

void CaptureAnalysis::assign_target(const Expr* target) {
  if (target->kind == NodeKind::variable) {
    use(as<Variable>(target)->name, true);
  } else if (target->kind == NodeKind::list) {
    for (const Expr* e : as<ListLiteral>(target)->elements) assign_target(e);
  } else {
    expression(target);
  }
}

void CaptureAnalysis::arguments(const Arguments& a) {
  for (const MapEntry& e : a.named) {
    expression(e.key);
    expression(e.value);
  }
  for (const Expr* e : a.positional) expression(e);
}

void CaptureAnalysis::expression(const Expr* expr) {
  while (expr != nullptr) {
    switch (expr->kind) {
      case NodeKind::gstring:
        for (const Expr* e : as<GString>(expr)->values) expression(e);
        return;
      case NodeKind::variable:
        use(as<Variable>(expr)->name, false);
        return;
      case NodeKind::binary: {
        const auto* b = as<Binary>(expr);
        expression(b->right);
        expr = b->left;
        continue;
      }
      case NodeKind::assign: {
        const auto* a = as<Assign>(expr);
        assign_target(a->target);
        expr = a->value;
        continue;
      }
      case NodeKind::unary:
        expr = as<Unary>(expr)->operand;
        continue;
      case NodeKind::increment:
        assign_target(as<Increment>(expr)->operand);
        return;
      case NodeKind::ternary: {
        const auto* t = as<Ternary>(expr);
        expression(t->condition);
        expression(t->when_true);
        expr = t->when_false;
        continue;
      }
      case NodeKind::elvis:
        expression(as<Elvis>(expr)->value);
        expr = as<Elvis>(expr)->fallback;
        continue;
      case NodeKind::property:
        expression(as<Property>(expr)->name);
        expr = as<Property>(expr)->object;
        continue;
      case NodeKind::index:
        for (const Expr* e : as<Index>(expr)->arguments) expression(e);
        expr = as<Index>(expr)->object;
        continue;
      case NodeKind::method_call: {
        const auto* c = as<MethodCall>(expr);
        arguments(c->arguments);
        if (c->object == nullptr) {
          if (c->name->kind == NodeKind::constant) {
            use(as<Constant>(c->name)->text, false);
          } else {
            expression(c->name);
          }
          return;
        }
        expression(c->name);
        expr = c->object;
        continue;
      }
      case NodeKind::constructor_call:
        arguments(as<ConstructorCall>(expr)->arguments);
        return;
      case NodeKind::new_object: {
        const auto* n = as<NewObject>(expr);
        arguments(n->arguments);
        if (n->body != nullptr) class_body(*n->body);
        return;
      }
      case NodeKind::new_array:
        for (const Expr* e : as<NewArray>(expr)->sizes) expression(e);
        return;
      case NodeKind::list:
        for (const Expr* e : as<ListLiteral>(expr)->elements) expression(e);
        return;
      case NodeKind::map:
        for (const MapEntry& e : as<MapLiteral>(expr)->entries) {
          expression(e.key);
          expression(e.value);
        }
        return;
      case NodeKind::range:
        expression(as<RangeLiteral>(expr)->from);
        expr = as<RangeLiteral>(expr)->to;
        continue;
      case NodeKind::closure:
        closure_or_block(as<Closure>(expr)->parameters, as<Closure>(expr)->body);
        return;
      case NodeKind::method_pointer:
        expression(as<MethodPointer>(expr)->name);
        expr = as<MethodPointer>(expr)->object;
        continue;
      case NodeKind::cast:
        expr = as<Cast>(expr)->value;
        continue;
      case NodeKind::instance_of:
        expr = as<InstanceOf>(expr)->value;
        continue;
      case NodeKind::spread:
        expr = as<Spread>(expr)->value;
        continue;
      case NodeKind::spread_map:
        expr = as<SpreadMap>(expr)->value;
        continue;
      case NodeKind::declaration: {
        const auto* d = as<Declaration>(expr);
        for (const Annotation& a : d->annotations) {
          if (a.name == "Field" || a.name.ends_with(".Field")) fields_.push_back(d);
        }
        expression(d->value);
        for (const DeclaredVariable& v : d->variables) declare(v.name, &v);
        return;
      }
      default:
        return;
    }
  }
}

void CaptureAnalysis::statement(const Stmt* stmt) {
  if (stmt == nullptr) return;
  const auto mark = scope_.size();
  switch (stmt->kind) {
    case NodeKind::block: {
      const auto* b = as<Block>(stmt);
      if (b->scope) {
        block(b->statements);
      } else {
        for (const Stmt* s : b->statements) statement(s);
        return;
      }
      break;
    }
    case NodeKind::expression_statement:
      expression(as<ExpressionStatement>(stmt)->expression);
      return;
    case NodeKind::if_: {
      const auto* branch = as<If>(stmt);
      for (;; branch = as<If>(static_cast<const Stmt*>(branch->else_branch))) {
        expression(branch->condition);
        statement(branch->then_branch);
        if (branch->else_branch == nullptr || branch->else_branch->kind != NodeKind::if_) break;
      }
      statement(branch->else_branch);
      break;
    }
    case NodeKind::while_:
      expression(as<While>(stmt)->condition);
      statement(as<While>(stmt)->body);
      break;
    case NodeKind::for_in: {
      const auto* f = as<ForIn>(stmt);
      expression(f->iterable);
      declare(f->name, f);
      facts_[f].reassigned = true;
      statement(f->body);
      break;
    }
    case NodeKind::for_c: {
      const auto* f = as<ForC>(stmt);
      expression(f->init);
      expression(f->condition);
      expression(f->update);
      statement(f->body);
      break;
    }
    case NodeKind::switch_: {
      const auto* s = as<Switch>(stmt);
      expression(s->subject);
      for (const SwitchCase& c : s->cases) {
        expression(c.value);
        block(c.body);
      }
      break;
    }
    case NodeKind::try_: {
      const auto* t = as<Try>(stmt);
      statement(t->body);
      for (const CatchClause& c : t->catches) {
        const auto inner = scope_.size();
        declare(c.name, &c);
        statement(c.body);
        leave(inner);
      }
      statement(t->finally_block);
      break;
    }
    case NodeKind::throw_:
      expression(as<Throw>(stmt)->value);
      break;
    case NodeKind::return_:
      expression(as<Return>(stmt)->value);
      break;
    case NodeKind::assert_:
      expression(as<Assert>(stmt)->condition);
      expression(as<Assert>(stmt)->message);
      break;
    case NodeKind::synchronized_:
      expression(as<Synchronized>(stmt)->lock);
      statement(as<Synchronized>(stmt)->body);
      break;
    default:
      break;
  }
  leave(mark);
}

}  // namespace windlass::vm
