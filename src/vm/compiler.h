// From syntax tree to code (code.h). Internal to the module; vm.h has the entry point compile().
//
// UnitCompiler knows the source: imports, classes, types. FunctionCompiler makes one function: registers are handed out
// like a stack, locals stay where they were declared. compile_unit.cc: unit and classes; compile_statements.cc;
// compile_expressions.cc; compile_calls.cc.
//
// Depth is bounded by the parser's nesting limit and, for chains of operators and calls, which are no nesting, by what
// is left of the C++ stack. Size is bounded by the source's: finally blocks are repeated for each way out, so nested
// ones could double without end. Whatever passes a bound stops the whole unit with one sentence.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vm/capture_analysis.h"
#include "vm/code.h"

namespace windlass::vm {

using Reg = std::uint16_t;

/// Natives behind Op::helper, by number (interpreter side: helpers.cc).
enum class Helper : std::uint16_t {
  find_regex,
  match_regex,
  method_pointer,
  new_array,
  assert_power,
  assert_message,
  spread_property,
  get_index_many,
  set_index_many,
  named_class,
  closure_delegate,
  closure_owner,
  list_property,
};

/// Whether one of the annotations is that one, by its simple or full name.
bool has_annotation(groovy::List<groovy::Annotation> annotations, std::string_view simple);

struct SingletonOptions {
  bool is_one = false, lazy = false, strict = true;
  std::string_view property = "instance";
};
SingletonOptions singleton_options(groovy::List<groovy::Annotation> annotations);

struct ClassContext {
  const groovy::ClassDecl* declaration = nullptr;  ///< null for the script class
  std::uint16_t index = 0;
  ClassContext* outer = nullptr;
};

class FunctionCompiler;

class UnitCompiler {
 public:
  UnitCompiler(const groovy::Tree& tree, CodeUnit& unit, std::string class_name, const ClassExists& class_exists)
      : tree_(tree), unit_(unit), class_name_(std::move(class_name)), class_exists_(class_exists) {}

  void run();
  std::vector<groovy::Diagnostic> diagnostics;

  CodeUnit& unit() { return unit_; }
  const groovy::Tree& tree() { return tree_; }
  [[nodiscard]] const std::string& script_name() const { return class_name_; }

  void error(groovy::Span span, std::string message);
  /// An error after which nothing more is compiled.
  void stop(groovy::Span span, std::string message);
  /// Asked before each recursion: whether the unit has stopped, or stops now since the stack is nearly used up.
  bool stopped_at(groovy::Span span);
  [[nodiscard]] bool stopped() const { return stopped_; }
  /// Counts one instruction.
  void count_instruction();
  std::uint32_t line_of(std::uint32_t offset) {
    return fixed_line_ != 0 ? fixed_line_ : tree_.source().line_number(offset);
  }
  std::uint32_t string_constant(std::string_view text);
  std::uint32_t constant(UnitConstant::Type type, std::string_view text);
  /// Class ref of a type in type position; unknown names are an error.
  std::uint16_t type(const groovy::TypeRef* type, const ClassContext* context);
  /// Class ref of a name if it is a class, else kNone16.
  std::uint16_t find_class_ref(std::string_view name, const ClassContext* context, bool imports_only = false);
  std::uint16_t class_ref_known(ClassId id);
  std::uint16_t class_ref_of_template(std::uint16_t index);
  std::uint16_t class_ref_runtime(std::string_view full_name);
  std::uint16_t class_ref_foreign(std::string_view full_name);
  /// A type that nothing here defines but Java may: by its package, or by a star import of such a package.
  std::uint16_t foreign_type(std::string_view name);
  /// `a.b.Outer.Inner` of a library as the class is called, `a.b.Outer$Inner`; empty when it is none.
  [[nodiscard]] std::string inner_class(std::string_view name) const;
  /// Static import of a member name: (class ref, member).
  std::optional<std::pair<std::uint16_t, std::string_view>> static_import(std::string_view name);
  std::uint16_t declare_class(const groovy::ClassDecl& declaration, std::string full_name, ClassContext* outer,
                              bool anonymous);
  void compile_class(std::uint16_t index, const groovy::ClassDecl& declaration, ClassContext& context,
                     FunctionCompiler* enclosing);
  FunctionCode& new_function(std::string name, FunctionKind kind, std::uint16_t class_index,
                             std::uint32_t* number = nullptr);
  /// Closures are named when all are known: Groovy numbers those of one nesting depth before the next.
  void note_closure(FunctionCode& closure, const FunctionCode& enclosing) {
    closures_.push_back({&closure, &enclosing});
  }
  std::string next_anonymous_name(std::uint16_t class_index);
  [[nodiscard]] ClassTemplate& class_template(std::uint16_t index) { return *unit_.classes[index]; }
  CaptureAnalysis facts;
  /// Classes that @Newify lets be made by a bare call, where the compiler is now.
  std::vector<std::string> newified;

