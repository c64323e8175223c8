#include "jenkinsfile/tree_reading.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace windlass::jenkinsfile {

using groovy::as;
using groovy::NodeKind;

const groovy::MethodCall* find_call(const groovy::Stmt* statement) {
  if (statement == nullptr || statement->kind != NodeKind::expression_statement) return nullptr;
  const auto* expr = as<groovy::ExpressionStatement>(statement)->expression;
  if (expr == nullptr || expr->kind != NodeKind::method_call) return nullptr;
  return as<groovy::MethodCall>(expr);
}

std::string_view own_name(const groovy::MethodCall& call) {
  if (call.object != nullptr && call.object->kind != NodeKind::this_ref) return {};
  if (call.safe || call.spread || call.implicit_call || call.name == nullptr) return {};
  if (call.name->kind != NodeKind::constant) return {};
  const auto* name = as<groovy::Constant>(call.name);
  return name->type == groovy::ConstantType::string ? name->text : std::string_view{};
}

const groovy::Closure* find_block(const groovy::MethodCall* call) {
  if (call == nullptr || own_name(*call).empty() || call->arguments.positional.empty()) return nullptr;
  const auto* last = call->arguments.positional.back();
  return last->kind == NodeKind::closure ? as<groovy::Closure>(last) : nullptr;
}

std::vector<RawArgument> arguments_of(const groovy::MethodCall& call) {
  std::vector<RawArgument> out;
  const auto& arguments = call.arguments;
  if (!arguments.named.empty()) {
    const auto* key = arguments.named.front().key;
    out.push_back({nullptr, &arguments.named, key != nullptr ? key->span.begin : arguments.span.begin});
  }
  for (const auto* expr : arguments.positional) {
    const groovy::List<groovy::MapEntry>* entries =
        expr->kind == NodeKind::map ? &as<groovy::MapLiteral>(expr)->entries : nullptr;
    out.push_back({expr, entries, expr->span.begin});
  }
  return out;
}

std::optional<std::string_view> find_key(const groovy::Expr* expr) {
  if (expr == nullptr) return std::nullopt;
  if (expr->kind == NodeKind::constant) {
    const auto* constant = as<groovy::Constant>(expr);
    if (constant->type == groovy::ConstantType::string) return constant->text;
    return std::nullopt;
  }
  if (expr->kind == NodeKind::variable) return as<groovy::Variable>(expr)->name;
  return std::nullopt;
}

namespace {

/// A double as Java prints it in the common range: "1.5", "10.0"; outside of it the written digits are kept.
std::string java_double(std::string_view digits, bool negative) {
  std::string text(digits);
  if (text.find_first_of("eE") == std::string::npos && text.find('.') != std::string::npos) {
    while (text.ends_with('0') && !text.ends_with(".0")) text.pop_back();
  }
  if (text.find_first_of(".eE") == std::string::npos) text += ".0";
  return negative ? "-" + text : text;
}

Value read_constant(const groovy::Constant& constant, bool negative) {
  Value value;
  value.expr = &constant;
  value.text = std::string(constant.text);
  if (negative && !value.text.empty()) value.text.insert(0, "-");
  using groovy::ConstantType;
  switch (constant.type) {
    case ConstantType::null:
      value.kind = Value::Kind::null;
      value.text = "null";
      break;
    case ConstantType::boolean_true:
      value.kind = Value::Kind::boolean;
      value.text = "true";
      break;
    case ConstantType::boolean_false:
      value.kind = Value::Kind::boolean;
      value.text = "false";
      break;
    case ConstantType::integer:
      value.kind = Value::Kind::integer;
      break;
    case ConstantType::long_:
    case ConstantType::big_integer:
      value.kind = Value::Kind::long_;
      break;
    case ConstantType::decimal:
    case ConstantType::float_:
    case ConstantType::double_:
      value.kind = Value::Kind::real;
      value.text = java_double(constant.text, negative);
      break;
    case ConstantType::string:
      value.kind = Value::Kind::string;
      break;
  }
  return value;
}

}  // namespace

Value read_literal(const groovy::Expr* expr) {
  Value value;
  value.expr = expr;
  if (expr == nullptr) return value;
  if (expr->kind == NodeKind::constant) return read_constant(*as<groovy::Constant>(expr), false);
  if (expr->kind == NodeKind::unary) {
    const auto* unary = as<groovy::Unary>(expr);
    if (unary->op == groovy::UnaryOp::minus && unary->operand != nullptr &&
        unary->operand->kind == NodeKind::constant) {
      const auto* constant = as<groovy::Constant>(unary->operand);
      using groovy::ConstantType;
      if (constant->type != ConstantType::null && constant->type != ConstantType::boolean_true &&
          constant->type != ConstantType::boolean_false && constant->type != ConstantType::string) {
        value = read_constant(*constant, true);
        value.expr = expr;
      }
    }
  }
  return value;
}

