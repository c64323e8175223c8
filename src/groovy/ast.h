// The syntax tree of one Groovy 2.4 source: scripts, shared library classes, Jenkinsfiles.
//
// Nodes are plain structs in one arena that the Tree owns; they point at each other freely and are never freed one by
// one, so a tree of 10,000 nested blocks is released without recursion. A tree is immutable once the parser returns it
// and may be shared between threads. Every node has the exact byte span it came from (Source maps it to line and
// column).
//
// What this is not: resolved. Names are names; imports, classes and steps are looked up by the compiler and at run
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace windlass::groovy {

/// Byte offsets into the source text, end exclusive.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// One-based; columns count UTF-16 code units as Groovy does, a tab is one column.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

enum class NodeKind : std::uint8_t {
  // expressions
  constant,
  gstring,
  variable,
  this_ref,
  super_ref,
  binary,
  assign,
  unary,
  increment,
  ternary,
  elvis,
  property,
  index,
  method_call,
  constructor_call,
  new_object,
  new_array,
  list,
  map,
  range,
  closure,
  method_pointer,
  cast,
  instance_of,
  spread,
  spread_map,
  declaration,
  // statements
  block,
  expression_statement,
  if_,
  while_,
  for_in,
  for_c,
  switch_,
  try_,
  throw_,
  return_,
  break_,
  continue_,
  assert_,
  synchronized_,
  class_statement,
  empty,
};

struct Node {
  NodeKind kind;
  Span span;
};
struct Expr : Node {};
struct Stmt : Node {
  std::string_view label;  ///< `outer: for (…)`; empty when there is none
};

template <class T>
using List = std::span<T>;  ///< storage in the tree's arena

// ---- types, modifiers, annotations ---------------------------------------------------------------------------------

/// A type as written: `java.util.List<String>[]`. `def` and a missing type are a null TypeRef*.
struct TypeRef {
  std::string_view name;     ///< dotted, as written, without generics: "java.util.List", "int"
  List<TypeRef*> arguments;  ///< generics: parsed, erased by everyone
  std::uint8_t array_dimensions = 0;
  Span span;
};

enum Modifier : std::uint32_t {
  mod_none = 0,
  mod_public = 1,
  mod_protected = 2,
  mod_private = 4,
  mod_static = 8,
  mod_final = 16,
  mod_abstract = 32,
  mod_synchronized = 64,
  mod_transient = 128,
  mod_volatile = 256,
  mod_native = 512,
  mod_def = 1024,
  mod_strictfp = 2048,
};

struct AnnotationArgument {
  std::string_view name;  ///< "value" when not given
  Expr* value;            ///< a nested annotation is a map expression of its arguments
};
struct Annotation {
  std::string_view name;  ///< as written: "NonCPS", "groovy.transform.Field"
  List<AnnotationArgument> arguments;
  Span span;
};

struct Block;
struct ClassDecl;

struct Parameter {
  TypeRef* type = nullptr;
  std::string_view name;
  Expr* default_value = nullptr;
  bool varargs = false;  ///< `T... x`
  bool is_final = false;
  List<Annotation> annotations;
  Span span;
};

// ---- expressions ---------------------------------------------------------------------------------------------------

enum class ConstantType : std::uint8_t {
  null,
  boolean_true,
  boolean_false,
  integer,
  long_,
  big_integer,
  decimal,
  float_,
  double_,
  string
};

/// A literal. Numbers keep their digits in `text`, cleaned: no underscores, no suffix, decimal notation for integers
/// (hex, octal and binary are converted; an int literal 0xFFFFFFFF is -1 as in Java). Strings are decoded UTF-8; a lone
/// surrogate from \uD800 is kept as its three-byte form.
struct Constant : Expr {
  ConstantType type = ConstantType::null;
  std::string_view text;
  bool triple_quoted = false;
  char quote = 0;  ///< ' " / $ or 0; what a validator needs to know about how it was written
};

/// strings.size() == values.size() + 1. A value that is a Closure without parameters and with an arrow (`${-> x}`) is
/// evaluated anew on each toString().
struct GString : Expr {
  List<std::string_view> strings;
  List<Expr*> values;
  char quote = '"';
  bool triple_quoted = false;
};

struct Variable : Expr {
  std::string_view name;
};

enum class BinaryOp : std::uint8_t {
  plus,
  minus,
  multiply,
  divide,
  modulo,
  power,
  left_shift,
  right_shift,
  unsigned_right_shift,
  less,
  less_equal,
  greater,
  greater_equal,
  compare,
  equal,
  not_equal,
  identical_unused,
  find_regex,
  match_regex,
  in,
  bit_and,
  bit_or,
  bit_xor,
  logical_and,
  logical_or,
};
struct Binary : Expr {
  BinaryOp op;
  Span op_span;
  Expr* left;
  Expr* right;
};

/// `target = value`, `target += value` … target: Variable, Property, Index, or List for `(a, b) = c`.
struct Assign : Expr {
  bool compound = false;
  BinaryOp op = BinaryOp::plus;  ///< only when compound
  Span op_span;
  Expr* target;
  Expr* value;
};

enum class UnaryOp : std::uint8_t { minus, plus, logical_not, bitwise_not };
struct Unary : Expr {
  UnaryOp op;
  Expr* operand;
};
/// ++x, x++, --x, x--
struct Increment : Expr {
  bool prefix = false;
  int delta = 1;
  Expr* operand;
};
struct Ternary : Expr {
  Expr* condition;
  Expr* when_true;
  Expr* when_false;
};
struct Elvis : Expr {
  Expr* value;
  Expr* fallback;
};

/// `object.name`, `?.`, `*.`, `.@`; `name` is a string Constant, or any expression for `a."$n"` and `a.(expr)`.
/// A class name such as `java.util.Date` in expression position parses as Property too; the compiler sorts it out.
struct Property : Expr {
  Expr* object;
  Expr* name;
  bool safe = false, spread = false, attribute = false;
};
struct Index : Expr {
  Expr* object;
  List<Expr*> arguments;  ///< `a[1, 2]` has two; `a[]` is an error
};

struct MapEntry {
  Expr* key;  ///< `a:` is a string Constant; `(expr):` any expression; a SpreadMap key (`*: m`) has value = m
  Expr* value;
  Span span;
};

/// Arguments in their written order; named ones are gathered into one Map that becomes the first argument.
/// A trailing closure is the last positional argument and `trailing_closures` counts those.
struct Arguments {
  List<MapEntry> named;
  List<Expr*> positional;  ///< may contain Spread
  std::uint8_t trailing_closures = 0;
  bool parenthesized = false;  ///< false for command expressions and for `foo { }`
  Span span;
};

/// `object.name(args)`, `name(args)` (object null), `object?.name(…)`, `object*.name(…)`, `a.b."$n"(…)`.
/// `closure(args)` on an expression that is not a name is a call of "call" with `implicit_call` set.
struct MethodCall : Expr {
  Expr* object = nullptr;
  Expr* name;  ///< string Constant for a plain name; its span is the name's
  Arguments arguments;
  bool safe = false, spread = false, implicit_call = false;
};
/// `this(…)` or `super(…)` inside a constructor.
struct ConstructorCall : Expr {
  bool is_super = false;
  Arguments arguments;
};
struct NewObject : Expr {
  TypeRef* type;
  Arguments arguments;
  ClassDecl* body = nullptr;  ///< anonymous inner class
};
/// `new int[3][]`; sizes.size() <= type->array_dimensions.
struct NewArray : Expr {
  TypeRef* type;
  List<Expr*> sizes;
};
struct ListLiteral : Expr {
  List<Expr*> elements;
};
struct MapLiteral : Expr {
  List<MapEntry> entries;
};
struct RangeLiteral : Expr {
  Expr* from;
  Expr* to;
  bool inclusive = true;
};

struct Closure : Expr {
  List<Parameter> parameters;
  bool has_arrow = false;  ///< `{ -> }` takes no argument; without an arrow there is an implicit `it`
  Block* body;
};
struct MethodPointer : Expr {
  Expr* object;
  Expr* name;
};  ///< object.&name
struct Cast : Expr {
  TypeRef* type;
  Expr* value;
  bool coerce = false;
};  ///< (T) x, or x as T with coerce
struct InstanceOf : Expr {
  Expr* value;
  TypeRef* type;
};
struct Spread : Expr {
  Expr* value;
};  ///< *list among arguments or list elements
struct SpreadMap : Expr {
  Expr* value;
};  ///< *: map as an entry's key

struct DeclaredVariable {
  TypeRef* type = nullptr;
  std::string_view name;
  Span span;
};
/// `def x = 1`, `int a = 1, b` (several Declarations in one Block without scope), `def (a, b) = list` (`multiple`).
struct Declaration : Expr {
  std::uint32_t modifiers = 0;
  List<Annotation> annotations;  ///< @Field, @Library …
  List<DeclaredVariable> variables;
  bool multiple = false;
  Expr* value = nullptr;
};

// ---- statements ----------------------------------------------------------------------------------------------------

struct Block : Stmt {
  List<Stmt*> statements;
  bool scope = true;  ///< false: `int a, b` split into two declarations, no scope of its own
};
struct ExpressionStatement : Stmt {
  Expr* expression;
};
struct If : Stmt {
  Expr* condition;
  Stmt* then_branch;
  Stmt* else_branch = nullptr;
};
struct While : Stmt {
  Expr* condition;
  Stmt* body;
};
struct ForIn : Stmt {
  TypeRef* type = nullptr;
  std::string_view name;
  Expr* iterable;
  Stmt* body;
};
/// Any of init, condition, update may be null.
struct ForC : Stmt {
  Expr* init;
  Expr* condition;
  Expr* update;
  Stmt* body;
};
struct SwitchCase {
  Expr* value;
  List<Stmt*> body;
  Span span;
};  ///< value null: default, in its written place
struct Switch : Stmt {
  Expr* subject;
  List<SwitchCase> cases;
};
struct CatchClause {
  List<TypeRef*> types;
  std::string_view name;
  Block* body;
  Span span;
};  ///< no types: Exception
struct Try : Stmt {
  Block* body;
  List<CatchClause> catches;
  Block* finally_block = nullptr;
};
struct Throw : Stmt {
  Expr* value;
};
struct Return : Stmt {
  Expr* value = nullptr;
};
struct Break : Stmt {
  std::string_view target;
};
struct Continue : Stmt {
  std::string_view target;
};
struct Assert : Stmt {
  Expr* condition;
  Expr* message = nullptr;
};  ///< condition's span is what power assert prints
struct Synchronized : Stmt {
  Expr* lock;
  Block* body;
};
struct ClassStatement : Stmt {
  ClassDecl* declaration;
};
struct Empty : Stmt {};

// ---- declarations --------------------------------------------------------------------------------------------------

struct MethodDecl {
  std::uint32_t modifiers = 0;
  List<Annotation> annotations;
  TypeRef* return_type = nullptr;
  std::string_view name;  ///< "<init>" for a constructor
  List<Parameter> parameters;
  List<TypeRef*> throws_types;
  Block* body = nullptr;  ///< null for abstract and interface methods
  Span span;
  Span name_span;
};
struct FieldDecl {
  std::uint32_t modifiers = 0;  ///< without public/protected/private a field is a property with getter and setter
  List<Annotation> annotations;
  TypeRef* type = nullptr;
  std::string_view name;
  Expr* initial_value = nullptr;
  Span span;
};
struct Initializer {
  bool is_static;
  Block* body;
};
struct EnumConstant {
  std::string_view name;
  Arguments arguments;
  ClassDecl* body = nullptr;
  Span span;
};
enum class ClassKind : std::uint8_t { class_, interface_, enum_, annotation, trait };
struct ClassDecl {
  ClassKind kind = ClassKind::class_;
  std::uint32_t modifiers = 0;
  List<Annotation> annotations;
  std::string_view name;  ///< simple name; empty for an anonymous class
  TypeRef* superclass = nullptr;
  List<TypeRef*> interfaces;  ///< for an interface: what it extends
  List<FieldDecl*> fields;    ///< in written order
  List<MethodDecl*> methods;  ///< constructors included
  List<Initializer> initializers;
  List<EnumConstant> constants;
  List<ClassDecl*> classes;  ///< inner classes
  Span span;
  Span name_span;
};
struct Import {
  std::string_view name;   ///< "java.util.Date", or "java.util" with star
  std::string_view alias;  ///< `as X`; empty: the last part
  bool star = false, is_static = false;
  List<Annotation> annotations;  ///< @Library may hang here
  Span span;
};

/// One source file. `statements` are the script's own top-level statements in order (class declarations not among
/// them).
struct Unit {
  std::string_view package;
  List<Import> imports;
  List<Stmt*> statements;
  List<MethodDecl*> methods;
  List<ClassDecl*> classes;
};

// ---- source and tree -----------------------------------------------------------------------------------------------

/// The text of one file, without a byte-order mark, with its name as error messages show it ("WorkflowScript",
/// "vars/x.groovy").
class Source {
 public:
  Source(std::string name, std::string text);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Line and column of a byte offset; past the end gives the position after the last character.
  [[nodiscard]] Position position(std::uint32_t offset) const;
  /// Its line alone, which costs the same in a line of any length. O(log lines).
  [[nodiscard]] std::uint32_t line_number(std::uint32_t offset) const;
  /// The text of a one-based line, without its line end; empty when there is no such line.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;
  [[nodiscard]] std::string_view slice(Span span) const { return text().substr(span.begin, span.end - span.begin); }

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

/// Owns the nodes of one parse. Move-only; node addresses are stable.
class Tree {
 public:
  explicit Tree(std::shared_ptr<const Source> source) : source_(std::move(source)) {}
  Unit unit;

  [[nodiscard]] const Source& source() const { return *source_; }
  [[nodiscard]] const std::shared_ptr<const Source>& shared_source() const { return source_; }

  /// A zero-initialised node in the arena; trivially destructible types only. Also for transformers of the tree
  /// (Declarative's), before it is shared.
  template <class T>
  T* make(NodeKind kind, Span span) {
    static_assert(std::is_trivially_destructible_v<T>);
    auto* node = new (arena_->allocate(sizeof(T), alignof(T))) T{};
    node->kind = kind;
    node->span = span;
    return node;
  }
  template <class T>
  T* make() {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (arena_->allocate(sizeof(T), alignof(T))) T{};
  }
  template <class T>
  List<T> list(const std::vector<T>& items) {
    return list(std::span<const T>(items));
  }
  template <class T>
  List<T> list(std::span<const T> items) {
    if (items.empty()) return {};
    auto* data = static_cast<T*>(arena_->allocate(sizeof(T) * items.size(), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), data);
    return {data, items.size()};
  }
  std::string_view text(std::string_view s) {
    if (s.empty()) return {};
    auto* data = static_cast<char*>(arena_->allocate(s.size(), 1));
    s.copy(data, s.size());
    return {data, s.size()};
  }

 private:
  std::shared_ptr<const Source> source_;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>(16 * 1024);
};

template <class T>
const T* as(const Node* node) {
  return static_cast<const T*>(node);
}
template <class T>
T* as(Node* node) {
  return static_cast<T*>(node);
}

}  // namespace windlass::groovy
