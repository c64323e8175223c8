// The walk behind check.h: scopes with their names, loops and labels; signatures of methods; names of fields and
// classes. The compiler reports in rounds and stops after the first round with findings, and so does this: duplicate
// classes, then names and modifiers, then jumps, methods and fields.
#include "groovy/check.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

// Each switch names the node kinds that declare, jump or nest; the others need no rule.
#pragma clang diagnostic ignored "-Wswitch-enum"

namespace windlass::groovy {
namespace {

constexpr std::pair<std::uint32_t, std::string_view> kBanned[] = {
    {mod_public, "public"},    {mod_protected, "protected"}, {mod_private, "private"},
    {mod_static, "static"},    {mod_abstract, "abstract"},   {mod_synchronized, "synchronized"},
    {mod_native, "native"},    {mod_strictfp, "strictfp"},   {mod_transient, "transient"},
    {mod_volatile, "volatile"}};

class Checker {
 public:
  explicit Checker(const Tree& tree) : source_(tree.source()), unit_(tree.unit) {}

  std::vector<Diagnostic> run() {
    for (const auto* decl : unit_.classes) named_like_constructors(decl);
    if (!found_.empty()) return std::move(found_);
    duplicate_classes();
    if (!found_.empty()) return std::move(found_);
    script();
    if (!found_.empty()) return std::move(found_);
    if (!jumps_.empty()) return std::move(jumps_);
    duplicate_methods(unit_.methods, script_class());
    for (const auto* decl : unit_.classes) duplicate_members(decl);
    return std::move(found_);
  }

 private:
  struct Jumps {
    bool in_loop = false;
    bool in_switch = false;
  };
  /// One method, closure or script body: labels do not reach across.
  struct Body {
    std::vector<std::string_view> labels;
    std::vector<std::pair<std::uint32_t, std::string_view>> wanted;  // offset, message per label
    std::vector<std::string_view> wanted_names;
  };

  void add(std::vector<Diagnostic>& to, std::uint32_t offset, std::string message) {
    to.push_back({source_.position(offset), std::move(message)});
  }

  std::string script_class() const {
    const auto& name = source_.name();
    const auto slash = name.find_last_of('/');
    auto base = name.substr(slash == std::string::npos ? 0 : slash + 1);
    return base.substr(0, base.find('.'));
  }

  /// A method with its class's name and a return type. The compiler stops at the first of them.
  void named_like_constructors(const ClassDecl* decl) {
    for (const auto* m : decl->methods) {
      if (!found_.empty() || m->name != decl->name || m->return_type == nullptr) continue;
      const Position at = source_.position(m->span.begin);
      add(found_, m->span.begin,
          "Invalid constructor format. Remove '" + std::string(m->return_type->name) +
              "' as the return type if you want a constructor, or use a different name if you want a method. at "
              "line: " +
              std::to_string(at.line) + " column: " + std::to_string(at.column) + ". File: " + source_.name());
    }
    for (const auto* inner : decl->classes) named_like_constructors(inner);
  }

  // ---- names --------------------------------------------------------------------------------------------------------

  /// A name lives until its scope ends; looking it up costs the same at any depth.
  void declare(std::string_view name, std::uint32_t offset) {
    if (!names_.insert(name).second) {
      add(found_, offset, "The current scope already contains a variable of the name " + std::string(name) + "\n");
      return;
    }
    scope_.push_back(name);
  }

  /// The implicit `it` may stand for several closures at once.
  void declare_silently(std::string_view name) {
    if (names_.insert(name).second) scope_.push_back(name);
  }

  void leave(std::size_t mark) {
    while (scope_.size() > mark) {
      names_.erase(scope_.back());
      scope_.pop_back();
    }
  }

  // ---- bodies
  // --------------------------------------------------------------------------------------------------------

  void script() {
    Body body;
    body_ = &body;
    statements(unit_.statements, {});
    end_body(body);
    leave(0);
    for (const auto* one : unit_.methods) method(one);
    for (const auto* one : unit_.classes) members(one);
  }

  void end_body(const Body& body) {
    for (std::size_t i = 0; i < body.wanted.size(); ++i) {
      if (std::find(body.labels.begin(), body.labels.end(), body.wanted_names[i]) == body.labels.end()) {
        add(jumps_, body.wanted[i].first, std::string(body.wanted[i].second));
      }
    }
  }

