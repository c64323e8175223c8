// Paths: a primary with its chain of members, calls, subscripts and closures, and the commands built on them.
// Chains are loops: `a.b().c()…` of any length costs no stack.
#include <algorithm>

#include "groovy/parser_impl.h"

namespace windlass::groovy {
namespace {

bool is_dot(T kind) {
  return kind == T::dot || kind == T::safe_dot || kind == T::spread_dot || kind == T::method_pointer;
}

}  // namespace

bool Parser::path_element_starts() const {
  const T kind = cur().kind;
  if (kind == T::lparen || kind == T::lbrack || kind == T::lcurly) return true;
  return is_dot(token(skip_nls(pos_)).kind);
}

Expr* Parser::path(Context context) {
  const auto begin = cur().begin;
  auto* prefix = primary();
  bool is_call = false;
  for (;;) {
    if (failed_) break;
    if (path_element_starts()) {
      prefix = path_element(prefix, begin, is_call);
    } else if (context == Context::statement && is(T::nls) && peek(1).kind == T::lcurly) {
      nls();
      prefix = append_closure(prefix, begin, is_call);
      is_call = true;
    } else {
      break;
    }
  }
  last_path_ = prefix;
  last_path_is_call_ = is_call;
  return prefix;
}

/// One link of the chain. `is_call` says whether `prefix` is a call that a further closure belongs to.
Expr* Parser::path_element(Expr* prefix, std::uint32_t begin, bool& is_call) {
  switch (cur().kind) {
    case T::lparen:
      is_call = true;
      return call(prefix, begin);
    case T::lcurly:
      prefix = append_closure(prefix, begin, is_call);
      is_call = true;
      return prefix;
    case T::lbrack: {
      is_call = false;
      const auto arguments = argument_list(T::lbrack, T::rbrack);
      auto* result = make<Index>(NodeKind::index, begin);
      result->object = prefix;
      result->arguments = arguments.positional;
      if (!arguments.named.empty()) {
        auto* map = tree_.make<MapLiteral>(NodeKind::map, arguments.span);
        map->entries = arguments.named;
        const auto mark = exprs_.size();
        exprs_.push_back(map);
        for (auto* e : arguments.positional) exprs_.push_back(e);
        result->arguments = take(exprs_, mark);
      }
      return result;
    }
    default:
      is_call = false;
      return member(prefix, begin);
  }
}

/// `.name`, `?.name`, `*.name`, `.&name`, `.@name`, `."text"`, `.(expression)`; a call takes it from here.
Expr* Parser::member(Expr* object, std::uint32_t begin) {
  nls();
  const T dot = cur().kind;
  const auto dot_index = pos_;
  advance();
  nls();
  if (is(T::less)) type_arguments(false);
  const bool attribute = accept(T::at);
  Expr* name = nullptr;
  const auto& t = cur();
  if (is(T::ident) || is_keyword(t.kind)) {
    name = string_constant(word(t), {t.begin, t.end});
    advance();
  } else if (is(T::string)) {
    name = string_literal(t);
    advance();
  } else if (is(T::gstring_start)) {
    name = gstring();
  } else if (is(T::lparen)) {
    name = parenthesized();
  } else if (is(T::lcurly)) {
    refuse(t.begin, "Unknown type: {");
    name = closure();
  } else {
    fail_unexpected(is(T::eof) ? dot_index : pos_);
    return object;
  }
  if (dot == T::method_pointer) {
    auto* pointer = make<MethodPointer>(NodeKind::method_pointer, begin);
    pointer->object = object;
    pointer->name = name;
    return pointer;
  }
  auto* result = make<Property>(NodeKind::property, begin);
  result->object = object;
  result->name = name;
  result->safe = dot == T::safe_dot;
  result->spread = dot == T::spread_dot;
  result->attribute = attribute;
  return result;
}

Expr* Parser::call(Expr* callee, std::uint32_t begin) {
  const auto first = peek(1).begin;
  Arguments arguments = argument_list(T::lparen, T::rparen);
  arguments.parenthesized = true;
  check_names(arguments, first);
  return call_node(callee, arguments, begin);
}

/// Splits the callee into object and name. Anything that is no name is called through `call`.
Expr* Parser::call_node(Expr* callee, const Arguments& arguments, std::uint32_t begin) {
  if (callee != nullptr && (callee->kind == NodeKind::this_ref || callee->kind == NodeKind::super_ref) &&
      callee->span.begin == begin && arguments.parenthesized) {
    auto* result = make<ConstructorCall>(NodeKind::constructor_call, begin);
    result->is_super = callee->kind == NodeKind::super_ref;
    result->arguments = arguments;
    refuse(arguments.span.begin + 1, "Constructor call must be the first statement in a constructor.");
    return result;
  }
  auto* result = make<MethodCall>(NodeKind::method_call, begin);
  result->arguments = arguments;
  if (callee == nullptr) return result;
  const bool whole = callee->span.begin == begin;  // not inside parentheses
  if (whole && callee->kind == NodeKind::variable) {
    const auto* variable = as<Variable>(callee);
    if (is_builtin_type(find_keyword(variable->name))) {
      refuse(callee->span.begin,
             "Primitive type literal: " + std::string(variable->name) + " cannot be used as a method name");
    }
    result->name = string_constant(variable->name, callee->span);
    return result;
  }
  if (whole && callee->kind == NodeKind::property && !as<Property>(callee)->attribute) {
    const auto* property = as<Property>(callee);
    result->object = property->object;
    result->name = property->name;
    result->safe = property->safe;
    result->spread = property->spread;
    return result;
  }
  const bool text = callee->kind == NodeKind::gstring ||
                    (callee->kind == NodeKind::constant && as<Constant>(callee)->type == ConstantType::string);
  if (whole && text) {
    result->name = callee;  // 'a b'(1), "$x" 1 and 'a' { } call the method of that name
    return result;
  }
  result->object = callee;
  result->name = string_constant("call", callee->span);
  result->implicit_call = true;
  return result;
}

/// `x { }`: a further argument of the call `x`, or a call of `x` with it alone.
Expr* Parser::append_closure(Expr* prefix, std::uint32_t begin, bool is_call) {
  const auto open = cur().begin;
  auto* block = closure();
  if (failed_) return prefix;
  if (is_call && prefix->kind == NodeKind::method_call) {
    auto* method = as<MethodCall>(static_cast<Node*>(prefix));
    auto& arguments = method->arguments;
    const auto mark = exprs_.size();
    exprs_.insert(exprs_.end(), arguments.positional.begin(), arguments.positional.end());
    exprs_.push_back(block);
    arguments.positional = take(exprs_, mark);
    arguments.span.end = previous_end();
    if (arguments.trailing_closures < 255) ++arguments.trailing_closures;
    method->span = span_from(begin);
    return method;
  }
  Arguments arguments{};
  const auto mark = exprs_.size();
  exprs_.push_back(block);
  arguments.positional = take(exprs_, mark);
  arguments.trailing_closures = 1;
  arguments.span = span_from(open);
  return call_node(prefix, arguments, begin);
}

// ---- commands
// ---------------------------------------------------------------------------------------------------------

/// `head a, b`, then `c d` pairs: `a b c d` is a(b).c(d).
Expr* Parser::command_chain(Expr* head, std::uint32_t begin, bool head_is_call) {
  const auto argument_follows = [&] {
    const T kind = cur().kind;
    if (kind == T::logical_not || kind == T::bit_not) return starts_operand(peek(1).kind);
    return starts_primary(kind) || label_starts(pos_);
  };
  if (!head_is_call && argument_follows()) head = command_arguments(head, begin);
  while (!failed_ && starts_primary(cur().kind)) {
    const auto at = cur().begin;
    auto* name = primary();
    if (name != nullptr && name->kind == NodeKind::variable) {
      name = string_constant(as<Variable>(name)->name, {at, previous_end()});
    }
    auto* property = make<Property>(NodeKind::property, begin);
    property->object = head;
    property->name = name;
    head = property;
    bool is_call = false;
    if (path_element_starts()) {
      for (;;) {
        if (failed_) break;
        if (path_element_starts()) {
          head = path_element(head, begin, is_call);
        } else if (is(T::nls) && peek(1).kind == T::lcurly) {
          nls();
          head = append_closure(head, begin, is_call);
          is_call = true;
        } else {
          break;
        }
      }
    } else if (argument_follows()) {
      head = command_arguments(head, begin);
    }
  }
  return head;
}

Expr* Parser::command_arguments(Expr* head, std::uint32_t begin) {
  const auto mark = exprs_.size();
  const auto entry_mark = entries_.size();
  Arguments arguments{};
  const auto from = cur().begin;
  for (;;) {
    command_argument();
    if (failed_ || !is(T::comma)) break;
    const auto next = pos_ + 1;
    if (token(next).kind != T::nls && !starts_operand(token(next).kind) && !label_starts(next)) break;
    advance();
    nls();
  }
  arguments.named = take(entries_, entry_mark);
  arguments.positional = take(exprs_, mark);
  arguments.span = span_from(from);
  check_names(arguments, from);
  return call_node(head, arguments, begin);
}

void Parser::command_argument() {
  if (!label_starts(pos_)) {
    auto* value = expression(Context::inner);
    exprs_.push_back(value);
    return;
  }
  auto entry = label();
  nls();
  entry.value = expression(Context::inner);
  entry.span = span_from(entry.span.begin);
  entries_.push_back(entry);
}

// ---- argument lists
// ---------------------------------------------------------------------------------------------------

/// Between brackets; also the elements of list and map literals. The span covers the brackets.
Arguments Parser::argument_list(T open, T close) {
  Nesting nesting(*this);
  Arguments arguments{};
  const auto begin = cur().begin;
  const auto mark = exprs_.size();
  const auto entry_mark = entries_.size();
  const auto opener = pos_;
  if (open == T::lbrack && peek(1).kind == T::eof) fail_unexpected();
  expect(open);
  bool comma = false, gap = false;
  if (!is(close)) {
    for (;;) {
      if (peek(1).kind == T::eof && (is(T::ident) || is(T::number) || is(T::string))) {
        fail_unexpected();  // the compiler's three tokens of lookahead meet the end
        break;
      }
      if (!argument()) break;
      if (is(T::semi)) {
        refuse(token(opener + 1).begin, "Expression list of the form (a; b; c) is not supported in this context.");
        comma = true;
        while (accept(T::semi)) {
          if (!is(T::semi) && !is(close)) strict_expression(true);
        }
        break;
      }
      // One comma too many is allowed, wherever it stands.
      while (!failed_ && is(T::comma)) {
        comma = true;
        const auto at = pos_;
        advance();
        if (!is(T::comma) && !is(close)) break;
        if (gap) fail_unexpected(at);
        gap = true;
      }
      if (failed_ || !comma || is(close) || token(pos_ - 1).kind != T::comma) break;
    }
  }
  if (!is(close) && !comma && !is(T::rparen) && !is(T::rbrack)) fail_unexpected();
  expect(close);
  arguments.named = take(entries_, entry_mark);
  arguments.positional = take(exprs_, mark);
  arguments.span = span_from(begin);
  return arguments;
}

/// Named arguments of one call must differ; in a map literal the last one wins.
void Parser::check_names(const Arguments& arguments, std::uint32_t offset) {
  if (arguments.named.size() < 2 || failed_ || !refusals_.empty()) return;
  const auto mark = texts_.size();
  for (const auto& entry : arguments.named) {
    if (entry.key->kind == NodeKind::constant) texts_.push_back(as<Constant>(entry.key)->text);
  }
  const auto names = std::span<std::string_view>(texts_).subspan(mark);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) refuse(offset, "Duplicate named parameter '" + std::string(*twice) + "' found.");
  texts_.resize(mark);
}

