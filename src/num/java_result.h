// JavaResult<T>: a value, or the Java exception that the same call would have thrown in Jenkins.
//
// Not a replacement for Result: only functions whose *exception class* a script can see (catch by type, message in the
// log) return it. The VM turns a Thrown into a Groovy exception value; nothing here unwinds.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace windlass::num {

/// A Java exception as data: the full class name and its getMessage().
struct Thrown {
  std::string type;     ///< "java.lang.ArithmeticException"
  std::string message;  ///< text of getMessage(); empty stands for null
  bool operator==(const Thrown&) const = default;
};

template <class T>
using JavaResult = std::expected<T, Thrown>;

[[nodiscard]] inline std::unexpected<Thrown> thrown(std::string type, std::string message) {
  return std::unexpected<Thrown>(Thrown{std::move(type), std::move(message)});
}
[[nodiscard]] inline std::unexpected<Thrown> thrown(Thrown value) { return std::unexpected<Thrown>(std::move(value)); }

[[nodiscard]] inline std::unexpected<Thrown> arithmetic_exception(std::string message) {
  return thrown("java.lang.ArithmeticException", std::move(message));
}
[[nodiscard]] inline std::unexpected<Thrown> number_format_exception(std::string message) {
  return thrown("java.lang.NumberFormatException", std::move(message));
}

}  // namespace windlass::num

/// As WL_TRY, for JavaResult.
#define WL_JAVA_TRY(...)                                                                    \
  __extension__({                                                                           \
    auto wl_java_result = (__VA_ARGS__);                                                    \
    if (!wl_java_result) return ::windlass::num::thrown(std::move(wl_java_result).error()); \
    std::move(wl_java_result).value();                                                      \
  })
