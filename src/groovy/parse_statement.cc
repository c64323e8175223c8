// Statements and declarations of a script or block.
#include "groovy/parser_impl.h"

namespace windlass::groovy {

/// One separator: `;` or a newline, with what may follow it.
Parser::Separator Parser::separator() {
  if (accept(T::semi)) {
    nls();
    return Separator::semicolon;
  }
  if (!accept(T::nls)) return Separator::none;
  auto result = Separator::newline;
  while (accept(T::semi)) {
    nls();
    result = Separator::semicolon;
  }
  return result;
}

/// Statements up to `close` (or the next `case`), which is left for the caller.
List<Stmt*> Parser::block_body(T close, bool in_case) {
  const auto mark = stmts_.size();
  auto before = Separator::none;
  for (;;) {
    if (starts_statement(pos_)) {
      auto* one = statement(before);
      if (one != nullptr) stmts_.push_back(one);
    } else if (!is(close) && !is(T::semi) && !is(T::nls) && !is(T::eof) &&
               !(in_case && (is(T::kw_case) || is(T::kw_default)))) {
      fail_unexpected();
      break;
    }
    if (failed_) break;
    before = separator();
    if (before != Separator::none) continue;
    if (!is(close) && !(in_case && (is(T::kw_case) || is(T::kw_default)))) missing_separator(close);
    break;
  }
  return take(stmts_, mark);
}

/// A statement that could have gone on (`return` …, a declaration without value) and did not: its next token is to
/// blame.
void Parser::missing_separator(T close) {
  if (optional_end_ && !is(T::eof) && !is(T::kw_else) && !is(T::rcurly)) {
    fail_unexpected();
  } else {
    fail_expecting(describe(close));
  }
}

Block* Parser::block() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  const auto outer_script = in_script_;
  in_script_ = false;
  expect(T::lcurly);
  nls();
  auto* result = tree_.make<Block>(NodeKind::block, {begin, begin});
  result->scope = true;
  result->statements = block_body(T::rcurly, false);
  expect(T::rcurly);
  optional_end_ = false;
  result->span = span_from(begin);
  in_script_ = outer_script;
  return result;
}

Stmt* Parser::statement(Separator before) {
  const T kind = cur().kind;
  optional_end_ = false;
  if (is_modifier(kind) || kind == T::kw_def || kind == T::at) {
    if (generic_method_starts()) return generic_method();
    if (multiple_declaration_starts()) return multiple_declaration();
    if (declaration_starts(pos_)) return declaration();
    if (kind == T::kw_synchronized && peek(1).kind == T::lparen) return synchronized_statement();
    if (import_starts()) return import_statement();
    if (!type_definition_starts()) {
      if (kind == T::at && peek(1).kind == T::ident) {
        List<Annotation> unfinished;
        modifiers(unfinished);
      }
      fail_unexpected();
      return nullptr;
    }
  } else if (kind == T::ident) {
    if (declaration_starts(pos_)) return declaration();
    if (peek(1).kind == T::colon) return labeled();
    return expression_statement(before);
  } else if (is_builtin_type(kind) && declaration_starts(pos_)) {
    return declaration();
  }
  switch (kind) {
    case T::kw_if:
      return if_statement();
    case T::kw_for:
      return for_statement();
    case T::kw_while:
      return while_statement();
    case T::kw_switch:
      return switch_statement();
    case T::kw_try:
      return try_statement();
    case T::kw_import:
      return import_statement();
    case T::kw_return:
    case T::kw_break:
    case T::kw_continue:
    case T::kw_throw:
    case T::kw_assert:
      return branch_statement();
    default:
      break;
  }
  if (starts_operand(kind)) return expression_statement(before);
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const auto bits = modifiers(annotations);
  auto* decl = type_definition(bits, annotations, begin);
  if (failed_) return nullptr;
  if (in_script_) {
    classes_.push_back(decl);
    return nullptr;
  }
  refuse(begin,
         "Class definition not expected here. Please define the class at an appropriate place or perhaps try using a "
         "block/Closure instead.");
  auto* result = make<ClassStatement>(NodeKind::class_statement, begin);
  result->declaration = decl;
  return result;
}