bool Parser::argument() {
  if (label_starts(pos_)) {
    auto entry = label();
    entry.value = strict_expression(true);
    entry.span = span_from(entry.span.begin);
    entries_.push_back(entry);
  } else if (is(T::star)) {
    const auto begin = cur().begin;
    advance();
    if (accept(T::colon)) {
      MapEntry entry{};
      entry.value = strict_expression(true);
      auto* key = make<SpreadMap>(NodeKind::spread_map, begin);
      key->value = entry.value;
      entry.key = key;
      entry.span = span_from(begin);
      entries_.push_back(entry);
    } else {
      auto* value = strict_expression(true);
      auto* spread = make<Spread>(NodeKind::spread, begin);
      spread->value = value;
      exprs_.push_back(spread);
    }
  } else {
    if (!starts_operand(cur().kind) && !declaration_starts(pos_) && !is(T::at) && !starts_statement(pos_)) {
      fail_unexpected();
      return false;
    }
    auto* value = strict_expression(true);
    exprs_.push_back(value);
  }
  if (is(T::colon)) {
    fail(pos_,
         "illegal colon after argument expression;\n   solution: a complex label expression before a colon must be "
         "parenthesized");
  }
  return !failed_;
}

/// The key and its colon; label_starts() said there is one.
MapEntry Parser::label() {
  MapEntry entry{};
  const auto& t = cur();
  entry.span = {t.begin, t.end};
  if (t.kind == T::ident || (is_keyword(t.kind))) {
    entry.key = string_constant(word(t), entry.span);
    advance();
  } else {
    entry.key = primary();
  }
  expect(T::colon);
  return entry;
}

}  // namespace windlass::groovy
