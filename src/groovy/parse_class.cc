// Classes, interfaces, traits, enums and annotation types with their members.
#include "groovy/parser_impl.h"

namespace windlass::groovy {

struct Parser::Members {
  std::vector<FieldDecl*> fields;
  std::vector<MethodDecl*> methods;
  std::vector<Initializer> initializers;
  std::vector<EnumConstant> constants;
  std::vector<ClassDecl*> classes;
};

void Parser::finish_members(ClassDecl* decl, const Members& members) {
  decl->fields = tree_.list(members.fields);
  decl->methods = tree_.list(members.methods);
  decl->initializers = tree_.list(members.initializers);
  decl->constants = tree_.list(members.constants);
  decl->classes = tree_.list(members.classes);
}

List<TypeRef*> Parser::type_list() {
  const auto mark = types_.size();
  for (;;) {
    auto* one = class_type(false);
    types_.push_back(one);
    if (failed_ || !accept(T::comma)) break;
    nls();
  }
  return take(types_, mark);
}

ClassDecl* Parser::type_definition(std::uint32_t bits, List<Annotation> annotations, std::uint32_t begin) {
  auto* decl = tree_.make<ClassDecl>();
  decl->modifiers = bits;
  decl->annotations = annotations;
  switch (cur().kind) {
    case T::kw_class:
      decl->kind = ClassKind::class_;
      break;
    case T::kw_interface:
      decl->kind = ClassKind::interface_;
      break;
    case T::kw_enum:
      decl->kind = ClassKind::enum_;
      break;
    case T::kw_trait:
      decl->kind = ClassKind::trait;
      break;
    case T::at:
      decl->kind = ClassKind::annotation;
      advance();
      break;
    default:
      fail_unexpected();
      return decl;
  }
  if (peek(1).kind != T::ident && bits == mod_none && annotations.empty()) fail_unexpected();
  advance();
  decl->name = word(cur());
  decl->name_span = {cur().begin, cur().end};
  if (!is(T::ident)) {
    fail_expecting(describe(T::ident));
    return decl;
  }
  advance();
  nls();
  const auto outer_name = class_name_;
  class_name_ = decl->name;
  if (is(T::less)) {
    type_parameters();
    nls();
  }
  if (is(T::kw_extends) && decl->kind != ClassKind::enum_) {
    advance();
    nls();
    if (decl->kind == ClassKind::interface_) {
      decl->interfaces = type_list();
    } else {
      decl->superclass = class_type(false);
    }
    nls();
  }
  if (is(T::kw_implements) && decl->kind != ClassKind::interface_ && decl->kind != ClassKind::annotation) {
    advance();
    nls();
    decl->interfaces = type_list();
    nls();
  }
  if (decl->kind == ClassKind::enum_) {
    enum_body(decl);
  } else {
    class_body(decl, decl->kind == ClassKind::interface_, decl->kind == ClassKind::annotation);
  }
  decl->span = span_from(begin);
  class_name_ = outer_name;
  return decl;
}

void Parser::class_body(ClassDecl* decl, bool is_interface, bool is_annotation) {
  Nesting nesting(*this);
  Members members;
  const auto outer_script = in_script_;
  in_script_ = false;
  if (!is(T::lcurly) || peek(1).kind == T::eof) fail_unexpected(is(T::lcurly) ? pos_ + 1 : pos_);
  expect(T::lcurly);
  while (!failed_) {
    if (!is(T::rcurly) && !is(T::semi) && !is(T::nls) && !is(T::eof)) {
      class_member(decl, members, is_interface, is_annotation);
    }
    if (failed_ || separator() == Separator::none) break;
  }
  expect(T::rcurly);
  optional_end_ = false;
  finish_members(decl, members);
  in_script_ = outer_script;
}

void Parser::class_member(ClassDecl* decl, Members& members, bool is_interface, bool is_annotation) {
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const bool whole = !is_interface && !is_annotation;
  if (whole && constructor_starts()) {
    auto* method = tree_.make<MethodDecl>();
    method->modifiers = modifiers(annotations);
    method->annotations = annotations;
    method->name = "<init>";
    method->name_span = {cur().begin, cur().end};
    advance();
    nls();
    expect(T::lparen);
    method->parameters = parameters(T::rparen);
    expect(T::rparen);
    if (token(skip_nls(pos_)).kind == T::kw_throws) {
      nls();
      advance();
      nls();
      method->throws_types = type_list();
    }
    nls();
    method->body = constructor_body();
    method->span = span_from(begin);
    members.methods.push_back(method);
    return;
  }
  if (generic_method_starts()) {
    const auto bits = modifiers(annotations);
    type_parameters();
    auto* of = type();
    members.methods.push_back(method_rest(bits, annotations, of, begin));
    return;
  }
  if (whole && multiple_declaration_starts()) {
    refuse(begin, "Unexpected multiple assignment in a class body");
    multiple_declaration();
    return;
  }
  if (declaration_starts(pos_)) return field_or_method(decl, members, is_annotation);
  if (type_definition_starts()) {
    const auto bits = modifiers(annotations);
    auto* inner = type_definition(bits, annotations, begin);
    members.classes.push_back(inner);
    return;
  }
  if (whole && is(T::kw_static) && token(skip_nls(pos_ + 1)).kind == T::lcurly) {
    advance();
    nls();
    auto* body = block();
    members.initializers.push_back({true, body});
    return;
  }
  if (whole && is(T::lcurly)) {
    auto* body = block();
    members.initializers.push_back({false, body});
    return;
  }
  fail_unexpected();
}

void Parser::field_or_method(ClassDecl* decl, Members& members, bool is_annotation) {
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const auto bits = modifiers(annotations);
  const bool bare = bits == mod_none && annotations.empty();
  TypeRef* of = nullptr;
  const T next = peek(1).kind;
  if (is_builtin_type(cur().kind) || (is(T::ident) && (bare || next == T::ident || next == T::string ||
                                                       next == T::dot || next == T::less || next == T::lbrack))) {
    of = type();
  }
  if ((is(T::ident) && peek(1).kind == T::lparen) || is(T::string)) {
    auto* method = method_rest(bits, annotations, of, begin);
    if (failed_) return;
    if (is_annotation && accept(T::kw_default)) {
      nls();
      annotation_value();
    }
    const bool needs_none = decl->kind == ClassKind::interface_ || is_annotation;
    if (needs_none && method->body != nullptr) {
      refuse(begin, "Abstract methods do not define a body.");
    } else if (!needs_none && method->body == nullptr && (bits & (mod_abstract | mod_native)) == 0) {
      refuse(begin, "You defined a method without body. Try adding a body, or declare it abstract.");
    } else if ((bits & mod_abstract) != 0 && method->body != nullptr) {
      refuse(begin, "Abstract methods do not define a body.");
    }
    members.methods.push_back(method);
    return;
  }
  auto from = begin;
  for (;;) {
    if (!is(T::ident)) {
      fail_unexpected();
      return;
    }
    auto* field = tree_.make<FieldDecl>();
    field->modifiers = bits;
    field->annotations = annotations;
    field->type = of;
    field->name = word(cur());
    advance();
    if (accept(T::assign)) {
      nls();
      field->initial_value = expression_or_command();
    }
    field->span = span_from(from);
    members.fields.push_back(field);
    if (failed_ || !is(T::comma)) return;
    advance();
    nls();
    from = cur().begin;
  }
}

/// Only here, as the first statement, `this(…)` and `super(…)` are calls of another constructor.
Block* Parser::constructor_body() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  expect(T::lcurly);
  nls();
  const auto mark = stmts_.size();
  if ((is(T::kw_this) || is(T::kw_super)) && peek(1).kind == T::lparen) {
    const auto from = cur().begin;
    const bool is_super = is(T::kw_super);
    advance();
    auto arguments = argument_list(T::lparen, T::rparen);
    arguments.parenthesized = true;
    auto* call = make<ConstructorCall>(NodeKind::constructor_call, from);
    call->is_super = is_super;
    call->arguments = arguments;
    auto* first = make<ExpressionStatement>(NodeKind::expression_statement, from);
    first->expression = call;
    stmts_.push_back(first);
    if (separator() != Separator::none) {
      const auto rest = block_body(T::rcurly, false);
      stmts_.insert(stmts_.end(), rest.begin(), rest.end());
    }
  } else {
    const auto all = block_body(T::rcurly, false);
    stmts_.insert(stmts_.end(), all.begin(), all.end());
  }
  expect(T::rcurly);
  auto* result = make<Block>(NodeKind::block, begin);
  result->scope = true;
  result->statements = take(stmts_, mark);
  return result;
}