Stmt* Parser::expression_statement(Separator before) {
  const auto begin = cur().begin;
  if (is(T::lcurly) && !closure_parameters_start(pos_ + 1)) {
    fail(pos_,
         before == Separator::newline
             ? "Ambiguous expression could be a parameterless closure expression, an isolated open code block, or it "
               "may continue a previous statement;\n   solution: Add an explicit parameter list, e.g. {it -> ...}, or "
               "force it to be treated as an open block by giving it a label, e.g. L:{...}, and also either remove the "
               "previous newline, or add an explicit semicolon ';'"
             : "Ambiguous expression could be either a parameterless closure expression or an isolated open code "
               "block;\n   solution: Add an explicit closure parameter list, e.g. {it -> ...}, or force it to be "
               "treated as an open block by giving it a label, e.g. L:{...}");
    return nullptr;
  }
  if ((peek(1).kind == T::comma || peek(1).kind == T::rparen) && cur().match == 0) {
    fail_unexpected();  // a single word that is no statement
    return nullptr;
  }
  auto* value = expression_or_command();
  optional_end_ = false;
  auto* result = make<ExpressionStatement>(NodeKind::expression_statement, begin);
  result->expression = value;
  return result;
}

/// The body of if, while, for: a block, or one statement of any kind.
Stmt* Parser::body_statement() {
  if (is(T::lcurly) && peek(1).kind != T::eof) return block();
  Nesting nesting(*this);
  const auto outer_script = in_script_;
  in_script_ = false;
  Stmt* result = nullptr;
  if (starts_statement(pos_)) {
    result = statement(Separator::none);
  } else {
    fail_unexpected();
  }
  in_script_ = outer_script;
  return result != nullptr ? result : make<Empty>(NodeKind::empty, cur().begin);
}

Stmt* Parser::labeled() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  const auto name = word(cur());
  advance();
  advance();
  nls();
  Stmt* inner = nullptr;
  if (is(T::lcurly) && !closure_parameters_start(pos_ + 1)) {
    inner = block();
  } else if (starts_statement(pos_)) {
    inner = statement(Separator::none);
  } else {
    fail_unexpected();
  }
  if (inner == nullptr) inner = make<Empty>(NodeKind::empty, begin);
  if (inner->label.empty()) inner->label = name;
  return inner;
}

// ---- declarations
// -----------------------------------------------------------------------------------------------------

Stmt* Parser::declaration() {
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const auto bits = modifiers(annotations);
  const bool bare = bits == mod_none && annotations.empty();
  TypeRef* of = nullptr;
  const T next = peek(1).kind;
  if (is_builtin_type(cur().kind)) {
    of = type();
  } else if (is(T::ident) && !bare && (!ends_declarator(next) || next == T::rparen)) {
    // After modifiers a type must look like one: `def a b` is refused at `a`.
    const auto after = scan_type(pos_);
    if (after == 0 || (token(after).kind != T::ident && token(after).kind != T::string) ||
        (next == T::ident && !is_upper_ident(pos_))) {
      fail_unexpected();
      return nullptr;
    }
    of = type();
  } else if (is(T::ident) && (bare || next == T::string)) {
    of = type();
  }
  const bool method = (is(T::ident) && peek(1).kind == T::lparen) || is(T::string);
  if (!method) return variable_declarations(bits, annotations, of, begin);
  keep_method(method_rest(bits, annotations, of, begin));
  return nullptr;
}

void Parser::keep_method(MethodDecl* method) {
  if (failed_) return;
  if (!in_script_) {
    refuse(method->span.begin,
           "Method definition not expected here. Please define the method at an appropriate place or "
           "perhaps try using a block/Closure instead.");
  } else if (method->body == nullptr && (method->modifiers & mod_abstract) == 0) {
    refuse(method->span.begin, "You defined a method without body. Try adding a body, or declare it abstract.");
  }
  methods_.push_back(method);
}

Stmt* Parser::generic_method() {
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const auto bits = modifiers(annotations);
  type_parameters();
  auto* of = type();
  keep_method(method_rest(bits, annotations, of, begin));
  return nullptr;
}

