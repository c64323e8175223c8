// Types, modifiers, annotations and parameter lists.
#include "groovy/parser_impl.h"

namespace windlass::groovy {

TypeRef* Parser::type(bool brackets) {
  auto* result = is_builtin_type(cur().kind) ? builtin_type() : class_type(true);
  if (brackets) array_brackets(result);
  return result;
}

TypeRef* Parser::builtin_type() {
  auto* result = tree_.make<TypeRef>();
  result->name = word(cur());
  const auto begin = cur().begin;
  advance();
  result->span = span_from(begin);
  return result;
}

/// A dotted name; type arguments may stand after any part, those of the last one are kept.
TypeRef* Parser::class_type(bool diamond) {
  auto* result = tree_.make<TypeRef>();
  const auto begin = cur().begin;
  bool copied = false;
  std::string name(word(cur()));
  auto name_end = cur().end;
  if (!expect(T::ident)) return result;
  for (;;) {
    if (is(T::less)) result->arguments = type_arguments(diamond);
    if (!is(T::dot) || peek(1).kind != T::ident) break;
    copied = copied || cur().begin != name_end || peek(1).begin != cur().end;
    advance();
    name += '.';
    name += word(cur());
    name_end = cur().end;
    advance();
  }
  result->name = copied ? tree_.text(name) : text_.substr(begin, name_end - begin);
  result->span = span_from(begin);
  return result;
}

void Parser::fail_angle() {
  pending_angles_ = 0;
  fail(pos_, "Missing closing bracket '>' for generics types;\n   solution: Please specify the missing bracket!");
}

void Parser::array_brackets(TypeRef* type) {
  while (is(T::lbrack) && peek(1).kind == T::rbrack) {
    advance();
    advance();
    if (type->array_dimensions < 255) ++type->array_dimensions;
    type->span.end = previous_end();
  }
}

List<TypeRef*> Parser::type_arguments(bool diamond) {
  Nesting nesting(*this);
  const auto mark = types_.size();
  const auto open = pos_;
  advance();
  if (is(T::greater) && !diamond) fail_unexpected(open);
  if (accept(T::greater)) return {};
  ++angle_depth_;
  nls();
  for (;;) {
    if (is(T::question)) {
      auto* wildcard = tree_.make<TypeRef>();
      const auto begin = cur().begin;
      wildcard->name = "?";
      advance();
      if (is(T::kw_extends) || is(T::kw_super)) {
        advance();
        nls();
        wildcard->arguments = {};
        class_type(false);
        nls();
      }
      wildcard->span = span_from(begin);
      types_.push_back(wildcard);
    } else if (is_builtin_type(cur().kind)) {
      auto* result = builtin_type();
      if (!is(T::lbrack)) {
        fail(pos_,
             "primitive type parameters not allowed here;\n   solution: use the corresponding wrapper type, such as "
             "Integer for int");
      }
      array_brackets(result);
      types_.push_back(result);
    } else if (is(T::ident)) {
      auto* result = class_type(false);
      if (pending_angles_ == 0) array_brackets(result);
      types_.push_back(result);
    } else {
      fail_unexpected();
    }
    if (failed_ || pending_angles_ != 0 || !is(T::comma)) break;
    const T next = token(skip_nls(pos_ + 1)).kind;
    if (next != T::ident && next != T::question && !is_builtin_type(next)) break;
    advance();
    nls();
  }
  if (pending_angles_ == 0) nls();
  close_angle();
  --angle_depth_;
  if (angle_depth_ == 0 && pending_angles_ != 0) fail_angle();
  return take(types_, mark);
}

void Parser::close_angle() {
  if (pending_angles_ != 0) {
    --pending_angles_;
    return;
  }
  switch (cur().kind) {
    case T::greater:
      advance();
      return;
    case T::shift_right:
      advance();
      pending_angles_ = 1;
      return;
    case T::unsigned_shift:
      advance();
      pending_angles_ = 2;
      return;
    default:
      fail_angle();
  }
}

/// `<T extends A & B, U>` of a class or method: read and forgotten.
void Parser::type_parameters() {
  ++angle_depth_;
  advance();
  nls();
  for (;;) {
    if (!expect(T::ident)) return;
    if (accept(T::kw_extends)) {
      nls();
      class_type(false);
      while (pending_angles_ == 0 && accept(T::bit_and)) {
        nls();
        class_type(false);
      }
    }
    if (pending_angles_ != 0 || !accept(T::comma)) break;
    nls();
  }
  if (pending_angles_ == 0) nls();
  close_angle();
  --angle_depth_;
  if (angle_depth_ == 0 && pending_angles_ != 0) fail_angle();
}

std::uint32_t Parser::modifiers(List<Annotation>& annotations) {
  static constexpr std::uint32_t kBits[] = {mod_abstract,     mod_final,  mod_native,    mod_private,
                                            mod_protected,    mod_public, mod_static,    mod_strictfp,
                                            mod_synchronized, mod_none,   mod_transient, mod_volatile};
  std::uint32_t bits = mod_none;
  const auto mark = annotations_.size();
  for (;;) {
    const T kind = cur().kind;
    if (is_modifier(kind)) {
      const auto bit = kBits[static_cast<int>(kind) - static_cast<int>(T::kw_abstract)];
      constexpr std::uint32_t kAccess = mod_public | mod_protected | mod_private;
      if ((bits & bit) != 0) {
        refuse(cur().begin, "Cannot repeat modifier: " + std::string(word(cur())));
      } else if ((bit & kAccess) != 0 && (bits & kAccess) != 0) {
        refuse(cur().begin,
               "Cannot specify modifier: " + std::string(word(cur())) + " when access scope has already been defined");
      }
      bits |= bit;
      advance();
      nls();
    } else if (kind == T::kw_def && (bits & mod_def) == 0) {
      bits |= mod_def;
      advance();
      nls();
    } else if (kind == T::at && peek(1).kind != T::kw_interface) {
      auto note = annotation();
      nls();
      annotations_.push_back(note);
    } else {
      break;
    }
  }
  annotations = take(annotations_, mark);
  return bits;
}

/// With `strict` a name must follow each dot; else the last dot is left for the caller (`import a.*`).
std::string_view Parser::qualified_name(bool strict) {
  const auto begin = cur().begin;
  auto finish = cur().end;
  std::string name(word(cur()));
  bool copied = false;
  if (!expect(T::ident)) return {};
  while (is(T::dot) && (strict || token(skip_nls(pos_ + 1)).kind == T::ident)) {
    copied = copied || cur().begin != finish;
    finish = cur().end;
    advance();
    copied = copied || cur().begin != finish;
    nls();
    name += '.';
    name += word(cur());
    finish = cur().end;
    if (!expect(T::ident)) return {};
  }
  return copied ? tree_.text(name) : text_.substr(begin, finish - begin);
}

Annotation Parser::annotation() {
  Nesting nesting(*this);
  Annotation result{};
  const auto begin = cur().begin;
  expect(T::at);
  if (!is(T::ident)) fail_unexpected();
  result.name = qualified_name();
  result.span = span_from(begin);
  if (token(skip_nls(pos_)).kind != T::lparen) return result;
  nls();
  advance();
  const auto mark = annotation_args_.size();
  if (!is(T::rparen)) {
    if (peek(1).kind == T::assign && (is(T::ident) || is_keyword(cur().kind))) {
      do {
        nls();
        const auto name = word(cur());
        if (!is(T::ident) && !is_keyword(cur().kind)) {
          fail_unexpected();
          break;
        }
        advance();
        if (!expect(T::assign)) break;
        nls();
        auto* value = annotation_value();
        annotation_args_.push_back({name, value});
      } while (accept(T::comma));
    } else {
      auto* value = annotation_value();
      annotation_args_.push_back({"value", value});
    }
  }
  expect(T::rparen);
  result.arguments = take(annotation_args_, mark);
  result.span = span_from(begin);
  return result;
}

/// A nested annotation becomes a map of its arguments.
Expr* Parser::annotation_value() {
  if (!is(T::at)) return conditional(Context::inner);
  const auto note = annotation();
  auto* map = tree_.make<MapLiteral>(NodeKind::map, note.span);
  const auto mark = entries_.size();
  for (const auto& argument : note.arguments) {
    entries_.push_back({string_constant(argument.name, note.span), argument.value, note.span});
  }
  map->entries = take(entries_, mark);
  return map;
}

List<Parameter> Parser::parameters(T close) {
  const auto mark = params_.size();
  if (!is(close)) {
    for (;;) {
      auto one = parameter();
      params_.push_back(one);
      if (failed_ || !is(T::comma)) break;
      if (one.varargs)
        refuse(one.span.begin, "The var-arg parameter " + std::string(one.name) + " must be the last parameter.");
      advance();
      nls();
    }
  }
  return take(params_, mark);
}

Parameter Parser::parameter() {
  Parameter result{};
  const auto begin = cur().begin;
  const auto mark = annotations_.size();
  for (bool def = false;;) {
    if (is(T::kw_final)) {
      result.is_final = true;
      advance();
    } else if (is(T::kw_def) && !def) {
      def = true;
      advance();
    } else if (is(T::at)) {
      auto note = annotation();
      annotations_.push_back(note);
    } else {
      break;
    }
    nls();
  }
  result.annotations = take(annotations_, mark);
  const T next = peek(1).kind;
  if (is_builtin_type(cur().kind) || (is(T::ident) && (next == T::ident || next == T::triple_dot || next == T::dot ||
                                                       next == T::less || next == T::lbrack))) {
    result.type = type();
  }
  if (accept(T::triple_dot)) result.varargs = true;
  if (!is(T::ident)) {
    fail_unexpected();
    return result;
  }
  result.name = word(cur());
  advance();
  if (accept(T::assign)) {
    nls();
    result.default_value = expression_or_command();
  }
  result.span = span_from(begin);
  return result;
}

}  // namespace windlass::groovy