void Parser::enum_body(ClassDecl* decl) {
  Nesting nesting(*this);
  Members members;
  const auto outer_script = in_script_;
  in_script_ = false;
  expect(T::lcurly);
  nls();
  if (enum_constants_start()) {
    enum_constants(members);
  } else if (!failed_ && !is(T::rcurly) && !is(T::semi) && !is(T::nls) && !is(T::eof)) {
    class_member(decl, members, false, false);
  }
  while (!failed_ && separator() != Separator::none) {
    if (!is(T::rcurly) && !is(T::semi) && !is(T::nls) && !is(T::eof)) class_member(decl, members, false, false);
  }
  expect(T::rcurly);
  optional_end_ = false;
  finish_members(decl, members);
  in_script_ = outer_script;
}

void Parser::enum_constants(Members& members) {
  for (;;) {
    EnumConstant one{};
    const auto begin = cur().begin;
    List<Annotation> annotations;
    modifiers(annotations);
    one.name = word(cur());
    if (!is(T::ident)) {
      fail_unexpected();
      return;
    }
    advance();
    if (is(T::lparen)) {
      one.arguments = argument_list(T::lparen, T::rparen);
      one.arguments.parenthesized = true;
    }
    if (is(T::lcurly)) {
      one.body = tree_.make<ClassDecl>();
      const auto open = cur().begin;
      class_body(one.body, false, false);
      one.body->span = span_from(open);
    }
    one.span = span_from(begin);
    members.constants.push_back(one);
    if (failed_ || enum_constants_end(skip_nls(pos_))) return;
    if (token(skip_nls(pos_)).kind != T::comma) {
      fail_unexpected();
      return;
    }
    nls();
    advance();
    const auto next = skip_nls(pos_);
    if (enum_constants_end(next)) return;
    const T kind = token(next).kind;
    if (kind != T::ident && kind != T::at) return;
    nls();
  }
}

}  // namespace windlass::groovy
