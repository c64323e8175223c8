// Primaries: names, literals, strings with values, lists and maps, closures, `new`, parentheses.
#include <algorithm>

#include "groovy/parser_impl.h"

namespace windlass::groovy {
namespace {

/// Digits of any base to decimal; schoolbook, since a literal is short (kMostDigits bounds it).
std::string to_decimal(std::string_view digits, std::uint32_t base) {
  std::vector<std::uint32_t> limbs{0};  // base 10^9, least first
  for (const char c : digits) {
    std::uint64_t carry = static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    for (auto& limb : limbs) {
      const std::uint64_t sum = static_cast<std::uint64_t>(limb) * base + carry;
      limb = static_cast<std::uint32_t>(sum % 1'000'000'000);
      carry = sum / 1'000'000'000;
    }
    if (carry != 0) limbs.push_back(static_cast<std::uint32_t>(carry));
  }
  std::string out = std::to_string(limbs.back());
  for (std::size_t i = limbs.size() - 1; i-- > 0;) {
    const auto part = std::to_string(limbs[i]);
    out.append(9 - part.size(), '0');
    out += part;
  }
  return out;
}

constexpr std::size_t kMostDigits = 10'000;

}  // namespace

Constant* Parser::string_constant(std::string_view text, Span span) {
  auto* result = tree_.make<Constant>(NodeKind::constant, span);
  result->type = ConstantType::string;
  result->text = text;
  return result;
}

Expr* Parser::constant(ConstantType type) {
  auto* result = tree_.make<Constant>(NodeKind::constant, {cur().begin, cur().end});
  result->type = type;
  result->text = word(cur());
  advance();
  return result;
}

Expr* Parser::primary() {
  const auto& t = cur();
  switch (t.kind) {
    case T::ident: {
      auto* result = tree_.make<Variable>(NodeKind::variable, {t.begin, t.end});
      result->name = word(t);
      advance();
      return result;
    }
    case T::string: {
      auto* result = string_literal(t);
      advance();
      return result;
    }
    case T::number: {
      auto* result = number_literal(t, false, t.begin);
      advance();
      return result;
    }
    case T::gstring_start:
      return gstring();
    case T::lcurly:
      return closure();
    case T::lparen:
      return parenthesized();
    case T::lbrack:
      return list_or_map();
    case T::kw_new:
      return new_object();
    case T::kw_true:
      return constant(ConstantType::boolean_true);
    case T::kw_false:
      return constant(ConstantType::boolean_false);
    case T::kw_null:
      return constant(ConstantType::null);
    case T::kw_this:
    case T::kw_super: {
      auto* result =
          tree_.make<Expr>(t.kind == T::kw_this ? NodeKind::this_ref : NodeKind::super_ref, {t.begin, t.end});
      advance();
      return result;
    }
    default:
      if (is_builtin_type(t.kind)) {
        auto* result = tree_.make<Variable>(NodeKind::variable, {t.begin, t.end});
        result->name = word(t);
        advance();
        return result;
      }
      fail_unexpected();
      return tree_.make<Constant>(NodeKind::constant, {t.begin, t.begin});
  }
}

Expr* Parser::parenthesized() {
  Nesting nesting(*this);
  const auto open = cur().begin;
  advance();
  const auto first = pos_;
  const bool declares = declaration_starts(pos_);
  auto* inner = strict_expression(true);
  if (is(T::semi)) {
    refuse(open, "Expression list of the form (a; b; c) is not supported in this context.");
    while (accept(T::semi)) {
      if (!is(T::semi) && !is(T::rparen)) strict_expression(true);
    }
  } else if (declares) {
    fail_unexpected(first);
  }
  expect(T::rparen);
  return inner;
}

Expr* Parser::list_or_map() {
  const auto begin = cur().begin;
  if (peek(1).kind == T::colon) {
    advance();
    advance();
    expect(T::rbrack);
    return make<MapLiteral>(NodeKind::map, begin);
  }
  if (peek(1).kind == T::comma) fail_unexpected();
  const auto arguments = argument_list(T::lbrack, T::rbrack);
  if (arguments.named.empty()) {
    auto* list = make<ListLiteral>(NodeKind::list, begin);
    list->elements = arguments.positional;
    return list;
  }
  if (!arguments.positional.empty()) {
    const auto* stray = arguments.positional.front();
    refuse(stray->span.begin, stray->kind == NodeKind::spread
                                  ? "Unexpected node type: SPREAD_ARG found when expecting type: SPREAD_MAP_ARG"
                                  : "Unexpected node type: EXPR found when expecting type: LABELED_ARG");
  }
  auto* map = make<MapLiteral>(NodeKind::map, begin);
  map->entries = arguments.named;
  return map;
}

Closure* Parser::closure() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  const auto outer_script = in_script_;
  in_script_ = false;
  expect(T::lcurly);
  const bool arrow = closure_parameters_start(pos_);
  nls();
  List<Parameter> params;
  if (arrow) {
    params = parameters(T::arrow);
    nls();
    expect(T::arrow);
    nls();
  } else if (is(T::eof)) {
    fail_unexpected();
  }
  const auto body_begin = cur().begin;
  auto* body = tree_.make<Block>(NodeKind::block, {body_begin, body_begin});
  body->scope = true;
  body->statements = block_body(T::rcurly, false);
  body->span.end = std::max(body_begin, cur().begin);
  expect(T::rcurly);
  in_script_ = outer_script;
  auto* result = make<Closure>(NodeKind::closure, begin);
  result->parameters = params;
  result->has_arrow = arrow;
  result->body = body;
  return result;
}

Expr* Parser::new_object() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  advance();
  nls();
  if (is(T::less)) type_arguments(false);
  TypeRef* of = nullptr;
  if (is_builtin_type(cur().kind)) {
    of = builtin_type();
  } else if (is(T::ident)) {
    of = class_type(true);
  } else {
    fail_unexpected();
    return make<Constant>(NodeKind::constant, begin);
  }
  if (token(skip_nls(pos_)).kind == T::lparen) {
    nls();
    const auto first = peek(1).begin;
    const auto arguments = argument_list(T::lparen, T::rparen);
    check_names(arguments, first);
    ClassDecl* body = nullptr;
    if (is(T::lcurly)) {
      body = tree_.make<ClassDecl>();
      const auto open = cur().begin;
      class_body(body, false, false);
      body->span = span_from(open);
    }
    auto* result = make<NewObject>(NodeKind::new_object, begin);
    result->type = of;
    result->arguments = arguments;
    result->arguments.parenthesized = true;
    result->body = body;
    return result;
  }
  if (!is(T::lbrack)) {
    fail_unexpected();
    return make<Constant>(NodeKind::constant, begin);
  }
  const auto mark = exprs_.size();
  const auto bracket = cur().begin;
  bool open_ended = false;
  while (is(T::lbrack) && !failed_) {
    advance();
    if (!is(T::rbrack)) {
      auto* size = expression(Context::inner);
      exprs_.push_back(size);
      if (open_ended) refuse(bracket, "No expression for the array constructor call");
    } else {
      if (exprs_.size() == mark) refuse(bracket, "No expression for the array constructor call");
      open_ended = true;
    }
    expect(T::rbrack);
    if (of->array_dimensions < 255) ++of->array_dimensions;
  }
  auto* result = make<NewArray>(NodeKind::new_array, begin);
  result->type = of;
  result->sizes = take(exprs_, mark);
  return result;
}

