// The two fixed tables of token.h. Names are those of Groovy 2.4.21's error messages.
#include "groovy/token.h"

#include <array>
#include <utility>

namespace windlass::groovy {
namespace {

using Entry = std::pair<std::string_view, T>;

constexpr auto kKeywords = std::to_array<Entry>({
    {"abstract", T::kw_abstract},
    {"as", T::kw_as},
    {"assert", T::kw_assert},
    {"boolean", T::kw_boolean},
    {"break", T::kw_break},
    {"byte", T::kw_byte},
    {"case", T::kw_case},
    {"catch", T::kw_catch},
    {"char", T::kw_char},
    {"class", T::kw_class},
    {"const", T::kw_const},
    {"continue", T::kw_continue},
    {"def", T::kw_def},
    {"default", T::kw_default},
    {"do", T::kw_do},
    {"double", T::kw_double},
    {"else", T::kw_else},
    {"enum", T::kw_enum},
    {"extends", T::kw_extends},
    {"false", T::kw_false},
    {"final", T::kw_final},
    {"finally", T::kw_finally},
    {"float", T::kw_float},
    {"for", T::kw_for},
    {"goto", T::kw_goto},
    {"if", T::kw_if},
    {"implements", T::kw_implements},
    {"import", T::kw_import},
    {"in", T::kw_in},
    {"instanceof", T::kw_instanceof},
    {"int", T::kw_int},
    {"interface", T::kw_interface},
    {"long", T::kw_long},
    {"native", T::kw_native},
    {"new", T::kw_new},
    {"null", T::kw_null},
    {"package", T::kw_package},
    {"private", T::kw_private},
    {"protected", T::kw_protected},
    {"public", T::kw_public},
    {"return", T::kw_return},
    {"short", T::kw_short},
    {"static", T::kw_static},
    {"strictfp", T::kw_strictfp},
    {"super", T::kw_super},
    {"switch", T::kw_switch},
    {"synchronized", T::kw_synchronized},
    {"this", T::kw_this},
    {"threadsafe", T::kw_threadsafe},
    {"throw", T::kw_throw},
    {"throws", T::kw_throws},
    {"trait", T::kw_trait},
    {"transient", T::kw_transient},
    {"true", T::kw_true},
    {"try", T::kw_try},
    {"void", T::kw_void},
    {"volatile", T::kw_volatile},
    {"while", T::kw_while},
});

constexpr auto kNames = std::to_array<Entry>({
    {"an identifier", T::ident},
    {"a numeric literal", T::number},
    {"a string literal", T::string},
    {"STRING_CTOR_START", T::gstring_start},
    {"STRING_CTOR_MIDDLE", T::gstring_middle},
    {"a string literal end", T::gstring_end},
    {"'('", T::lparen},
    {"')'", T::rparen},
    {"'['", T::lbrack},
    {"']'", T::rbrack},
    {"'{'", T::lcurly},
    {"'}'", T::rcurly},
    {"','", T::comma},
    {"';'", T::semi},
    {"':'", T::colon},
    {"'?'", T::question},
    {"'@'", T::at},
    {"'->'", T::arrow},
    {"'.'", T::dot},
    {"'='", T::assign},
    {"'*'", T::star},
    {"'<'", T::less},
    {"'>'", T::greater},
    {"EOF", T::eof},
    {"some newlines, whitespace or comments", T::nls},
    {"\"catch\"", T::kw_catch},
    {"\"while\"", T::kw_while},
    {"\"class\"", T::kw_class},
    {"\"interface\"", T::kw_interface},
    {"\"in\"", T::kw_in},
});

// Words are told apart by their first letter: keywords stand in alphabetical order.
constexpr std::array<std::uint8_t, 27> make_index() {
  std::array<std::uint8_t, 27> index{};
  for (std::size_t letter = 0; letter < 27; ++letter) {
    std::uint8_t at = 0;
    while (at < kKeywords.size() && kKeywords[at].first[0] < static_cast<char>('a' + letter)) ++at;
    index[letter] = at;
  }
  return index;
}
constexpr auto kIndex = make_index();

}  // namespace

T find_keyword(std::string_view word) {
  if (word.size() < 2 || word.size() > 12 || word[0] < 'a' || word[0] > 'w') return T::ident;
  const auto letter = static_cast<std::size_t>(word[0] - 'a');
  for (std::size_t i = kIndex[letter]; i < kIndex[letter + 1]; ++i) {
    if (kKeywords[i].first == word) return kKeywords[i].second;
  }
  return T::ident;
}

std::string_view describe(T kind) {
  for (const auto& [name, of] : kNames) {
    if (of == kind) return name;
  }
  return "a token";
}

}  // namespace windlass::groovy