  /// Names outside of a class are not seen inside.
  template <class F>
  void apart(F&& walk) {
    std::unordered_set<std::string_view> names;
    std::vector<std::string_view> scope;
    names.swap(names_);
    scope.swap(scope_);
    auto* outer = body_;
    walk();
    body_ = outer;
    names.swap(names_);
    scope.swap(scope_);
  }

  void method(const MethodDecl* decl, bool sees_outside = false) {
    const auto walk = [&] {
      const auto mark = scope_.size();
      Body body;
      auto* outer = body_;
      body_ = &body;
      for (const auto& p : decl->parameters) {
        expression(p.default_value);
        declare(p.name, decl->span.begin);
      }
      if (decl->body != nullptr) statements(decl->body->statements, {});
      end_body(body);
      body_ = outer;
      leave(mark);
    };
    if (sees_outside) {
      walk();
    } else {
      apart(walk);
    }
  }

  void members(const ClassDecl* decl) {
    const bool anonymous = decl->name.empty();  // sees the names around it
    const auto walk = [&] {
      Body body;
      auto* outer = body_;
      body_ = &body;
      for (const auto* field : decl->fields) expression(field->initial_value);
      for (const auto& one : decl->constants) {
        arguments(one.arguments);
        if (one.body != nullptr) members(one.body);
      }
      for (const auto& one : decl->initializers) statement(one.body, {});
      end_body(body);
      body_ = outer;
      for (const auto* one : decl->methods) method(one, anonymous);
    };
    if (anonymous) {
      walk();
    } else {
      apart(walk);
    }
    for (const auto* one : decl->classes) members(one);
  }

  void closure(const Closure* one) {
    const auto mark = scope_.size();
    for (const auto& p : one->parameters) {
      expression(p.default_value);
      declare(p.name, one->span.begin);
    }
    if (!one->has_arrow) declare_silently("it");
    Body body;
    auto* outer = body_;
    body_ = &body;
    statements(one->body->statements, {});
    end_body(body);
    body_ = outer;
    leave(mark);
  }

  // ---- statements
  // ----------------------------------------------------------------------------------------------------

  void statements(List<Stmt*> list, Jumps jumps) {
    for (const auto* one : list) statement(one, jumps);
  }

  void scoped(const Stmt* one, Jumps jumps) {
    const auto mark = scope_.size();
    statement(one, jumps);
    leave(mark);
  }

  void statement(const Stmt* s, Jumps jumps) {
    if (s == nullptr) return;
    if (!s->label.empty() && s->kind != NodeKind::block) body_->labels.push_back(s->label);
    switch (s->kind) {
      case NodeKind::block: {
        const auto mark = scope_.size();
        statements(as<Block>(s)->statements, jumps);
        if (as<Block>(s)->scope) leave(mark);
        break;
      }
      case NodeKind::expression_statement:
        expression(as<ExpressionStatement>(s)->expression);
        break;
      case NodeKind::if_: {
        // The ladder of else-ifs is walked in a loop.
        for (const Stmt* link = s; link != nullptr;) {
          expression(as<If>(link)->condition);
          scoped(as<If>(link)->then_branch, jumps);
          link = as<If>(link)->else_branch;
          if (link != nullptr && link->kind != NodeKind::if_) {
            scoped(link, jumps);
            link = nullptr;
          }
        }
        break;
      }
      case NodeKind::while_:
        jumps.in_loop = true;
        expression(as<While>(s)->condition);
        scoped(as<While>(s)->body, jumps);
        break;
      case NodeKind::for_in: {
        const auto* loop = as<ForIn>(s);
        const auto mark = scope_.size();
        declare(loop->name, s->span.begin);
        expression(loop->iterable);
        jumps.in_loop = true;
        statement(loop->body, jumps);
        leave(mark);
        break;
      }
      case NodeKind::for_c: {
        const auto* loop = as<ForC>(s);
        const auto mark = scope_.size();
        expression(loop->init);
        expression(loop->condition);
        expression(loop->update);
        jumps.in_loop = true;
        statement(loop->body, jumps);
        leave(mark);
        break;
      }
      case NodeKind::switch_:
        expression(as<Switch>(s)->subject);
        jumps.in_switch = true;
        for (const auto& one : as<Switch>(s)->cases) {
          const auto mark = scope_.size();
          expression(one.value);
          statements(one.body, jumps);
          leave(mark);
        }
        break;
      case NodeKind::try_: {
        const auto* one = as<Try>(s);
        scoped(one->body, jumps);
        for (const auto& clause : one->catches) {
          const auto mark = scope_.size();
          declare(clause.name, clause.span.begin);
          statement(clause.body, jumps);
          leave(mark);
        }
        scoped(one->finally_block, jumps);
        break;
      }
      case NodeKind::throw_:
        expression(as<Throw>(s)->value);
        break;
      case NodeKind::return_:
        expression(as<Return>(s)->value);
        break;
      case NodeKind::assert_:
        expression(as<Assert>(s)->condition);
        expression(as<Assert>(s)->message);
        break;
      case NodeKind::synchronized_:
        expression(as<Synchronized>(s)->lock);
        scoped(as<Synchronized>(s)->body, jumps);
        break;
      case NodeKind::break_:
        jump(s, as<Break>(s)->target, jumps, true);
        break;
      case NodeKind::continue_:
        jump(s, as<Continue>(s)->target, jumps, false);
        break;
      default:
        break;
    }
  }

