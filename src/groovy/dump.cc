// The writer of dump.h: `(op operands…)`, names bare, strings in single quotes.
#include "groovy/dump.h"

#include <vector>

// Each switch prints a part of the node kinds; the others are its caller's.
#pragma clang diagnostic ignored "-Wswitch-enum"

namespace windlass::groovy {
namespace {

constexpr std::string_view kBinary[] = {"+",   "-",  "*",  "/",   "%",  "**",  "<<", ">>", ">>>", "<", "<=", ">", ">=",
                                        "<=>", "==", "!=", "===", "=~", "==~", "in", "&",  "|",   "^", "&&", "||"};

bool is_plain_name(std::string_view s) {
  if (s.empty() || (s[0] >= '0' && s[0] <= '9')) return false;
  for (const char c : s) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
    if (!word) return false;
  }
  return true;
}

class Dumper {
 public:
  std::string out;

  void text(std::string_view s) { out += s; }

  void quoted(std::string_view s) {
    out += '\'';
    for (const char c : s) {
      switch (c) {
        case '\n':
          out += "\\n";
          break;
        case '\t':
          out += "\\t";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\\':
          out += "\\\\";
          break;
        case '\'':
          out += "\\'";
          break;
        default:
          out += c;
      }
    }
    out += '\'';
  }

  void type(const TypeRef* t) {
    if (t == nullptr) return text("def");
    out += t->name;
    if (!t->arguments.empty()) {
      out += '<';
      for (std::size_t i = 0; i < t->arguments.size(); ++i) {
        if (i != 0) out += ',';
        type(t->arguments[i]);
      }
      out += '>';
    }
    for (int i = 0; i < t->array_dimensions; ++i) out += "[]";
  }

  /// The operand that stands first; chains of these are walked in a loop.
  static const Expr* left(const Expr* e) {
    switch (e->kind) {
      case NodeKind::binary:
        return as<Binary>(e)->left;
      case NodeKind::property:
        return as<Property>(e)->object;
      case NodeKind::index:
        return as<Index>(e)->object;
      case NodeKind::method_call:
        return as<MethodCall>(e)->object;
      case NodeKind::range:
        return as<RangeLiteral>(e)->from;
      default:
        return nullptr;
    }
  }

  void expr(const Expr* e) {
    if (e == nullptr) return text("()");
    std::vector<const Expr*> spine;
    for (const Expr* next = left(e); next != nullptr; next = left(e)) {
      open(e);
      spine.push_back(e);
      e = next;
    }
    leaf(e);
    while (!spine.empty()) {
      rest(spine.back());
      spine.pop_back();
    }
  }

  void name(const Expr* e) {
    if (e != nullptr && e->kind == NodeKind::constant && is_plain_name(as<Constant>(e)->text))
      return text(as<Constant>(e)->text);
    expr(e);
  }

  void open(const Expr* e) {
    out += '(';
    switch (e->kind) {
      case NodeKind::binary:
        out += kBinary[static_cast<int>(as<Binary>(e)->op)];
        break;
      case NodeKind::property: {
        const auto* p = as<Property>(e);
        out += p->attribute ? ".@" : p->safe ? "?." : p->spread ? "*." : ".";
        break;
      }
      case NodeKind::index:
        out += "[]";
        break;
      case NodeKind::method_call: {
        const auto* c = as<MethodCall>(e);
        out += c->implicit_call ? "call()" : c->safe ? "call?." : c->spread ? "call*." : "call.";
        break;
      }
      default:
        out += as<RangeLiteral>(e)->inclusive ? ".." : "..<";
    }
    out += ' ';
  }

  void rest(const Expr* e) {
    switch (e->kind) {
      case NodeKind::binary:
        out += ' ';
        expr(as<Binary>(e)->right);
        break;
      case NodeKind::property:
        out += ' ';
        name(as<Property>(e)->name);
        break;
      case NodeKind::index:
        exprs(as<Index>(e)->arguments);
        break;
      case NodeKind::method_call: {
        const auto* c = as<MethodCall>(e);
        out += ' ';
        name(c->name);
        arguments(c->arguments);
        break;
      }
      default:
        out += ' ';
        expr(as<RangeLiteral>(e)->to);
    }
    out += ')';
  }

