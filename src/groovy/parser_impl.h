// The parser behind parse(): recursive descent over the token array, precedence climbing for operators. One class in
// several files: parse_statement.cc, parse_expression.cc, parse_path.cc, parse_type.cc, parse_class.cc, lookahead.cc.
//
// Invariants
// - After the first syntax error the current token is the end of the text for good, so every loop ends by itself and no
//   caller has to check; what is built after that is never used by anyone but "what could be understood".
// - Decisions look at tokens only and skip brackets through Token::match; nothing is parsed twice, so time is linear.
// - Recursion happens only under a Nesting guard.
// - Lists are gathered on shared stacks (one per element type) and copied into the arena when complete.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groovy/ast.h"
#include "groovy/lexer.h"
#include "groovy/parser.h"
#include "groovy/token.h"

namespace windlass::groovy {

class Parser {
 public:
  Parser(Tree& tree, const ParseLimits& limits, LexResult lexed);
  void parse_unit();

  /// The syntax error, if any; else the first thing the compiler refuses while it builds its tree.
  std::vector<Diagnostic> take_diagnostics();

 private:
  enum class Separator : std::uint8_t { none, newline, semicolon };
  /// Where an expression stands: only at the start of a statement or initializer may a block follow on the next line.
  enum class Context : std::uint8_t { inner, statement };

  struct Members;  // what a class body collects

  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      ++parser_.depth_;
      if (parser_.depth_ > parser_.limits_.max_depth || parser_.stack_exhausted()) parser_.fail_too_deep();
    }
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  // ---- tokens and errors (parser.cc)
  const Token& cur() const { return tokens_[pos_]; }
  const Token& peek(std::uint32_t n) const {
    return tokens_[pos_ + n < tokens_.size() ? pos_ + n : tokens_.size() - 1];
  }
  const Token& token(std::uint32_t i) const { return tokens_[i < tokens_.size() ? i : tokens_.size() - 1]; }
  bool is(T kind) const { return tokens_[pos_].kind == kind; }
  void advance();
  bool accept(T kind);
  bool expect(T kind);
  void nls() {
    if (is(T::nls)) advance();
  }
  std::string_view word(const Token& t) const { return text_.substr(t.begin, t.end - t.begin); }
  std::string token_text(const Token& t) const;
  bool stack_exhausted() const;
  void fail(std::uint32_t token_index, std::string message);
  void fail_unexpected(std::uint32_t token_index);
  void fail_unexpected() { fail_unexpected(pos_); }
  void fail_expecting(std::string_view what);
  void fail_too_deep();
  /// A complaint of the tree builder: reported only when the syntax is right.
  void refuse(std::uint32_t offset, std::string message, bool with_position = true);
  std::uint32_t previous_end() const { return pos_ == 0 ? 0 : end_of_previous_; }
  Span span_from(std::uint32_t begin) const { return {begin, previous_end() > begin ? previous_end() : begin}; }

  template <class N>
  N* make(NodeKind kind, std::uint32_t begin) {
    return tree_.make<N>(kind, span_from(begin));
  }
  template <class E>
  List<E> take(std::vector<E>& stack, std::size_t mark) {
    auto list = tree_.list(std::span<const E>(stack).subspan(mark));
    stack.resize(mark);
    return list;
  }
  Constant* string_constant(std::string_view text, Span span);

  // ---- lookahead (lookahead.cc): indices in, index after the match or 0 out
  std::uint32_t skip_nls(std::uint32_t i) const { return token(i).kind == T::nls ? i + 1 : i; }
  std::uint32_t scan_annotation(std::uint32_t i) const;
  std::uint32_t scan_type_arguments(std::uint32_t i) const;
  std::uint32_t scan_type(std::uint32_t i) const;
  std::uint32_t scan_modifiers(std::uint32_t i) const;
  bool declaration_starts(std::uint32_t i) const;
  bool generic_method_starts() const;
  bool multiple_declaration_starts() const;
  bool type_definition_starts() const;
  bool constructor_starts() const;
  bool import_starts() const;
  bool multiple_assignment_starts() const;
  bool closure_parameters_start(std::uint32_t i) const;
  bool enum_constants_start() const;
  bool enum_constants_end(std::uint32_t i) const;
  bool label_starts(std::uint32_t i) const;
  bool cast_starts() const;
  bool is_upper_ident(std::uint32_t i) const;
  static bool starts_primary(T kind);
  static bool starts_operand(T kind);
  static bool ends_declarator(T kind);
  bool starts_statement(std::uint32_t i) const;
  bool header_has_semicolon(std::uint32_t open) const;

  // ---- types, modifiers, annotations, parameters (parse_type.cc)
  TypeRef* type(bool brackets = true);
  TypeRef* class_type(bool diamond);
  TypeRef* builtin_type();
  void array_brackets(TypeRef* type);
  List<TypeRef*> type_arguments(bool diamond);
  void close_angle();
  void fail_angle();
  void type_parameters();
  std::uint32_t modifiers(List<Annotation>& annotations);
  Annotation annotation();
  Expr* annotation_value();
  List<Parameter> parameters(T end);
  Parameter parameter();
  std::string_view qualified_name(bool strict = true);