MethodDecl* Parser::method_rest(std::uint32_t bits, List<Annotation> annotations, TypeRef* of, std::uint32_t begin) {
  auto* method = tree_.make<MethodDecl>();
  method->modifiers = bits;
  method->annotations = annotations;
  method->return_type = of;
  method->name_span = {cur().begin, cur().end};
  if (peek(1).kind != T::lparen) fail_unexpected();
  if (is(T::string)) {
    method->name = string_text(cur());
  } else {
    if (!is(T::ident)) fail_unexpected();
    method->name = word(cur());
  }
  advance();
  expect(T::lparen);
  method->parameters = parameters(T::rparen);
  if (!is(T::rparen) && !method->parameters.empty() && method->parameters.back().default_value == nullptr)
    fail_unexpected();
  expect(T::rparen);
  if (token(skip_nls(pos_)).kind == T::kw_throws) {
    nls();
    advance();
    nls();
    method->throws_types = type_list();
  }
  if (token(skip_nls(pos_)).kind == T::lcurly) {
    nls();
    if (peek(1).kind == T::eof) fail_unexpected();
    method->body = block();
  }
  optional_end_ = method->body == nullptr;
  method->span = span_from(begin);
  return method;
}

Stmt* Parser::variable_declarations(std::uint32_t bits, List<Annotation> annotations, TypeRef* of,
                                    std::uint32_t begin) {
  const auto mark = stmts_.size();
  const auto whole = begin;
  for (;;) {
    if (!is(T::ident)) {
      fail_unexpected();
      break;
    }
    DeclaredVariable variable{of, word(cur()), {cur().begin, cur().end}};
    advance();
    Expr* value = nullptr;
    optional_end_ = true;
    if (accept(T::assign)) {
      nls();
      value = expression_or_command();
      optional_end_ = false;
    }
    auto* declared = make<Declaration>(NodeKind::declaration, begin);
    declared->modifiers = bits;
    declared->annotations = annotations;
    declared->variables = tree_.list(std::span<const DeclaredVariable>(&variable, 1));
    declared->value = value;
    auto* one = tree_.make<ExpressionStatement>(NodeKind::expression_statement, declared->span);
    one->expression = declared;
    stmts_.push_back(one);
    if (failed_ || !is(T::comma)) break;
    advance();
    nls();
    begin = cur().begin;
  }
  if (stmts_.size() == mark + 1) {
    auto* one = stmts_.back();
    stmts_.pop_back();
    return one;
  }
  auto* result = make<Block>(NodeKind::block, whole);
  result->scope = false;
  result->statements = take(stmts_, mark);
  return result;
}

/// `def (a, int b) = list`
Stmt* Parser::multiple_declaration() {
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const auto bits = modifiers(annotations);
  expect(T::lparen);
  std::vector<DeclaredVariable> variables;
  for (;;) {
    DeclaredVariable variable{};
    const T next = peek(1).kind;
    if (is_builtin_type(cur().kind) ||
        (is(T::ident) && (next == T::ident || next == T::dot || next == T::less || next == T::lbrack))) {
      variable.type = type();
    }
    variable.name = word(cur());
    variable.span = {cur().begin, cur().end};
    if (!is(T::ident)) {
      fail_unexpected();
      break;
    }
    advance();
    variables.push_back(variable);
    if (!accept(T::comma)) break;
  }
  expect(T::rparen);
  expect(T::assign);
  nls();
  auto* value = expression(Context::inner);
  auto* declared = make<Declaration>(NodeKind::declaration, begin);
  declared->modifiers = bits;
  declared->annotations = annotations;
  declared->variables = tree_.list(variables);
  declared->multiple = true;
  declared->value = value;
  auto* result = make<ExpressionStatement>(NodeKind::expression_statement, begin);
  result->expression = declared;
  return result;
}

/// `[static] import a.b.C [as D]`, `a.b.*`
Stmt* Parser::import_statement() {
  Import result{};
  const auto begin = cur().begin;
  List<Annotation> annotations;
  modifiers(annotations);
  result.annotations = annotations;
  if (peek(1).kind != T::ident && peek(1).kind != T::kw_static) {
    fail_unexpected();
    return nullptr;
  }
  expect(T::kw_import);
  result.is_static = accept(T::kw_static);
  result.name = qualified_name(false);
  optional_end_ = !is(T::dot) && !is(T::kw_as);
  if (accept(T::dot)) {
    nls();
    result.star = true;
    expect(T::star);
  } else if (accept(T::kw_as)) {
    nls();
    result.alias = word(cur());
    expect(T::ident);
  }
  result.span = span_from(begin);
  if (!failed_) imports_.push_back(result);
  return nullptr;
}

// ---- control flow
// -------------------------------------------------------------------------------------------------------