  void exprs(List<Expr*> list) {
    for (const auto* e : list) {
      out += ' ';
      expr(e);
    }
  }

  void entries(List<MapEntry> list) {
    for (const auto& entry : list) {
      out += ' ';
      if (entry.key->kind == NodeKind::spread_map) {
        expr(entry.key);
        continue;
      }
      const bool fixed = entry.key->kind == NodeKind::constant;
      if (!fixed) out += '(';
      name(entry.key);
      out += fixed ? ": " : "): ";
      expr(entry.value);
    }
  }

  void arguments(const Arguments& a) {
    entries(a.named);
    const auto plain = a.positional.size() - a.trailing_closures;
    exprs(a.positional.subspan(0, plain));
    if (a.trailing_closures != 0) {
      out += " &";
      exprs(a.positional.subspan(plain));
    }
  }

  void parameters(List<Parameter> list) {
    out += '(';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i != 0) out += ' ';
      const auto& p = list[i];
      annotations(p.annotations);
      if (p.is_final) out += "final ";
      if (p.type != nullptr) {
        type(p.type);
        out += ' ';
      }
      if (p.varargs) out += "...";
      out += p.name;
      if (p.default_value != nullptr) {
        out += '=';
        expr(p.default_value);
      }
    }
    out += ')';
  }

  void annotations(List<Annotation> list) {
    for (const auto& a : list) {
      out += '@';
      out += a.name;
      if (!a.arguments.empty()) {
        out += '(';
        for (std::size_t i = 0; i < a.arguments.size(); ++i) {
          if (i != 0) out += ' ';
          out += a.arguments[i].name;
          out += '=';
          expr(a.arguments[i].value);
        }
        out += ')';
      }
      out += ' ';
    }
  }

  void modifiers(std::uint32_t bits) {
    static constexpr std::pair<std::uint32_t, std::string_view> kNames[] = {{mod_public, "public "},
                                                                            {mod_protected, "protected "},
                                                                            {mod_private, "private "},
                                                                            {mod_static, "static "},
                                                                            {mod_final, "final "},
                                                                            {mod_abstract, "abstract "},
                                                                            {mod_synchronized, "synchronized "},
                                                                            {mod_transient, "transient "},
                                                                            {mod_volatile, "volatile "},
                                                                            {mod_native, "native "},
                                                                            {mod_strictfp, "strictfp "}};
    for (const auto& [bit, label] : kNames) {
      if ((bits & bit) != 0) out += label;
    }
  }

  void declaration(const Declaration* d) {
    out += '(';
    annotations(d->annotations);
    modifiers(d->modifiers);
    if (d->multiple) {
      out += "def (";
      for (std::size_t i = 0; i < d->variables.size(); ++i) {
        if (i != 0) out += ' ';
        if (d->variables[i].type != nullptr) {
          type(d->variables[i].type);
          out += ' ';
        }
        out += d->variables[i].name;
      }
      out += ')';
    } else {
      type(d->variables[0].type);
      out += ' ';
      out += d->variables[0].name;
    }
    if (d->value != nullptr) {
      out += ' ';
      expr(d->value);
    }
    out += ')';
  }

  void constant(const Constant* c) {
    switch (c->type) {
      case ConstantType::null:
        out += "null";
        break;
      case ConstantType::boolean_true:
        out += "true";
        break;
      case ConstantType::boolean_false:
        out += "false";
        break;
      case ConstantType::string:
        quoted(c->text);
        break;
      default:
        out += c->text;
        if (c->type == ConstantType::long_) out += 'L';
        if (c->type == ConstantType::big_integer) out += 'G';
        if (c->type == ConstantType::float_) out += 'f';
        if (c->type == ConstantType::double_) out += 'd';
    }
  }

  void wrapped(std::string_view head, const Expr* inner) {
    out += '(';
    out += head;
    out += ' ';
    expr(inner);
    out += ')';
  }

  void leaf(const Expr* e) {
    switch (e->kind) {
      case NodeKind::constant:
        constant(as<Constant>(e));
        break;
      case NodeKind::variable:
        out += as<Variable>(e)->name;
        break;
      case NodeKind::this_ref:
        out += "this";
        break;
      case NodeKind::super_ref:
        out += "super";
        break;
      case NodeKind::gstring: {
        const auto* g = as<GString>(e);
        out += "(gs";
        for (std::size_t i = 0; i < g->strings.size(); ++i) {
          out += ' ';
          quoted(g->strings[i]);
          if (i < g->values.size()) {
            out += ' ';
            expr(g->values[i]);
          }
        }
        out += ')';
        break;
      }
      case NodeKind::assign: {
        const auto* a = as<Assign>(e);
        out += '(';
        if (a->compound) out += kBinary[static_cast<int>(a->op)];
        out += "= ";
        expr(a->target);
        out += ' ';
        expr(a->value);
        out += ')';
        break;
      }
      case NodeKind::unary: {
        constexpr std::string_view kUnary[] = {"neg", "pos", "!", "~"};
        wrapped(kUnary[static_cast<int>(as<Unary>(e)->op)], as<Unary>(e)->operand);
        break;
      }
      case NodeKind::increment: {
        const auto* i = as<Increment>(e);
        const std::string_view sign = i->delta > 0 ? "++" : "--";
        wrapped((i->prefix ? "pre" : "post") + std::string(sign), i->operand);
        break;
      }
      case NodeKind::ternary: {
        const auto* t = as<Ternary>(e);
        out += "(? ";
        expr(t->condition);
        out += ' ';
        expr(t->when_true);
        out += ' ';
        expr(t->when_false);
        out += ')';
        break;
      }
      case NodeKind::elvis:
        out += "(?: ";
        expr(as<Elvis>(e)->value);
        out += ' ';
        expr(as<Elvis>(e)->fallback);
        out += ')';
        break;
      case NodeKind::method_call: {  // without an object
        const auto* c = as<MethodCall>(e);
        out += "(call ";
        name(c->name);
        arguments(c->arguments);
        out += ')';
        break;
      }
      case NodeKind::constructor_call: {
        const auto* c = as<ConstructorCall>(e);
        out += c->is_super ? "(super()" : "(this()";
        arguments(c->arguments);
        out += ')';
        break;
      }
      case NodeKind::new_object: {
        const auto* n = as<NewObject>(e);
        out += "(new ";
        type(n->type);
        arguments(n->arguments);
        if (n->body != nullptr) {
          out += ' ';
          class_decl(n->body);
        }
        out += ')';
        break;
      }
      case NodeKind::new_array:
        out += "(new ";
        type(as<NewArray>(e)->type);
        exprs(as<NewArray>(e)->sizes);
        out += ')';
        break;
      case NodeKind::list:
        out += "(list";
        exprs(as<ListLiteral>(e)->elements);
        out += ')';
        break;
      case NodeKind::map:
        out += "(map";
        entries(as<MapLiteral>(e)->entries);
        out += ')';
        break;
      case NodeKind::closure: {
        const auto* c = as<Closure>(e);
        out += "(fn";
        if (c->has_arrow) {
          out += ' ';
          parameters(c->parameters);
        }
        stmts(c->body->statements);
        out += ')';
        break;
      }
      case NodeKind::method_pointer:
        out += "(.& ";
        expr(as<MethodPointer>(e)->object);
        out += ' ';
        name(as<MethodPointer>(e)->name);
        out += ')';
        break;
      case NodeKind::cast:
        out += as<Cast>(e)->coerce ? "(as " : "(cast ";
        type(as<Cast>(e)->type);
        out += ' ';
        expr(as<Cast>(e)->value);
        out += ')';
        break;
      case NodeKind::instance_of:
        out += "(instanceof ";
        expr(as<InstanceOf>(e)->value);
        out += ' ';
        type(as<InstanceOf>(e)->type);
        out += ')';
        break;
      case NodeKind::spread:
        wrapped("*", as<Spread>(e)->value);
        break;
      case NodeKind::spread_map:
        wrapped("*:", as<SpreadMap>(e)->value);
        break;
      case NodeKind::declaration:
        declaration(as<Declaration>(e));
        break;
      default:
        out += "(?)";
    }
  }

  void stmts(List<Stmt*> list) {
    for (const auto* s : list) {
      out += ' ';
      stmt(s);
    }
  }

  void block(const Block* b) {
    out += b->scope ? "(block" : "(group";
    stmts(b->statements);
    out += ')';
  }

  void stmt(const Stmt* s) {
    if (s == nullptr) return text("()");
    if (!s->label.empty()) {
      out += s->label;
      out += ": ";
    }
    switch (s->kind) {
      case NodeKind::block:
        block(as<Block>(s));
        break;
      case NodeKind::expression_statement:
        expr(as<ExpressionStatement>(s)->expression);
        break;
      case NodeKind::if_: {
        int open_count = 0;
        for (const Stmt* link = s; link != nullptr;) {
          const auto* i = as<If>(link);
          out += "(if ";
          ++open_count;
          expr(i->condition);
          out += ' ';
          stmt(i->then_branch);
          link = i->else_branch;
          if (link == nullptr) break;
          out += ' ';
          if (link->kind != NodeKind::if_ || !link->label.empty()) {
            stmt(link);
            break;
          }
        }
        out.append(static_cast<std::size_t>(open_count), ')');
        break;
      }
      case NodeKind::while_:
        out += "(while ";
        expr(as<While>(s)->condition);
        out += ' ';
        stmt(as<While>(s)->body);
        out += ')';
        break;
      case NodeKind::for_in: {
        const auto* f = as<ForIn>(s);
        out += "(for ";
        if (f->type != nullptr) {
          type(f->type);
          out += ' ';
        }
        out += f->name;
        out += " in ";
        expr(f->iterable);
        out += ' ';
        stmt(f->body);
        out += ')';
        break;
      }
      case NodeKind::for_c: {
        const auto* f = as<ForC>(s);
        out += "(for ";
        expr(f->init);
        out += "; ";
        expr(f->condition);
        out += "; ";
        expr(f->update);
        out += ' ';
        stmt(f->body);
        out += ')';
        break;
      }
      case NodeKind::switch_: {
        out += "(switch ";
        expr(as<Switch>(s)->subject);
        for (const auto& c : as<Switch>(s)->cases) {
          out += c.value != nullptr ? " (case " : " (default";
          if (c.value != nullptr) expr(c.value);
          stmts(c.body);
          out += ')';
        }
        out += ')';
        break;
      }
      case NodeKind::try_: {
        const auto* t = as<Try>(s);
        out += "(try ";
        block(t->body);
        for (const auto& c : t->catches) {
          out += " (catch ";
          for (std::size_t i = 0; i < c.types.size(); ++i) {
            if (i != 0) out += '|';
            type(c.types[i]);
          }
          if (!c.types.empty()) out += ' ';
          out += c.name;
          out += ' ';
          if (c.body != nullptr) block(c.body);
          out += ')';
        }
        if (t->finally_block != nullptr) {
          out += " (finally ";
          block(t->finally_block);
          out += ')';
        }
        out += ')';
        break;
      }
      case NodeKind::throw_:
        wrapped("throw", as<Throw>(s)->value);
        break;
      case NodeKind::return_:
        if (as<Return>(s)->value == nullptr) {
          out += "(return)";
        } else {
          wrapped("return", as<Return>(s)->value);
        }
        break;
      case NodeKind::break_:
        jump("(break", as<Break>(s)->target);
        break;
      case NodeKind::continue_:
        jump("(continue", as<Continue>(s)->target);
        break;
      case NodeKind::assert_:
        out += "(assert ";
        expr(as<Assert>(s)->condition);
        if (as<Assert>(s)->message != nullptr) {
          out += ' ';
          expr(as<Assert>(s)->message);
        }
        out += ')';
        break;
      case NodeKind::synchronized_:
        out += "(synchronized ";
        expr(as<Synchronized>(s)->lock);
        out += ' ';
        block(as<Synchronized>(s)->body);
        out += ')';
        break;
      case NodeKind::class_statement:
        class_decl(as<ClassStatement>(s)->declaration);
        break;
      case NodeKind::empty:
        out += "(empty)";
        break;
      default:
        out += "(?)";
    }
  }

  void jump(std::string_view head, std::string_view target) {
    out += head;
    if (!target.empty()) {
      out += ' ';
      out += target;
    }
    out += ')';
  }

  void method(const MethodDecl* m) {
    out += "(method ";
    annotations(m->annotations);
    modifiers(m->modifiers);
    type(m->return_type);
    out += ' ';
    if (is_plain_name(m->name) || m->name == "<init>") {
      out += m->name;
    } else {
      quoted(m->name);
    }
    parameters(m->parameters);
    for (std::size_t i = 0; i < m->throws_types.size(); ++i) {
      out += i == 0 ? " throws " : ",";
      type(m->throws_types[i]);
    }
    if (m->body != nullptr) stmts(m->body->statements);
    out += ')';
  }

  void class_decl(const ClassDecl* c) {
    constexpr std::string_view kKinds[] = {"(class", "(interface", "(enum", "(@interface", "(trait"};
    out += kKinds[static_cast<int>(c->kind)];
    out += ' ';
    annotations(c->annotations);
    modifiers(c->modifiers);
    out += c->name.empty() ? std::string_view("_") : c->name;
    if (c->superclass != nullptr) {
      out += " extends ";
      type(c->superclass);
    }
    for (std::size_t i = 0; i < c->interfaces.size(); ++i) {
      out += i == 0 ? " implements " : ",";
      type(c->interfaces[i]);
    }
    for (const auto& k : c->constants) {
      out += " (constant ";
      out += k.name;
      arguments(k.arguments);
      if (k.body != nullptr) {
        out += ' ';
        class_decl(k.body);
      }
      out += ')';
    }
    for (const auto* f : c->fields) {
      out += " (field ";
      annotations(f->annotations);
      modifiers(f->modifiers);
      type(f->type);
      out += ' ';
      out += f->name;
      if (f->initial_value != nullptr) {
        out += ' ';
        expr(f->initial_value);
      }
      out += ')';
    }
    for (const auto& i : c->initializers) {
      out += i.is_static ? " (static " : " (init ";
      block(i.body);
      out += ')';
    }
    for (const auto* m : c->methods) {
      out += ' ';
      method(m);
    }
    for (const auto* inner : c->classes) {
      out += ' ';
      class_decl(inner);
    }
    out += ')';
  }

  void unit(const Unit& u) {
    if (!u.package.empty()) {
      out += "(package ";
      out += u.package;
      out += ")\n";
    }
    for (const auto& i : u.imports) {
      out += "(";
      annotations(i.annotations);
      out += i.is_static ? "import static " : "import ";
      out += i.name;
      if (i.star) out += ".*";
      if (!i.alias.empty()) {
        out += " as ";
        out += i.alias;
      }
      out += ")\n";
    }
    for (const auto* s : u.statements) {
      stmt(s);
      out += '\n';
    }
    for (const auto* m : u.methods) {
      method(m);
      out += '\n';
    }
    for (const auto* c : u.classes) {
      class_decl(c);
      out += '\n';
    }
  }
};

}  // namespace

std::string dump(const Tree& tree) {
  Dumper dumper;
  dumper.unit(tree.unit);
  return std::move(dumper.out);
}

std::string dump(const Expr* expression) {
  Dumper dumper;
  dumper.expr(expression);
  return std::move(dumper.out);
}

std::string dump(const Stmt* statement) {
  Dumper dumper;
  dumper.stmt(statement);
  return std::move(dumper.out);
}

}  // namespace windlass::groovy
