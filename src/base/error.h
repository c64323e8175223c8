// What went wrong, as a value: the error half of every Result<T>.
//
// Functions that can fail say so in their type; exceptions are for bugs only (docs/decisions/002-expected.md).
// A message says what was attempted, with which name, and the next step if known: lower case start, no full stop.
// What a person may read on a terminal is a Sentence: its Chinese stands beside its English and goes with the error.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace windlass {

/// What a caller can decide on. A pure map to HTTP status or exit code belongs to the surface, not here.
enum class ErrorKind : std::uint8_t {
  invalid,          ///< the input itself is wrong; trying again changes nothing
  not_found,        ///< the named thing does not exist
  already_exists,   ///< a thing of that name exists
  conflict,         ///< somebody else was first; read again and decide
  unauthenticated,  ///< who you are is not known
  forbidden,        ///< who you are is known, and you may not
  unavailable,      ///< the other side cannot answer now; trying again may help
  timeout,          ///< the deadline passed
  cancelled,        ///< asked to stop
  exhausted,        ///< a limit, quota or budget is reached
  unsupported,      ///< understood, and not offered
  corrupt,          ///< stored data is damaged
  internal,         ///< a fault of Windlass itself
};

/// The stable text of a kind, as logs and JSON show it ("not_found").
std::string_view to_string(ErrorKind kind);

/// One sentence in both languages; each `{}` is filled by the next of what differs, in the order of each language.
struct Sentence {
  std::string_view en;
  std::string_view zh;
};

struct Error;

/// What a `{}` of a Sentence stands for: a name is the same in both languages, the error of somebody else is not.
// NOLINTBEGIN(google-explicit-constructor)
struct SentencePart {
  std::string en, zh;
  SentencePart(std::string_view name) : en(name), zh(name) {}
  SentencePart(const std::string& name) : en(name), zh(name) {}
  SentencePart(const char* name) : en(name), zh(name) {}
  template <std::integral T>
  SentencePart(T number) : en(std::to_string(number)), zh(en) {}
  SentencePart(Sentence words) : en(words.en), zh(words.zh) {}
  SentencePart(const Error& error);
};
// NOLINTEND(google-explicit-constructor)
using SentenceParts = std::initializer_list<SentencePart>;

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string chinese;              ///< the message in Chinese; empty: there is none
  std::vector<std::string> frames;  ///< "while …" lines, innermost first
  std::vector<std::string> chinese_frames;

  Error(ErrorKind k, std::string text) : kind(k), message(std::move(text)) {}
  Error(ErrorKind k, Sentence sentence, SentenceParts parts = {});

  /// Adds a "while …" line on the way up, e.g. `err.while_doing("reading the journal of run 7")`.
  template <std::convertible_to<std::string> Text>
  Error&& while_doing(Text&& frame) && {
    chinese_frames.emplace_back(frame);
    frames.emplace_back(std::forward<Text>(frame));
    return std::move(*this);
  }
  Error&& while_doing(Sentence sentence, SentenceParts parts = {}) &&;

  /// The message and its frames on one line: "no such file: x (while reading the journal of run 7)".
  [[nodiscard]] std::string text() const;
  /// The same in Chinese, as far as there is some.
  [[nodiscard]] std::string chinese_text() const;
  /// The message in Chinese, else as it is.
  [[nodiscard]] const std::string& chinese_message() const { return chinese.empty() ? message : chinese; }
};

/// "No space left on device", for a {}.
SentencePart system_words(int error_number);

}  // namespace windlass