namespace {

/// The first offset at or after `from` where `token` stands, skipping nothing but the gap between two operands.
Place find_token(const groovy::Source& source, Place from, Place limit, std::string_view token, Place fallback) {
  const auto text = source.text();
  if (from > text.size() || limit > text.size() || from > limit) return fallback;
  const auto at = text.substr(0, limit).find(token, from);
  return at == std::string_view::npos ? fallback : static_cast<Place>(at);
}

}  // namespace

Place place_of(const groovy::Source& source, const groovy::Expr* expr) {
  const Place begin = expr->span.begin;
  auto in_parentheses = [&](const groovy::Expr* first) { return first != nullptr && begin < first->span.begin; };
  switch (expr->kind) {
    case NodeKind::binary: {
      const auto* binary = as<groovy::Binary>(expr);
      return in_parentheses(binary->left) ? begin : binary->op_span.begin;
    }
    case NodeKind::assign: {
      const auto* assign = as<groovy::Assign>(expr);
      return in_parentheses(assign->target) ? begin : assign->op_span.begin;
    }
    case NodeKind::ternary: {
      const auto* ternary = as<groovy::Ternary>(expr);
      if (in_parentheses(ternary->condition)) return begin;
      return find_token(source, ternary->condition->span.end, ternary->when_true->span.begin, "?", begin);
    }
    case NodeKind::elvis: {
      const auto* elvis = as<groovy::Elvis>(expr);
      if (in_parentheses(elvis->value)) return begin;
      return find_token(source, elvis->value->span.end, elvis->fallback->span.begin, "?:", begin);
    }
    case NodeKind::range: {
      const auto* range = as<groovy::RangeLiteral>(expr);
      if (in_parentheses(range->from)) return begin;
      return find_token(source, range->from->span.end, range->to->span.begin, "..", begin);
    }
    case NodeKind::cast: {
      const auto* cast = as<groovy::Cast>(expr);
      if (!cast->coerce || in_parentheses(cast->value)) return begin;
      return find_token(source, cast->value->span.end, expr->span.end, "as", begin);
    }
    case NodeKind::instance_of: {
      const auto* test = as<groovy::InstanceOf>(expr);
      if (in_parentheses(test->value)) return begin;
      return find_token(source, test->value->span.end, expr->span.end, "instanceof", begin);
    }
    case NodeKind::increment: {
      const auto* increment = as<groovy::Increment>(expr);
      if (increment->prefix) return begin;
      return find_token(source, increment->operand->span.end, expr->span.end, increment->delta < 0 ? "--" : "++",
                        begin);
    }
    case NodeKind::constant:
    case NodeKind::gstring:
    case NodeKind::variable:
    case NodeKind::this_ref:
    case NodeKind::super_ref:
    case NodeKind::unary:
    case NodeKind::property:
    case NodeKind::index:
    case NodeKind::method_call:
    case NodeKind::constructor_call:
    case NodeKind::new_object:
    case NodeKind::new_array:
    case NodeKind::list:
    case NodeKind::map:
    case NodeKind::closure:
    case NodeKind::method_pointer:
    case NodeKind::spread:
    case NodeKind::spread_map:
    case NodeKind::declaration:
    case NodeKind::block:
    case NodeKind::expression_statement:
    case NodeKind::if_:
    case NodeKind::while_:
    case NodeKind::for_in:
    case NodeKind::for_c:
    case NodeKind::switch_:
    case NodeKind::try_:
    case NodeKind::throw_:
    case NodeKind::return_:
    case NodeKind::break_:
    case NodeKind::continue_:
    case NodeKind::assert_:
    case NodeKind::synchronized_:
    case NodeKind::class_statement:
    case NodeKind::empty:
      break;
  }
  return begin;
}

Place grouped_place_of(const groovy::Source& source, const groovy::Expr* expr) {
  const auto text = source.text();
  Place place = expr->span.begin;
  bool grouped = false;
  for (Place at = expr->span.begin; at > 0; --at) {
    const char c = text[at - 1];
    if (c == '(') {
      place = at - 1;
      grouped = true;
    } else if (c != ' ' && c != '\t') {
      break;
    }
  }
  return grouped ? place : place_of(source, expr);
}

bool is_environment_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // A name longer than this is nobody's typing error; the bound keeps the table small for hostile input.
  constexpr std::size_t kLongest = 200;
  a = a.substr(0, kLongest);
  b = b.substr(0, kLongest);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string find_nearest(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = 0;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(name, candidate);
    if (best.empty() || distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace windlass::jenkinsfile
