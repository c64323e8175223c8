// What went wrong, as a value: the error half of every Result<T>.
//
// Functions that can fail say so in their type; exceptions are for bugs only (docs/decisions/002-expected.md).
// A message says what was attempted, with which name, and the next step if known: lower case start, no full stop.
#pragma once

#include <cstdint>
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

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::vector<std::string> frames;  ///< "while …" lines, innermost first

  Error(ErrorKind k, std::string text) : kind(k), message(std::move(text)) {}

  /// Adds a "while …" line on the way up, e.g. `err.while_doing("reading the journal of run 7")`.
  Error&& while_doing(std::string frame) && {
    frames.push_back(std::move(frame));
    return std::move(*this);
  }

  /// The message and its frames on one line: "no such file: x (while reading the journal of run 7)".
  [[nodiscard]] std::string text() const;
};

}  // namespace windlass