/// The else-if ladder is a loop: its length costs no stack.
Stmt* Parser::if_statement() {
  If* first = nullptr;
  If* previous = nullptr;
  bool ended = false;
  for (;;) {
    const auto begin = cur().begin;
    advance();
    expect(T::lparen);
    auto* condition = conditional(Context::inner);
    expect(T::rparen);
    nls();
    auto* then_branch = body_statement();
    auto* one = make<If>(NodeKind::if_, begin);
    one->condition = condition;
    one->then_branch = then_branch;
    if (first == nullptr) first = one;
    if (previous != nullptr) previous->else_branch = one;
    previous = one;
    if (failed_) return first;
    auto at = pos_;
    if (token(at).kind == T::semi) {
      at = skip_nls(at + 1);
    } else if (token(at).kind == T::nls) {
      ++at;
      while (token(at).kind == T::semi) at = skip_nls(at + 1);
    }
    if (token(at).kind != T::kw_else || !starts_statement(skip_nls(at + 1))) break;
    while (!is(T::kw_else)) advance();
    advance();
    nls();
    if (is(T::kw_if)) continue;
    one->else_branch = body_statement();
    ended = true;
    break;
  }
  if (!ended) optional_end_ = true;
  for (Stmt* link = first; link != nullptr;) {
    link->span.end = previous_end();
    auto* after = as<If>(static_cast<Node*>(link))->else_branch;
    link = link != previous ? after : nullptr;
  }
  return first;
}

Stmt* Parser::loop_body() {
  if (!is(T::semi)) return body_statement();
  auto* empty = tree_.make<Empty>(NodeKind::empty, {cur().begin, cur().end});
  advance();
  return empty;
}

Stmt* Parser::while_statement() {
  const auto begin = cur().begin;
  advance();
  expect(T::lparen);
  auto* condition = strict_expression(false);
  expect(T::rparen);
  nls();
  auto* body = loop_body();
  auto* result = make<While>(NodeKind::while_, begin);
  result->condition = condition;
  result->body = body;
  return result;
}

Stmt* Parser::for_statement() {
  const auto begin = cur().begin;
  advance();
  const auto open = pos_;
  if (!expect(T::lparen)) return nullptr;
  if (header_has_semicolon(open)) {
    const auto first = cur().begin;
    Expr* parts[3] = {};
    std::size_t count = 0;
    for (;;) {
      Expr* part = nullptr;
      if (!is(T::semi) && !is(T::rparen)) part = strict_expression(true);
      if (count < 3) parts[count] = part;
      ++count;
      if (!accept(T::semi)) break;
    }
    if (count != 3) {
      refuse(first, "3 expressions are required for the classic for loop, you gave " + std::to_string(count));
    }
    expect(T::rparen);
    nls();
    auto* body = loop_body();
    auto* result = make<ForC>(NodeKind::for_c, begin);
    result->init = parts[0];
    result->condition = parts[1];
    result->update = parts[2];
    result->body = body;
    return result;
  }
  TypeRef* of = nullptr;
  std::string_view name;
  const bool declared = declaration_starts(pos_);
  if (declared) {
    auto* variable = as<Declaration>(static_cast<Node*>(single_declaration(false)));
    of = variable->variables[0].type;
    name = variable->variables[0].name;
  } else {
    name = word(cur());
    if (!is(T::ident) || (peek(1).kind != T::kw_in && peek(1).kind != T::colon)) {
      fail_unexpected();
      return nullptr;
    }
    advance();
  }
  Expr* iterable = nullptr;
  if (is(T::kw_in)) {
    advance();
    iterable = binary(9, Context::inner);
  } else if (is(T::colon)) {
    if (!declared) {
      fail(pos_,
           "Java-style for-each statement requires a type declaration.;\n   solution: Use the 'in' keyword, as for (x "
           "in "
           "y) {...}");
      return nullptr;
    }
    advance();
    iterable = expression(Context::inner);
  } else {
    fail_unexpected();
    return nullptr;
  }
  expect(T::rparen);
  nls();
  auto* body = loop_body();
  auto* result = make<ForIn>(NodeKind::for_in, begin);
  result->type = of;
  result->name = name;
  result->iterable = iterable;
  result->body = body;
  return result;
}

