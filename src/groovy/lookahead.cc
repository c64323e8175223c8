// The parser's decisions: is this a declaration, a cast, a label, a closure with parameters? Each scans tokens forward
// and jumps over brackets, so none costs more than the tokens it rules on. The rules are Groovy 2.4's
// (docs/language.md).
#include "groovy/parser_impl.h"
#include "groovy/unicode.h"

namespace windlass::groovy {

bool Parser::is_upper_ident(std::uint32_t i) const {
  const auto& t = token(i);
  return t.kind == T::ident && is_upper(decode_utf8(text_, t.begin).code);
}

bool Parser::starts_primary(T kind) {
  switch (kind) {
    case T::ident:
    case T::number:
    case T::string:
    case T::gstring_start:
    case T::kw_true:
    case T::kw_false:
    case T::kw_null:
    case T::kw_new:
    case T::kw_this:
    case T::kw_super:
    case T::lparen:
    case T::lbrack:
    case T::lcurly:
      return true;
    default:
      return is_builtin_type(kind);
  }
}

bool Parser::starts_operand(T kind) {
  switch (kind) {
    case T::plus:
    case T::minus:
    case T::increment:
    case T::decrement:
    case T::logical_not:
    case T::bit_not:
      return true;
    default:
      return starts_primary(kind);
  }
}

bool Parser::starts_statement(std::uint32_t i) const {
  const T kind = token(i).kind;
  if (starts_operand(kind) || is_modifier(kind)) return true;
  switch (kind) {
    case T::at:
    case T::kw_assert:
    case T::kw_break:
    case T::kw_class:
    case T::kw_continue:
    case T::kw_def:
    case T::kw_enum:
    case T::kw_for:
    case T::kw_if:
    case T::kw_import:
    case T::kw_interface:
    case T::kw_return:
    case T::kw_switch:
    case T::kw_throw:
    case T::kw_trait:
    case T::kw_try:
    case T::kw_while:
      return true;
    default:
      return false;
  }
}

/// `@a.b.C` with its arguments and the newline after.
std::uint32_t Parser::scan_annotation(std::uint32_t i) const {
  if (token(i).kind != T::at || token(i + 1).kind != T::ident) return 0;
  i += 2;
  while (token(i).kind == T::dot && token(skip_nls(i + 1)).kind == T::ident) i = skip_nls(i + 1) + 1;
  const auto after = skip_nls(i);
  if (token(after).kind == T::lparen) return token(after).match == 0 ? 0 : skip_nls(token(after).match + 1);
  return after;
}

/// `<A, ? extends B<C>[]>`; a lone `<` or anything that is no type gives 0. A missing `>` is forgiven when a name comes
/// next (the index is then that name's): the parser proper complains about it.
std::uint32_t Parser::scan_type_arguments(std::uint32_t i) const {
  constexpr std::uint32_t kLongest =
      1000;  // no real type is longer, and a list of comparisons must not cost its square
  int open = 0;
  bool complete = false;  // after a whole type
  for (const auto limit = i + kLongest; i < limit; ++i) {
    const auto& t = token(i);
    switch (t.kind) {
      case T::less:
        if (token(i + 1).kind == T::greater) return 0;
        ++open;
        complete = false;
        break;
      case T::greater:
        --open;
        break;
      case T::shift_right:
        open -= 2;
        break;
      case T::unsigned_shift:
        open -= 3;
        break;
      case T::ident:
        if (complete) return i;
        complete = true;
        break;
      case T::dot:
      case T::comma:
      case T::kw_extends:
      case T::kw_super:
        complete = false;
        break;
      case T::question:
      case T::rbrack:
        complete = true;
        break;
      case T::nls:
        if (token(i - 1).kind != T::less && token(i - 1).kind != T::comma && token(i + 1).kind != T::greater) return 0;
        break;
      case T::lbrack:
        if (token(i + 1).kind != T::rbrack) return 0;
        break;
      case T::string:
        return complete ? i : 0;
      default:
        if (!is_builtin_type(t.kind)) return 0;
        complete = true;
    }
    if (open <= 0) return i + 1;
  }
  return 0;
}

/// A type with its type arguments and empty brackets.
std::uint32_t Parser::scan_type(std::uint32_t i) const {
  if (is_builtin_type(token(i).kind)) {
    ++i;
  } else {
    if (token(i).kind != T::ident) return 0;
    ++i;
    for (;;) {
      if (token(i).kind == T::less) {
        i = scan_type_arguments(i);
        if (i == 0) return 0;
      }
      if (token(i).kind != T::dot || token(i + 1).kind != T::ident) break;
      i += 2;
    }
  }
  while (token(i).kind == T::lbrack && token(i + 1).kind == T::rbrack) i += 2;
  return i;
}

/// Modifiers, `def` and annotations; the same index when there are none.
std::uint32_t Parser::scan_modifiers(std::uint32_t i) const {
  for (;;) {
    const T kind = token(i).kind;
    if (is_modifier(kind) || kind == T::kw_def) {
      i = skip_nls(i + 1);
    } else if (kind == T::at) {
      const auto after = scan_annotation(i);
      if (after == 0) return i;
      i = after;
    } else {
      return i;
    }
  }
}

/// A capitalised, built-in or qualified type, or any modifier, and then a name.
bool Parser::declaration_starts(std::uint32_t i) const {
  bool any = false;
  for (;;) {
    const T kind = token(i).kind;
    if (kind == T::kw_def || is_modifier(kind) || kind == T::at) {
      const auto after = scan_modifiers(i);
      if (after == i) return false;
      i = after;
      any = true;
      continue;
    }
    auto after = i;
    if (is_builtin_type(kind)) {
      ++after;
    } else if (kind == T::ident) {
      auto last = i;
      while (token(last + 1).kind == T::dot && token(last + 2).kind == T::ident) last += 2;
      if (!is_upper_ident(last)) return any;
      after = last + 1;
    } else {
      return any && kind == T::string;
    }
    if (token(after).kind == T::less) {
      after = scan_type_arguments(after);
      if (after == 0) return any && kind == T::ident;
    }
    while (token(after).kind == T::lbrack && token(after).match != 0) after = token(after).match + 1;
    const T next = token(after).kind;
    if (next == T::ident && !any && after == i + 1)
      return ends_declarator(token(after + 1).kind);  // `A b c` is a command
    if (next == T::ident || next == T::string) return true;
    const bool goes_on = is_builtin_type(next) || next == T::kw_def || is_modifier(next) || next == T::at;
    if (!goes_on) return any && kind == T::ident;
    i = after;
    any = true;
  }
}

/// What may come after the name in a declaration.
bool Parser::ends_declarator(T kind) {
  switch (kind) {
    case T::assign:
    case T::comma:
    case T::lparen:
    case T::rparen:
    case T::semi:
    case T::nls:
    case T::rcurly:
    case T::eof:
    case T::colon:
    case T::kw_in:
    case T::kw_else:
    case T::kw_case:
    case T::kw_default:
      return true;
    default:
      return false;
  }
}

bool Parser::generic_method_starts() const {
  const T kind = cur().kind;
  if (kind != T::kw_def && !is_modifier(kind) && kind != T::at) return false;
  const auto after = scan_modifiers(pos_);
  return after != pos_ && token(after).kind == T::less;
}

bool Parser::multiple_declaration_starts() const {
  const T kind = cur().kind;
  if (kind != T::kw_def && !is_modifier(kind) && kind != T::at) return false;
  auto i = pos_;
  bool def = false;
  while (!def) {
    const T k = token(i).kind;
    if (k == T::kw_def) {
      def = true;
      i = skip_nls(i + 1);
    } else if (is_modifier(k)) {
      i = skip_nls(i + 1);
    } else if (k == T::at) {
      i = scan_annotation(i);
      if (i == 0) return false;
    } else {
      return false;
    }
  }
  return token(i).kind == T::lparen;
}

bool Parser::type_definition_starts() const {
  const auto i = scan_modifiers(pos_);
  switch (token(i).kind) {
    case T::kw_class:
    case T::kw_interface:
    case T::kw_enum:
    case T::kw_trait:
      return true;
    case T::at:
      return token(i + 1).kind == T::kw_interface;
    default:
      return false;
  }
}

bool Parser::constructor_starts() const {
  const auto i = scan_modifiers(pos_);
  return token(i).kind == T::ident && !class_name_.empty() && word(token(i)) == class_name_ &&
         token(skip_nls(i + 1)).kind == T::lparen;
}

bool Parser::import_starts() const {
  auto i = pos_;
  while (token(i).kind == T::at) {
    i = scan_annotation(i);
    if (i == 0) return false;
  }
  return token(i).kind == T::kw_import;
}

/// `(a, b) =`
bool Parser::multiple_assignment_starts() const {
  const auto close = cur().match;
  if (close == 0 || token(close + 1).kind != T::assign) return false;
  auto i = pos_ + 1;
  for (;; i += 2) {
    if (token(i).kind != T::ident) return false;
    if (token(i + 1).kind != T::comma) return i + 1 == close;
  }
}

/// After `{`: a parameter list and an arrow. Default values are skipped up to the next comma, arrow or end of line.
bool Parser::closure_parameters_start(std::uint32_t i) const {
  i = skip_nls(i);
  if (token(i).kind == T::arrow) return true;
  for (;;) {
    i = skip_nls(scan_modifiers(i));
    if (is_builtin_type(token(i).kind)) {
      i = scan_type(i);
    } else if (token(i).kind == T::ident) {
      const T next = token(i + 1).kind;
      if (next == T::ident || next == T::triple_dot || next == T::less || next == T::dot || next == T::lbrack) {
        i = scan_type(i);
        if (i == 0) return false;
      }
    }
    if (token(i).kind == T::triple_dot) ++i;
    if (token(i).kind != T::ident) return false;
    ++i;
    if (token(i).kind == T::assign) {
      i = skip_nls(i + 1);
      for (bool done = false; !done;) {
        switch (token(i).kind) {
          case T::comma:
          case T::arrow:
          case T::nls:
            done = true;
            break;
          case T::eof:
          case T::error:
          case T::semi:
          case T::rcurly:
          case T::rparen:
          case T::rbrack:
            return false;
          case T::lparen:
          case T::lbrack:
          case T::lcurly:
          case T::gstring_start:
            if (token(i).match == 0) return false;
            i = token(i).match + 1;
            break;
          default:
            ++i;
        }
      }
    }
    if (token(skip_nls(i)).kind == T::arrow) return true;
    if (token(i).kind != T::comma) return false;
    i = skip_nls(i + 1);
  }
}

bool Parser::enum_constants_start() const {
  auto i = pos_;
  while (token(i).kind == T::at) {
    i = scan_annotation(i);
    if (i == 0) return false;
  }
  if (token(i).kind != T::ident) return false;
  ++i;
  if (token(i).kind == T::lcurly || token(i).kind == T::lparen) return true;
  i = skip_nls(i);
  const T kind = token(i).kind;
  return kind == T::semi || kind == T::comma || kind == T::rcurly || declaration_starts(i);
}

bool Parser::enum_constants_end(std::uint32_t i) const {
  const T kind = token(i).kind;
  if (kind == T::semi || kind == T::rcurly || declaration_starts(i)) return true;
  const auto after = scan_modifiers(i);
  switch (token(after).kind) {
    case T::kw_class:
    case T::kw_interface:
    case T::kw_enum:
    case T::kw_trait:
      return true;
    case T::at:
      return token(after + 1).kind == T::kw_interface;
    case T::ident:
      return word(token(after)) == class_name_ && token(skip_nls(after + 1)).kind == T::lparen;
    default:
      return false;
  }
}

/// `name:`, `'text':`, `1:`, `(expr):`, `"$x":` in an argument list or a literal.
bool Parser::label_starts(std::uint32_t i) const {
  const auto& t = token(i);
  if (t.kind == T::ident || t.kind == T::string || t.kind == T::number || is_keyword(t.kind)) {
    return token(i + 1).kind == T::colon;
  }
  const bool bracket = t.kind == T::lparen || t.kind == T::lbrack || t.kind == T::lcurly || t.kind == T::gstring_start;
  return bracket && t.match != 0 && token(t.match + 1).kind == T::colon;
}

/// `(Type) operand`, where an operand of a class cast cannot begin with a sign: `(a) - b` subtracts.
bool Parser::cast_starts() const {
  const bool builtin = is_builtin_type(peek(1).kind);
  if (!builtin && peek(1).kind != T::ident) return false;
  const auto after = scan_type(pos_ + 1);
  if (after == 0 || token(after).kind != T::rparen) return false;
  const T next = token(after + 1).kind;
  if (next == T::lbrack && !builtin) return token(token(after + 1).match).kind != T::eof;
  if (builtin) return starts_operand(next);
  return next == T::logical_not || next == T::bit_not || starts_primary(next);
}

/// `for (a; b; c)` and not `for (a in b)`; `open` is the parenthesis.
bool Parser::header_has_semicolon(std::uint32_t open) const {
  for (auto i = open + 1; token(i).kind != T::eof; ++i) {
    switch (token(i).kind) {
      case T::semi:
        return true;
      case T::rparen:
      case T::error:
      case T::comma:
        return false;
      case T::lparen:
      case T::lbrack:
      case T::lcurly:
      case T::gstring_start:
        if (token(i).match == 0) return false;
        i = token(i).match;
        break;
      default:
        break;
    }
  }
  return false;
}

}  // namespace windlass::groovy