  // ---- expressions (parse_expression.cc)
  Expr* expression(Context context);
  Expr* expression_or_command();
  Expr* assignment(Context context);
  Expr* conditional(Context context);
  Expr* binary(int min_level, Context context);
  Expr* relational_tail(Expr* left, std::uint32_t begin);
  Expr* signed_power(Context context);
  Expr* power_tail(Expr* left, std::uint32_t begin);
  Expr* unary();
  Expr* unary_not_sign(Context context);
  Expr* multiple_assignment();
  Expr* sign(T kind, Expr* operand, std::uint32_t begin);
  void check_target(const Expr* target, Span op_span);
  Expr* strict_expression(bool allow_declaration);
  Expr* single_declaration(bool initializer);

  // ---- paths, calls, literals (parse_path.cc, parse_literal.cc)
  Expr* path(Context context);
  Expr* path_element(Expr* prefix, std::uint32_t begin, bool& is_call);
  bool path_element_starts() const;
  Expr* member(Expr* object, std::uint32_t begin);
  Expr* call(Expr* callee, std::uint32_t begin);
  Expr* append_closure(Expr* prefix, std::uint32_t begin, bool is_call);
  Expr* call_node(Expr* callee, const Arguments& arguments, std::uint32_t begin);
  Expr* command_arguments(Expr* head, std::uint32_t begin);
  Expr* command_chain(Expr* head, std::uint32_t begin, bool head_is_call);
  void command_argument();
  Arguments argument_list(T open, T close);
  bool argument();
  void check_names(const Arguments& arguments, std::uint32_t offset);
  void missing_separator(T close);
  MapEntry label();
  Expr* primary();
  Expr* parenthesized();
  Expr* list_or_map();
  Closure* closure();
  Expr* new_object();
  Expr* gstring();
  Expr* gstring_value();
  Constant* string_literal(const Token& token);
  Constant* number_literal(const Token& token, bool negative, std::uint32_t begin);
  std::string_view string_text(const Token& token);
  Expr* constant(ConstantType type);

  // ---- statements (parse_statement.cc)
  List<Stmt*> block_body(T close, bool in_case);
  Block* block();
  Stmt* statement(Separator before);
  Stmt* expression_statement(Separator before);
  Stmt* body_statement();
  Stmt* declaration();
  Stmt* multiple_declaration();
  Stmt* variable_declarations(std::uint32_t modifiers, List<Annotation> annotations, TypeRef* type,
                              std::uint32_t begin);
  Stmt* generic_method();
  MethodDecl* method_rest(std::uint32_t modifiers, List<Annotation> annotations, TypeRef* type, std::uint32_t begin);
  Stmt* labeled();
  Stmt* if_statement();
  Stmt* for_statement();
  Stmt* while_statement();
  Stmt* switch_statement();
  Stmt* try_statement();
  Stmt* synchronized_statement();
  Stmt* branch_statement();
  Stmt* import_statement();
  Stmt* loop_body();
  void keep_method(MethodDecl* method);
  Separator separator();

  // ---- classes (parse_class.cc)
  ClassDecl* type_definition(std::uint32_t modifiers, List<Annotation> annotations, std::uint32_t begin);
  void class_body(ClassDecl* decl, bool is_interface, bool is_annotation);
  void class_member(ClassDecl* decl, Members& members, bool is_interface, bool is_annotation);
  void enum_body(ClassDecl* decl);
  void enum_constants(Members& members);
  void finish_members(ClassDecl* decl, const Members& members);
  void field_or_method(ClassDecl* decl, Members& members, bool is_annotation);
  Block* constructor_body();
  List<TypeRef*> type_list();

  Tree& tree_;
  const ParseLimits limits_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::string lex_error_;
  std::uint32_t lex_error_offset_;
  bool lex_error_at_previous_;

  std::uint32_t pos_ = 0;
  std::uint32_t end_of_previous_ = 0;
  std::uint32_t depth_ = 0;
  std::uintptr_t stack_base_ = 0;
  bool failed_ = false;
  std::uint32_t angle_depth_ = 0;
  std::uint32_t pending_angles_ = 0;  // `>` left over from a `>>` that closed two lists
  bool optional_end_ = false;         // the last statement could have gone on: decides the compiler's words
  bool in_script_ = true;             // statements at the top level of the file: methods and classes belong there
  Expr* last_path_ = nullptr;         // the last complete path: only such an expression may head a command
  bool last_path_is_call_ = false;
  std::string_view class_name_;  // of the enclosing class: its constructors are known by it

  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> refusals_;

  std::vector<Expr*> exprs_;
  std::vector<Stmt*> stmts_;
  std::vector<MapEntry> entries_;
  std::vector<TypeRef*> types_;
  std::vector<Parameter> params_;
  std::vector<Annotation> annotations_;
  std::vector<AnnotationArgument> annotation_args_;
  std::vector<std::string_view> texts_;
  std::vector<SwitchCase> cases_;
  std::vector<CatchClause> catches_;
  std::vector<Import> imports_;
  std::vector<MethodDecl*> methods_;
  std::vector<ClassDecl*> classes_;
};

}  // namespace windlass::groovy