Stmt* Parser::switch_statement() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  const auto outer_script = in_script_;
  in_script_ = false;
  advance();
  expect(T::lparen);
  auto* subject = strict_expression(false);
  expect(T::rparen);
  nls();
  if (!is(T::lcurly)) fail_unexpected();
  expect(T::lcurly);
  nls();
  const auto mark = cases_.size();
  while (is(T::kw_case) || is(T::kw_default)) {
    SwitchCase one{};
    const auto from = cur().begin;
    if (accept(T::kw_case)) {
      one.value = expression(Context::inner);
    } else {
      advance();
    }
    expect(T::colon);
    nls();
    if (!is(T::kw_case) && !is(T::kw_default)) {
      if (!starts_statement(pos_)) fail_unexpected();
      one.body = block_body(T::rcurly, true);
    }
    one.span = span_from(from);
    cases_.push_back(one);
  }
  expect(T::rcurly);
  optional_end_ = false;
  in_script_ = outer_script;
  auto* result = make<Switch>(NodeKind::switch_, begin);
  result->subject = subject;
  result->cases = take(cases_, mark);
  return result;
}

Stmt* Parser::try_statement() {
  const auto begin = cur().begin;
  advance();
  nls();
  auto* body = block();
  const auto mark = catches_.size();
  while (token(skip_nls(pos_)).kind == T::kw_catch) {
    nls();
    CatchClause one{};
    const auto from = cur().begin;
    if (peek(1).kind != T::lparen) fail_unexpected();
    advance();
    expect(T::lparen);
    accept(T::kw_final);
    accept(T::kw_def);
    const auto type_mark = types_.size();
    const T after = peek(1).kind;
    if (is(T::ident) && after != T::rparen) {
      if (after != T::ident && after != T::dot && after != T::less && after != T::bit_or) fail_unexpected();
      for (;;) {
        auto* of = class_type(false);
        types_.push_back(of);
        if (!accept(T::bit_or)) break;
        nls();
      }
    }
    one.types = take(types_, type_mark);
    one.name = word(cur());
    if (!is(T::ident)) fail_unexpected();
    advance();
    expect(T::rparen);
    nls();
    one.body = block();
    one.span = span_from(from);
    catches_.push_back(one);
    if (failed_) break;
  }
  Block* finally_block = nullptr;
  if (token(skip_nls(pos_)).kind == T::kw_finally) {
    nls();
    advance();
    nls();
    finally_block = block();
  }
  auto* result = make<Try>(NodeKind::try_, begin);
  result->body = body;
  result->catches = take(catches_, mark);
  result->finally_block = finally_block;
  if (result->catches.empty() && finally_block == nullptr) {
    refuse(begin, "A try statement must have at least one catch or finally block.");
  }
  return result;
}

Stmt* Parser::synchronized_statement() {
  const auto begin = cur().begin;
  advance();
  expect(T::lparen);
  auto* lock = strict_expression(false);
  expect(T::rparen);
  nls();
  if (!is(T::lcurly)) fail_unexpected();
  auto* body = block();
  auto* result = make<Synchronized>(NodeKind::synchronized_, begin);
  result->lock = lock;
  result->body = body;
  return result;
}

/// return, break, continue, throw, assert
Stmt* Parser::branch_statement() {
  const auto begin = cur().begin;
  const T kind = cur().kind;
  advance();
  switch (kind) {
    case T::kw_return: {
      Expr* value = nullptr;
      optional_end_ = !starts_operand(cur().kind);
      if (!optional_end_) value = expression(Context::inner);
      if (value != nullptr) optional_end_ = false;
      auto* result = make<Return>(NodeKind::return_, begin);
      result->value = value;
      return result;
    }
    case T::kw_break:
    case T::kw_continue: {
      std::string_view target;
      optional_end_ = !is(T::ident);
      if (is(T::ident)) {
        target = word(cur());
        advance();
      }
      if (kind == T::kw_break) {
        auto* result = make<Break>(NodeKind::break_, begin);
        result->target = target;
        return result;
      }
      auto* result = make<Continue>(NodeKind::continue_, begin);
      result->target = target;
      return result;
    }
    case T::kw_throw: {
      auto* value = expression(Context::inner);
      optional_end_ = false;
      auto* result = make<Throw>(NodeKind::throw_, begin);
      result->value = value;
      return result;
    }
    default:
      break;
  }
  auto* condition = conditional(Context::inner);
  Expr* message = nullptr;
  optional_end_ = !is(T::comma) && !is(T::colon);
  if (is(T::comma) || is(T::colon)) {
    advance();
    nls();
    message = expression(Context::inner);
    optional_end_ = false;
  }
  auto* result = make<Assert>(NodeKind::assert_, begin);
  result->condition = condition;
  result->message = message;
  return result;
}

}  // namespace windlass::groovy
