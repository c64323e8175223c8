// Text to tokens. Groovy's lexer needs no help from the parser: what a slash means, where a newline counts and when a
// string goes on after `${…}` follow from the tokens before. So the whole text is cut up front and the parser may look
// ahead as far as it likes for the price of an index.
//
// Invariant: tokens tile the text in order, never overlap, and end with exactly one T::eof. After the first lexical
// error there is one T::error token and then T::eof.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groovy/token.h"

namespace windlass::groovy {

struct LexResult {
  std::vector<Token> tokens;
  std::string error;                     ///< the compiler's words; set when there is a T::error token
  std::uint32_t error_offset = 0;        ///< where those words point
  bool error_at_previous_token = false;  ///< the compiler blames the token it was reading before the string
};

/// Pure, linear in the text.
LexResult lex(std::string_view text);

/// The value of a string token: escapes resolved, line ends as \n, without quotes. Appends UTF-8 to `out`.
void decode_string(std::string_view body, Quote quote, std::string& out);

/// The part of a string token between its quotes, `$` marks excluded.
std::string_view string_body(std::string_view text, const Token& token);

}  // namespace windlass::groovy