// ---- strings and numbers
// -----------------------------------------------------------------------------------------------

std::string_view Parser::string_text(const Token& t) {
  const auto body = string_body(text_, t);
  if (t.plain) return body;
  std::string decoded;
  decode_string(body, static_cast<Quote>(t.extra), decoded);
  return tree_.text(decoded);
}

namespace {

char quote_mark(Quote quote) {
  switch (quote) {
    case Quote::single:
    case Quote::triple_single:
      return '\'';
    case Quote::double_:
    case Quote::triple_double:
      return '"';
    case Quote::slashy:
      return '/';
    case Quote::dollar_slashy:
      return '$';
  }
  return 0;
}

bool is_triple(Quote quote) { return quote == Quote::triple_single || quote == Quote::triple_double; }

}  // namespace

Constant* Parser::string_literal(const Token& t) {
  auto* result = string_constant(string_text(t), {t.begin, t.end});
  const auto quote = static_cast<Quote>(t.extra);
  result->quote = quote_mark(quote);
  result->triple_quoted = is_triple(quote);
  return result;
}

Expr* Parser::gstring() {
  Nesting nesting(*this);
  const auto begin = cur().begin;
  if (failed_) return make<Constant>(NodeKind::constant, begin);  // too deep: the current token is the end
  const auto quote = static_cast<Quote>(cur().extra);
  const auto mark = exprs_.size();
  const auto text_mark = texts_.size();
  texts_.push_back(string_text(cur()));
  advance();
  for (;;) {
    auto* value = gstring_value();
    exprs_.push_back(value);
    if (failed_) break;
    const bool last = is(T::gstring_end);
    if (!last && !is(T::gstring_middle)) {
      fail_expecting(describe(T::gstring_end));
      break;
    }
    texts_.push_back(string_text(cur()));
    advance();
    if (last) break;
  }
  auto* result = make<GString>(NodeKind::gstring, begin);
  result->strings = take(texts_, text_mark);
  result->values = take(exprs_, mark);
  result->quote = quote_mark(quote);
  result->triple_quoted = is_triple(quote);
  return result;
}