  void jump(const Stmt* s, std::string_view target, Jumps jumps, bool is_break) {
    if (is_break && target.empty() && !jumps.in_loop && !jumps.in_switch) {
      add(jumps_, s->span.begin, "the break statement is only allowed inside loops or switches\n");
    } else if (is_break && !target.empty() && !jumps.in_loop) {
      add(jumps_, s->span.begin, "the break statement with named label is only allowed inside loops\n");
    } else if (!is_break && !jumps.in_loop) {
      add(jumps_, s->span.begin, "the continue statement is only allowed inside loops\n");
    }
    if (target.empty()) return;
    body_->wanted.emplace_back(s->span.begin, is_break ? "break to missing label\n" : "continue to missing label\n");
    body_->wanted_names.push_back(target);
  }

  // ---- expressions
  // ---------------------------------------------------------------------------------------------------

  void expressions(List<Expr*> list) {
    for (const auto* one : list) expression(one);
  }
  void entries(List<MapEntry> list) {
    for (const auto& one : list) {
      expression(one.key);
      if (one.key->kind != NodeKind::spread_map) expression(one.value);
    }
  }
  void arguments(const Arguments& list) {
    entries(list.named);
    expressions(list.positional);
  }

  /// Operator and member chains lean to the left: they are followed in a loop, their right sides in recursion.
  void expression(const Expr* e) {
    if (e == nullptr) return;
    const auto mark = spine_.size();
    for (; e != nullptr;) {
      spine_.push_back(e);
      switch (e->kind) {
        case NodeKind::binary:
          e = as<Binary>(e)->left;
          continue;
        case NodeKind::property:
          e = as<Property>(e)->object;
          continue;
        case NodeKind::index:
          e = as<Index>(e)->object;
          continue;
        case NodeKind::method_call:
          e = as<MethodCall>(e)->object;
          continue;
        case NodeKind::range:
          e = as<RangeLiteral>(e)->from;
          continue;
        default:
          break;
      }
      break;
    }
    while (spine_.size() > mark) {
      const auto* next = spine_.back();
      spine_.pop_back();
      rest(next);
    }
  }

  void rest(const Expr* e) {
    switch (e->kind) {
      case NodeKind::gstring:
        expressions(as<GString>(e)->values);
        break;
      case NodeKind::binary:
        expression(as<Binary>(e)->right);
        break;
      case NodeKind::assign: {
        const auto* target = as<Assign>(e)->target;
        if (target->kind == NodeKind::this_ref || target->kind == NodeKind::super_ref) {
          const std::string name = target->kind == NodeKind::this_ref ? "this" : "super";
          add(found_, target->span.begin, "cannot have '" + name + "' as LHS of an assignment\n");
        }
        expression(target);
        expression(as<Assign>(e)->value);
        break;
      }
      case NodeKind::unary:
        expression(as<Unary>(e)->operand);
        break;
      case NodeKind::increment:
        expression(as<Increment>(e)->operand);
        break;
      case NodeKind::ternary:
        expression(as<Ternary>(e)->condition);
        expression(as<Ternary>(e)->when_true);
        expression(as<Ternary>(e)->when_false);
        break;
      case NodeKind::elvis:
        expression(as<Elvis>(e)->value);
        expression(as<Elvis>(e)->fallback);
        break;
      case NodeKind::property:
        expression(as<Property>(e)->name);
        break;
      case NodeKind::index:
        expressions(as<Index>(e)->arguments);
        break;
      case NodeKind::method_call:
        expression(as<MethodCall>(e)->name);
        arguments(as<MethodCall>(e)->arguments);
        break;
      case NodeKind::constructor_call:
        arguments(as<ConstructorCall>(e)->arguments);
        break;
      case NodeKind::new_object:
        arguments(as<NewObject>(e)->arguments);
        if (as<NewObject>(e)->body != nullptr) members(as<NewObject>(e)->body);
        break;
      case NodeKind::new_array:
        expressions(as<NewArray>(e)->sizes);
        break;
      case NodeKind::list:
        expressions(as<ListLiteral>(e)->elements);
        break;
      case NodeKind::map:
        entries(as<MapLiteral>(e)->entries);
        break;
      case NodeKind::range:
        expression(as<RangeLiteral>(e)->to);
        break;
      case NodeKind::closure:
        closure(as<Closure>(e));
        break;
      case NodeKind::method_pointer:
        expression(as<MethodPointer>(e)->object);
        expression(as<MethodPointer>(e)->name);
        break;
      case NodeKind::cast:
        expression(as<Cast>(e)->value);
        break;
      case NodeKind::instance_of:
        expression(as<InstanceOf>(e)->value);
        break;
      case NodeKind::spread:
        expression(as<Spread>(e)->value);
        break;
      case NodeKind::spread_map:
        expression(as<SpreadMap>(e)->value);
        break;
      case NodeKind::declaration:
        declaration(as<Declaration>(e));
        break;
      default:
        break;
    }
  }