 private:
  void imports();
  void script();
  /// Members that annotations add, written as Groovy and compiled with the class. Their lines are the class's.
  void add_members(std::uint16_t index, const std::string& text, ClassContext& context);
  void newify(groovy::List<groovy::Annotation> annotations);
  void name_closures();
  bool exists(std::string_view full_name) const;
  std::uint16_t add_ref(ClassRef ref);

  const groovy::Tree& tree_;
  CodeUnit& unit_;
  std::string class_name_;
  const ClassExists& class_exists_;
  bool grabs_ = false;
  std::unordered_map<std::string, std::uint32_t> string_constants_;
  std::unordered_map<std::string, std::uint16_t> refs_;
  std::unordered_map<std::string, std::string> import_names_;
  std::vector<std::string> import_stars_;
  std::unordered_map<std::string, std::pair<std::uint16_t, std::string_view>> static_imports_;
  std::unordered_map<std::string, std::uint16_t> class_by_name_;  ///< full names of this unit
  struct NotedClosure {
    FunctionCode* code;
    const FunctionCode* enclosing;
  };
  std::vector<NotedClosure> closures_;
  std::vector<std::uint32_t> anonymous_numbers_;
  std::uintptr_t stack_base_ = 0;
  std::size_t instructions_ = 0;
  std::uint32_t fixed_line_ = 0;
  std::vector<std::unique_ptr<groovy::Tree>> added_;  ///< trees of added members
  bool stopped_ = false;
};

struct Local {
  enum class Where : std::uint8_t { reg, capture, field } where = Where::reg;
  std::uint16_t index = 0;  ///< register, captured index, or hidden field's slot name site
  bool cell = false;
  std::uint16_t type = kNone16;
  std::string_view field;
};

class FunctionCompiler {
 public:
  FunctionCompiler(UnitCompiler& unit, FunctionCode& code, ClassContext* context, FunctionCompiler* parent)
      : u_(unit), f_(code), context_(context), parent_(parent) {}

  void method(const groovy::MethodDecl& method);
  void constructor(const groovy::MethodDecl* method, const groovy::ClassDecl& declaration, bool is_enum);
  void class_init(const groovy::ClassDecl& declaration, std::uint16_t index);
  void closure(const groovy::Closure& closure);
  void script_body(groovy::List<groovy::Stmt*> statements);
  void script_constructor(const std::vector<const groovy::Declaration*>& declared);
  void script_class_init(const std::vector<const groovy::Declaration*>& declared);
  /// For anonymous classes: where names not found here are looked for.
  FunctionCompiler* enclosing_function = nullptr;
  std::uint16_t capture_class = kNone16;

 private:
  void script_fields(const std::vector<const groovy::Declaration*>& declared, bool of_class);
  friend class UnitCompiler;
  struct Label {
    std::uint32_t pc = 0xFFFFFFFF;
    std::vector<std::uint32_t> uses;
  };
  struct Control {
    std::string_view label;
    Label* on_break = nullptr;
    Label* on_continue = nullptr;
    bool is_loop = false;
    bool is_switch = false;
    const groovy::Block* finally_block = nullptr;
    bool is_region = false;
    std::uint32_t region_begin = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>>* regions = nullptr;
    std::size_t scope_mark = 0;
  };
  struct Recorder {
    Reg next = 0;
    Reg end = 0;
    std::vector<std::uint32_t> columns;
    std::uint32_t base_offset = 0;
  };

  // ---- emission (compile_statements.cc)
  std::uint32_t pc() const { return static_cast<std::uint32_t>(f_.code.size()); }
  void emit(Op op, unsigned a = 0, unsigned b = 0, unsigned c = 0);
  void emit_imm(Op op, unsigned a, std::int32_t imm);
  void emit_jump(Op op, unsigned a, Label& label);               ///< jump family with imm target
  void emit_fused(Op op, unsigned a, unsigned b, Label& label);  ///< two-word jumps
  void bind(Label& label);
  void at(groovy::Span span);
  std::uint16_t site(std::string_view name, std::uint8_t flags = 0, std::uint16_t type = kNone16);
  Reg temp(unsigned count = 1);
  void release(Reg mark) { next_ = mark; }
  void finish();
  void begin(groovy::List<groovy::Parameter> parameters, bool self);
  void parameter_defaults(groovy::List<groovy::Parameter> parameters);

  // ---- scopes
  Reg declare(std::string_view name, const void* node, std::uint16_t type);
  void enter(std::string_view name, const Local& local);  ///< a variable of the scope and of the debugger's list
  void enter_parameter(std::string_view name, const Local& local);  ///< whose place in the list comes later
  std::optional<Local> find(std::string_view name);
  void load_local(const Local& local, Reg dest);
  void store_local(const Local& local, Reg value);
  void close_scope(std::size_t mark);