/// `$a.b`, `${expression}`, `${-> closure}`; several statements in braces are called as a closure at once.
Expr* Parser::gstring_value() {
  const auto begin = cur().begin;
  if (is(T::ident)) {
    auto* variable = tree_.make<Variable>(NodeKind::variable, {begin, cur().end});
    variable->name = word(cur());
    advance();
    Expr* value = variable;
    while (is(T::dot)) {
      advance();
      if (!is(T::ident)) {
        fail_expecting(describe(T::ident));
        break;
      }
      auto* name = string_constant(word(cur()), {cur().begin, cur().end});
      advance();
      auto* property = make<Property>(NodeKind::property, begin);
      property->object = value;
      property->name = name;
      value = property;
    }
    return value;
  }
  if (is(T::kw_this) || is(T::kw_super)) return primary();
  if (!is(T::lcurly)) {
    fail_unexpected();
    return make<Constant>(NodeKind::constant, begin);
  }
  auto* block = closure();
  if (failed_ || block->has_arrow) return block;
  const auto statements = block->body->statements;
  if (statements.empty()) return make<Constant>(NodeKind::constant, begin);
  if (statements.size() == 1 && statements[0]->kind == NodeKind::expression_statement && statements[0]->label.empty()) {
    auto* inner = as<ExpressionStatement>(static_cast<Node*>(statements[0]))->expression;
    if (inner->kind != NodeKind::declaration) return inner;
  }
  block->has_arrow = true;
  return call_node(block, Arguments{}, begin);
}

/// Digits cleaned of underscores, prefix and suffix; the smallest of int, long and big integer when none is asked for.
Constant* Parser::number_literal(const Token& t, bool negative, std::uint32_t begin) {
  auto* result = tree_.make<Constant>(NodeKind::constant, {begin, t.end});
  result->type = static_cast<ConstantType>(t.extra);
  const auto source = word(t);
  std::string digits;
  for (const char c : source) {
    if (c != '_') digits += c;
  }
  const bool whole = result->type == ConstantType::integer || result->type == ConstantType::long_ ||
                     result->type == ConstantType::big_integer;
  bool asked = result->type != ConstantType::integer;
  if (whole) {
    std::uint32_t base = 10;
    std::string_view rest = digits;
    const char second = digits.size() > 1 ? digits[1] : '\0';
    if (digits[0] == '0' && (second == 'x' || second == 'X')) {
      base = 16;
      rest.remove_prefix(2);
    } else if (digits[0] == '0' && (second == 'b' || second == 'B')) {
      base = 2;
      rest.remove_prefix(2);
    } else if (digits[0] == '0' && second >= '0' && second <= '7') {
      base = 8;
      rest.remove_prefix(1);
    }
    while (!rest.empty() && (rest.back() == 'l' || rest.back() == 'L' || rest.back() == 'g' || rest.back() == 'G' ||
                             rest.back() == 'i' || rest.back() == 'I')) {
      asked = true;
      rest.remove_suffix(1);
    }
    if (rest.size() > kMostDigits) {
      fail(pos_, "number literal is longer than 10000 digits");
      return result;
    }
    std::string decimal = base == 10 ? std::string(rest) : to_decimal(rest, base);
    const auto first = decimal.find_first_not_of('0');
    decimal.erase(0, first == std::string::npos ? decimal.size() - 1 : first);
    digits = negative && decimal != "0" ? "-" + decimal : decimal;
    if (!asked) {
      const auto fits = [&](std::string_view highest, std::string_view lowest) {
        const auto limit = negative ? lowest : highest;
        return decimal.size() < limit.size() || (decimal.size() == limit.size() && decimal <= limit);
      };
      if (fits("2147483647", "2147483648")) {
        result->type = ConstantType::integer;
      } else if (fits("9223372036854775807", "9223372036854775808")) {
        result->type = ConstantType::long_;
      } else {
        result->type = ConstantType::big_integer;
      }
    }
  } else {
    const char last = digits.back();
    if (last == 'f' || last == 'F' || last == 'd' || last == 'D' || last == 'g' || last == 'G') digits.pop_back();
    if (negative) digits.insert(0, 1, '-');
  }
  result->text = digits == source ? source : tree_.text(digits);
  return result;
}

}  // namespace windlass::groovy
