// One source to one CodeUnit: imports, types, classes, the script class. See compiler.h.
#include <algorithm>

#include "groovy/parser.h"
#include "vm/compiler.h"
#include "vm/foreign_classes.h"

namespace windlass::vm {

using namespace groovy;

namespace {

bool is_annotation(std::string_view written, std::string_view simple) {
  return written == simple || (written.size() > simple.size() && written.ends_with(simple) &&
                               written[written.size() - simple.size() - 1] == '.');
}

/// The texts of `x`, `'a, b'` or `['a', 'b']`; of classes their names.
std::vector<std::string> words_of(const Expr* e) {
  std::vector<std::string> out;
  if (e->kind == NodeKind::list) {
    for (const Expr* one : as<ListLiteral>(e)->elements) {
      for (auto& word : words_of(one)) out.push_back(std::move(word));
    }
  } else if (e->kind == NodeKind::variable) {
    out.emplace_back(as<Variable>(e)->name);
  } else if (e->kind == NodeKind::property && as<Property>(e)->name->kind == NodeKind::constant) {
    const std::string_view last = as<Constant>(as<Property>(e)->name)->text;
    if (last == "class") return words_of(as<Property>(e)->object);
    out.emplace_back(last);
  } else if (e->kind == NodeKind::constant) {
    std::string_view rest = as<Constant>(e)->text;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      std::string_view part = rest.substr(0, comma);
      while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
      while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
      out.emplace_back(part);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return out;
}

const Expr* argument_of(const Annotation& a, std::string_view name) {
  for (const AnnotationArgument& argument : a.arguments) {
    if (argument.name == name) return argument.value;
  }
  return nullptr;
}

/// What a flag of an annotation says, which is `otherwise` when it is not written.
bool flag_of(const Annotation& a, std::string_view name, bool otherwise) {
  const Expr* value = argument_of(a, name);
  if (value == nullptr || value->kind != NodeKind::constant) return otherwise;
  return as<Constant>(value)->type == ConstantType::boolean_true;
}

std::string capitalized(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

/// What @Sortable adds: compareTo over the properties in their order, and a comparator of each.
std::string sortable_members(const ClassDecl& d, const Annotation& a) {
  std::vector<std::string> properties;
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  if (const Expr* e = argument_of(a, "includes")) includes = words_of(e);
  if (const Expr* e = argument_of(a, "excludes")) excludes = words_of(e);
  const auto named = [](const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const FieldDecl* f : d.fields) {
    const bool is_property = (f->modifiers & (mod_public | mod_protected | mod_private | mod_static)) == 0;
    if (is_property && !named(excludes, f->name) && (includes.empty() || named(includes, f->name)))
      properties.emplace_back(f->name);
  }
  if (!includes.empty()) {
    std::sort(properties.begin(), properties.end(), [&](const std::string& x, const std::string& y) {
      return std::find(includes.begin(), includes.end(), x) < std::find(includes.begin(), includes.end(), y);
    });
  }
  const std::string own(d.name);
  std::string out = "int compareTo(" + own + " other) {\nif (this.is(other)) return 0\nint value = 0\n";
  for (const std::string& p : properties)
    out += "value = this." + p + " <=> other." + p + "\nif (value != 0) return value\n";
  out += "return 0\n}\n";
  for (const std::string& p : properties) {
    out += "static Comparator comparatorBy" + capitalized(p) + "() {\nreturn { a, b -> a.is(b) ? 0 : a." + p +
           " <=> b." + p + " } as Comparator\n}\n";
  }
  return out;
}

/// The fields that an annotation such as @ToString is about: properties in their order, then others where it says so.
std::vector<std::string> chosen_fields(const ClassDecl& d, const Annotation& a) {
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  if (const Expr* e = argument_of(a, "includes")) includes = words_of(e);
  if (const Expr* e = argument_of(a, "excludes")) excludes = words_of(e);
  const auto named = [](const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  std::vector<std::string> out;
  for (const bool properties : {true, false}) {
    if (!properties && !flag_of(a, "includeFields", false)) break;
    for (const FieldDecl* f : d.fields) {
      const bool is_property = (f->modifiers & (mod_public | mod_protected | mod_private)) == 0;
      if (is_property != properties || (f->modifiers & mod_static) != 0 || named(excludes, f->name)) continue;
      if (includes.empty() || named(includes, f->name)) out.emplace_back(f->name);
    }
  }
  return out;
}

/// What @Immutable(copyWith = true) adds: a copy with other values of some properties.
std::string copy_with_members(const ClassDecl& d) {
  std::string all;
  for (const FieldDecl* f : d.fields) {
    const bool is_property = (f->modifiers & (mod_public | mod_protected | mod_private | mod_static)) == 0;
    const std::string name(f->name);
    if (is_property) all += (all.empty() ? "" : ", ") + name + ": this." + name;
  }
  return "Object copyWith(Map changes) {\nif (!changes) return this\nreturn new " + std::string(d.name) + "([" +
         (all.empty() ? ":" : all) + "] + changes)\n}\n";
}

/// What @Builder adds: `builder()`, whose result has a method for each property and `build()`; or, with SimpleStrategy,
/// setters that can be chained.
std::string builder_members(const ClassDecl& d, const Annotation& a) {
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  if (const Expr* e = argument_of(a, "includes")) includes = words_of(e);
  if (const Expr* e = argument_of(a, "excludes")) excludes = words_of(e);
  const auto text_of = [&](std::string_view name, std::string_view otherwise) {
    const Expr* e = argument_of(a, name);
    return std::string(e != nullptr && e->kind == NodeKind::constant ? as<Constant>(e)->text : otherwise);
  };
  const Expr* strategy = argument_of(a, "builderStrategy");
  const auto strategies = strategy != nullptr ? words_of(strategy) : std::vector<std::string>();
  const bool simple = !strategies.empty() && strategies[0].ends_with("SimpleStrategy");
  const std::string prefix = text_of("prefix", simple ? "set" : "");
  const std::string own(d.name);
  std::string methods;
  for (const FieldDecl* f : d.fields) {
    const bool is_property = (f->modifiers & (mod_public | mod_protected | mod_private | mod_static)) == 0;
    const std::string name(f->name);
    const auto named = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), name) != list.end();
    };
    if (!is_property || named(excludes) || (!includes.empty() && !named(includes))) continue;
    const std::string setter = prefix.empty() ? name : prefix + capitalized(name);
    if (simple) {
      methods += own + " " + setter + "(Object value) {\nthis.@" + name + " = value\nreturn this\n}\n";
    } else {
      // What is not given is null, or 0, whatever the class begins with.
      const std::string_view type = f->type != nullptr && f->type->array_dimensions == 0 ? f->type->name : "";
      const bool number = type == "int" || type == "long" || type == "short" || type == "byte" || type == "char" ||
                          type == "float" || type == "double";
      methods += "given." + name + " = " +
                 (number              ? "0"
                  : type == "boolean" ? "false"
                                      : "null") +
                 "\nout." + setter + " = { value -> given." + name + " = value; out }\n";
    }
  }
  if (simple) return methods;
  return "static Object " + text_of("builderMethodName", "builder") +
         "() {\ndef given = [:]\ndef out = new Expando()\n" + methods + "out." + text_of("buildMethodName", "build") +
         " = { -> new " + own + "(given) }\nreturn out\n}\n";
}

/// Whether the script asks Grape for Java libraries, which brings classes that nobody here can know.
bool grabs(const Unit& unit) {
  const auto any = [](const auto& annotations) {
    return std::any_of(annotations.begin(), annotations.end(), [](const Annotation& a) {
      return is_annotation(a.name, "Grab") || is_annotation(a.name, "Grapes");
    });
  };
  for (const Import& import : unit.imports) {
    if (any(import.annotations)) return true;
  }
  for (const ClassDecl* d : unit.classes) {
    if (any(d->annotations)) return true;
  }
  for (const Stmt* s : unit.statements) {
    if (s->kind != NodeKind::expression_statement) continue;
    const Expr* e = as<ExpressionStatement>(s)->expression;
    if (e->kind == NodeKind::declaration && any(as<Declaration>(e)->annotations)) return true;
  }
  return std::any_of(unit.methods.begin(), unit.methods.end(),
                     [&](const MethodDecl* m) { return any(m->annotations); });
}

ClassId find_builtin_simple(std::string_view name) {
  static constexpr std::pair<std::string_view, ClassId> kPrimitives[] = {
      {"int", java::p_int},     {"long", java::p_long},   {"boolean", java::p_boolean}, {"double", java::p_double},
      {"float", java::p_float}, {"char", java::p_char},   {"byte", java::p_byte},       {"short", java::p_short},
      {"void", java::p_void},   {"Object", java::object}, {"String", java::string}};
  for (const auto& [text, id] : kPrimitives) {
    if (text == name) return id;
  }
  return kNoClass;
}

}  // namespace

bool has_annotation(List<Annotation> annotations, std::string_view simple) {
  return std::any_of(annotations.begin(), annotations.end(),
                     [&](const Annotation& a) { return is_annotation(a.name, simple); });
}

SingletonOptions singleton_options(List<Annotation> annotations) {
  SingletonOptions out;
  for (const Annotation& a : annotations) {
    if (!is_annotation(a.name, "Singleton")) continue;
    out.is_one = true;
    out.lazy = flag_of(a, "lazy", false);
    out.strict = flag_of(a, "strict", true);
    if (const Expr* e = argument_of(a, "property"); e != nullptr && e->kind == NodeKind::constant)
      out.property = as<Constant>(e)->text;
  }
  return out;
}

std::string_view CodeUnit::intern(std::string_view text) {
  auto it = names_.find(std::string(text));
  if (it == names_.end()) it = names_.emplace(std::string(text), std::make_unique<std::string>(text)).first;
  return *it->second;
}

bool mentions(const CodeUnit& unit, std::string_view name) {
  return std::ranges::any_of(unit.functions, [&](const auto& function) {
    return std::ranges::any_of(function->sites, [&](const Site& site) { return site.name == name; });
  });
}

std::uint32_t FunctionCode::line_at(std::uint32_t pc) const {
  auto it = std::upper_bound(lines.begin(), lines.end(), pc,
                             [](std::uint32_t value, const auto& entry) { return value < entry.first; });
  return it == lines.begin() ? line : std::prev(it)->second;
}

void UnitCompiler::error(Span span, std::string message) {
  if (diagnostics.size() < 100) diagnostics.push_back({tree_.source().position(span.begin), std::move(message)});
}

void UnitCompiler::stop(Span span, std::string message) {
  if (!stopped_) error(span, std::move(message));
  stopped_ = true;
}

namespace {

// The usual stack is 8 MiB, and the parser, which is gone by now, was given as much.
constexpr std::uintptr_t kStackBudget = 6U * 1024 * 1024;
std::uintptr_t stack_address() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

// No written program comes near this; one that doubles itself gets there at once.
constexpr std::size_t kInstructionsPerByte = 8;
constexpr std::size_t kLeastInstructions = 100'000;

}  // namespace

bool UnitCompiler::stopped_at(Span span) {
  const auto here = stack_address();
  const auto used = here < stack_base_ ? stack_base_ - here : here - stack_base_;
  if (used > kStackBudget) stop(span, "the expression or block is nested too deeply");
  return stopped_;
}

void UnitCompiler::count_instruction() {
  if (++instructions_ > kLeastInstructions + kInstructionsPerByte * tree_.source().text().size())
    stop({}, "Method code too large!");
}

std::uint32_t UnitCompiler::string_constant(std::string_view text) {
  const auto it = string_constants_.find(std::string(text));
  if (it != string_constants_.end()) return it->second;
  const std::uint32_t number = constant(UnitConstant::Type::string, text);
  string_constants_.emplace(std::string(text), number);
  return number;
}

std::uint32_t UnitCompiler::constant(UnitConstant::Type type, std::string_view text) {
  unit_.constants.push_back({type, std::string(text)});
  return static_cast<std::uint32_t>(unit_.constants.size() - 1);
}

// ---- types
// -------------------------------------------------------------------------------------------------------------

std::uint16_t UnitCompiler::add_ref(ClassRef ref) {
  std::string key = std::to_string(ref.known) + '/' + std::to_string(ref.arrays);
  for (const auto& c : ref.candidates) key += '/' + c;
  const auto it = refs_.find(key);
  if (it != refs_.end()) return it->second;
  if (unit_.class_refs.size() + 1 >= kNone16) {
    stop({}, "Class file too large!");
    return 0;
  }
  unit_.class_refs.push_back(std::move(ref));
  const auto number = static_cast<std::uint16_t>(unit_.class_refs.size() - 1);
  refs_.emplace(std::move(key), number);
  return number;
}

std::uint16_t UnitCompiler::class_ref_known(ClassId id) {
  ClassRef ref;
  ref.known = id;
  ref.written = java_classes()[id].name;
  return add_ref(std::move(ref));
}

std::uint16_t UnitCompiler::class_ref_runtime(std::string_view full_name) {
  ClassRef ref;
  ref.candidates.emplace_back(full_name);
  ref.written = full_name;
  return add_ref(std::move(ref));
}

std::uint16_t UnitCompiler::class_ref_foreign(std::string_view full_name) {
  ClassRef ref;
  ref.candidates.emplace_back(full_name);
  ref.written = full_name;
  ref.foreign = true;
  return add_ref(std::move(ref));
}

std::uint16_t UnitCompiler::class_ref_of_template(std::uint16_t index) {
  return class_ref_runtime(unit_.classes[index]->name);
}

bool UnitCompiler::exists(std::string_view full_name) const { return class_exists_ && class_exists_(full_name); }

std::uint16_t UnitCompiler::find_class_ref(std::string_view name, const ClassContext* context, bool imports_only) {
  const auto unit_class = [&](const std::string& full) -> std::uint16_t {
    const auto it = class_by_name_.find(full);
    return it == class_by_name_.end() ? kNone16 : class_ref_of_template(it->second);
  };
  if (const auto dot = name.find('.'); dot != std::string_view::npos) {
    if (auto ref = unit_class(std::string(name)); ref != kNone16) return ref;
    if (const ClassId id = find_java_class(name); id != kNoClass) return class_ref_known(id);
    if (exists(name)) return class_ref_runtime(name);
    // Outer.Inner, with Outer a known simple name.
    const auto last = name.rfind('.');
    const std::uint16_t outer = find_class_ref(name.substr(0, last), context, imports_only);
    if (outer != kNone16) {
      const ClassRef& o = unit_.class_refs[outer];
      const std::string base = o.known != kNoClass ? std::string(java_classes()[o.known].name) : o.candidates.front();
      const std::string full = base + '$' + std::string(name.substr(last + 1));
      if (auto ref = unit_class(full); ref != kNone16) return ref;
      if (const ClassId id = find_java_class(full); id != kNoClass) return class_ref_known(id);
      if (o.known == kNoClass && exists(full)) return class_ref_runtime(full);
      if (o.foreign) return class_ref_foreign(full);
    }
    return kNone16;
  }
  if (const ClassId id = find_builtin_simple(name); id != kNoClass) return class_ref_known(id);
  for (const ClassContext* c = context; c != nullptr; c = c->outer) {
    std::string full = unit_.classes[c->index]->name;
    while (true) {
      if (auto ref = unit_class(full + '$' + std::string(name)); ref != kNone16) return ref;
      const auto dollar = full.rfind('$');
      if (dollar == std::string::npos) break;
      full.resize(dollar);
    }
  }
  const std::string prefix = unit_.package.empty() ? "" : unit_.package + '.';
  if (auto ref = unit_class(prefix + std::string(name)); ref != kNone16) return ref;
  if (const auto it = import_names_.find(std::string(name)); it != import_names_.end()) {
    if (auto ref = unit_class(it->second); ref != kNone16) return ref;
    if (const ClassId id = find_java_class(it->second); id != kNoClass) return class_ref_known(id);
    if (auto inner = inner_class(it->second); !inner.empty()) return class_ref_runtime(inner);
    return exists(it->second) ? class_ref_runtime(it->second) : class_ref_foreign(it->second);
  }
  if (imports_only) return kNone16;
  if (!unit_.package.empty() && exists(prefix + std::string(name)))
    return class_ref_runtime(prefix + std::string(name));
  for (const std::string& star : import_stars_) {
    const std::string full = star + '.' + std::string(name);
    if (const ClassId id = find_java_class(full); id != kNoClass) return class_ref_known(id);
    if (exists(full)) return class_ref_runtime(full);
  }
  if (const ClassId id = find_default_import(name); id != kNoClass) return class_ref_known(id);
  if (unit_.package.empty() && exists(name)) return class_ref_runtime(name);
  if (const std::string full = find_foreign_import(name); !full.empty()) return class_ref_foreign(full);
  return kNone16;
}

std::string UnitCompiler::inner_class(std::string_view name) const {
  if (exists(name)) return {};
  std::string full(name);
  for (auto dot = full.rfind('.'); dot != std::string::npos && dot > 0; dot = full.rfind('.', dot - 1)) {
    full[dot] = '$';
    if (class_by_name_.contains(full) || exists(full)) return full;
  }
  return {};
}

std::uint16_t UnitCompiler::foreign_type(std::string_view name) {
  if (is_foreign_package(name)) return class_ref_foreign(name);
  if (name.find('.') != std::string_view::npos) return kNone16;
  for (auto star = import_stars_.rbegin(); star != import_stars_.rend(); ++star) {
    if (is_foreign_package(*star + '.') || grabs_) return class_ref_foreign(*star + '.' + std::string(name));
  }
  return kNone16;
}

std::uint16_t UnitCompiler::type(const TypeRef* t, const ClassContext* context) {
  if (t == nullptr) return kNone16;
  std::uint16_t ref = find_class_ref(t->name, context);
  if (ref == kNone16) {
    const bool type_variable = t->name.size() <= 2 && t->name[0] >= 'A' && t->name[0] <= 'Z';
    if (type_variable) {
      ref = class_ref_known(java::object);
    } else {
      ref = foreign_type(t->name);
      if (ref == kNone16) {
        error(t->span, "unable to resolve class " + std::string(t->name) + " ");
        return kNone16;
      }
    }
  }
  if (t->array_dimensions > 0) {
    ClassRef array = unit_.class_refs[ref];
    array.arrays = t->array_dimensions;
    for (int i = 0; i < t->array_dimensions; ++i) array.written += "[]";
    ref = add_ref(std::move(array));
  } else if (unit_.class_refs[ref].known == java::object) {
    return kNone16;
  }
  return ref;
}

std::optional<std::pair<std::uint16_t, std::string_view>> UnitCompiler::static_import(std::string_view name) {
  const auto it = static_imports_.find(std::string(name));
  if (it == static_imports_.end()) return std::nullopt;
  return it->second;
}

void UnitCompiler::imports() {
  for (const Import& import : tree_.unit.imports) {
    if (import.is_static) {
      const std::string_view owner = import.star ? import.name : import.name.substr(0, import.name.rfind('.'));
      std::uint16_t ref = find_class_ref(owner, nullptr);
      if (const std::string inner = inner_class(owner); ref == kNone16 && !inner.empty())
        ref = class_ref_runtime(inner);
      if (ref == kNone16) ref = class_ref_foreign(owner);
      if (import.star) {
        unit_.static_stars.push_back(ref);
      } else {
        const std::string_view member = unit_.intern(import.name.substr(import.name.rfind('.') + 1));
        static_imports_[std::string(import.alias.empty() ? member : import.alias)] = {ref, member};
      }
      continue;
    }
    if (import.star) {
      import_stars_.emplace_back(import.name);
      continue;
    }
    const std::string_view simple =
        import.alias.empty() ? import.name.substr(import.name.rfind('.') + 1) : import.alias;
    const std::string full(import.name);
    const bool known = find_java_class(full) != kNoClass || class_by_name_.contains(full) || exists(full) ||
                       !inner_class(full).empty() || is_foreign_package(full) || grabs_ || !class_exists_;
    if (!known) error(import.span, "unable to resolve class " + full);
    import_names_[std::string(simple)] = full;
  }
}

// ---- functions and classes
// -------------------------------------------------------------------------------------------------

FunctionCode& UnitCompiler::new_function(std::string name, FunctionKind kind, std::uint16_t class_index,
                                         std::uint32_t* number) {
  auto code = std::make_unique<FunctionCode>();
  code->name = std::move(name);
  code->kind = kind;
  code->class_index = class_index;
  unit_.functions.push_back(std::move(code));
  if (number != nullptr) *number = static_cast<std::uint32_t>(unit_.functions.size() - 1);
  return *unit_.functions.back();
}

void UnitCompiler::name_closures() {
  // By depth, and within a depth as they stand: a parent always has its name before its children.
  std::vector<NotedClosure> level;
  std::vector<NotedClosure> deeper = closures_;
  std::vector<std::uint32_t> numbers(unit_.classes.size() + 1);
  std::unordered_map<const FunctionCode*, bool> named;
  while (!deeper.empty()) {
    std::vector<NotedClosure> later;
    level.clear();
    for (const NotedClosure& c : deeper) {
      const bool ready = c.enclosing->kind != FunctionKind::closure || named.contains(c.enclosing);
      (ready ? level : later).push_back(c);
    }
    for (const NotedClosure& c : level) {
      const std::uint16_t index = c.code->class_index;
      const std::size_t slot = index < unit_.classes.size() ? index : unit_.classes.size();
      const std::string number = std::to_string(++numbers[slot]);
      if (c.enclosing->kind == FunctionKind::closure) {
        c.code->closure_name = c.enclosing->closure_name + "$_closure" + number;
      } else {
        const std::string owner = slot < unit_.classes.size() ? unit_.classes[slot]->name : class_name_;
        const bool plain =
            c.enclosing->kind == FunctionKind::constructor || c.enclosing->kind == FunctionKind::class_init;
        c.code->closure_name = owner + "$_" + (plain ? "" : c.enclosing->name + "_") + "closure" + number;
      }
    }
    for (const NotedClosure& c : level) named.emplace(c.code, true);
    if (level.empty()) break;
    deeper = std::move(later);
  }
}

std::string UnitCompiler::next_anonymous_name(std::uint16_t class_index) {
  if (anonymous_numbers_.size() <= class_index) anonymous_numbers_.resize(class_index + std::size_t{1});
  return unit_.classes[class_index]->name + "$" + std::to_string(++anonymous_numbers_[class_index]);
}

std::uint16_t UnitCompiler::declare_class(const ClassDecl& d, std::string full_name, ClassContext* outer,
                                          bool anonymous) {
  if (unit_.classes.size() + 1 >= kNone16) {
    stop(d.span, "too many classes in one file");
    return 0;
  }
  auto t = std::make_unique<ClassTemplate>();
  t->name = full_name;
  t->kind = d.kind;
  t->modifiers = d.modifiers;
  t->is_anonymous = anonymous;
  if (outer != nullptr) {
    t->outer = outer->index;
    t->is_inner = anonymous || (d.kind == ClassKind::class_ && (d.modifiers & mod_static) == 0 &&
                                unit_.classes[outer->index]->kind == ClassKind::class_);
  }
  unit_.classes.push_back(std::move(t));
  const auto index = static_cast<std::uint16_t>(unit_.classes.size() - 1);
  class_by_name_[full_name] = index;
  ClassContext context{&d, index, outer};
  for (const ClassDecl* inner : d.classes)
    declare_class(*inner, full_name + '$' + std::string(inner->name), &context, false);
  return index;
}

void UnitCompiler::compile_class(std::uint16_t index, const ClassDecl& d, ClassContext& context,
                                 FunctionCompiler* enclosing) {
  if (stopped_at(d.span)) return;
  {
    ClassTemplate& t = *unit_.classes[index];
    if (d.kind == ClassKind::enum_) {
      t.superclass = class_ref_known(java::enum_);
    } else if (d.superclass != nullptr) {
      t.superclass = type(d.superclass, &context);
    }
    for (const TypeRef* i : d.interfaces) {
      const auto ref = type(i, &context);
      if (ref != kNone16) t.interfaces.push_back(ref);
    }
    // What an annotation of several says itself comes before what it has from another one.
    for (const Annotation& a : d.annotations) {
      const bool canonical = is_annotation(a.name, "Canonical");
      if (!canonical && !is_annotation(a.name, "Immutable")) continue;
      t.annotations |= annotation_to_string | annotation_equals | annotation_tuple;
      if (!canonical) t.annotations |= annotation_immutable;
      t.shown_fields = t.compared_fields = chosen_fields(d, a);
    }
    for (const Annotation& a : d.annotations) {
      if (is_annotation(a.name, "ToString")) {
        t.annotations |= annotation_to_string;
        t.shown_fields = chosen_fields(d, a);
      }
      if (is_annotation(a.name, "EqualsAndHashCode")) {
        t.annotations |= annotation_equals;
        t.compared_fields = chosen_fields(d, a);
      }
      if (is_annotation(a.name, "TupleConstructor")) t.annotations |= annotation_tuple;
      if (is_annotation(a.name, "Singleton")) t.annotations |= annotation_singleton;
      if (is_annotation(a.name, "InheritConstructors")) t.annotations |= annotation_inherit;
      if (flag_of(a, "includeNames", false)) t.annotations |= annotation_names;
      if (flag_of(a, "ignoreNulls", false)) t.annotations |= annotation_ignore_nulls;
      if (!flag_of(a, "includePackage", true)) t.annotations |= annotation_no_package;
    }
    // Slots: enum constants are static fields; hidden ones come first.
    if (t.is_inner) {
      FieldTemplate outer;
      outer.name = unit_.intern("this$0");
      outer.hidden = true;
      outer.slot = t.instance_slots++;
      t.outer_slot = outer.slot;
      t.fields.push_back(outer);
    }
    for (const EnumConstant& c : d.constants) {
      FieldTemplate field;
      field.name = unit_.intern(c.name);
      field.modifiers = mod_public | mod_static | mod_final;
      field.is_static = true;
      field.is_final = true;
      field.slot = t.static_slots++;
      t.fields.push_back(field);
      t.enum_constants.push_back(field.name);
    }
    for (const FieldDecl* f : d.fields) {
      FieldTemplate field;
      const bool is_lazy = has_annotation(f->annotations, "Lazy");
      field.name = unit_.intern(is_lazy ? "$" + std::string(f->name) : std::string(f->name));
      field.type = type(f->type, &context);
      field.modifiers = is_lazy ? f->modifiers | mod_private : f->modifiers;
      field.is_static = (f->modifiers & mod_static) != 0 || d.kind == ClassKind::interface_;
      field.is_final = (f->modifiers & mod_final) != 0 || (t.annotations & annotation_immutable) != 0;
      field.is_property =
          (field.modifiers & (mod_public | mod_protected | mod_private)) == 0 && d.kind != ClassKind::interface_;
      field.slot = field.is_static ? t.static_slots++ : t.instance_slots++;
      t.fields.push_back(field);
      for (const Annotation& a : f->annotations) {
        if (!is_annotation(a.name, "Delegate")) continue;
        DelegateTemplate delegate;
        delegate.field = field.name;
        delegate.type = field.type;
        delegate.is_static = field.is_static;
        delegate.interfaces = flag_of(a, "interfaces", true);
        if (const Expr* e = argument_of(a, "includes")) delegate.includes = words_of(e);
        if (const Expr* e = argument_of(a, "excludes")) delegate.excludes = words_of(e);
        t.delegates.push_back(std::move(delegate));
      }
    }
  }
  const SingletonOptions single = singleton_options(d.annotations);
  if (single.is_one) {
    ClassTemplate& t = *unit_.classes[index];
    FieldTemplate instance;
    instance.name = unit_.intern(single.property);
    instance.modifiers = mod_public;
    instance.is_static = instance.is_final = instance.is_property = true;
    instance.slot = t.static_slots++;
    t.fields.push_back(instance);
    if (single.strict) t.singleton_slot = instance.slot;
  }
  // Anonymous classes see their function's variables: analysed with it. Others are their own root.
  if (enclosing == nullptr) facts.class_body(d);

  const auto getter = [&](std::string name, bool is_static) -> FunctionCode& {
    std::uint32_t number = 0;
    FunctionCode& code = new_function(std::move(name), FunctionKind::method, index, &number);
    code.modifiers = is_static ? mod_public | mod_static : mod_public;
    code.is_static = is_static;
    code.line = line_of(d.span.begin);
    ClassTemplate& t = *unit_.classes[index];
    t.methods.push_back(number);
    t.methods_by_name.emplace(unit_.intern(code.name), number);
    return code;
  };
  std::vector<std::pair<std::uint32_t, const MethodDecl*>> bodies;
  bool has_constructor = false;
  for (const MethodDecl* m : d.methods) {
    std::uint32_t number = 0;
    const bool is_constructor = m->name == "<init>";
    FunctionCode& code = new_function(
        std::string(m->name), is_constructor ? FunctionKind::constructor : FunctionKind::method, index, &number);
    code.modifiers = m->modifiers;
    code.is_static = (m->modifiers & mod_static) != 0;
    code.is_abstract = m->body == nullptr;
    code.line = line_of(m->name_span.begin != 0 || m->name_span.end != 0 ? m->name_span.begin : m->span.begin);
    ClassTemplate& t = *unit_.classes[index];
    if (is_constructor) {
      t.constructors.push_back(number);
      has_constructor = true;
    } else {
      t.methods.push_back(number);
      t.methods_by_name.emplace(unit_.intern(m->name), number);
    }
    bodies.emplace_back(number, m);
  }
  const std::size_t newified_outside = newified.size();
  newify(d.annotations);
  for (const auto& [number, m] : bodies) {
    FunctionCode& code = *unit_.functions[number];
    const std::size_t newified_here = newified.size();
    newify(m->annotations);
    FunctionCompiler compiler(*this, code, &context, nullptr);
    compiler.enclosing_function = enclosing;
    compiler.capture_class = enclosing != nullptr ? index : kNone16;
    if (code.kind == FunctionKind::constructor) {
      compiler.constructor(m, d, d.kind == ClassKind::enum_);
    } else {
      compiler.method(*m);
    }
    newified.resize(newified_here);
  }
  for (const FieldDecl* f : d.fields) {
    if (!has_annotation(f->annotations, "Lazy")) continue;
    FunctionCode& code = getter("get" + capitalized(f->name), (f->modifiers & mod_static) != 0);
    code.line = line_of(f->span.begin);
    FunctionCompiler(*this, code, &context, nullptr).lazy_getter(*f, unit_.intern("$" + std::string(f->name)));
  }
  if (single.is_one && single.lazy) {
    FunctionCompiler(*this, getter("get" + capitalized(single.property), true), &context, nullptr)
        .singleton_getter(unit_.intern(single.property));
  }
  for (const Annotation& a : d.annotations) {
    std::string members;
    if (is_annotation(a.name, "Sortable")) {
      unit_.classes[index]->interfaces.push_back(class_ref_known(java::comparable));
      members = sortable_members(d, a);
    } else if (is_annotation(a.name, "Builder")) {
      members = builder_members(d, a);
    } else if (is_annotation(a.name, "Immutable") && flag_of(a, "copyWith", false)) {
      members = copy_with_members(d);
    }
    if (members.empty()) continue;
    fixed_line_ = line_of(d.span.begin);
    add_members(index, members, context);
    fixed_line_ = 0;
  }
  if (!has_constructor && d.kind != ClassKind::interface_) {
    std::uint32_t number = 0;
    FunctionCode& code = new_function("<init>", FunctionKind::constructor, index, &number);
    code.line = line_of(d.span.begin);
    unit_.classes[index]->constructors.push_back(number);
    FunctionCompiler compiler(*this, code, &context, nullptr);
    compiler.enclosing_function = enclosing;
    compiler.capture_class = enclosing != nullptr ? index : kNone16;
    compiler.constructor(nullptr, d, d.kind == ClassKind::enum_);
    code.name = "<init>default";
  }
  newified.resize(newified_outside);
  bool needs_init = !d.constants.empty() || (single.is_one && !single.lazy);
  for (const FieldDecl* f : d.fields) {
    if (((f->modifiers & mod_static) != 0 || d.kind == ClassKind::interface_)) needs_init = true;
  }
  for (const Initializer& i : d.initializers) needs_init = needs_init || i.is_static;
  if (needs_init) {
    std::uint32_t number = 0;
    FunctionCode& code = new_function("<clinit>", FunctionKind::class_init, index, &number);
    code.is_static = true;
    code.line = line_of(d.span.begin);
    unit_.classes[index]->class_init = number;
    FunctionCompiler compiler(*this, code, &context, nullptr);
    compiler.class_init(d, index);
  }
  for (const ClassDecl* inner : d.classes) {
    const auto it = class_by_name_.find(unit_.classes[index]->name + '$' + std::string(inner->name));
    if (it == class_by_name_.end()) continue;
    ClassContext inner_context{inner, it->second, &context};
    compile_class(it->second, *inner, inner_context, nullptr);
  }
}

void UnitCompiler::newify(List<Annotation> annotations) {
  for (const Annotation& a : annotations) {
    if (!is_annotation(a.name, "Newify")) continue;
    if (const Expr* e = argument_of(a, "value")) {
      for (auto& name : words_of(e)) newified.push_back(std::move(name));
    }
  }
}

void UnitCompiler::add_members(std::uint16_t index, const std::string& text, ClassContext& context) {
  const std::string simple = unit_.classes[index]->name.substr(unit_.classes[index]->name.find_last_of(".$") + 1);
  auto parsed = parse(std::make_shared<const Source>(tree_.source().name(), "class " + simple + " {\n" + text + "}\n"));
  if (!parsed.diagnostics.empty() || parsed.tree->unit.classes.empty()) return;
  unit_.added_sources.push_back(parsed.tree->shared_source());
  added_.push_back(std::move(parsed.tree));
  const ClassDecl& d = *added_.back()->unit.classes[0];
  facts.class_body(d);
  for (const MethodDecl* m : d.methods) {
    std::uint32_t number = 0;
    FunctionCode& code = new_function(std::string(m->name), FunctionKind::method, index, &number);
    code.modifiers = m->modifiers;
    code.is_static = (m->modifiers & mod_static) != 0;
    code.line = fixed_line_;
    ClassTemplate& t = *unit_.classes[index];
    t.methods.push_back(number);
    t.methods_by_name.emplace(unit_.intern(m->name), number);
    FunctionCompiler(*this, code, &context, nullptr).method(*m);
  }
}

void UnitCompiler::script() {
  const Unit& unit = tree_.unit;
  ClassTemplate& t = *unit_.classes[0];
  t.is_script = true;
  t.superclass = class_ref_known(java::script);
  ClassContext context{nullptr, 0, nullptr};
  // @Field declarations are the class's fields.
  facts.statements(unit.statements);
  const std::vector<const Declaration*> declared = facts.fields();
  for (const Declaration* d : declared) {
    for (const DeclaredVariable& v : d->variables) {
      FieldTemplate field;
      field.name = unit_.intern(v.name);
      field.type = type(v.type, &context);
      field.is_static = (d->modifiers & mod_static) != 0;
      field.is_property = false;
      field.modifiers = mod_private;
      field.slot = field.is_static ? t.static_slots++ : t.instance_slots++;
      t.fields.push_back(field);
    }
  }
  for (const MethodDecl* m : unit.methods) facts.method(*m);

  std::vector<std::pair<std::uint32_t, const MethodDecl*>> bodies;
  for (const MethodDecl* m : unit.methods) {
    std::uint32_t number = 0;
    FunctionCode& code = new_function(std::string(m->name), FunctionKind::method, 0, &number);
    code.modifiers = m->modifiers;
    code.is_static = (m->modifiers & mod_static) != 0;
    code.is_abstract = m->body == nullptr;
    code.self_is_parameter = unit_.kind == ScriptKind::gdk && code.is_static;
    code.line = line_of(m->name_span.begin != 0 ? m->name_span.begin : m->span.begin);
    t.methods.push_back(number);
    t.methods_by_name.emplace(unit_.intern(m->name), number);
    bodies.emplace_back(number, m);
  }
  FunctionCode& body = new_function("run", FunctionKind::script_body, 0, &unit_.script_body);
  body.line = 1;
  t.methods.push_back(unit_.script_body);
  t.methods_by_name.emplace(unit_.intern("run"), unit_.script_body);
  FunctionCompiler(*this, body, &context, nullptr).script_body(unit.statements);
  for (const auto& [number, m] : bodies) {
    newify(m->annotations);
    FunctionCompiler(*this, *unit_.functions[number], &context, nullptr).method(*m);
    newified.clear();
  }
  std::uint32_t constructor = 0;
  FunctionCode& init = new_function("<init>", FunctionKind::constructor, 0, &constructor);
  t.constructors.push_back(constructor);
  FunctionCompiler(*this, init, &context, nullptr).script_constructor(declared);
  if (t.static_slots > 0) {
    FunctionCode& class_init = new_function("<clinit>", FunctionKind::class_init, 0, &t.class_init);
    class_init.is_static = true;
    FunctionCompiler(*this, class_init, &context, nullptr).script_class_init(declared);
  }
}

void UnitCompiler::run() {
  const Unit& unit = tree_.unit;
  unit_.source = tree_.shared_source();
  unit_.package = unit.package;
  grabs_ = grabs(unit);
  // A library class and a program with a main method need no script; whatever is run or loaded as one has an empty one.
  const bool only_classes = unit.statements.empty() && unit.methods.empty() && !unit.classes.empty();
  unit_.has_script = !only_classes || (unit_.kind != ScriptKind::library && unit_.kind != ScriptKind::plain);
  // vars/NAME.groovy may also be a class NAME: then the variable is an instance of it.
  std::vector<const ClassDecl*> classes(unit.classes.begin(), unit.classes.end());
  if (only_classes && unit_.kind == ScriptKind::vars) {
    const auto same =
        std::find_if(classes.begin(), classes.end(), [&](const ClassDecl* d) { return d->name == class_name_; });
    if (same != classes.end()) {
      unit_.has_script = false;
      std::rotate(classes.begin(), same, same + 1);
    }
  }
  stack_base_ = stack_address();
  const std::string prefix = unit.package.empty() ? "" : std::string(unit.package) + '.';
  if (unit_.has_script) {
    auto script_class = std::make_unique<ClassTemplate>();
    script_class->name = prefix + class_name_;
    unit_.classes.push_back(std::move(script_class));
    class_by_name_[prefix + class_name_] = 0;
  }
  std::vector<std::uint16_t> numbers;
  for (const ClassDecl* d : classes) {
    const std::string full = prefix + std::string(d->name);
    if (class_by_name_.contains(full)) {
      error(d->name_span.end != 0 ? d->name_span : d->span,
            "Invalid duplicate class definition of class " + full + " : The source " + tree_.source().name() +
                " contains at least two definitions of the class " + full + ".");
    }
    numbers.push_back(declare_class(*d, full, nullptr, false));
  }
  imports();
  if (unit_.has_script) script();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ClassContext context{classes[i], numbers[i], nullptr};
    compile_class(numbers[i], *classes[i], context, nullptr);
  }
  name_closures();
}

Compiled compile(std::shared_ptr<const Tree> tree, std::string class_name, ScriptKind kind,
                 const ClassExists& class_exists) {
  auto unit = std::make_shared<CodeUnit>();
  unit->kind = kind;
  UnitCompiler compiler(*tree, *unit, std::move(class_name), class_exists);
  compiler.run();
  if (!compiler.diagnostics.empty()) return std::unexpected(CompileFailure{std::move(compiler.diagnostics)});
  return unit;
}

}  // namespace windlass::vm