  // ---- statements
  void statements(groovy::List<groovy::Stmt*> list, bool tail);
  void statement(const groovy::Stmt* stmt, bool tail);
  void scoped(const groovy::Stmt* stmt, bool tail);
  void if_statement(const groovy::If& s, bool tail);
  void while_statement(const groovy::While& s);
  void for_in(const groovy::ForIn& s);
  void for_c(const groovy::ForC& s);
  void switch_statement(const groovy::Switch& s, bool tail);
  void try_statement(const groovy::Try& s, bool tail);
  void assert_statement(const groovy::Assert& s);
  std::string assertion_text(const groovy::Expr* e);
  /// Variables whose values an assertion with a message shows.
  void assertion_variables(const groovy::Expr* e, std::vector<const groovy::Expr*>& out);
  void return_value(const groovy::Expr* value);
  void leave(std::size_t down_to);
  void jump_out(std::string_view label, bool is_continue, groovy::Span span);
  void bind_region_end(Control& control);

  // ---- expressions
  void to(const groovy::Expr* e, Reg dest);
  Reg operand(const groovy::Expr* e);  ///< a local's own register, or a new temporary
  Reg fresh(const groovy::Expr* e);    ///< always a new temporary at the top
  void discard(const groovy::Expr* e);
  void raw(const groovy::Expr* e, Reg dest);
  void jump_if(const groovy::Expr* e, bool when, Label& label);
  void variable(const groovy::Expr* e, std::string_view name, Reg dest);
  void binary(const groovy::Binary& b, Reg dest);
  void assign(const groovy::Assign& a, Reg dest, bool wanted);
  void assign_to(const groovy::Expr* target, Reg value);
  void assign_variable(groovy::Span span, std::string_view name, Reg value);
  void increment(const groovy::Increment& i, Reg dest, bool wanted);
  void declaration(const groovy::Declaration& d, Reg dest, bool wanted);
  void property(const groovy::Property& p, Reg dest);
  void index(const groovy::Index& i, Reg dest);
  void gstring(const groovy::GString& g, Reg dest);
  void list_literal(groovy::List<groovy::Expr*> elements, Reg dest);
  void map_literal(groovy::List<groovy::MapEntry> entries, Reg dest);
  void closure_literal(const groovy::Closure& c, Reg dest);
  void constant(const groovy::Constant& c, Reg dest);
  void call(const groovy::MethodCall& c, Reg dest);
  /// Classes whose static members may be meant by a bare name are initialised before it is looked up.
  void load_static_stars();
  void construct(const groovy::NewObject& n, Reg dest);
  void constructor_call(const groovy::ConstructorCall& c, Reg dest);
  /// Puts arguments after window; returns their number and adds spread and typed flags.
  unsigned arguments(const groovy::Arguments& args, Reg window, std::uint8_t& flags);
  void coerce_to(Reg reg, std::uint16_t type);
  bool needs_coercion(std::uint16_t type) const;
  void record(const groovy::Expr* e, Reg reg);
  std::uint32_t column_of(const groovy::Expr* e) const;
  std::uint16_t class_in_path(const groovy::Property& p);
  std::uint16_t class_before_super(const groovy::Expr* e);
  std::uint16_t array_class(const groovy::Expr* e);
  /// Nothing for a path of more than `most` names: no class lies that deep.
  std::optional<std::string> dotted_name(const groovy::Expr* e, int most = 64);
  const FieldTemplate* own_field(std::string_view name, std::uint16_t& class_index);
  bool in_static() const;
  bool in_closure() const { return f_.kind == FunctionKind::closure; }
  std::uint8_t context_flags() const;
  Reg self_register(Reg scratch);
  void field_initializers(const groovy::ClassDecl& declaration);
  /// `getX()` of a @Lazy field: makes the value when it is asked for first.
  void lazy_getter(const groovy::FieldDecl& field, std::string_view stored);
  /// `getInstance()` of a lazy @Singleton.
  void singleton_getter(std::string_view field);

  UnitCompiler& u_;
  FunctionCode& f_;
  ClassContext* context_;
  FunctionCompiler* parent_;
  Reg next_ = 1;
  struct ScopeEntry {
    std::string_view name;
    Local local;
    std::uint32_t listed;    ///< index in f_.locals, or none
    std::uint32_t shadowed;  ///< entry of the same name further out, plus one; 0 = none
  };
  std::vector<ScopeEntry> scope_;
  std::unordered_map<std::string_view, std::uint32_t> newest_;  ///< of each name in scope: its entry plus one
  std::vector<Control> controls_;
  Recorder* recorder_ = nullptr;
  std::uint16_t argument_types_ = kNone16;  ///< of the arguments put last
  bool is_void_ = false;
  bool static_context_ = false;
};

}  // namespace windlass::vm