  void declaration(const Declaration* d) {
    // With @Field it is a field, which may have any of them.
    const bool is_field = std::any_of(d->annotations.begin(), d->annotations.end(),
                                      [](const Annotation& a) { return a.name.ends_with("Field"); });
    for (const auto& [bit, name] : kBanned) {
      if ((d->modifiers & bit) != 0 && !is_field)
        add(found_, d->span.begin, "Modifier '" + std::string(name) + "' not allowed here.\n");
    }
    expression(d->value);
    for (const auto& variable : d->variables) {
      declare(variable.name, variable.span.begin);
    }
  }

  // ---- classes, methods, fields
  // ----------------------------------------------------------------------------------------

  void duplicate_classes() {
    std::unordered_set<std::string_view> seen;
    for (const auto* one : unit_.classes) {
      if (seen.insert(one->name).second) continue;
      const std::string name =
          unit_.package.empty() ? std::string(one->name) : std::string(unit_.package) + "." + std::string(one->name);
      add(found_, one->span.begin,
          "Invalid duplicate class definition of class " + name + " : The source " + source_.name() +
              " contains at least two definitions of the class " + name + ".\n");
    }
  }

  void duplicate_members(const ClassDecl* decl) {
    if (decl->name.empty()) return;
    const auto outer = class_prefix_;
    const auto name = class_prefix_ + std::string(decl->name);
    duplicate_methods(decl->methods, name);
    std::unordered_map<std::string_view, std::uint32_t> fields;
    std::unordered_set<std::string_view> told;
    const auto field = [&](std::string_view of, std::uint32_t offset) {
      const auto [at, fresh] = fields.emplace(of, offset);
      if (!fresh && told.insert(of).second)
        add(found_, at->second, "The field '" + std::string(of) + "' is declared multiple times.\n");
    };
    for (const auto& one : decl->constants) field(one.name, one.span.begin);
    if (decl->constants.empty()) {
      for (const auto* one : decl->fields) field(one->name, one->span.begin);
    }
    class_prefix_ = name + "$";
    for (const auto* one : decl->classes) duplicate_members(one);
    class_prefix_ = outer;
  }

  /// A type as the compiler prints it, for the classes it knows without an import.
  static std::string type_name(const TypeRef* type, bool varargs) {
    std::string name = "java.lang.Object";
    int dimensions = varargs ? 1 : 0;
    if (type != nullptr) {
      name = type->name;
      dimensions += type->array_dimensions;
      constexpr std::string_view kLang[] = {
          "Object",       "String",        "Integer",          "Long",      "Short",
          "Byte",         "Boolean",       "Character",        "Double",    "Float",
          "Number",       "Class",         "Exception",        "Throwable", "Iterable",
          "CharSequence", "StringBuilder", "RuntimeException", "Void"};
      constexpr std::string_view kUtil[] = {"List",          "Map",     "Set",  "Collection", "ArrayList",  "HashMap",
                                            "LinkedHashMap", "HashSet", "Date", "Iterator",   "Properties", "UUID"};
      if (std::find(std::begin(kLang), std::end(kLang), name) != std::end(kLang))
        name = "java.lang." + name;
      else if (std::find(std::begin(kUtil), std::end(kUtil), name) != std::end(kUtil))
        name = "java.util." + name;
      else if (name == "Closure")
        name = "groovy.lang.Closure";
      else if (name == "BigDecimal" || name == "BigInteger")
        name = "java.math." + name;
      else if (name == "File")
        name = "java.io.File";
    }
    for (; dimensions > 0; --dimensions) name += "[]";
    return name;
  }

