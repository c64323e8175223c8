// Operators: assignment, ternary, the binary levels by precedence climbing, signs and casts. Chains of binary operators
// are built in a loop, so `a + b + c …` costs no stack.
#include "groovy/parser_impl.h"

namespace windlass::groovy {
namespace {

struct Operator {
  int level = 0;  // 0: not a binary operator
  BinaryOp op = BinaryOp::plus;
  bool range = false;
};

constexpr int kRelational = 8, kMultiplicative = 11, kPower = 12;

Operator find_operator(T kind) {
  switch (kind) {
    case T::logical_or:
      return {1, BinaryOp::logical_or};
    case T::logical_and:
      return {2, BinaryOp::logical_and};
    case T::bit_or:
      return {3, BinaryOp::bit_or};
    case T::bit_xor:
      return {4, BinaryOp::bit_xor};
    case T::bit_and:
      return {5, BinaryOp::bit_and};
    case T::find_regex:
      return {6, BinaryOp::find_regex};
    case T::match_regex:
      return {6, BinaryOp::match_regex};
    case T::equal:
      return {7, BinaryOp::equal};
    case T::not_equal:
      return {7, BinaryOp::not_equal};
    case T::identical:
    case T::not_identical:
      return {7, BinaryOp::identical_unused};
    case T::compare:
      return {7, BinaryOp::compare};
    case T::less:
      return {kRelational, BinaryOp::less};
    case T::less_equal:
      return {kRelational, BinaryOp::less_equal};
    case T::greater:
      return {kRelational, BinaryOp::greater};
    case T::greater_equal:
      return {kRelational, BinaryOp::greater_equal};
    case T::kw_in:
      return {kRelational, BinaryOp::in};
    case T::kw_instanceof:
    case T::kw_as:
      return {kRelational, BinaryOp::in};
    case T::shift_left:
      return {9, BinaryOp::left_shift};
    case T::shift_right:
      return {9, BinaryOp::right_shift};
    case T::unsigned_shift:
      return {9, BinaryOp::unsigned_right_shift};
    case T::range_inclusive:
    case T::range_exclusive:
      return {9, BinaryOp::plus, true};
    case T::plus:
      return {10, BinaryOp::plus};
    case T::minus:
      return {10, BinaryOp::minus};
    case T::star:
      return {kMultiplicative, BinaryOp::multiply};
    case T::div:
      return {kMultiplicative, BinaryOp::divide};
    case T::mod:
      return {kMultiplicative, BinaryOp::modulo};
    default:
      return {};
  }
}

bool find_assignment(T kind, bool& compound, BinaryOp& op) {
  compound = true;
  switch (kind) {
    case T::assign:
      compound = false;
      return true;
    case T::plus_assign:
      op = BinaryOp::plus;
      return true;
    case T::minus_assign:
      op = BinaryOp::minus;
      return true;
    case T::star_assign:
      op = BinaryOp::multiply;
      return true;
    case T::div_assign:
      op = BinaryOp::divide;
      return true;
    case T::mod_assign:
      op = BinaryOp::modulo;
      return true;
    case T::power_assign:
      op = BinaryOp::power;
      return true;
    case T::shift_left_assign:
      op = BinaryOp::left_shift;
      return true;
    case T::shift_right_assign:
      op = BinaryOp::right_shift;
      return true;
    case T::unsigned_shift_assign:
      op = BinaryOp::unsigned_right_shift;
      return true;
    case T::and_assign:
      op = BinaryOp::bit_and;
      return true;
    case T::or_assign:
      op = BinaryOp::bit_or;
      return true;
    case T::xor_assign:
      op = BinaryOp::bit_xor;
      return true;
    default:
      return false;
  }
}

}  // namespace

Expr* Parser::expression(Context context) {
  if (is(T::lparen) && multiple_assignment_starts()) return multiple_assignment();
  return assignment(context);
}

/// `x = foo bar` is a call too: what follows an assignment or stands as a statement may be a command.
Expr* Parser::expression_or_command() {
  const auto begin = cur().begin;
  auto* head = expression(Context::statement);
  if (failed_ || head != last_path_ || is(T::kw_else)) return head;
  return command_chain(head, begin, last_path_is_call_);
}

Expr* Parser::multiple_assignment() {
  const auto begin = cur().begin;
  const auto mark = exprs_.size();
  advance();
  while (is(T::ident)) {
    auto* variable = tree_.make<Variable>(NodeKind::variable, {cur().begin, cur().end});
    variable->name = word(cur());
    exprs_.push_back(variable);
    advance();
    if (!accept(T::comma)) break;
  }
  expect(T::rparen);
  auto* targets = make<ListLiteral>(NodeKind::list, begin);
  targets->elements = take(exprs_, mark);
  const Span op_span{cur().begin, cur().end};
  expect(T::assign);
  nls();
  auto* value = assignment(Context::inner);
  auto* result = make<Assign>(NodeKind::assign, begin);
  result->op_span = op_span;
  result->target = targets;
  result->value = value;
  return result;
}

Expr* Parser::assignment(Context context) {
  const auto begin = cur().begin;
  auto* target = conditional(context);
  bool compound = false;
  BinaryOp op = BinaryOp::plus;
  if (!find_assignment(cur().kind, compound, op)) return target;
  const Span op_span{cur().begin, cur().end};
  check_target(target, op_span);
  Nesting nesting(*this);
  advance();
  nls();
  auto* value = expression_or_command();
  auto* result = make<Assign>(NodeKind::assign, begin);
  result->compound = compound;
  result->op = op;
  result->op_span = op_span;
  result->target = target;
  result->value = value;
  return result;
}

Expr* Parser::conditional(Context context) {
  const auto begin = cur().begin;
  auto* condition = binary(1, context);
  const auto at = skip_nls(pos_);
  const T kind = token(at).kind;
  if ((kind == T::elvis || kind == T::question) && !starts_operand(token(skip_nls(at + 1)).kind)) {
    fail_unexpected(at);
    return condition;
  }
  if (kind == T::elvis) {
    Nesting nesting(*this);
    nls();
    advance();
    nls();
    auto* fallback = conditional(Context::inner);
    auto* result = make<Elvis>(NodeKind::elvis, begin);
    result->value = condition;
    result->fallback = fallback;
    return result;
  }
  if (kind != T::question) return condition;
  Nesting nesting(*this);
  nls();
  advance();
  nls();
  auto* when_true = assignment(Context::inner);
  nls();
  expect(T::colon);
  nls();
  auto* when_false = conditional(Context::inner);
  auto* result = make<Ternary>(NodeKind::ternary, begin);
  result->condition = condition;
  result->when_true = when_true;
  result->when_false = when_false;
  return result;
}

Expr* Parser::binary(int min_level, Context context) {
  const auto begin = cur().begin;
  Expr* left = nullptr;
  if (min_level == kPower) {
    left = unary();
    return is(T::power) ? power_tail(left, begin) : left;
  }
  left = signed_power(context);
  for (int max_level = kMultiplicative;;) {
    const auto found = find_operator(cur().kind);
    const T kind = cur().kind;
    if (found.level < min_level || found.level > max_level || found.level == 0) {
      if (found.level == kRelational && min_level <= kRelational && kind >= T::less && kind <= T::greater_equal)
        fail_unexpected();
      return left;
    }
    // Where the compiler looks ahead before it takes the operator, it blames the operator, else what follows.
    const T next = token(skip_nls(pos_ + 1)).kind;
    const bool names_type = kind == T::kw_as || kind == T::kw_instanceof;
    if (names_type ? next != T::ident && !is_builtin_type(next) : !starts_operand(next)) {
      if (names_type || kind == T::kw_in || kind == T::plus || kind == T::minus) return left;
      if (found.level == kRelational) {
        fail_unexpected();
        return left;
      }
    }
    const Span op_span{cur().begin, cur().end};
    if (names_type) {
      left = relational_tail(left, begin);
      max_level = kRelational - 1;
      continue;
    }
    if (found.op == BinaryOp::identical_unused) {
      refuse(op_span.begin, "Operator " + std::string(word(cur())) + " not supported");
    }
    advance();
    nls();
    auto* right = binary(found.level + 1, Context::inner);
    if (found.range) {
      auto* range = make<RangeLiteral>(NodeKind::range, begin);
      range->from = left;
      range->to = right;
      range->inclusive = kind == T::range_inclusive;
      left = range;
    } else {
      auto* result = make<Binary>(NodeKind::binary, begin);
      result->op = found.op;
      result->op_span = op_span;
      result->left = left;
      result->right = right;
      left = result;
    }
    max_level = found.level == kRelational ? kRelational - 1 : found.level;
  }
}

Expr* Parser::relational_tail(Expr* left, std::uint32_t begin) {
  const bool cast = is(T::kw_as);
  advance();
  nls();
  auto* of = type();
  if (cast) {
    auto* result = make<Cast>(NodeKind::cast, begin);
    result->type = of;
    result->value = left;
    result->coerce = true;
    return result;
  }
  auto* result = make<InstanceOf>(NodeKind::instance_of, begin);
  result->value = left;
  result->type = of;
  return result;
}

/// The first operand of `*`: one sign may stand before it, and binds looser than `**`.
Expr* Parser::signed_power(Context context) {
  const auto begin = cur().begin;
  const T kind = cur().kind;
  if (kind == T::plus || kind == T::minus || kind == T::increment || kind == T::decrement) {
    advance();
    nls();
    if ((kind == T::minus || kind == T::plus) && is(T::number) && peek(1).kind != T::power) {
      const auto& next = peek(1);
      const bool bare = next.kind != T::dot && next.kind != T::lparen && next.kind != T::lbrack &&
                        next.kind != T::lcurly && next.kind != T::safe_dot && next.kind != T::spread_dot &&
                        next.kind != T::method_pointer && next.kind != T::increment && next.kind != T::decrement &&
                        next.kind != T::nls;
      if (bare || (next.kind == T::nls && token(pos_ + 2).kind != T::dot && token(pos_ + 2).kind != T::safe_dot &&
                   token(pos_ + 2).kind != T::spread_dot && token(pos_ + 2).kind != T::method_pointer)) {
        auto* number = number_literal(cur(), kind == T::minus, begin);
        advance();
        return number;
      }
    }
    const auto inner = cur().begin;
    auto* operand = unary_not_sign(Context::inner);
    if (is(T::power)) operand = power_tail(operand, inner);
    return sign(kind, operand, begin);
  }
  auto* operand = unary_not_sign(context);
  return is(T::power) ? power_tail(operand, begin) : operand;
}

Expr* Parser::power_tail(Expr* left, std::uint32_t begin) {
  while (is(T::power) && starts_operand(token(skip_nls(pos_ + 1)).kind)) {
    const Span op_span{cur().begin, cur().end};
    advance();
    nls();
    auto* right = unary();
    auto* result = make<Binary>(NodeKind::binary, begin);
    result->op = BinaryOp::power;
    result->op_span = op_span;
    result->left = left;
    result->right = right;
    left = result;
  }
  return left;
}

Expr* Parser::sign(T kind, Expr* operand, std::uint32_t begin) {
  if (kind == T::increment || kind == T::decrement) {
    auto* result = make<Increment>(NodeKind::increment, begin);
    result->prefix = true;
    result->delta = kind == T::increment ? 1 : -1;
    result->operand = operand;
    return result;
  }
  auto* result = make<Unary>(NodeKind::unary, begin);
  result->op = kind == T::minus ? UnaryOp::minus : UnaryOp::plus;
  result->operand = operand;
  return result;
}

Expr* Parser::unary() {
  const T kind = cur().kind;
  if (kind != T::plus && kind != T::minus && kind != T::increment && kind != T::decrement) {
    return unary_not_sign(Context::inner);
  }
  Nesting nesting(*this);
  const auto begin = cur().begin;
  advance();
  nls();
  const bool number = is(T::number);
  const auto number_index = pos_;
  auto* operand = unary();
  if ((kind == T::minus || kind == T::plus) && number && operand != nullptr && operand->kind == NodeKind::constant &&
      pos_ == number_index + 1) {
    return number_literal(token(number_index), kind == T::minus, begin);
  }
  return sign(kind, operand, begin);
}

Expr* Parser::unary_not_sign(Context context) {
  const auto begin = cur().begin;
  const T kind = cur().kind;
  if (kind == T::logical_not || kind == T::bit_not) {
    Nesting nesting(*this);
    advance();
    nls();
    auto* operand = unary();
    auto* result = make<Unary>(NodeKind::unary, begin);
    result->op = kind == T::logical_not ? UnaryOp::logical_not : UnaryOp::bitwise_not;
    result->operand = operand;
    return result;
  }
  if (kind == T::lparen && cast_starts()) {
    Nesting nesting(*this);
    advance();
    const bool builtin = is_builtin_type(cur().kind);
    auto* to = type();
    expect(T::rparen);
    auto* value = builtin ? unary() : unary_not_sign(Context::inner);
    auto* result = make<Cast>(NodeKind::cast, begin);
    result->type = to;
    result->value = value;
    return result;
  }
  auto* operand = path(context);
  if (!is(T::increment) && !is(T::decrement)) return operand;
  auto* result = tree_.make<Increment>(NodeKind::increment, {begin, cur().end});
  result->delta = is(T::increment) ? 1 : -1;
  result->operand = operand;
  advance();
  return result;
}

namespace {

constexpr std::string_view kBinarySigns[] = {"+",   "-",  "*", "/",  "%",   "**", "<<", ">>",  ">>>",
                                             "<",   "<=", ">", ">=", "<=>", "==", "!=", "===", "=~",
                                             "==~", "in", "&", "|",  "^",   "&&", "||"};

}  // namespace

/// What Groovy refuses as the left side of an assignment, in its words.
void Parser::check_target(const Expr* target, Span op_span) {
  if (failed_ || target == nullptr) return;
  const auto source = [&](const Expr* e) {
    return std::string(text_.substr(e->span.begin, e->span.end - e->span.begin));
  };
  std::string message;
  switch (target->kind) {
    case NodeKind::variable:
    case NodeKind::property:
    case NodeKind::index:
    case NodeKind::this_ref:
    case NodeKind::super_ref:
    case NodeKind::declaration:
      return;
    case NodeKind::constant:
      message = "[" + std::string(as<Constant>(target)->text) + "] is a constant expression";
      break;
    case NodeKind::method_call:
      message = std::string(as<MethodCall>(target)->object == nullptr ? "\"this." : "\"") + source(target) +
                "\" is a method call expression";
      break;
    case NodeKind::gstring:
      message = source(target) + " is a GString expression";
      break;
    case NodeKind::map:
      message = "'" + source(target) + "' is a map expression";
      break;
    case NodeKind::binary: {
      const auto* binary = as<Binary>(target);
      message = "(" + source(binary->left) + " " + std::string(kBinarySigns[static_cast<int>(binary->op)]) + " " +
                source(binary->right) + ") is a binary expression";
      break;
    }
    default: {
      std::string name = "Expression", value = source(target);
      switch (target->kind) {
        case NodeKind::unary: {
          constexpr std::string_view kNames[] = {"UnaryMinusExpression", "UnaryPlusExpression", "NotExpression",
                                                 "BitwiseNegationExpression"};
          name = kNames[static_cast<int>(as<Unary>(target)->op)];
          value = source(as<Unary>(target)->operand);
          break;
        }
        case NodeKind::cast:
          name = "CastExpression";
          value = "(" + std::string(as<Cast>(target)->type->name) + ") " + source(as<Cast>(target)->value);
          break;
        case NodeKind::ternary: {
          const auto* ternary = as<Ternary>(target);
          name = "TernaryExpression";
          value = "(" + source(ternary->condition) + ") ? " + source(ternary->when_true) + " : " +
                  source(ternary->when_false);
          break;
        }
        case NodeKind::elvis:
          name = "ElvisOperatorExpression";
          break;
        case NodeKind::list:
          name = "ListExpression";
          break;
        case NodeKind::range:
          name = "RangeExpression";
          break;
        case NodeKind::closure:
          name = "ClosureExpression";
          break;
        case NodeKind::new_object:
          name = "ConstructorCallExpression";
          break;
        case NodeKind::new_array:
          name = "ArrayExpression";
          break;
        case NodeKind::method_pointer:
          name = "MethodPointerExpression";
          break;
        case NodeKind::increment:
          name = as<Increment>(target)->prefix ? "PrefixExpression" : "PostfixExpression";
          value = "(" + value + ")";
          break;
        default:
          break;
      }
      refuse(op_span.begin, "\nclass org.codehaus.groovy.ast.expr." + name + ", with its value '" + value +
                                "', is a bad expression as the left hand side of an assignment operator");
      return;
    }
  }
  refuse(op_span.begin, "\n" + message + ", but it should be a variable expression");
}

/// Inside parentheses, argument lists and headers: an expression, or a declaration where the construct has one.
Expr* Parser::strict_expression(bool allow_declaration) {
  if (allow_declaration && declaration_starts(pos_)) return single_declaration(true);
  switch (cur().kind) {
    case T::kw_return:
    case T::kw_break:
    case T::kw_continue:
    case T::kw_throw:
    case T::kw_assert: {
      refuse(cur().begin, "Unknown type: \"" + std::string(word(cur())) + "\"");
      const auto begin = cur().begin;
      branch_statement();
      return make<Constant>(NodeKind::constant, begin);
    }
    case T::at:
      return annotation_value();
    default:
      return expression(Context::inner);
  }
}

/// `T x` or `T x = value`, one variable.
Expr* Parser::single_declaration(bool initializer) {
  const auto begin = cur().begin;
  List<Annotation> annotations;
  const auto bits = modifiers(annotations);
  DeclaredVariable variable{};
  const T next = peek(1).kind;
  if (is_builtin_type(cur().kind) || next == T::ident || next == T::dot || next == T::less || next == T::lbrack) {
    variable.type = type();
  }
  variable.name = word(cur());
  variable.span = {cur().begin, cur().end};
  if (!is(T::ident)) fail_unexpected();
  advance();
  Expr* value = nullptr;
  if (initializer && accept(T::assign)) {
    nls();
    value = expression_or_command();
  }
  auto* result = make<Declaration>(NodeKind::declaration, begin);
  result->modifiers = bits;
  result->annotations = annotations;
  result->variables = tree_.list(std::span<const DeclaredVariable>(&variable, 1));
  result->value = value;
  return result;
}

}  // namespace windlass::groovy
