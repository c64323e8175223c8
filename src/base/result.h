// Result<T>: a value or an Error. WL_TRY takes the value out or returns the error from the enclosing function.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace windlass {

template <class T = void>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::not_found, "no library named x");` (A template, so that two words in braces are a Sentence.)
template <std::convertible_to<std::string> Text>
[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, Text&& message) {
  return std::unexpected<Error>(Error(kind, std::string(std::forward<Text>(message))));
}
/// `return fail(ErrorKind::not_found, {"no library named {}", "没有名为 {} 的库"}, {name});`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, Sentence sentence, SentenceParts parts = {}) {
  return std::unexpected<Error>(Error(kind, sentence, parts));
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace windlass

/// `auto file = WL_TRY(open(path));` A statement expression: clang and gcc only, which is all we build with.
#define WL_TRY(...)                                                                \
  __extension__({                                                                  \
    auto wl_try_result = (__VA_ARGS__);                                            \
    if (!wl_try_result) return ::windlass::fail(std::move(wl_try_result).error()); \
    std::move(wl_try_result).value();                                              \
  })

/// For Result<void>: `WL_CHECK_OK(write(file, bytes));`
#define WL_CHECK_OK(...)                                                           \
  do {                                                                             \
    auto wl_try_result = (__VA_ARGS__);                                            \
    if (!wl_try_result) return ::windlass::fail(std::move(wl_try_result).error()); \
  } while (false)