  /// The parameter types, without the last `dropped` of those that have a default value.
  static std::string types_of(const MethodDecl* m, std::size_t dropped = 0) {
    std::size_t defaults = 0;
    for (const auto& p : m->parameters) defaults += p.default_value != nullptr ? 1 : 0;
    std::size_t kept = defaults - std::min(dropped, defaults);
    std::string out;
    for (const auto& p : m->parameters) {
      if (p.default_value != nullptr) {
        if (kept == 0) continue;
        --kept;
      }
      if (!out.empty()) out += ", ";
      out += type_name(p.type, p.varargs);
    }
    return out;
  }

  /// A call without its default arguments must not mean two methods.
  void duplicate_by_defaults(List<MethodDecl*> methods,
                             const std::unordered_map<std::string, const MethodDecl*>& seen) {
    constexpr std::size_t kMostDefaults = 255;  // of parameters a method may have
    for (const auto* m : methods) {
      std::size_t defaults = 0;
      for (const auto& p : m->parameters) defaults += p.default_value != nullptr ? 1 : 0;
      for (std::size_t dropped = 1; dropped <= std::min(defaults, kMostDefaults); ++dropped) {
        const auto types = types_of(m, dropped);
        const auto other = seen.find(std::string(m->name) + "(" + types + ")");
        if (other == seen.end() || other->second == m) continue;
        const auto head = type_name(m->return_type, false) + " " + std::string(m->name) + "(";
        const auto position = source_.position(m->span.begin);
        add(found_, m->span.begin,
            "The method with default parameters \"" + head + types_of(m) + ")\" defines a method \"" + head + types +
                ")\" that is already defined.\n. At [" + std::to_string(position.line) + ":" +
                std::to_string(position.column) + "] ");
        break;
      }
    }
  }

  void duplicate_methods(List<MethodDecl*> methods, const std::string& owner) {
    std::unordered_map<std::string, const MethodDecl*> seen;
    std::vector<std::pair<const MethodDecl*, const MethodDecl*>> pairs;
    for (const auto* m : methods) {
      if (m->name == "<init>") continue;
      const auto [at, fresh] = seen.emplace(std::string(m->name) + "(" + types_of(m) + ")", m);
      if (fresh) continue;
      pairs.emplace_back(at->second, m);
      const auto position = source_.position(m->span.begin);
      std::string text;
      text += (m->modifiers & mod_private) != 0     ? "private "
              : (m->modifiers & mod_protected) != 0 ? "protected "
                                                    : "public ";
      if ((m->modifiers & mod_static) != 0) text += "static ";
      text += type_name(m->return_type, false) + " " + std::string(m->name) + "(";
      for (const auto& p : m->parameters) {
        if (text.back() != '(') text += ", ";
        text += type_name(p.type, p.varargs) + " " + std::string(p.name);
      }
      add(found_, m->span.begin,
          "The method " + text + ")  { ... } duplicates another method of the same signature\n. At [" +
              std::to_string(position.line) + ":" + std::to_string(position.column) + "] ");
    }
    duplicate_by_defaults(methods, seen);
    for (const auto& [first, second] : pairs) {
      const auto result = type_name(second->return_type, false);
      if (type_name(first->return_type, false) != result) continue;
      const auto message = "Repetitive method name/signature for method '" + result + " " + std::string(second->name) +
                           "(" + types_of(second) + ")' in class '" + owner + "'.\n";
      add(found_, first->span.begin, message);
      add(found_, second->span.begin, message);
    }
  }

  const Source& source_;
  const Unit& unit_;
  std::vector<Diagnostic> found_;
  std::vector<Diagnostic> jumps_;
  std::unordered_set<std::string_view> names_;  // of all open scopes
  std::vector<std::string_view> scope_;         // the same in order of declaration
  std::vector<const Expr*> spine_;
  Body* body_ = nullptr;
  std::string class_prefix_;
};

}  // namespace

std::vector<Diagnostic> check(const Tree& tree) { return Checker(tree).run(); }

}  // namespace windlass::groovy
