// English and Chinese side by side, where the text stands: a missing translation is a compile error, not a fallback.
#pragma once

#include <cstdint>
#include <string_view>

namespace windlass::cli {

enum class Language : std::uint8_t { english, chinese };

struct Text {
  std::string_view en;
  std::string_view zh;
  [[nodiscard]] std::string_view in(Language language) const { return language == Language::chinese ? zh : en; }
};

/// By the first of LC_ALL, LC_MESSAGES, LANG that is set and not empty; `zh…` is Chinese.
Language language_of(std::string_view lc_all, std::string_view lc_messages, std::string_view lang);

}  // namespace windlass::cli
