// Tokens of Groovy 2.4 as the lexer hands them to the parser: kinds, the keyword table and the compiler's names for
// them. Newlines are tokens only where they can end a statement. A string with `${…}` is several tokens: start, middle,
// end.
#pragma once

#include <cstdint>
#include <string_view>

// Switches over token kinds name the few that matter at their point; "default" is the rule for the other hundred.
#pragma clang diagnostic ignored "-Wswitch-enum"

namespace windlass::groovy {

enum class T : std::uint8_t {
  eof,
  error,
  nls,
  ident,
  number,
  string,
  gstring_start,
  gstring_middle,
  gstring_end,
  lparen,
  rparen,
  lbrack,
  rbrack,
  lcurly,
  rcurly,
  comma,
  semi,
  colon,
  question,
  at,
  arrow,
  dot,
  safe_dot,
  spread_dot,
  method_pointer,
  triple_dot,
  assign,
  plus_assign,
  minus_assign,
  star_assign,
  div_assign,
  mod_assign,
  power_assign,
  shift_left_assign,
  shift_right_assign,
  unsigned_shift_assign,
  and_assign,
  or_assign,
  xor_assign,
  plus,
  minus,
  star,
  div,
  mod,
  power,
  increment,
  decrement,
  shift_left,
  shift_right,
  unsigned_shift,
  range_inclusive,
  range_exclusive,
  less,
  greater,
  less_equal,
  greater_equal,
  equal,
  not_equal,
  identical,
  not_identical,
  compare,
  find_regex,
  match_regex,
  logical_and,
  logical_or,
  logical_not,
  bit_and,
  bit_or,
  bit_xor,
  bit_not,
  elvis,
  // keywords; the order within each group matters to the predicates below
  kw_abstract,
  kw_final,
  kw_native,
  kw_private,
  kw_protected,
  kw_public,
  kw_static,
  kw_strictfp,
  kw_synchronized,
  kw_threadsafe,
  kw_transient,
  kw_volatile,
  kw_boolean,
  kw_byte,
  kw_char,
  kw_double,
  kw_float,
  kw_int,
  kw_long,
  kw_short,
  kw_void,
  kw_as,
  kw_assert,
  kw_break,
  kw_case,
  kw_catch,
  kw_class,
  kw_const,
  kw_continue,
  kw_def,
  kw_default,
  kw_do,
  kw_else,
  kw_enum,
  kw_extends,
  kw_false,
  kw_finally,
  kw_for,
  kw_goto,
  kw_if,
  kw_implements,
  kw_import,
  kw_in,
  kw_instanceof,
  kw_interface,
  kw_new,
  kw_null,
  kw_package,
  kw_return,
  kw_super,
  kw_switch,
  kw_this,
  kw_throw,
  kw_throws,
  kw_trait,
  kw_true,
  kw_try,
  kw_while,
};

constexpr bool is_modifier(T t) { return t >= T::kw_abstract && t <= T::kw_volatile; }
constexpr bool is_builtin_type(T t) { return t >= T::kw_boolean && t <= T::kw_void; }
constexpr bool is_keyword(T t) { return t >= T::kw_abstract; }

/// How a string was written; also what its escapes are.
enum class Quote : std::uint8_t { single, double_, triple_single, triple_double, slashy, dollar_slashy };

struct Token {
  T kind = T::eof;
  std::uint8_t extra = 0;   ///< string parts: Quote; numbers: ConstantType
  bool plain = false;       ///< string parts: the text needs no decoding
  std::uint32_t begin = 0;  ///< bytes, quotes included
  std::uint32_t end = 0;
  std::uint32_t match = 0;  ///< index of the partner bracket (gstring_start: its end); 0 when there is none
};

/// The keyword of a word, or T::ident.
T find_keyword(std::string_view word);

/// The compiler's name in "expecting NAME, found …": "')'", "an identifier", "\"while\"".
std::string_view describe(T kind);

}  // namespace windlass::groovy
